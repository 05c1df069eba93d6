/* Integrals beside a solution, by both methods: closed forms, and what is stored linearly is what came in less what went out, also
 * up to an event and on from there, in steps so coarse that the solution itself is poor. */
#include "support/small_problem.h"

#include "../solvers/quadrature.h"

enum { IN, OUT, SQUARE, INTEGRALS };

/* Two stores: y0' = 1 + sin 3t - (y0 - y1), y1' = y0 - y1 - y1^2 / 2 - y2, 0 = y2 + y2^3 - y1. */
static void stores_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m;
  f[0] = yd[0] - 1 - sin(3 * t) + y[0] - y[1];
  f[1] = 2 * yd[1] - y[0] + y[1] + y[1] * y[1] / 2 + y[2];
  f[2] = y[2] + y[2] * y[2] * y[2] - y[1];
}

static void stores_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)yd;
  j[0][0] = cj + 1, j[0][1] = -1;
  j[1][0] = -1, j[1][1] = 2 * cj + 1 + y[1], j[1][2] = 1;
  j[2][1] = -1, j[2][2] = 1 + 3 * y[2] * y[2];
}

static void stores_g(const small_problem *m, double t, const double *y, double *g) {
  (void)m, (void)t;
  g[0] = y[0] - 0.5;
  g[1] = y[0] - 0.500001; /* within the same step */
}

static void flows(void *ctx, double t, const double *y, const double *yd, double *q) {
  (void)yd;
  ++*(int *)ctx;
  q[IN] = 1 + sin(3 * t);
  q[OUT] = y[1] * y[1] / 2 + y[2];
  q[SQUARE] = y[0] * y[0];
}

static double stored(const double *y) { return y[0] + 2 * y[1]; }

typedef struct { small_problem m; tw_solver *s; tw_transient *x; double t, y[SMALL_MAX], yd[SMALL_MAX], q[INTEGRALS]; int calls; } stores;

static void begin(stores *w, tw_time_method method, double rtol, int n_events) {
  static const double atol[SMALL_MAX] = {1e-9, 1e-9, 1e-9};
  *w = (stores){.t = 0};
  small_init(&w->m, 3);
  w->m.f = stores_f;
  w->m.j = stores_j;
  w->m.g = stores_g;
  w->m.p.n_events = n_events;
  w->m.differential[0] = w->m.differential[1] = true;
  w->s = tw_solver_new(&w->m.p);
  tw_transient_options o = {.rtol = rtol, .atol = atol, .method = method, .n_integrals = INTEGRALS, .integrand = flows, .ctx = &w->calls};
  w->x = tw_transient_new(w->s, 0, w->y, w->yd, &o);
  tw_report r;
  assert_int_equal(tw_transient_restart(w->x, 0, w->y, w->yd, &r), TW_SOLVED);
}

static tw_arrival go(stores *w, double t_stop, bool one_step) {
  int fired[2];
  tw_arrival at = tw_transient_step(w->x, t_stop, one_step, &w->t, w->y, w->yd, fired);
  for (int k = 0; k < INTEGRALS; k++) w->q[k] += tw_transient_integrals(w->x)[k];
  return at;
}

static void end(stores *w) {
  tw_transient_free(w->x);
  tw_solver_free(w->s);
}

static const tw_time_method methods[] = {TW_IDA, TW_SDIRK};

/* What Newton's method leaves, in units of the tolerance: some in IDA, a hundredth in SDIRK. */
static const double left[] = {3, 1e-2};

static void what_is_stored_came_in_and_did_not_go_out(void **state) {
  (void)state;
  for (int m = 0; m < 2; m++)
    for (double rtol = 1e-2; rtol > 1e-9; rtol *= 0.1) {
      stores w;
      begin(&w, methods[m], rtol, 0);
      for (int k = 1; k <= 7; k++) { /* stops on the way, one step or as many as it takes */
        while (go(&w, k, k % 2) != TW_AT_STOP) {}
        assert_within(w.q[IN] - w.q[OUT] - stored(w.y), 0, left[m] * (rtol * w.q[IN] + 3e-9));
      }
      assert_within(w.q[IN], 7 + (1 - cos(21.0)) / 3, 100 * rtol * 7);
      assert_true(w.calls > 7);
      end(&w);
    }
}

static void an_event_divides_a_step(void **state) {
  (void)state;
  for (int m = 0; m < 2; m++)
    for (double rtol = 1e-2; rtol > 1e-9; rtol *= 0.1) {
      stores w;
      int events = 0;
      begin(&w, methods[m], rtol, 2);
      for (double stop = 0; stop < 7;) {
        tw_arrival at = go(&w, stop + 1, true);
        if (at == TW_AT_EVENT && events++ == 0) go(&w, w.t + 1e-7, true); /* a stop between an event and the end of its step */
        if (w.t >= stop + 1) stop++;
        assert_within(w.q[IN] - w.q[OUT] - stored(w.y), 0, left[m] * (rtol * w.q[IN] + 3e-9));
      }
      assert_true(events >= 1);
      end(&w);
    }
}

/* y^2 over e^-t. */
static void decay_f(const small_problem *m, double t, const double *y, const double *yd, double *f) {
  (void)m, (void)t;
  f[0] = yd[0] + y[0];
}

static void decay_j(const small_problem *m, double t, double cj, const double *y, const double *yd, double (*j)[SMALL_MAX]) {
  (void)m, (void)t, (void)y, (void)yd;
  j[0][0] = cj + 1;
}

static void square(void *ctx, double t, const double *y, const double *yd, double *q) {
  (void)ctx, (void)t, (void)yd;
  q[0] = y[0] * y[0];
}

/* IDA's tolerance is one of a step, and steps add up; SDIRK's is one of the solution. */
static void a_square_is_integrated_to_the_tolerance(void **state) {
  (void)state;
  static const double off[] = {50, 2};
  static const double atol[] = {1e-12};
  for (int m = 0; m < 2; m++)
    for (double rtol = 1e-3; rtol > 1e-9; rtol *= 0.1) {
      small_problem p;
      double t = 0, y[SMALL_MAX] = {1}, yd[SMALL_MAX] = {-1};
      tw_report r;
      small_init(&p, 1);
      p.f = decay_f;
      p.j = decay_j;
      p.differential[0] = true;
      tw_solver *s = tw_solver_new(&p.p);
      tw_transient_options o = {.rtol = rtol, .atol = atol, .method = methods[m], .n_integrals = 1, .integrand = square};
      tw_transient *x = tw_transient_new(s, 0, y, yd, &o);
      assert_int_equal(tw_transient_restart(x, 0, y, yd, &r), TW_SOLVED);
      assert_int_equal(tw_transient_step(x, 3, false, &t, y, yd, NULL), TW_AT_STOP);
      assert_near(tw_transient_integrals(x)[0], (1 - exp(-6)) / 2, off[m] * rtol);
      tw_transient_free(x);
      tw_solver_free(s);
    }
}

/* One step of order k is exact for polynomials of degree k where the points before it are, here (1 + t)^k at k + 1 of them, and so is
 * the way back. Steps may be far below the rounding of any time. */
static void a_step_has_its_order(void **state) {
  (void)state;
  for (int order = 1; order <= TW_BDF_ORDER; order++)
    for (double unit = 1; unit > 1e-25; unit *= 1e-6) {
      tw_quadrature s;
      double told = 0;
      assert_true(tw_quadrature_new(&s, 1));
      tw_quadrature_begin(&s);
      s.order = order;
      for (int i = 0; i <= order; i++) {
        s.t[i] = unit * (-0.3 * i - 0.02 * i * i);
        s.q[i][0] = pow(1 + s.t[i] / unit, order) - 1;
      }
      s.rate[0] = order * pow(1.25, order - 1) / unit;
      tw_quadrature_step(&s, 0.25 * unit, order);
      tw_quadrature_tell(&s, 0, &told);
      assert_near(told, pow(1.25, order) - 1, 1e-12);
      tw_quadrature_tell(&s, 0.15 * unit, &told);
      assert_near(told, pow(1.1, order) - 1, 1e-12);
      tw_quadrature_free(&s);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_stored_came_in_and_did_not_go_out), cmocka_unit_test(an_event_divides_a_step),
      cmocka_unit_test(a_square_is_integrated_to_the_tolerance), cmocka_unit_test(a_step_has_its_order)};
  return cmocka_run_group_tests_name("integrals beside a solution", tests, NULL, NULL) ? 1 : 0;
}
