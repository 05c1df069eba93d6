/* A component type evaluated at sampled states, in both compilations behind plain doubles.
 *
 * side.c is compiled twice, as the kernels are: side_eval runs the double kernels, side_eval_complex the complex-step twin,
 * which also gives the derivative along one seeded direction. */
#ifndef TW_CONTRACT_SIDE_H
#define TW_CONTRACT_SIDE_H
#include "../../components/component.h"

enum { MAX_PARAMS = 192, MAX_PORTS = 32, MAX_Q = 96, MAX_Z = 16, MAX_OUTPUTS = 128, MAX_STAMPS = 2048, MAX_EVENTS = 32 };

/* The numbers of a type's tables. Local unknowns: n_port_q quantities of ports, then the internal ones: n_q together. */
typedef struct {
  int n_params, n_ports, n_port_q, n_q, n_outputs, n_limits;
  int port_of[MAX_Q];                 /* port of a local unknown, -1 for an internal one */
  int first[MAX_PORTS];               /* first local unknown of a port */
} shape;

/* One instance: everything that eval reads. */
typedef struct {
  double p[MAX_PARAMS];               /* parameters, then derived ones */
  const tw_curve *c[MAX_PARAMS];
  const tw_medium *m[MAX_PORTS];
  bool open[MAX_PORTS];               /* what derive is told */
  double x[MAX_Q], xd[MAX_Q], z[MAX_Z];
  bool at_rest;
  double t, cj, load_scale, fast;         /* the same for all instances of a batch */
} state;

typedef struct {
  double f[MAX_Q], j[MAX_STAMPS], out[MAX_OUTPUTS], balance[TW_B_TERMS], g[MAX_EVENTS];
} result;

typedef struct { int q; double x, xd; } seed; /* direction of the derivative: x and xd of unknown q move by these */

#define side_derive TW_SYM(side_derive)
#define side_eval TW_SYM(side_eval)
/* Fills the derived parameters; 0 or what derive said, its message in text. */
int side_derive(const tw_type *type, const shape *s, state *st, char *text, size_t size);
/* Evaluates the n states in one batch (t, cj, load_scale, fast of the first). Everything is preset to NaN before the call, the
 * balance to 0. slopes: NULL, or the derivative along `along` (complex side only). jacobian: j is wanted. */
void side_eval(const tw_type *type, const shape *s, const state *const *states, int n, bool jacobian, result *values,
    const seed *along, result *slopes);

/* True for the NaN that everything was preset to: nobody wrote it. */
bool side_unwritten(double v);

/* start (x, z) and react of the double side, one instance. */
void side_start(const tw_type *type, const shape *s, state *st, double *x);
int side_react(const tw_type *type, const shape *s, state *st);
double side_alarm(const tw_type *type, const shape *s, const state *st); /* INFINITY: none */

#ifndef TW_COMPLEX_STEP
int side_derive_complex(const tw_type *type, const shape *s, state *st, char *text, size_t size);
void side_eval_complex(const tw_type *type, const shape *s, const state *const *states, int n, bool jacobian, result *values,
    const seed *along, result *slopes);
#endif
#endif
