/* compare: variants of one file, or several files, side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compare.h"
#include "output_internal.h"
#include "verbs.h"

static int usage(const char *text) {
  fprintf(stderr, "racktwin: compare: %s; see racktwin compare --help\n", text);
  return TW_EXIT_USAGE;
}

/* File k of the cases and its variant; NULL: the file itself. */
static int list_cases(tw_comparison *c, const tw_options *o) {
  int files = o->n_words, variants = o->n_variants;
  if (files == 1 && !variants) return usage("needs two cases: several files, or variants with -V");
  if (files > 1 && variants > 1 && variants != files) return usage("several files take no -V, one for all, or one for each");
  bool itself = files == 1 && variants == 1;
  c->n = files > 1 ? files : variants + itself;
  if (c->n > TW_MOST_CASES) return usage("compares at most 64 cases");
  for (int k = 0; k < c->n; k++) {
    tw_case *x = &c->cases[k];
    x->file = o->words[files > 1 ? k : 0];
    if (files == 1)
      x->variant = itself ? (k ? o->variants[0] : NULL) : o->variants[k];
    else
      x->variant = variants ? o->variants[variants > 1 ? k : 0] : NULL;
    c->several_files |= strcmp(x->file, c->cases[0].file) != 0;
  }
  return 0;
}

/* By the variant, the file, or both; a name that is there already gets a number. */
static const char *name_of(tw_comparison *c, const tw_case *x) {
  const char *slash = strrchr(x->file, '/'), *stem = tw_strdup(c->arena, slash ? slash + 1 : x->file);
  size_t length = strlen(stem);
  if (length > 4 && !strcmp(stem + length - 4, ".xml")) stem = tw_printf(c->arena, "%.*s", (int)length - 4, stem);
  const char *variant = x->variant ? x->variant : "base";
  const char *plain = !c->several_files ? variant
                      : x->variant      ? tw_printf(c->arena, "%s:%s", stem, variant)
                                        : stem,
             *name = plain;
  for (int number = 2, k = 0; k < c->n && c->cases[k].name; k++)
    if (!strcmp(c->cases[k].name, name)) name = tw_printf(c->arena, "%s#%d", plain, number++), k = -1;
  return name;
}

/* All are read before any is solved: a mistake in one leaves nothing behind. */
static int read_cases(tw_comparison *c, const tw_options *o) {
  int worst = TW_EXIT_OK;
  for (int k = 0; k < c->n; k++) c->cases[k].name = name_of(c, &c->cases[k]);
  for (int k = 0; k < c->n; k++) {
    int status = tw_session_open(&c->cases[k].s, o, c->cases[k].file, c->cases[k].variant, true);
    if (status > worst) worst = status;
  }
  return worst;
}

static int write_all(const tw_comparison *c, const tw_options *o) {
  int status = o->out ? tw_output_folder(o->out) : 0;
  if (!status && o->out) status = tw_compare_csv(c, o->out);
  if (!status && o->out) status = tw_compare_book(c, o->out);
  if (!status && o->out) status = tw_compare_record(c, o);
  if (status) return status;
  if (o->json) {
    char *text = tw_compare_json(c);
    puts(text);
    free(text);
  } else if (o->csv) {
    return tw_compare_csv(c, NULL);
  } else if (!o->quiet) {
    tw_compare_print(c, o);
  }
  return 0;
}

static int verdict(const tw_comparison *c) {
  for (int k = 0; k < c->n; k++)
    if (c->cases[k].reason || c->cases[k].broken || c->cases[k].broken_in_profile) return TW_EXIT_LIMIT;
  return TW_EXIT_OK;
}

int tw_comparison_new(const tw_options *o, tw_comparison **to) {
  tw_comparison *c = *to = calloc(1, sizeof *c);
  if (!c) abort();
  c->arena = tw_arena_new();
  int status = tw_terms_read(o, &c->terms);
  if (!status) status = list_cases(c, o);
  if (!status) status = read_cases(c, o);
  return status ? status : tw_compare(c, o);
}

void tw_comparison_free(tw_comparison *c) {
  if (!c) return;
  for (int k = 0; k < c->n; k++) {
    tw_results_free(c->cases[k].results);
    tw_session_close(&c->cases[k].s);
  }
  tw_arena_free(c->arena);
  free(c);
}

int tw_verb_compare(const tw_options *o) {
  tw_comparison *c;
  int status = tw_comparison_new(o, &c);
  if (!status) status = write_all(c, o);
  if (!status) status = verdict(c);
  tw_comparison_free(c);
  return status;
}
