#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../racks/description.h"
#include "../racks/units.h"

typedef enum { FLAG, TEXT, TEXTS, TIME, REAL, TOLERANCE, COUNT, UNITS, COLOUR } option_kind;

typedef struct {
  const char *name;
  char letter;
  option_kind kind;
  size_t at;             /* offset in tw_options; of the array for TEXTS */
  size_t count_at;       /* offset of its counter for TEXTS */
  const char *argument, *help;
} option;

#define AT(field) offsetof(tw_options, field)
static const option table[] = {
    {"variant", 'V', TEXTS, AT(variants), AT(n_variants), "NAME", "use a variant of the file"},
    {"scenario", 's', TEXT, AT(scenario), 0, "NAME", "scenario of the file, or racks/scenarios/NAME.xml"},
    {"set", 0, TEXTS, AT(sets), AT(n_sets), "PATH=VALUE", "change a figure, with its unit: --set cdu.T_supply='35 degC'"},
    {"out", 'o', TEXT, AT(out), 0, "DIR", "write the files there: CSV and run.json, or the manual"},
    {"svg", 0, TEXT, AT(svg), 0, "DIR", "write the figures there: one-line diagram, Sankey, waterfall, elevation, coolant path"},
    {"plot", 0, FLAG, AT(plot), 0, NULL, "draw the first charts of the run in the terminal"},
    {"json", 0, FLAG, AT(json), 0, NULL, "one JSON document on stdout"},
    {"csv", 0, FLAG, AT(csv), 0, NULL, "tidy CSV on stdout"},
    {"points", 0, TEXT, AT(points), 0, "FILE", "CSV of measured points, with load [%] and efficiency [%]"},
    {"html", 0, FLAG, AT(html), 0, NULL, "write the reference manual as web pages to -o DIR"},
    {"man", 0, FLAG, AT(man), 0, NULL, "write the man pages to -o DIR"},
    {"select", 0, TEXTS, AT(selects), AT(n_selects), "GLOB", "series to record: 'tray[*].gpu[*].T_junction'"},
    {"param", 'P', TEXTS, AT(axes), AT(n_axes), "PATH=FROM:TO:STEP", "vary a figure: -P cdu.T_supply='30:45:2.5 degC'"},
    {"list", 'L', TEXTS, AT(axes), AT(n_axes), "PATH=A,B,C", "the same by values; -L variant=a,b for variants"},
    {"jobs", 'j', COUNT, AT(jobs), 0, "N", "processes that share the cases (1)"},
    {"shard", 0, TEXT, AT(shard), 0, "I/N", "only every N-th case from the I-th on"},
    {"merge", 0, FLAG, AT(merge), 0, NULL, "put the tables of all shards together into -o FILE.csv"},
    {"checkpoint", 0, TEXT, AT(checkpoint), 0, "FILE", "keep there what a run needs to go on after an interruption"},
    {"checkpoint-every", 0, TIME, AT(checkpoint_every), 0, "TIME", "simulated time between checkpoints"},
    {"resume", 0, FLAG, AT(resume), 0, NULL, "go on with what was interrupted"},
    {"n-1", 0, FLAG, AT(single), 0, NULL, "every single failure"},
    {"case", 0, TEXTS, AT(cases), AT(n_cases), "GLOB", "only parts whose path fits: 'shelf[*].psu[*]'"},
    {"only", 0, TEXTS, AT(only), AT(n_only), "ELEMENT", "only parts of this element: psu"},
    {"duration", 0, TIME, AT(duration), 0, "TIME", "simulated time after the failure (that of the scenario, or 120 s)"},
    {"steady-only", 0, FLAG, AT(steady_only), 0, NULL, "only the steady state after the failure"},
    {"sensitivity", 0, TEXTS, AT(sensitivities), AT(n_sensitivities), "PATH,...|PATH=LOW,HIGH|estimates",
     "what these figures change, one at a time (10 %, 5 K)"},
    {"path", 'p', TEXTS, AT(paths), AT(n_paths), "PATH", "the figure that is searched; several are set to one value"},
    {"toward", 0, TEXT, AT(toward), 0, "max|min", "find the largest or the smallest value only"},
    {"min", 0, TEXT, AT(min), 0, "VALUE", "search from this value on"},
    {"max", 0, TEXT, AT(max), 0, "VALUE", "search up to this value"},
    {"tol", 0, TEXT, AT(tol), 0, "VALUE", "how near the answer is (0.01 K, else 1e-4 of it)"},
    {"aggregate", 0, TEXT, AT(aggregate), 0, "min,mean,max", "these of each series over the time between samples, not the value at it"},
    {"spectrum", 0, FLAG, AT(spectrum), 0, NULL, "amplitudes of the grid's power from 0.1 to 20 Hz"},
    {"utility-limit", 0, TEXT, AT(utility_limit), 0, "FILE", "CSV of amplitudes allowed: from [Hz], to [Hz], amplitude [kW] or [%]"},
    {"ramp-limit", 0, TEXT, AT(ramp_limit), 0, "RATE", "size the store that keeps the grid's ramp: '5 kW/s'"},
    {"power-limit", 0, TEXT, AT(power_limit), 0, "POWER", "size the store that keeps the grid's power: '120 kW'"},
    {"every", 0, TIME, AT(every), 0, "TIME", "time between samples, for example 0.5s"},
    {"rtol", 0, TOLERANCE, AT(rtol), 0, "NUMBER", "relative tolerance of a run in time, 1e-10 .. 0.01 (1e-5)"},
    {"method", 0, TEXT, AT(method), 0, "ida|sdirk",
     "integrator of a run in time (sdirk where a workload or a trace drives it, else ida)"},
    {"dynamics", 0, TEXT, AT(dynamics), 0, "fast|slow|auto",
     "fast states (capacitors, inductors) in a run: integrated, or following at once (auto: by what the scenario does)"},
    {"hours", 0, REAL, AT(hours), 0, "NUMBER", "hours per year (8760)"},
    {"tariff", 0, TEXT, AT(tariff), 0, "MONEY", "price of energy: '0.08 USD/kWh'"},
    {"demand-charge", 0, TEXT, AT(demand_charge), 0, "MONEY", "price of the highest power: '120 USD/kW/a', '10 USD/kW/month'"},
    {"profile", 0, TEXT, AT(profile), 0, "LOAD:SHARE,...", "utilisation of the chips and its share of the hours: 100%:0.7,35%:0.3"},
    {"discount", 0, TEXT, AT(discount), 0, "SHARE", "per year, for totals over years: '5 %' (0)"},
    {"margin", 0, FLAG, AT(margin), 0, NULL, "find how far the loads can be raised"},
    {"backend", 0, TEXT, AT(backend), 0, "klu", "linear solver"},
    {"units", 0, UNITS, AT(us_units), 0, "si|us", "units on the screen (files are SI)"},
    {"quiet", 'q', FLAG, AT(quiet), 0, NULL, "print nothing but errors"},
    {"verbose", 'v', FLAG, AT(verbose), 0, NULL, "print more, with times"},
    {"color", 0, COLOUR, AT(colour), 0, "auto|always|never", "colour on the terminal"},
    {"help", 'h', FLAG, AT(help), 0, NULL, "this text"},
    {"version", 0, FLAG, AT(version), 0, NULL, "versions of the program and its libraries"}};
enum { N_OPTIONS = (int)(sizeof table / sizeof table[0]) };
_Static_assert(sizeof table / sizeof table[0] <= 64, "tw_options.given has a bit per option");

bool tw_option_at(int i, tw_option_row *row) {
  if (i < 0 || i >= N_OPTIONS) return false;
  *row = (tw_option_row){table[i].name, table[i].letter, table[i].argument, table[i].help};
  return true;
}

bool tw_option_of(const tw_verb *verb, const char *name) {
  if (!verb->options || !strcmp(name, "help") || !strcmp(name, "version")) return true;
  size_t length = strlen(name);
  for (const char *at = verb->options; (at = strstr(at, name)) != NULL; at += length)
    if ((at == verb->options || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return true;
  return false;
}

static int usage(const char *format, const char *a, const char *b) {
  fputs("racktwin: ", stderr);
  fprintf(stderr, format, a, b); /* formats are the literals below */
  fputs("; see racktwin --help\n", stderr);
  return TW_EXIT_USAGE;
}

static const option *find(const char *word, size_t length) {
  for (int i = 0; i < N_OPTIONS; i++)
    if (strlen(table[i].name) == length && !strncmp(table[i].name, word, length)) return &table[i];
  return NULL;
}

static int unknown_option(const char *word) {
  const char *names[N_OPTIONS];
  for (int i = 0; i < N_OPTIONS; i++) names[i] = table[i].name;
  const char *near = tw_nearest(word + strspn(word, "-"), names, N_OPTIONS);
  return near ? usage("there is no option %s; did you mean --%s?", word, near) : usage("there is no option %s%s", word, "");
}

static const double shortest = 1e-6, longest = 1e9; /* s, as in a scenario */
static const double finest = 1e-10, coarsest = 0.01; /* below is rounding; beyond, figures are off by percents and look like any others */

static int store(tw_options *o, const option *opt, const char *value) {
  char *base = (char *)o, message[256];
  switch (opt->kind) {
    case FLAG: *(bool *)(base + opt->at) = true; return 0;
    case TEXT: *(const char **)(base + opt->at) = value; return 0;
    case TEXTS: {
      int *n = (int *)(base + opt->count_at);
      if (*n == TW_MAX_WORDS) return usage("--%s is given too often%s", opt->name, "");
      ((const char **)(base + opt->at))[(*n)++] = value;
      return 0;
    }
    case COUNT: {
      double n;
      const char *end = tw_number_scan(value, &n);
      if (!end || *end || !(n >= 1.0 && n <= 1e6 && n == (int)n))
        return usage("--%s needs a whole number from 1 on, not \"%s\"", opt->name, value);
      *(int *)(base + opt->at) = (int)n;
      return 0;
    }
    case TIME:
    case REAL:
    case TOLERANCE: {
      double v = tw_quantity_parse(value, opt->kind == TIME ? "s" : "1", message, sizeof message);
      if (!(v > 0.0)) return usage("--%s: %s", opt->name, v <= 0.0 ? "must be greater than zero" : message);
      if (opt->kind == TIME && !(v >= shortest && v <= longest)) return usage("--%s is outside 1 us .. 11574 d%s", opt->name, "");
      if (opt->kind == TOLERANCE && !(v >= finest && v <= coarsest)) return usage("--%s is outside 1e-10 .. 0.01%s", opt->name, "");
      *(double *)(base + opt->at) = v;
      return 0;
    }
    case UNITS:
      if (strcmp(value, "si") && strcmp(value, "us")) return usage("--units is si or us, not \"%s\"%s", value, "");
      *(bool *)(base + opt->at) = !strcmp(value, "us");
      return 0;
    case COLOUR:
      if (strcmp(value, "auto") && strcmp(value, "always") && strcmp(value, "never"))
        return usage("--color is auto, always or never, not \"%s\"%s", value, "");
      if (strcmp(value, "auto")) *(bool *)(base + opt->at) = !strcmp(value, "always");
      return 0;
  }
  return TW_EXIT_USAGE;
}

static int parse_option(int argc, char **argv, int *i, tw_options *o) {
  const char *word = argv[*i], *value = NULL;
  const option *opt = NULL;
  if (word[1] == '-') {
    size_t length = strcspn(word + 2, "=");
    opt = find(word + 2, length);
    if (word[2 + length] == '=') value = word + 3 + length;
  } else {
    for (int k = 0; k < N_OPTIONS; k++)
      if (table[k].letter && table[k].letter == word[1]) opt = &table[k];
    if (opt && word[2]) value = word + 2;
  }
  if (!opt) return unknown_option(word);
  if (opt->kind == FLAG && value) return usage("option %s takes no value%s", word, "");
  if (opt->kind != FLAG && !value) {
    if (*i + 1 >= argc) return usage("option %s needs a value: %s", word, opt->argument);
    value = argv[++*i];
  }
  o->given |= 1ULL << (opt - table);
  return store(o, opt, value);
}

/* With the verbs that do take it. */
static int not_taken(const tw_verb *verb, const tw_verb *verbs, const char *name) {
  const char *between = ": it is of ";
  fprintf(stderr, "racktwin: %s takes no --%s", verb->name, name);
  for (const tw_verb *v = verbs; v->name; v++) {
    if (!tw_option_of(v, name)) continue;
    fprintf(stderr, "%s%s", between, v->name);
    between = ", ";
  }
  fputs("; see racktwin --help\n", stderr);
  return TW_EXIT_USAGE;
}

/* What a verb does not use is not passed over in silence: an error, or a warning where the option means the same for every verb,
 * so that one line of options can serve several. */
static int check_use(const tw_options *o, const tw_verb *verbs) {
  static const char *const shared = "variant scenario set out svg json csv select every units quiet verbose color backend margin";
  const tw_verb everybody = {.options = shared};
  for (int i = 0; i < N_OPTIONS; i++) {
    if (!(o->given >> i & 1ULL) || tw_option_of(o->verb, table[i].name)) continue;
    if (!tw_option_of(&everybody, table[i].name)) return not_taken(o->verb, verbs, table[i].name);
    fprintf(stderr, "racktwin: warning: %s takes no --%s, which is left out\n", o->verb->name, table[i].name);
  }
  return 0;
}

static int find_verb(const char *word, const tw_verb *verbs, tw_options *o) {
  const char *names[32];
  int n = 0;
  for (const tw_verb *v = verbs; v->name; v++) {
    if (!strcmp(v->name, word)) o->verb = v;
    names[n++] = v->name;
  }
  if (o->verb) return 0;
  const char *near = tw_nearest(word, names, n);
  return near ? usage("there is no verb \"%s\"; did you mean %s?", word, near) : usage("there is no verb \"%s\"%s", word, "");
}

int tw_options_parse(int argc, char **argv, const tw_verb *verbs, tw_options *o) {
  *o = (tw_options){.colour = isatty(STDERR_FILENO) != 0};
  bool only_words = false;
  for (int i = 1; i < argc; i++) {
    int status = 0;
    if (!only_words && !strcmp(argv[i], "--")) only_words = true;
    else if (!only_words && argv[i][0] == '-' && argv[i][1]) status = parse_option(argc, argv, &i, o);
    else if (!o->verb) status = find_verb(argv[i], verbs, o);
    else if (o->n_words == TW_MAX_WORDS) status = usage("too many arguments from \"%s\" on%s", argv[i], "");
    else o->words[o->n_words++] = argv[i];
    if (status) return status;
  }
  if (o->help || o->version) return 0;
  if (!o->verb) return usage("a verb is needed, for example: racktwin solve racks/gb200-nvl72.xml%s%s", "", "");
  if (o->n_words < o->verb->min_words) return usage("%s needs %s", o->verb->name, o->verb->arguments);
  if (o->n_words > o->verb->max_words) return usage("%s takes %s only", o->verb->name, o->verb->arguments);
  if (o->method && strcmp(o->method, "ida") && strcmp(o->method, "sdirk"))
    return usage("--method is ida or sdirk, not \"%s\"%s", o->method, "");
  if (o->dynamics && strcmp(o->dynamics, "fast") && strcmp(o->dynamics, "slow") && strcmp(o->dynamics, "auto"))
    return usage("--dynamics is fast, slow or auto, not \"%s\"%s", o->dynamics, "");
  if (o->backend && strcmp(o->backend, "klu")) return usage("backend \"%s\" is not built in; there is: klu%s", o->backend, "");
  return check_use(o, verbs);
}

void tw_options_help(const tw_verb *verbs, const tw_verb *verb) {
  if (verb) {
    printf("usage: racktwin %s %s [options]\n\n%s\n\nExample:\n    %s\n\n", verb->name, verb->arguments, verb->summary, verb->example);
  } else {
    puts("usage: racktwin VERB ARGUMENTS [options]\n\nPower and thermal twin of AI racks: grid to chip to coolant in one solve.\n\nVerbs:");
    for (const tw_verb *v = verbs; v->name; v++) printf("  %-10s %-34s %s\n", v->name, v->arguments, v->summary);
    puts("");
  }
  puts("Options:");
  for (int i = 0; i < N_OPTIONS; i++) {
    char left[64];
    if (verb && !tw_option_of(verb, table[i].name)) continue;
    snprintf(left, sizeof left, "%s%c%s--%s%s%s", table[i].letter ? "-" : " ", table[i].letter ? table[i].letter : ' ',
             table[i].letter ? ", " : "  ", table[i].name, table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
    printf("  %-32s %s\n", left, table[i].help);
  }
  puts("\nExit codes: 0 solved, limits kept; 1 solved, a limit is broken; 2 usage; 3 input wrong; 4 no solution; 5 file or system error.");
  if (!verb) puts("\nExample:\n    racktwin solve racks/gb200-nvl72.xml -o out/gb200-nvl72\n    racktwin solve --help");
}
