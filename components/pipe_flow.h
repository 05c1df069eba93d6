/* A straight run of pipe or hose: wall friction, local losses, static head, hold-up and heat to its surroundings.
 * Shared by pipe and hose, whose tables differ in their defaults only. */
#ifndef TW_PIPE_FLOW_H
#define TW_PIPE_FLOW_H
#include "flow.h"

enum {
  TW_PIPE_LENGTH, TW_PIPE_BORE, TW_PIPE_ROUGHNESS, TW_PIPE_K, TW_PIPE_RISE, TW_PIPE_WALL, TW_PIPE_LOSS, TW_PIPE_GAX,
  TW_PIPE_VMAX, TW_PIPE_PMAX, TW_PIPE_MEDIUM, TW_PIPE_PARAMS,
  TW_PIPE_AREA = TW_PIPE_PARAMS, TW_PIPE_CAPACITY, TW_PIPE_PER_D, TW_PIPE_RELATIVE, TW_PIPE_FRICTION, TW_PIPE_G, TW_PIPE_ALL
};
#define TW_PIPE_DERIVED (TW_PIPE_ALL - TW_PIPE_PARAMS)

/* Roughness and heat loss with their defaults and sources. */
#define TW_PIPE_PARAM_TABLE(roughness, roughness_source, loss, loss_source) \
  {"length", "m", NULL, TW_NUMBER, 1e-4, 1e6, 0, "length along the axis", NULL, NULL, NULL}, \
      {"bore", "m", NULL, TW_NUMBER, 1e-4, 10, 0, "inside diameter", NULL, NULL, NULL}, \
      {"roughness", "m", roughness, TW_NUMBER, 0, 0.01, 0, "equivalent sand roughness of the wall", roughness_source, NULL, \
       NULL}, \
      {"K", "1", "0", TW_NUMBER, 0, 1e5, 0, "sum of the local loss coefficients (bends, fittings, entry, exit)", NULL, NULL, \
       NULL}, \
      TW_PARAM_RISE, \
      {"wall_heat_capacity", "J/(m K)", "0 J/(m K)", TW_NUMBER, 0, 1e7, 0, "heat capacity of the wall per metre", NULL, NULL, \
       NULL}, \
      {"heat_loss", "W/(m K)", loss, TW_NUMBER, 0, 1e4, 0, "conductance from coolant to surroundings per metre", loss_source, \
       NULL, NULL}, \
      TW_PARAM_G_AXIAL, TW_PARAM_LIMIT("velocity_max", "m/s", 1e-3, 100, "largest velocity"), \
      TW_PARAM_LIMIT("p_max", "Pa", 1e3, 1e8, "largest pressure, absolute"), TW_PARAM_MEDIUM

enum { TW_PIPE_HEAT = 4, TW_PIPE_M };
#define TW_PIPE_PORTS TW_PORT_IN(1), TW_PORT_OUT(1), {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "surroundings"}
#define TW_PIPE_STAMPS \
  TW_STREAM_STAMPS(TW_PIPE_M), TW_WALL_STAMPS(TW_PIPE_HEAT, TW_PIPE_M), TW_MOMENTUM_STAMPS(TW_PIPE_M)
#define TW_PIPE_OUTPUTS \
  TW_OUT_FLOW, {"velocity", "m/s", TW_Q_PLAIN, TW_L_NONE, "mean velocity, magnitude"}, \
      {"Re", "1", TW_Q_PLAIN, TW_L_NONE, "Reynolds number"}, \
      {"p", "Pa", TW_Q_PLAIN, TW_L_NONE, "larger pressure of both ends, absolute"}, \
      {"heat_loss", "W", TW_Q_PLAIN, TW_L_NONE, "heat given to the surroundings"}
#define TW_PIPE_LIMITS \
  {"velocity", "velocity_max", TW_AT_MOST, "velocity of the coolant"}, {"p", "p_max", TW_AT_MOST, "pressure of the coolant"}

#define tw_pipe_derive TW_SYM(tw_pipe_derive)
int tw_pipe_derive(const tw_derive *d);
#define tw_pipe_start TW_SYM(tw_pipe_start)
void tw_pipe_start(const tw_start *s);
#define tw_pipe_eval TW_SYM(tw_pipe_eval)
void tw_pipe_eval(const tw_eval *e);
#define tw_pipe_observe TW_SYM(tw_pipe_observe)
void tw_pipe_observe(const tw_eval *e, tw_real *const *out);
#define tw_pipe_balance TW_SYM(tw_pipe_balance)
void tw_pipe_balance(const tw_eval *e, tw_real *const *b);
#endif
