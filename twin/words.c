/* States by word: of a part, and of its discrete quantities. */
#include <stdio.h>
#include <string.h>
#include "network.h"

const char *tw_choice_word(const char *choices, double index, char *buf, size_t size) {
  const char *word = choices;
  for (int skip = (int)index; skip > 0 && word; skip--) {
    word = strchr(word, '|');
    if (word) word++;
  }
  size_t length = word ? strcspn(word, "|") : 0;
  if (length >= size) length = size - 1;
  if (length) memcpy(buf, word, length);
  buf[length] = 0;
  return buf;
}

const char *tw_discrete_word(const tw_discrete *d, double value, char *buf, size_t size) {
  if (d->words) return tw_choice_word(d->words, value, buf, size);
  snprintf(buf, size, "%g", value);
  return buf;
}

const char *tw_discrete_cause(const tw_discrete *d, double value, char *buf, size_t size) {
  if (d->causes) return tw_choice_word(d->causes, value, buf, size);
  snprintf(buf, size, "%s", d->doc);
  return buf;
}

const char *tw_item_state(const tw_network *net, int item, char *buf, size_t size) {
  const tw_type *type = net->model->items[item].type;
  int param = tw_state_param(type);
  buf[0] = 0;
  if (net->item_batch[item] < 0) return buf;
  const tw_batch *b = &net->batches[net->item_batch[item]];
  int column = net->item_instance[item] * net->lanes;
  int own = 0; /* its own word, of what it does: where there is one, it says more than a mode that somebody has chosen */
  while (own < type->n_discrete && !tw_same(type->discrete[own].id, "state")) own++;
  if (param >= 0 && (own == type->n_discrete || tw_same(type->params[param].id, "state"))) {
    const tw_param *p = &type->params[param];
    char usual[64];
    tw_choice_word(p->choices, b->p[param][column], buf, size);
    snprintf(usual, sizeof usual, "%s", p->dflt ? p->dflt : "");
    if (strcmp(buf, usual)) return buf;
  }
  if (own < type->n_discrete) tw_discrete_word(&type->discrete[own], b->z[own][column], buf, size);
  return buf;
}
