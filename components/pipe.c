#include "pipe_flow.h"

/* Rigid pipe. Darcy-Weisbach with friction.h; valid for developed flow of one phase. Roughness has no default: commercial steel
 * 0.046 mm, stainless 0.002 mm, drawn tubing 0.0015 mm (White, Fluid Mechanics, 7th ed., table 6.1). */
static const tw_param params[] = {
    TW_PIPE_PARAM_TABLE(NULL, NULL, "0.3 W/(m K)",
                        "estimate: 34 mm pipe under 19 mm of foam, 0.036 W/(m K): 2 pi k / ln(r2/r1)"),
    {0}};
static const tw_port ports[] = {TW_PIPE_PORTS, {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_DP, {0}};
static const tw_quantity outputs[] = {TW_PIPE_OUTPUTS, {0}};
static const tw_limit limits[] = {TW_PIPE_LIMITS, {0}};
static const tw_stamp stamps[] = {TW_PIPE_STAMPS};

const tw_type TW_TYPE(pipe) = {.element = "pipe",
    .title = "Pipe",
    .doc = "p_a - p_b = (f L/D + K) rho v|v| / 2 + rho g rise (Darcy-Weisbach): f = 64/Re up to Re 2300, Colebrook from 4000, "
           "C2 blend between. Heat to the surroundings heat_loss L (T_mean - T_heat). Hold-up of coolant and wall, half at each "
           "end. "
           "Density and viscosity at the mean of both ends. Fluid inertia: fluid-inertance; delay of long runs: pipe-run.",
    .use = "Rigid pipe: pressure drop, static head, heat lost on the way.",
    .validity = "Developed single-phase flow; laminar to Re 2300, Colebrook from 4000, a C2 blend between; relative roughness "
                "below 0.1.",
    .source = "Darcy-Weisbach; Colebrook, J. Inst. Civ. Eng. 11 (1939) 133; Clamond, Ind. Eng. Chem. Res. 48 (2009) 3665; "
              "roughness: White, Fluid Mechanics, 7th ed., table 6.1.",
    .params = params,
    .ports = ports,
    .unknowns = unknowns,
    .rows = rows,
    .outputs = outputs,
    .limits = limits,
    .stamps = stamps,
    .n_stamps = TW_COUNT(stamps),
    .n_derived = TW_PIPE_DERIVED,
    .derive = tw_pipe_derive,
    .start = tw_pipe_start,
    .eval = tw_pipe_eval,
    .observe = tw_pipe_observe,
    .balance = tw_pipe_balance};
