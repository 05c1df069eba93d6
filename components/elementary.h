/* exp and log of many numbers at once. A kernel that works through its instances in blocks collects the arguments of a block and
 * makes one call: the loops behind it vectorise, and no instance waits for another's chain of operations. */
#ifndef TW_ELEMENTARY_H
#define TW_ELEMENTARY_H
#include "real.h"

#define TW_BLOCK 32 /* instances that a kernel works through together: its scratch stays in the first-level cache */

/* y[i] = exp(x[i]) and y[i] = log(x[i]), i < n, x and y apart: within 1e-15 of the libm's, which is called where the argument is
 * out of the ordinary (|x| > 700; x not positive and normal) and throughout in the complex-step twin. The bits of y[i] depend on
 * x[i] alone. */
#define tw_exp_each TW_SYM(tw_exp_each)
void tw_exp_each(int n, const tw_real *restrict x, tw_real *restrict y);
#define tw_log_each TW_SYM(tw_log_each)
void tw_log_each(int n, const tw_real *restrict x, tw_real *restrict y);
#endif
