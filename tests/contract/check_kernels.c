/* Kernels at sampled states: everything written and finite; hand-written Jacobian and its pattern against complex step. */
#include "contract.h"
#include <math.h>
#include <string.h>

enum { STATES = 300, SEED = 1 };

/* Agreement of a hand-written derivative with complex step, relative to it and to the scales of row and column; and what
 * rounding leaves of a large row whose derivative cancels (constant power). */
#define JACOBIAN_TOLERANCE 1e-10
#define ROUNDING (64.0 * 0x1p-52)

typedef struct {
  bool seen[MAX_STAMPS];              /* a nonzero value was met */
  int stamp[MAX_Q][MAX_Q];            /* stamp of an entry, or -1 */
} pattern;

static void index_stamps(const tw_type *t, pattern *p) {
  memset(p->stamp, 0xff, sizeof(p->stamp));
  memset(p->seen, 0, sizeof(p->seen));
  for (int k = 0; k < t->n_stamps; k++) p->stamp[t->stamps[k].row][t->stamps[k].col] = k;
}

static bool has_row(const subject *u, int q) {
  return u->s.port_of[q] < 0 || u->type->ports[u->s.port_of[q]].kind != TW_SIGNAL_IN;
}

/* Outputs may have no value where an optional parameter is absent, but must say so themselves. */
static bool output_missing(const subject *u, const state *st, double v) {
  if (isfinite(v)) return false;
  if (side_unwritten(v) || !isnan(v)) return true;
  for (int k = 0; k < u->s.n_params; k++)
    if ((u->type->params[k].flags & TW_P_OPTIONAL) && isnan(st->p[k])) return false;
  return true;
}

/* Returns false when something is not finite. */
static bool check_written(const subject *u, const state *st, const result *with, const result *without, report *r) {
  char name[64], text[4096];
  int before = r->found[CHECK_WRITTEN];
  for (int q = 0; q < u->s.n_q; q++) {
    if (!has_row(u, q)) continue;
    if (!isfinite(with->f[q]))
      report_add(r, CHECK_WRITTEN, "row %s is not written or not finite: %g\n    %s", row_name(u, q, name, sizeof(name)),
          with->f[q], state_text(u, st, text, sizeof(text)));
    else if (memcmp(&with->f[q], &without->f[q], sizeof(double)) != 0)
      report_add(r, CHECK_WRITTEN, "row %s depends on whether the Jacobian is wanted: %.17g, %.17g\n    %s",
          row_name(u, q, name, sizeof(name)), with->f[q], without->f[q], state_text(u, st, text, sizeof(text)));
  }
  for (int k = 0; k < u->type->n_stamps; k++)
    if (!isfinite(with->j[k]))
      report_add(r, CHECK_WRITTEN, "stamp %d {%d, %d} is not written or not finite: %g\n    %s", k, u->type->stamps[k].row,
          u->type->stamps[k].col, with->j[k], state_text(u, st, text, sizeof(text)));
  for (int k = 0; k < u->s.n_outputs; k++)
    if (output_missing(u, st, with->out[k]))
      report_add(r, CHECK_WRITTEN, "output %s is not written or not finite: %g\n    %s", u->type->outputs[k].id, with->out[k],
          state_text(u, st, text, sizeof(text)));
  for (int k = 0; k < TW_B_TERMS; k++)
    if (!isfinite(with->balance[k]))
      report_add(r, CHECK_WRITTEN, "balance term %d is not finite: %g\n    %s", k, with->balance[k],
          state_text(u, st, text, sizeof(text)));
  for (int k = 0; k < u->type->n_events; k++)
    if (!isfinite(with->g[k]))
      report_add(r, CHECK_WRITTEN, "event %d is not written or not finite: %g\n    %s", k, with->g[k],
          state_text(u, st, text, sizeof(text)));
  return r->found[CHECK_WRITTEN] == before;
}

static void check_column(const subject *u, const state *st, int c, const result *hand, pattern *p, report *r) {
  char row[64], col[64], text[4096];
  const state *one = st;
  result values, slope;
  seed along = {c, 1.0, st->cj};
  side_eval_complex(u->twin, &u->s, &one, 1, false, &values, &along, &slope);
  for (int q = 0; q < u->s.n_q; q++) {
    if (!has_row(u, q)) continue;
    int k = p->stamp[q][c];
    double exact = slope.f[q], scale = row_scale(u, q) / column_scale(u, c);
    double rounding = ROUNDING * fabs(hand->f[q]) / column_scale(u, c);
    if (!isfinite(exact)) {
      report_add(r, CHECK_JACOBIAN, "row %s, column %s: complex step gives %g\n    %s", row_name(u, q, row, sizeof(row)),
          row_name(u, c, col, sizeof(col)), exact, state_text(u, st, text, sizeof(text)));
    } else if (k < 0) {
      if (fabs(exact) > 1e-14 * scale + rounding)
        report_add(r, CHECK_STAMPS, "row %s, column %s: %.6g, but there is no stamp\n    %s", row_name(u, q, row, sizeof(row)),
            row_name(u, c, col, sizeof(col)), exact, state_text(u, st, text, sizeof(text)));
    } else {
      if (hand->j[k] != 0.0 || exact != 0.0) p->seen[k] = true;
      double difference = fabs(hand->j[k] - exact), allowed = JACOBIAN_TOLERANCE * (fabs(exact) + scale) + rounding;
      if (!(difference <= allowed))
        report_add(r, CHECK_JACOBIAN,
            "row %s, column %s (stamp %d): by hand %.12g, complex step %.12g, allowed %.1e, cj %g\n    %s",
            row_name(u, q, row, sizeof(row)), row_name(u, c, col, sizeof(col)), k, hand->j[k], exact, allowed, st->cj,
            state_text(u, st, text, sizeof(text)));
    }
  }
}

/* The rate of a fast unknown counts at fast = 1 (moves[] tells of it) and in no row at fast = 0. */
static void check_fast(const subject *u, const state *st, bool *moves, report *r) {
  char col[64], text[4096];
  const state *one = st;
  result values, slope;
  for (int k = 0; u->type->unknowns[k].id; k++) {
    if (u->type->unknowns[k].differential != TW_FAST) continue;
    int c = u->s.n_port_q + k;
    seed along = {c, 0.0, 1.0};
    bool moved = false;
    side_eval_complex(u->twin, &u->s, &one, 1, false, &values, &along, &slope);
    for (int q = 0; q < u->s.n_q; q++) moved |= has_row(u, q) && slope.f[q] != 0.0;
    moves[k] |= moved;
    if (moved && st->fast == 0.0)
      report_add(r, CHECK_JACOBIAN, "%s follows at once (fast = 0), but a row has its rate\n    %s",
          row_name(u, c, col, sizeof(col)), state_text(u, st, text, sizeof(text)));
  }
}

void check_kernels(const subject *u, report *r) {
  static pattern p; /* too large for some stacks */
  bool moves[MAX_Q] = {false};
  char message[256] = "", row[64], col[64];
  sampler *s = sampler_new(u, SEED);
  index_stamps(u->type, &p);
  for (int n = 0; n < STATES; n++) {
    state st;
    if (!sample_state(s, &st, message, sizeof(message))) {
      report_add(r, CHECK_SAMPLING, "derive refuses all plausible parameters, lastly: %s", message);
      sampler_free(s);
      return;
    }
    result with, without;
    const state *one = &st;
    side_eval(u->type, &u->s, &one, 1, true, &with, NULL, NULL);
    side_eval(u->type, &u->s, &one, 1, false, &without, NULL, NULL);
    if (!check_written(u, &st, &with, &without, r)) continue;
    for (int c = 0; c < u->s.n_q; c++) check_column(u, &st, c, &with, &p, r);
    check_fast(u, &st, moves, r);
  }
  for (int k = 0; u->type->unknowns[k].id; k++)
    if (u->type->unknowns[k].differential == TW_FAST && !moves[k])
      report_add(r, CHECK_STAMPS, "%s is fast, but no row has its rate", u->type->unknowns[k].id);
  for (int k = 0; k < u->type->n_stamps; k++)
    if (!p.seen[k])
      report_add(r, CHECK_STAMPS, "stamp %d {%s, %s} is zero at all %d states", k,
          row_name(u, u->type->stamps[k].row, row, sizeof(row)), row_name(u, u->type->stamps[k].col, col, sizeof(col)), STATES);
  sampler_free(s);
}
