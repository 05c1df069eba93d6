#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sdirk.h"

/* Contraction above which a matrix is renewed, also that of a stage's first two corrections, and the best that is believed; the
 * ratio of the rates' weight to that of a matrix that serves for one step, and for the next ones too; the weight that makes the
 * rates the unknowns. */
static const double renew_above = 0.3, slow_at_first = 2, contraction_least = 0.01, near_weight = 1.5, same_weight = 1.1,
                    initial_weight = 1e12;
/* Corrections after which a shorter step is better; stages solved by one correction each after which a second one measures. */
enum { MAX_CORRECTIONS = 12, MEASURE_AFTER = 10, START_CORRECTIONS = 10, LANES = 8 };
/* What a consistent start takes with a matrix that fits; a new one costs about as much as so many corrections. */
enum { FEW_CORRECTIONS = 2, CORRECTIONS_OF_A_MATRIX = 6 };
/* For y' = a y, z = a h, one step errs by (3 g^2 - 2 g^3 - 1 / 6) z^3 y and the slopes differ by (1 - g) z^2 y / h; 1 / |z|
 * steps are one time constant. */
static const double error_scale =
    (3 * TW_SDIRK_GAMMA * TW_SDIRK_GAMMA - 2 * TW_SDIRK_GAMMA * TW_SDIRK_GAMMA * TW_SDIRK_GAMMA - 1.0 / 6) / (1 - TW_SDIRK_GAMMA);

/* ---- life ------------------------------------------------------------------------------------------------------------ */

bool tw_sdirk_stages_new(tw_sdirk_stages *s, const tw_problem *p, const tw_transient_options *o) {
  double **vectors[] = {&s->atol, &s->y, &s->k, &s->y1, &s->k1, &s->y2, &s->k2, &s->rate, &s->f, &s->weight,
                       &s->trial_y, &s->trial_k, &s->kept_y, &s->kept_k};
  /* Steps at the tolerance are 1 / (5 sqrt(rtol)) in a time constant, and what Newton leaves adds up over them. */
  *s = (tw_sdirk_stages){.p = p, .rtol = o->rtol, .enough = fmin(sqrt(o->rtol), 0.05), .worst = -1};
  for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++)
    if (!(*vectors[v] = calloc((size_t)p->n, sizeof **vectors[v]))) return false;
  memcpy(s->atol, o->atol, (size_t)p->n * sizeof *s->atol);
  return true;
}

void tw_sdirk_stages_free(tw_sdirk_stages *s) {
  double *vectors[] = {s->atol, s->y, s->k, s->y1, s->k1, s->y2, s->k2, s->rate, s->f, s->weight, s->trial_y, s->trial_k,
                       s->kept_y, s->kept_k};
  for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) free(vectors[v]);
  for (int i = 0; i <= TW_SDIRK_MATRICES; i++) {
    tw_sdirk_matrix *m = i < TW_SDIRK_MATRICES ? &s->matrices[i] : &s->initial;
    tw_lu_free(m->lu);
    free(m->values);
  }
}

/* ---- matrices -------------------------------------------------------------------------------------------------------- */

static bool renew(tw_sdirk_stages *s, tw_sdirk_matrix *m, double t, double cj, const double *y, const double *k) {
  const tw_problem *p = s->p;
  m->ready = false;
  if (!m->values) m->values = malloc((size_t)p->column[p->n] * sizeof *m->values);
  if (!m->lu) m->lu = tw_lu_new(p->n, p->column, p->row_index);
  if (!m->values || !m->lu) return false;
  s->n.jacobians++;
  if (p->jacobian(p->ctx, t, cj, y, k, m->values)) return false;
  s->n.factorisations++;
  if (tw_lu_factor(m->lu, m->values) != TW_LU_OK) return false;
  m->cj = cj;
  m->contraction = 1;
  m->unmeasured = m->spent = 0;
  return m->ready = m->fresh = true;
}

static double apart(double a, double b) { return fmax(a / b, b / a); }

/* The one of the nearest weight if that is near enough, nearer where steps of this length follow each other; else a new one in
 * the place of that which has not been used for longest. */
static tw_sdirk_matrix *matrix_for(tw_sdirk_stages *s, double t, double cj, const double *y, const double *k) {
  tw_sdirk_matrix *best = NULL, *oldest = &s->matrices[0];
  for (int i = 0; i < TW_SDIRK_MATRICES; i++) {
    tw_sdirk_matrix *m = &s->matrices[i];
    if (m->used < oldest->used) oldest = m;
    if (m->ready && (!best || apart(cj, m->cj) < apart(cj, best->cj))) best = m;
  }
  bool again = s->last_cj > 0 && apart(cj, s->last_cj) < same_weight;
  if (best && apart(cj, best->cj) > (again ? same_weight : near_weight)) best = NULL;
  if (!best && renew(s, oldest, t, cj, y, k)) best = oldest;
  if (best) best->used = s->n.steps + 1;
  return best;
}

/* ---- Newton on one stage ----------------------------------------------------------------------------------------------- */

/* y and y' move by the correction times `scale`; the largest part of it in units of the tolerance. */
static double correct(int n, const double *correction, double scale, const double *weight, double cj, double *y, double *k) {
  double largest[LANES] = {0}, all = 0;
  int whole = n - n % LANES;
  for (int i = 0; i < whole; i += LANES)
    for (int l = 0; l < LANES; l++) {
      double d = scale * correction[i + l], size = fabs(d) * weight[i + l];
      y[i + l] -= d;
      k[i + l] -= cj * d;
      largest[l] = size > largest[l] ? size : largest[l];
    }
  for (int i = whole; i < n; i++) {
    double d = scale * correction[i];
    y[i] -= d;
    k[i] -= cj * d;
    largest[i - whole] = fmax(largest[i - whole], fabs(d) * weight[i]);
  }
  for (int l = 0; l < LANES; l++) all = fmax(all, largest[l]);
  return all;
}

/* From a prediction of y and y' with the same y - y'/cj. */
static bool solve_stage(tw_sdirk_stages *s, double t, double cj, double *y, double *k) {
  const tw_problem *p = s->p;
  tw_sdirk_matrix *m = matrix_for(s, t, cj, y, k);
  double last = 0;
  for (int i = 0; m && i < MAX_CORRECTIONS; i++) {
    s->n.residuals++;
    if (p->residual(p->ctx, t, y, k, s->f)) return false;
    int before = tw_lu_factorisations(m->lu);
    if (tw_lu_solve(m->lu, s->f) != TW_LU_OK) return false;
    s->n.factorisations += tw_lu_factorisations(m->lu) - before;
    double scale = 2 * m->cj / (m->cj + cj); /* halves between what the weights of the rates differ by and what they do not */
    double size = correct(p->n, s->f, scale, s->weight, cj, y, k), rate = last > 0 ? size / last : 0;
    if (last > 0) {
      m->contraction = fmax(fmax(rate, contraction_least), m->contraction < 1 ? 0.5 * m->contraction : 0);
      m->unmeasured = 0;
    }
    bool known = m->contraction < 1 && m->unmeasured < MEASURE_AFTER;
    if (size <= 1e-3 * s->enough || (known && size * m->contraction <= s->enough * (1 - m->contraction))) {
      m->unmeasured += last == 0;
      return true;
    }
    /* The first rate may be large without harm, where an unknown that has converged moves one that depends on it. */
    bool slow = rate > (i == 1 ? slow_at_first : renew_above) || i == MAX_CORRECTIONS / 2;
    if (slow && rate >= 1 && m->fresh) return false;
    if (slow && !m->fresh) {
      if (!renew(s, m, t, cj, y, k)) return false;
      size = 0;
    }
    last = size;
  }
  return false;
}

bool tw_sdirk_solve(tw_sdirk_stages *s, double t, double h) {
  const double g = TW_SDIRK_GAMMA, cj = 1 / (g * h);
  const int n = s->p->n;
  for (int i = 0; i < TW_SDIRK_MATRICES; i++) s->matrices[i].fresh = false;
  for (int i = 0; i < n; i++) {
    s->weight[i] = 1 / (s->rtol * fabs(s->y[i]) + s->atol[i]);
    s->k1[i] = s->k[i] + g * h * s->rate[i];
    s->y1[i] = s->y[i] + g * h * s->k1[i];
  }
  if (!solve_stage(s, t + g * h, cj, s->y1, s->k1)) return false;
  for (int i = 0; i < n; i++) {
    s->k2[i] = s->k1[i] + (1 - g) * h * s->rate[i];
    s->y2[i] = s->y[i] + (1 - g) * h * s->k1[i] + g * h * s->k2[i];
  }
  return solve_stage(s, t + h, cj, s->y2, s->k2);
}

/* ---- consistent start ------------------------------------------------------------------------------------------------------ */

/* With a large weight of the rates a correction moves the rates of the differential unknowns and not their values. */
static bool correct_start(tw_sdirk_stages *s, double *y, double *yd) {
  const tw_problem *p = s->p;
  for (int i = 0; i < p->n; i++) {
    if (p->differential[i]) yd[i] -= initial_weight * s->f[i];
    else y[i] -= s->f[i];
    if (!p->differential[i] && !(y[i] >= p->lo[i] && y[i] <= p->hi[i])) return false;
  }
  return true;
}

bool tw_sdirk_consistent(tw_sdirk_stages *s, double t, double *y, double *yd) {
  const tw_problem *p = s->p;
  tw_sdirk_matrix *m = &s->initial;
  double last = INFINITY;
  m->fresh = false;
  if (m->spent > CORRECTIONS_OF_A_MATRIX) m->ready = false; /* so that all starts cost at most twice what they could */
  for (int i = 0; i < START_CORRECTIONS; i++) {
    s->n.residuals++;
    if (p->residual(p->ctx, t, y, yd, s->f)) return false;
    double ratio = tw_worst_ratio(p, s->f, NULL);
    if (i > 0 && ratio <= 0.1) {
      m->spent += i > FEW_CORRECTIONS ? i - FEW_CORRECTIONS : 0;
      return true;
    }
    bool slow = i > 1 && ratio > renew_above * last;
    if (slow && m->fresh) return ratio <= 1;
    if ((!m->ready || slow) && !renew(s, m, t, initial_weight, y, yd)) return false;
    if (tw_lu_solve(m->lu, s->f) != TW_LU_OK || !correct_start(s, y, yd)) return false;
    last = ratio;
  }
  return false;
}

double tw_sdirk_error(tw_sdirk_stages *s, double h) {
  double largest = 0;
  s->worst = -1;
  for (int i = 0; i < s->p->n; i++) {
    if (!s->p->differential[i]) continue;
    double error = error_scale * h * fabs(s->k2[i] - s->k1[i]) * s->weight[i];
    if (error <= largest) continue;
    largest = error;
    s->worst = i;
  }
  return largest;
}

void tw_sdirk_begin(tw_sdirk_stages *s, const double *y, const double *yd) {
  size_t bytes = (size_t)s->p->n * sizeof *y;
  memcpy(s->y, y, bytes);
  memcpy(s->k, yd, bytes);
  memset(s->rate, 0, bytes);
}

/* ---- between the stages, and on ------------------------------------------------------------------------------------------- */

void tw_sdirk_between(tw_sdirk_stages *s, double h, double share) {
  double *y = s->trial_y, *k = s->trial_k;
  const double g = TW_SDIRK_GAMMA, back = share - 1;
  const double w0 = (share - g) * back / g, w1 = share * back / (g * (g - 1)), w2 = share * (share - g) / (1 - g);
  for (int i = 0; i < s->p->n; i++) {
    double bend = s->y[i] - s->y2[i] + h * s->k2[i];
    bool rate = s->p->differential[i];
    y[i] = rate ? s->y2[i] + back * h * s->k2[i] + back * back * bend : w0 * s->y[i] + w1 * s->y1[i] + w2 * s->y2[i];
    k[i] = rate ? s->k2[i] + 2 * back * bend / h : s->k2[i];
  }
}

void tw_sdirk_between_exactly(tw_sdirk_stages *s, double t, double h, double share) {
  tw_sdirk_between(s, h, share);
  if (!tw_sdirk_consistent(s, t + share * h, s->trial_y, s->trial_k)) tw_sdirk_between(s, h, share);
}

static void exchange(double **a, double **b) {
  double *was = *a;
  *a = *b;
  *b = was;
}

void tw_sdirk_keep(tw_sdirk_stages *s) {
  exchange(&s->trial_y, &s->kept_y);
  exchange(&s->trial_k, &s->kept_k);
}

/* What the step tells about the next one. */
static void learn(tw_sdirk_stages *s, double h) {
  for (int i = 0; i < s->p->n; i++) s->rate[i] = (s->k2[i] - s->k1[i]) / ((1 - TW_SDIRK_GAMMA) * h);
  s->last_cj = 1 / (TW_SDIRK_GAMMA * h);
}

void tw_sdirk_accept(tw_sdirk_stages *s, double h) {
  learn(s, h);
  exchange(&s->y, &s->y2);
  exchange(&s->k, &s->k2);
}

void tw_sdirk_accept_kept(tw_sdirk_stages *s, double h) {
  learn(s, h);
  exchange(&s->y, &s->kept_y);
  exchange(&s->k, &s->kept_k);
}
