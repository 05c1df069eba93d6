/* Parameters of a plate channel and what follows from them alone: between plate_channel.c, where they are explained, and
 * plate_derive.c. */
#ifndef TW_PLATE_CHANNEL_H
#define TW_PLATE_CHANNEL_H
#include "component.h"

enum {
  P_R, P_BASIS, P_R0, P_A, P_N, P_QFIT,
  P_CHANNELS, P_W, P_D, P_L, P_T, P_KS, P_RBASE, P_NUWALL, P_K,
  P_TREF, P_MUREF, P_KREF, P_FOULING,
  P_DP, P_QREF, P_DPN, P_DPA, P_DPB, P_MUE,
  P_VOLUME, P_C, P_GAX, P_GS, P_RISE,
  P_FMIN, P_FMAX, P_DPMAX, P_TMAX, P_VMAX, P_REMAX, P_MEDIUM, N_P
};

enum { D_FORM = N_P, D_DPFORM, D_FIT, D_DROP, D_CPREF, D_WIDTH, D_CAPACITY, D_RMIN, D_NU, D_FRE, D_DH, D_AREA, D_BASE, D_FINS,
       N_D };
enum { FORM_CURVE, FORM_FIT, FORM_GEOMETRY };
enum { DP_POWER, DP_QUADRATIC, DP_GEOMETRY };

#define tw_plate_derive TW_SYM(tw_plate_derive)
int tw_plate_derive(const tw_derive *d);
#endif
