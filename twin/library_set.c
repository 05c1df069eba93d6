#include "library_set.h"
#include <math.h>
#include <string.h>
#include "../racks/diagnostic_codes.h"

typedef struct {
  tw_session *s;
  const char *path, *text;
  double number;
  bool change; /* second pass: everything has been found to fit */
  int n, mistakes;
} setting;

static void mistake(setting *w, int code, const char *path, const char *text, const char *more) {
  if (w->mistakes++ == 0) tw_diagnose(&w->s->diagnostics, TW_ERROR, code, (tw_where){0}, path, "%s%s", text, more);
}

/* Index of a word of "a|b|c", -1 when it is none of them. */
static int word_index(const char *choices, const char *word) {
  size_t n = strlen(word);
  for (int i = 0; choices && *choices; i++) {
    size_t length = strcspn(choices, "|");
    if (length == n && !strncmp(choices, word, n)) return i;
    choices += length + (choices[length] == '|');
  }
  return -1;
}

static int word_count(const char *choices) {
  int n = 1;
  for (; choices && *choices; choices++) n += *choices == '|';
  return n;
}

/* The number for this parameter, NaN after a mistake. */
static double value_for(setting *w, const tw_item *item, const tw_param *p) {
  char message[256] = "";
  double v = w->number;
  if (p->kind == TW_ENUM) {
    if (w->text) v = word_index(p->choices, w->text);
    if (v == floor(v) && v >= 0.0 && v < word_count(p->choices)) return v;
    mistake(w, TW_E_VALUE, item->path, "the choices are ", p->choices);
    return NAN;
  }
  if (w->text) v = tw_quantity_parse(w->text, p->unit ? p->unit : "1", message, sizeof message);
  if (!isfinite(v)) {
    mistake(w, TW_E_VALUE, item->path, *message ? message : "is not a number", "");
    return NAN;
  }
  if ((p->lo < p->hi && !(v >= p->lo && v <= p->hi)) || (p->kind == TW_INTEGER && v != floor(v))) {
    mistake(w, TW_E_RANGE, item->path, "the value is out of range; see racktwin doc ", item->type->element);
    return NAN;
  }
  return v;
}

static void each(void *ctx, int item, const char *last) {
  setting *w = ctx;
  const tw_item *it = &w->s->model->items[item];
  int param = tw_param_index(it->type, last);
  if (param < 0) return;
  const tw_param *p = &it->type->params[param];
  w->n++;
  if ((p->kind != TW_NUMBER && p->kind != TW_INTEGER && p->kind != TW_ENUM) || p->flags & TW_P_STRUCTURAL) {
    mistake(w, TW_E_SET, it->path, "cannot be changed in an open model: ", last);
    return;
  }
  double v = value_for(w, it, p);
  if (isnan(v) || !w->change) return;
  int reached = tw_network_set(w->s->net, item, param, -1, v);
  if (reached < 0) mistake(w, TW_E_DERIVE, it->path, "the value does not fit the component's other figures: ", last);
  if (reached == 0) mistake(w, TW_E_SET, it->path, "decides the structure and cannot be changed in an open model: ", last);
}

int tw_library_set(tw_session *s, const char *path, const char *text, double number) {
  setting w = {.s = s, .path = path, .text = text, .number = number};
  tw_match(s->model, path, each, &w);
  if (!w.n) mistake(&w, TW_E_SET, NULL, "no component has this parameter: ", path);
  w.change = true;
  if (!w.mistakes) tw_match(s->model, path, each, &w);
  return w.mistakes;
}
