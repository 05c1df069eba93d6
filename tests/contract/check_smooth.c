/* C1: along lines through the box, the values and the hand-written derivative have no jumps.
 *
 * A line is cut into pieces; where the slope changes most against its neighbourhood, the piece is halved towards the larger
 * change. The change of a continuous function dies out with the length; that of a jump stays. */
#include "contract.h"
#include <math.h>
#include <string.h>

enum { STATES = 60, SEED = 3, PIECES = 64, SUSPECTS = 4, HALVINGS = 46, LAST = 5 };

#define COLD 233.0
#define HOT 523.0
#define JUMP 1e-6  /* of the largest value on the line, */
#define FLOOR 1e-3 /* or of the row's scale: what counts as a jump; */
#define NOISE 1e-7 /* a slope that cancels is rounding below JUMP times this part of the row's value */

typedef struct {
  const subject *u;
  state st;                           /* with the unknowns of the start of the line */
  double direction[MAX_Q];
  report *r;
} line;

/* Values of the rows and their slopes along the line at parameter a. */
typedef struct { double f[MAX_Q], slope[MAX_Q]; state at; } point;

static void place(const line *l, double a, state *st) {
  *st = l->st;
  st->cj = 0.0;
  for (int q = 0; q < l->u->s.n_q; q++) st->x[q] += a * l->direction[q];
}

static void take(const line *l, const state *st, const result *v, point *p) {
  const subject *u = l->u;
  p->at = *st;
  memcpy(p->f, v->f, sizeof(p->f));
  memset(p->slope, 0, sizeof(p->slope));
  for (int k = 0; k < u->type->n_stamps; k++) p->slope[u->type->stamps[k].row] += v->j[k] * l->direction[u->type->stamps[k].col];
}

static void evaluate(const line *l, double a, point *p) {
  result v;
  state st;
  place(l, a, &st);
  const state *one = &st;
  side_eval(l->u->type, &l->u->s, &one, 1, true, &v, NULL, NULL);
  take(l, &st, &v, p);
}

static double change(const point *a, const point *b, int q, bool slope) {
  return slope ? fabs(b->slope[q] - a->slope[q]) : fabs(b->f[q] - a->f[q]);
}

/* Follows the larger change from [a, b]; reports when it does not die out. */
static void bisect(const line *l, double a, double b, const point *pa, const point *pb, int q, bool slope, double largest) {
  point low = *pa, high = *pb, middle;
  double history[HALVINGS + 1];
  history[0] = change(&low, &high, q, slope);
  for (int k = 1; k <= HALVINGS; k++) {
    double m = 0.5 * (a + b);
    evaluate(l, m, &middle);
    if (change(&low, &middle, q, slope) >= change(&middle, &high, q, slope)) {
      b = m;
      high = middle;
    } else {
      a = m;
      low = middle;
    }
    history[k] = change(&low, &high, q, slope);
    if (history[k] <= JUMP * largest) return;
  }
  if (history[HALVINGS] < 0.5 * history[HALVINGS - LAST]) return; /* still dying out: steep, not broken */
  char row[64], text[4096];
  report_add(l->r, CHECK_SMOOTH, "row %s: %s jumps by %.6g (from %.9g to %.9g along the line)\n    %s",
      row_name(l->u, q, row, sizeof(row)), slope ? "slope" : "value", history[HALVINGS], slope ? low.slope[q] : low.f[q],
      slope ? high.slope[q] : high.f[q], state_text(l->u, &low.at, text, sizeof(text)));
}

/* The pieces whose change stands out most from the mean of their neighbours'. */
static void search(const line *l, const point *p, int q, bool slope) {
  double excess[PIECES], largest = FLOOR * row_scale(l->u, q);
  for (int k = 0; k <= PIECES; k++)
    largest = fmax(largest, slope ? fmax(fabs(p[k].slope[q]), NOISE * fabs(p[k].f[q])) : fabs(p[k].f[q]));
  if (!isfinite(largest)) return; /* reported by check_kernels */
  for (int k = 0; k < PIECES; k++) {
    double own = change(&p[k], &p[k + 1], q, slope);
    double left = k ? change(&p[k - 1], &p[k], q, slope) : own,
           right = k + 1 < PIECES ? change(&p[k + 1], &p[k + 2], q, slope) : own;
    excess[k] = own > JUMP * largest ? own - 0.5 * fmin(left, right) : 0.0;
  }
  for (int n = 0; n < SUSPECTS; n++) {
    int best = 0;
    for (int k = 1; k < PIECES; k++)
      if (excess[k] > excess[best]) best = k;
    if (!(excess[best] > 0.0)) return;
    bisect(l, (double)best / PIECES, (double)(best + 1) / PIECES, &p[best], &p[best + 1], q, slope, largest);
    excess[best] = 0.0;
  }
}

static void follow(const line *l) {
  static point p[PIECES + 1];
  static state st[PIECES + 1];
  static result v[PIECES + 1];
  const state *all[PIECES + 1];
  for (int k = 0; k <= PIECES; k++) {
    place(l, (double)k / PIECES, &st[k]);
    all[k] = &st[k];
  }
  side_eval(l->u->type, &l->u->s, all, PIECES + 1, true, v, NULL, NULL);
  for (int k = 0; k <= PIECES; k++) take(l, &st[k], &v[k], &p[k]);
  for (int q = 0; q < l->u->s.n_q; q++) {
    if (l->u->s.port_of[q] >= 0 && l->u->type->ports[l->u->s.port_of[q]].kind == TW_SIGNAL_IN) continue;
    search(l, p, q, false);
    search(l, p, q, true);
  }
}

/* Ends of the line of one unknown alone: voltages, flows and other signed ones from one side of zero to the other,
 * temperatures over all that Newton may visit. */
static void span_of(const subject *u, int q, double *from, double *to) {
  int port = u->s.port_of[q];
  tw_kind kind = port < 0 ? TW_DC : u->type->ports[port].kind;
  bool temperature = kind == TW_HEAT || (kind == TW_FLUID && q != u->s.first[port]);
  const tw_unknown *inner = port < 0 ? &u->type->unknowns[q - u->s.n_port_q] : NULL;
  if (temperature) {
    *from = COLD;
    *to = HOT;
  } else if (inner ? inner->lo < 0.0 && inner->hi > 0.0 : kind == TW_DC || kind == TW_AC) {
    if (fabs(*to) > fabs(*from)) *from = *to;
    *to = -0.8 * *from;
    if (inner) *to = fmin(fmax(*to, inner->lo), inner->hi);
  }
}

static void cross(const line *l, const state *end, int q) {
  line one = *l;
  double from = l->st.x[q], to = end->x[q];
  span_of(l->u, q, &from, &to);
  memset(one.direction, 0, sizeof(one.direction));
  one.st.x[q] = from;
  one.direction[q] = to - from;
  follow(&one);
}

void check_smooth(const subject *u, report *r) {
  char message[256];
  sampler *s = sampler_new(u, SEED);
  for (int n = 0; n < STATES; n++) {
    line l = {.u = u, .r = r};
    if (!sample_state(s, &l.st, message, sizeof(message))) break; /* reported by check_kernels */
    state end = l.st;
    sample_unknowns(s, &end);
    for (int q = 0; q < u->s.n_q; q++) l.direction[q] = end.x[q] - l.st.x[q];
    follow(&l); /* all at once */
    for (int q = 0; q < u->s.n_q; q++) cross(&l, &end, q);
  }
  sampler_free(s);
}
