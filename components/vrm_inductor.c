#include "component.h"

/* The inductor of one phase, as a part that a vrm names: a table of figures without equations of its own, which vrm.c uses under
 * the same names. */
static const tw_param params[] = {
    {"L", "H", NULL, TW_NUMBER, 1e-10, 1, 0, "inductance per phase", NULL, NULL, NULL},
    {"DCR", "ohm", "0 ohm", TW_NUMBER, 0, 10, 0, "inductor resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"alpha_DCR", "1/K", "0.00385 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of DCR: copper, referred to 25 degC",
     "IEC 60028: 0.00393 1/K at 20 degC", NULL, NULL},
    {"P_core", "W", "0 W", TW_NUMBER, 0, 1e4, 0, "core loss per phase, at f_core and ripple_core where given", NULL, NULL, NULL},
    {"f_core", "Hz", NULL, TW_NUMBER, 1e3, 1e8, TW_P_OPTIONAL, "frequency to which P_core belongs; no dependence if absent",
     NULL, NULL, NULL},
    {"ripple_core", "A", NULL, TW_NUMBER, 1e-3, 1e5, TW_P_OPTIONAL,
     "peak-to-peak ripple to which P_core belongs; no dependence if absent", NULL, NULL, NULL},
    {"core_exponent_f", "1", "1.5", TW_NUMBER, 0.5, 3, 0, "Steinmetz exponent of frequency", "estimate", NULL, NULL},
    {"core_exponent_B", "1", "2.5", TW_NUMBER, 1, 4, 0, "Steinmetz exponent of flux swing", "estimate", NULL, NULL},
    {0}};
static const tw_port ports[] = {{0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

static int expand(tw_builder *b) {
  b->fail(b, NULL, "<vrm-inductor> is a part of a regulator and does not stand alone: <vrm inductor=\"...\">");
  return 1;
}

const tw_type TW_TYPE(vrm_inductor) = {
    .element = "vrm-inductor", .title = "Inductor of a regulator's phase", .stage = TW_STAGE_VRM,
    .doc = "Figures of one phase's inductor; a vrm takes what it does not state itself from the part that its inductor "
           "names, and holds the equations.",
    .use = "To swap the inductor of a regulator: ripple, copper and core loss.",
    .validity = "As vrm: no saturation; core loss by Steinmetz' law where f_core and ripple_core are given.",
    .source = "Steinmetz, Proc. IEEE 72 (1984) 197 (reprint): as vrm.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
