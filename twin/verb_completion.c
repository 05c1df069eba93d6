/* completion: scripts for the shells, from the tables of verbs, options, elements and diagnostics. */
#include <stdio.h>
#include <string.h>
#include "../components/component.h"
#include "../racks/description.h"
#include "../racks/diagnostic_codes.h"
#include "verbs.h"

/* What may stand after an option or a verb. */
typedef enum { NOTHING, FILES, FOLDERS, CHOICES, ELEMENTS, CODES } follows;

static follows after(const char *argument) {
  if (!argument) return NOTHING;
  if (strstr(argument, "FILE")) return FILES;
  if (strstr(argument, "DIR")) return FOLDERS;
  if (strstr(argument, "ELEMENT")) return ELEMENTS;
  if (strstr(argument, "CODE")) return CODES;
  return strchr(argument, '|') || !strpbrk(argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZ=") ? CHOICES : NOTHING;
}

static void print_codes(void) {
#define TW_CODE(name, number, title, text) printf("RT%04d ", number);
  TW_DIAGNOSTIC_CODES(TW_CODE)
#undef TW_CODE
}

/* The words of a list: choices of "a|b|c", elements or codes, each followed by a space. */
static void print_words(follows f, const char *argument) {
  if (f == CODES) print_codes();
  if (f == ELEMENTS)
    for (const tw_type *const *t = tw_registry; *t; t++) printf("%s ", (*t)->element);
  if (f == CHOICES)
    for (const char *c = argument; *c; c++) fputc(*c == '|' ? ' ' : *c, stdout);
}

/* Text inside '...' of a shell; sh: bash and zsh, whose quote is left and entered again. */
static void quoted(const char *text, bool sh) {
  for (; *text; text++) {
    if (*text == '\'')
      fputs(sh ? "'\\''" : "\\'", stdout);
    else
      fputc(*text, stdout);
  }
}

static void print_spellings(const tw_option_row *o, const char *between) {
  if (o->letter) printf("-%c%s", o->letter, between);
  printf("--%s", o->name);
}

/* One case of bash or zsh: `folders`, `words %s`, `files` are what the shell calls them. */
static void print_case(const char *pattern, follows f, const char *argument, const char *const *call) {
  printf("    %s) ", pattern);
  if (f == FILES)
    fputs(call[0], stdout);
  else if (f == FOLDERS)
    fputs(call[1], stdout);
  else if (f != NOTHING) {
    fputs(call[2], stdout);
    print_words(f, argument);
    fputs(call[3], stdout);
  }
  fputs(f == NOTHING ? "return ;;\n" : "; return ;;\n", stdout);
}

static void print_cases(const char *const *call) {
  tw_option_row o;
  puts("  case $prev in");
  for (int i = 0; tw_option_at(i, &o); i++) {
    char pattern[80];
    if (!o.argument) continue;
    if (o.letter)
      snprintf(pattern, sizeof pattern, "-%c|--%s", o.letter, o.name);
    else
      snprintf(pattern, sizeof pattern, "--%s", o.name);
    print_case(pattern, after(o.argument), o.argument, call);
  }
  puts("  esac");
}

static void print_verb_cases(const char *const *call) {
  puts("  case $verb in");
  for (const tw_verb *v = tw_verbs; v->name; v++) print_case(v->name, after(v->arguments), v->arguments, call);
  puts("  esac");
}

static void bash(void) {
  static const char *const call[] = {"COMPREPLY=($(compgen -f -- \"$cur\"))", "COMPREPLY=($(compgen -d -- \"$cur\"))",
      "COMPREPLY=($(compgen -W '", "' -- \"$cur\"))"};
  tw_option_row o;
  puts("# Completion of racktwin for bash, written by: racktwin completion bash\n"
       "_racktwin() {\n"
       "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
       "  COMPREPLY=()\n"
       "  compopt -o filenames 2>/dev/null");
  print_cases(call);
  puts("  if [[ $cur == -* ]]; then");
  fputs("    local options='--help --version'\n    case $verb in\n", stdout);
  for (const tw_verb *v = tw_verbs; v->name; v++) {
    printf("      %s) options='", v->name);
    for (int i = 0; tw_option_at(i, &o); i++)
      if (tw_option_of(v, o.name)) print_spellings(&o, " "), fputc(' ', stdout);
    puts("' ;;");
  }
  puts("    esac\n    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n    return\n  fi");
  fputs("  if [[ $COMP_CWORD == 1 ]]; then\n    COMPREPLY=($(compgen -W '", stdout);
  for (const tw_verb *v = tw_verbs; v->name; v++) printf("%s ", v->name);
  puts("' -- \"$cur\"))\n    return\n  fi");
  print_verb_cases(call);
  puts("}\ncomplete -F _racktwin racktwin");
}

static void zsh(void) {
  static const char *const call[] = {"_files", "_files -/", "compadd -- ", ""};
  tw_option_row o;
  puts("#compdef racktwin\n# Completion of racktwin for zsh, written by: racktwin completion zsh\n"
       "_racktwin() {\n"
       "  local cur=${words[CURRENT]} prev=${words[CURRENT-1]} verb=${words[2]}\n"
       "  local -a options verbs");
  print_cases(call);
  puts("  if [[ $cur == -* ]]; then\n    case $verb in");
  for (const tw_verb *v = tw_verbs; v->name; v++) {
    printf("      %s) options=(", v->name);
    for (int i = 0; tw_option_at(i, &o); i++)
      if (tw_option_of(v, o.name)) {
        printf("'--%s:", o.name);
        quoted(o.help, true);
        fputs("' ", stdout);
      }
    puts(") ;;");
  }
  puts("      *) options=(--help --version) ;;\n    esac\n    _describe -o option options\n    return\n  fi\n  if (( CURRENT == "
       "2 )); then\n    verbs=(");
  for (const tw_verb *v = tw_verbs; v->name; v++) {
    printf("      '%s:", v->name);
    quoted(v->summary, true);
    puts("'");
  }
  puts("    )\n    _describe verb verbs\n    return\n  fi");
  print_verb_cases(call);
  puts("}\n_racktwin \"$@\"");
}

static void fish_argument(follows f, const char *argument) {
  if (f == FILES) fputs(" -F", stdout);
  if (f == FOLDERS) fputs(" -a '(__fish_complete_directories)'", stdout);
  if (f == CHOICES || f == ELEMENTS || f == CODES) {
    fputs(" -a '", stdout);
    print_words(f, argument);
    fputs("'", stdout);
  }
}

static void fish(void) {
  tw_option_row o;
  puts("# Completion of racktwin for fish, written by: racktwin completion fish\ncomplete -c racktwin -f");
  for (const tw_verb *v = tw_verbs; v->name; v++) {
    printf("complete -c racktwin -n __fish_use_subcommand -a %s -d '", v->name);
    quoted(v->summary, false);
    puts("'");
    if (after(v->arguments) == NOTHING) continue;
    printf("complete -c racktwin -n '__fish_seen_subcommand_from %s'", v->name);
    fish_argument(after(v->arguments), v->arguments);
    puts("");
  }
  for (int i = 0; tw_option_at(i, &o); i++) {
    fputs("complete -c racktwin -n '__fish_seen_subcommand_from", stdout);
    for (const tw_verb *v = tw_verbs; v->name; v++)
      if (tw_option_of(v, o.name)) printf(" %s", v->name);
    printf("' -l %s", o.name);
    if (o.letter) printf(" -s %c", o.letter);
    if (o.argument) fputs(" -x", stdout);
    fish_argument(after(o.argument), o.argument);
    fputs(" -d '", stdout);
    quoted(o.help, false);
    puts("'");
  }
}

int tw_verb_completion(const tw_options *o) {
  static const struct {
    const char *name;
    void (*write)(void);
  } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
  for (int i = 0; i < TW_COUNT(shells); i++)
    if (!strcmp(o->words[0], shells[i].name)) {
      shells[i].write();
      return TW_EXIT_OK;
    }
  fprintf(stderr, "racktwin: completion knows bash, zsh and fish, not \"%s\"\n", o->words[0]);
  return TW_EXIT_USAGE;
}
