/* Constants of the loading guides for transformers, and the ageing of their insulation. */
#ifndef TW_TRANSFORMER_THERMAL_H
#define TW_TRANSFORMER_THERMAL_H
#include "component.h"
#include "smooth.h"

/* The figures of the tables in this file are recalled and to be checked against the standards. */

/* Cooling, in the order of the words of the parameter `cooling`: IEC 60076-7:2018, table 4 (first row: distribution transformers,
 * ONAN, hot-spot factor 1.1; the rest medium and large power transformers, 1.3). The last two are dry types, IEC 60076-12:2008,
 * 5.3: rise = rated rise K^q with q = 2 x here, no oil and no gradient above it. */
#define TW_COOLING_WORDS "distribution|ONAN-restricted|ONAN|ONAF-restricted|ONAF|OF-restricted|OF|OD|AN|AF"
enum { TW_COOLING_AN = 8 };
typedef struct {
  double x, y, k11, k21, k22, tau_o, tau_w, H; /* exponents, -, -, -, s, s, hot-spot factor */
  double winding, top_oil, hot_spot;           /* K, permitted rises: IEC 60076-2:2011, table 1 */
} tw_cooling;

static const tw_cooling tw_coolings[] = {
    {0.8, 1.6, 1.0, 1.0, 2.0, 180 * 60, 4 * 60, 1.1, 65, 60, 78},
    {0.8, 1.3, 0.5, 3.0, 2.0, 210 * 60, 10 * 60, 1.3, 65, 60, 78},
    {0.8, 1.3, 0.5, 2.0, 2.0, 210 * 60, 10 * 60, 1.3, 65, 60, 78},
    {0.8, 1.3, 0.5, 3.0, 2.0, 150 * 60, 7 * 60, 1.3, 65, 60, 78},
    {0.8, 1.3, 0.5, 2.0, 2.0, 150 * 60, 7 * 60, 1.3, 65, 60, 78},
    {1.0, 1.3, 1.0, 1.45, 1.0, 90 * 60, 7 * 60, 1.3, 65, 60, 78},
    {1.0, 1.3, 1.0, 1.3, 1.0, 90 * 60, 7 * 60, 1.3, 65, 60, 78},
    {1.0, 2.0, 1.0, 1.0, 1.0, 90 * 60, 7 * 60, 1.3, 70, 60, 78},
    {0.8, 2.0, 1.0, 1.0, 1.0, 0, 60, 1.0, 0, 0, 0},
    {1.0, 2.0, 1.0, 1.0, 1.0, 0, 60, 1.0, 0, 0, 0}};

/* Insulation, in the order of its words. Paper in oil: IEC 60076-7:2018, 6.3: non-upgraded paper ages at V = 2^((T - 98)/6), T in
 * degC; upgraded at exp(15000/(110 + 273) - 15000/(T + 273)). Dry types: IEC 60076-12:2008, table 1: life a exp(b/T), so that
 * V = exp(b/T_rated - b/T) with the rated hot spot of the class; its mean winding rise: IEC 60076-11:2018, table 2. */
#define TW_INSULATION_WORDS "normal|upgraded|class-105|class-120|class-130|class-155|class-180|class-200|class-220"
enum { TW_INSULATION_NORMAL, TW_INSULATION_UPGRADED };
typedef struct {
  double b;       /* K, 0: halved by 6 K */
  double rated;   /* degC, hot spot at which the rate is 1 */
  double winding; /* K, permitted mean rise of a dry type */
} tw_insulation;

static const tw_insulation tw_insulations[] = {{0, 98, 0},        {15000, 110, 0},   {15900, 95, 60},
                                               {17212, 110, 75},  {18115, 120, 80},  {20475, 145, 100},
                                               {22979, 170, 125}, {25086, 190, 135}, {27285, 210, 150}};

/* Relative ageing rate at the hot spot T [K], and its derivative. The guides put 273 K where 273.15 K is meant, and so do their
 * constants. */
static inline tw_vd tw_ageing(double b, double rated, tw_real T) {
  const double ln2_per_6K = 0.11552453009332421;
  if (b == 0.0) {
    tw_real v = tw_exp(ln2_per_6K * (T - TW_ZERO_CELSIUS - rated));
    return (tw_vd){v, ln2_per_6K * v};
  }
  tw_real t = T - TW_ZERO_CELSIUS + 273.0, v = tw_exp(b / (rated + 273.0) - b / t);
  return (tw_vd){v, v * b / (t * t)};
}
#endif
