/* IDA as it is packaged: serial vectors and SUNLinSol_KLU of the library on a tw_problem, for comparison in benchmarks. */
#ifndef STOCK_IDA_H
#define STOCK_IDA_H
#include "../solvers/solver.h"

typedef struct tw_stock tw_stock;
/* As the functions of tw_transient; y, yd are consistent. Algebraic unknowns are out of the error test. */
tw_stock *tw_stock_new(const tw_problem *p, const double *y, const double *yd, const tw_transient_options *o);
void tw_stock_free(tw_stock *x);
void tw_stock_begin(tw_stock *x, double t, const double *y, const double *yd);
tw_arrival tw_stock_step(tw_stock *x, double t_stop, double *t, double *y, double *yd, int *fired);
void tw_stock_statistics(tw_stock *x, tw_transient_stats *s);
#endif
