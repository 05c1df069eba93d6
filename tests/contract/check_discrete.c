#include "contract.h"
#include <math.h>
#include <string.h>

enum { STATES = 200, SEED = 5, ROUNDS = 8 };

/* A discrete quantity that has words is the number of one of them. */
static bool has_word(const tw_type *t, int k, double z) {
  if (!t->discrete || !t->discrete[k].id || !t->discrete[k].words) return true;
  int n = 1;
  for (const char *c = t->discrete[k].words; *c; c++) n += *c == '|';
  return z >= 0.0 && z < n && floor(z) == z;
}

/* start sets the discrete state and guesses inside the bounds; react at a fixed state comes to rest and then says so; alarms are
 * later. */
void check_discrete(const subject *u, report *r) {
  char message[256], text[4096];
  sampler *s = sampler_new(u, SEED);
  for (int n = 0; n < STATES; n++) {
    state st;
    double guess[MAX_Q];
    if (!sample_state(s, &st, message, sizeof(message))) break; /* reported by check_kernels */
    side_start(u->type, &u->s, &st, guess);
    for (int k = 0; k < u->type->n_discrete; k++)
      if (!isfinite(st.z[k])) report_add(r, CHECK_DISCRETE, "start leaves z[%d] = %g", k, st.z[k]);
      else if (!has_word(u->type, k, st.z[k])) report_add(r, CHECK_DISCRETE, "start leaves z[%d] = %g, which has no word", k, st.z[k]);
    for (int q = u->s.n_port_q; q < u->s.n_q; q++) {
      const tw_unknown *x = &u->type->unknowns[q - u->s.n_port_q];
      if (!isnan(guess[q]) && !(guess[q] >= x->lo && guess[q] <= x->hi))
        report_add(r, CHECK_DISCRETE, "start guesses %s = %g, outside %g..%g\n    %s", x->id, guess[q], x->lo, x->hi,
            state_text(u, &st, text, sizeof(text)));
    }
    int rounds = 0;
    while (rounds < ROUNDS && side_react(u->type, &u->s, &st) != 0) rounds++;
    if (rounds == ROUNDS) {
      report_add(r, CHECK_DISCRETE, "react still changes the discrete state after %d calls\n    %s", ROUNDS,
          state_text(u, &st, text, sizeof(text)));
      continue;
    }
    for (int k = 0; k < u->type->n_discrete; k++)
      if (!has_word(u->type, k, st.z[k])) report_add(r, CHECK_DISCRETE, "react leaves z[%d] = %g, which has no word", k, st.z[k]);
    if (!(side_alarm(u->type, &u->s, &st) > st.t))
      report_add(r, CHECK_DISCRETE, "the alarm is at %g, which is not after t = %g\n    %s", side_alarm(u->type, &u->s, &st), st.t,
          state_text(u, &st, text, sizeof(text)));
    state again = st;
    side_react(u->type, &u->s, &again);
    if (memcmp(again.z, st.z, sizeof(st.z)) != 0)
      report_add(r, CHECK_DISCRETE, "react changes the discrete state and does not say so\n    %s",
          state_text(u, &st, text, sizeof(text)));
  }
  sampler_free(s);
}
