/* The command line: one table of verbs and one of options give parsing, --help and the mistakes' messages. */
#ifndef TW_OPTIONS_H
#define TW_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>

enum { TW_EXIT_OK, TW_EXIT_LIMIT, TW_EXIT_USAGE, TW_EXIT_INPUT, TW_EXIT_NO_SOLUTION, TW_EXIT_SYSTEM };

enum { TW_MAX_WORDS = 1024 };

typedef struct tw_options {
  const struct tw_verb *verb;
  const char *words[TW_MAX_WORDS]; int n_words;        /* files, paths, names after the verb */
  const char *variants[TW_MAX_WORDS]; int n_variants;
  const char *sets[TW_MAX_WORDS]; int n_sets;
  const char *selects[TW_MAX_WORDS]; int n_selects;
  const char *paths[TW_MAX_WORDS]; int n_paths;        /* -p */
  const char *axes[TW_MAX_WORDS]; int n_axes;          /* -P and -L in their order */
  const char *cases[TW_MAX_WORDS]; int n_cases;        /* --case */
  const char *only[TW_MAX_WORDS]; int n_only;
  const char *sensitivities[TW_MAX_WORDS]; int n_sensitivities;
  const char *scenario, *method, *dynamics, *backend, *out, *svg, *points, *shard, *min, *max, *tol, *toward, *checkpoint, *aggregate;
  const char *utility_limit, *ramp_limit, *power_limit;
  const char *tariff, *demand_charge, *profile, *discount;
  double every, rtol, hours, checkpoint_every, duration; /* s, 1, h per year, s, s; 0 when not given */
  int jobs;                                             /* 0 when not given */
  unsigned long long given;                             /* bit i: row i of the table was given */
  bool spectrum, resume, merge, single, steady_only;
  bool plot, json, csv, html, man, quiet, verbose, margin, us_units, colour, help, version;
} tw_options;

typedef struct tw_verb {
  const char *name, *arguments, *summary, *example;
  int min_words, max_words;
  int (*run)(const tw_options *o);                      /* exit code */
  const char *options;                                  /* names of those that it takes, for its help: "json out"; NULL: all */
  const char *text;                                     /* for its man page: what it reads, prints and writes */
} tw_verb;

#define TW_EXIT_CODES "0: solved, all limits kept. 1: solved, a limit is broken. 2: usage. 3: the input is wrong. 4: no solution. 5: a file or system error."

/* Row i of the table of options; false past its end. letter 0: none; argument NULL: a flag. */
typedef struct { const char *name; char letter; const char *argument, *help; } tw_option_row;
bool tw_option_at(int i, tw_option_row *row);
/* Does the verb take it? --help and --version are everybody's. */
bool tw_option_of(const tw_verb *verb, const char *name);

/* Parses argv. Returns 0, or TW_EXIT_USAGE after a message on stderr that names the mistake and what is accepted. */
int tw_options_parse(int argc, char **argv, const tw_verb *verbs, tw_options *o);
/* Prints help of all (verb NULL) or of one verb on stdout. */
void tw_options_help(const tw_verb *verbs, const tw_verb *verb);
#endif
