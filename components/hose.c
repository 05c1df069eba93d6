#include "pipe_flow.h"

/* Flexible hose: the equations of pipe_flow.h with the roughness of a smooth liner. Corrugated metal hose needs its own
 * roughness or a catalogue pressure drop (element flow-resistance). */
static const tw_param params[] = {
    TW_PIPE_PARAM_TABLE("0.01 mm", "White, Fluid Mechanics, 7th ed., table 6.1: rubber, smoothed", "0.7 W/(m K)",
                        "estimate: bare rubber hose, 25 mm outside, still air 10 W/(m2 K)"),
    {0}};
static const tw_port ports[] = {TW_PIPE_PORTS, {0}};
static const tw_unknown unknowns[] = {TW_UNKNOWN_M_DOT(false), {0}};
static const tw_row rows[] = {TW_ROW_DP, {0}};
static const tw_quantity outputs[] = {TW_PIPE_OUTPUTS, {0}};
static const tw_limit limits[] = {TW_PIPE_LIMITS, {0}};
static const tw_stamp stamps[] = {TW_PIPE_STAMPS};

const tw_type TW_TYPE(hose) = {
    .element = "hose", .title = "Hose",
    .doc = "As pipe, with the roughness of smooth rubber and the heat loss of a bare hose.",
    .use = "The hoses of trays and manifolds.",
    .validity = "Single-phase developed flow in a smooth liner. Corrugated metal hose needs its own roughness or a catalogue "
                "drop (flow-resistance).",
    .source = "As pipe: Darcy-Weisbach; Colebrook, J. Inst. Civ. Eng. 11 (1939) 133; Clamond, Ind. Eng. Chem. Res. 48 (2009) "
              "3665.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .limits = limits,
    .stamps = stamps, .n_stamps = TW_COUNT(stamps), .n_derived = TW_PIPE_DERIVED, .derive = tw_pipe_derive,
    .start = tw_pipe_start, .eval = tw_pipe_eval, .observe = tw_pipe_observe, .balance = tw_pipe_balance};
