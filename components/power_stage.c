#include "component.h"

/* The two transistors of one phase and their driver, as a part that a vrm names: a table of figures without equations of its own,
 * which vrm.c uses under the same names. */
static const tw_param params[] = {
    {"R_hs", "ohm", NULL, TW_NUMBER, 0, 10, 0, "high-side on resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"R_ls", "ohm", NULL, TW_NUMBER, 0, 10, 0, "low-side on resistance at 25 degC, per phase", NULL, NULL, NULL},
    {"alpha", "1/K", "0.004 1/K", TW_NUMBER, 0, 0.02, 0, "temperature coefficient of both on resistances", "estimate", NULL,
     NULL},
    {"t_r", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "overlap of voltage and current at turn-on", NULL, NULL, NULL},
    {"t_f", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "overlap of voltage and current at turn-off", NULL, NULL, NULL},
    {"C_oss", "F", "0 F", TW_NUMBER, 0, 1e-3, 0, "energy-related output capacitance of both transistors, per phase", NULL, NULL,
     NULL},
    {"Q_rr", "C", "0 C", TW_NUMBER, 0, 1e-3, 0, "reverse recovery charge, per phase and cycle", NULL, NULL, NULL},
    {"V_f", "V", "0 V", TW_NUMBER, 0, 5, 0, "diode voltage in the dead time", NULL, NULL, NULL},
    {"t_dead", "s", "0 s", TW_NUMBER, 0, 1e-3, 0, "sum of both dead times of a cycle", NULL, NULL, NULL},
    {"Q_g", "C", "0 C", TW_NUMBER, 0, 1e-3, 0, "gate charge of both transistors, per phase", NULL, NULL, NULL},
    {"V_gs", "V", "5 V", TW_NUMBER, 0, 20, 0, "gate drive voltage", NULL, NULL, NULL},
    {0}};
static const tw_port ports[] = {{0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

static int expand(tw_builder *b) {
  b->fail(b, NULL, "<power-stage> is a part of a regulator and does not stand alone: <vrm stage=\"...\">");
  return 1;
}

const tw_type TW_TYPE(power_stage) = {
    .element = "power-stage", .title = "Power stage of a regulator", .stage = TW_STAGE_VRM,
    .doc = "Figures of one phase's transistors and driver; a vrm takes what it does not state itself from the part that its "
           "stage names, and holds the equations.",
    .use = "To swap the power stage of a regulator and leave its phases, frequency and inductor as they are.",
    .validity = "As vrm. Makers print efficiency as pictures; figures read off them are estimates.",
    .source = "Erickson and Maksimovic, Fundamentals of Power Electronics, 2nd ed. (2001), sections 3.4 and 4.3: as vrm.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
