#include "fuzz.h"
#include <stdlib.h>
#include <string.h>
#include "../../twin/options.h"

enum { WORDS = 100 };

static int nothing(const tw_options *o) { return o != NULL; }

int tw_fuzz_options(const uint8_t *data, size_t size) {
  static const tw_verb verbs[] = {{"check", "FILE...", "", "", 1, TW_MAX_WORDS, nothing, "variant scenario set quiet", ""},
      {"solve", "FILE", "", "", 1, 1, nothing, NULL, ""}, {"list", "WHAT", "", "", 0, 1, nothing, "", ""}, {0}};
  char *text = malloc(size + 1), *argv[WORDS + 2] = {(char[]){"racktwin"}};
  int argc = 1;
  if (!text) abort();
  memcpy(text, data, size);
  text[size] = 0;
  for (char *word = strtok(text, "\n"); word && argc <= WORDS; word = strtok(NULL, "\n")) argv[argc++] = word;
  tw_options o;
  int status = tw_options_parse(argc, argv, verbs, &o);
  if (status && status != TW_EXIT_USAGE) abort();
  if (!status && !o.help && !o.version && !o.verb) abort();
  if (o.n_words > TW_MAX_WORDS || o.n_sets > TW_MAX_WORDS || o.n_selects > TW_MAX_WORDS || o.n_variants > TW_MAX_WORDS) abort();
  free(text);
  return 0;
}
