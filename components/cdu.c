#include "component.h"

/* Coolant distribution unit, liquid to liquid.
 * Secondary: return -> strainer -> suction header with expansion vessel -> pumps in parallel, each with a check valve ->
 * discharge header -> heat exchanger (side 1) -> supply. Primary: in -> heat exchanger (side 2) -> control valve -> out.
 * Control: supply temperature on the primary valve (warmer opens), and supply-return pressure difference on the speed of all
 * pumps (lower pressure speeds up), or pumps at fixed speed. With two supplies the pumps take turns: 1, 3 .. on power, 2, 4 .. on
 * power_b, so that a lost feed leaves half of them. A valve or pump at its stop is a solution with the set point
 * missed (controller), which breaks a limit: figures of a supply that is not the one asked for must not look right. With staging
 * the pumps out of service are standby: the first starts when the pressure control has been at its highest speed for
 * staging_delay, the next after as long again. They stay on, or with staging_off stop again, the last one first, when the speed
 * of all has been that low for staging_off_delay: those in service must then get along without them, which the distance from
 * there to the highest speed has to allow for. They do not stop while a pump in service has no head (proof: a pressure difference
 * across it below a third of dp_set); this starts them as well (interlock). Restrictions are rated by their pressure drop at rated
 * flow: Kv = Q / sqrt(dp / 1 bar), Q in m3/h, of water (IEC 60534-1). */

#define OPT TW_P_OPTIONAL
#define FIXED TW_P_STRUCTURAL
static const tw_param params[] = {
    {"pumps", "1", "2", TW_INTEGER, 1, 16, FIXED, "pumps in parallel, spare ones included", NULL, NULL, NULL},
    {"pumps_running", "1", NULL, TW_INTEGER, 0, 16, FIXED | OPT, "pumps in service, from the first on; all when absent",
     NULL, NULL, NULL},
    {"staging", "1", "no", TW_ENUM, 0, 1, FIXED,
     "yes: pumps out of service start when those in service are at their highest speed", NULL, "no|yes", NULL},
    {"staging_delay", "s", "2 s", TW_NUMBER, 0, 1e5, FIXED, "how long until a standby pump starts, and then the next", "estimate",
     NULL, NULL},
    {"staging_off", "1", NULL, TW_NUMBER, 0, 1.2, FIXED | OPT,
     "speed of the pumps down to which a standby pump stops again; it stays on when absent", NULL, NULL, NULL},
    {"staging_off_delay", "s", "60 s", TW_NUMBER, 0, 1e5, FIXED,
     "how long they must be at that speed until the last standby pump stops, and then the one before", "estimate", NULL, NULL},
    {"pump", NULL, NULL, TW_REFERENCE, 0, 0, FIXED, "part that each pump is", NULL, "pump", NULL},
    {"Q_rated", "W", NULL, TW_NUMBER, 1, 1e9, FIXED, "heat at the rating point", NULL, NULL, NULL},
    {"approach_rated", "delta K", NULL, TW_NUMBER, 0.1, 100, FIXED, "supply above primary inlet at the rating point",
     NULL, NULL, NULL},
    {"T_primary_rated", "K", "30 degC", TW_NUMBER, 250, 400, FIXED, "primary inlet at the rating point (for cp)",
     NULL, NULL, NULL},
    {"flow_rated", "m3/s", NULL, TW_NUMBER, 1e-6, 10, FIXED, "secondary flow at the rating point", NULL, NULL, NULL},
    {"flow_primary_rated", "m3/s", NULL, TW_NUMBER, 1e-6, 10, FIXED, "primary flow at the rating point", NULL, NULL, NULL},
    {"dp_exchanger", "Pa", NULL, TW_NUMBER, 1, 1e7, 0, "secondary drop of heat exchanger and pipework at rated flow",
     NULL, NULL, NULL},
    {"dp_primary", "Pa", NULL, TW_NUMBER, 1, 1e7, 0, "primary drop of heat exchanger and pipework at rated flow",
     NULL, NULL, NULL},
    {"dp_valve", "Pa", "30 kPa", TW_NUMBER, 1, 1e7, FIXED, "drop of the open primary valve at rated flow",
     "estimate", NULL, NULL},
    {"dp_strainer", "Pa", "10 kPa", TW_NUMBER, 1, 1e7, FIXED, "drop of the clean strainer at rated flow", "estimate", NULL, NULL},
    {"dp_check", "Pa", "5 kPa", TW_NUMBER, 1, 1e7, FIXED, "drop of a check valve at its part of the rated flow",
     "estimate", NULL, NULL},
    {"clogging", "1", "1", TW_NUMBER, 1, 1e6, TW_P_TIMED, "factor on the strainer's drop", NULL, NULL, NULL},
    {"fouling", "1", "0", TW_NUMBER, 0, 100, TW_P_TIMED, "resistance added in the heat exchanger, as part of the rated one",
     NULL, NULL, NULL},
    {"p_suction", "Pa", "200 kPa", TW_NUMBER, 1e4, 1e7, TW_P_TIMED, "pressure that the vessel holds, absolute", NULL, NULL, NULL},
    {"volume", "m3", "0 m3", TW_NUMBER, 0, 100, 0, "coolant in vessel and secondary pipework", NULL, NULL, NULL},
    {"vessel", "1", "yes", TW_ENUM, 0, 1, FIXED, "no: the vessel of another CDU in the loop holds the pressure (volume: its own)",
     NULL, "yes|no", NULL},
    {"coolant", NULL, NULL, TW_MEDIUM, 0, 0, OPT, "secondary coolant, where not said elsewhere", NULL, NULL, NULL},
    {"T_supply", "K", NULL, TW_NUMBER, 260, 400, TW_P_TIMED, "set point of the supply temperature", NULL, NULL, NULL},
    {"T_room", "K", NULL, TW_NUMBER, 233.15, 323.15, OPT | TW_P_TIMED,
     "air temperature of the room: with the humidity it keeps the set point above the dew point", NULL, NULL, NULL},
    {"humidity", "1", NULL, TW_NUMBER, 0.01, 1, OPT | TW_P_TIMED, "relative humidity of the room", NULL, NULL, NULL},
    {"dew_margin", "delta K", "2 K", TW_NUMBER, 0, 50, TW_P_TIMED, "lowest set point above the dew point", "estimate", NULL,
     NULL},
    {"Kp_T", "1", "0.02", TW_NUMBER, 0, 100, 0, "gain of the temperature control: valve opening per K", "estimate", NULL, NULL},
    {"Ki_T", "1/s", "0.0005 1/s", TW_NUMBER, 1e-9, 100, 0, "its integral gain: valve opening per K and second",
     "estimate", NULL, NULL},
    {"T_sample", "s", NULL, TW_NUMBER, 0.01, 1e6, FIXED | OPT,
     "time between the samples of its controllers; continuous if absent", NULL, NULL, NULL},
    {"valve_min", "1", "0.02", TW_NUMBER, 0, 1, 0, "smallest opening of the primary valve", "estimate", NULL, NULL},
    {"pump_control", "1", "pressure-difference", TW_ENUM, 0, 1, FIXED, "what sets the speed of the pumps",
     NULL, "pressure-difference|fixed-speed", NULL},
    {"dp_set", "Pa", NULL, TW_NUMBER, 10, 1e7, OPT | TW_P_TIMED, "set point of the pressure difference supply to return",
     NULL, NULL, NULL},
    {"speed", "1", "100 %", TW_NUMBER, 0, 1.2, TW_P_TIMED, "fixed speed", NULL, NULL, NULL},
    {"speed_min", "1", "30 %", TW_NUMBER, 0, 1, 0, "lowest speed", "estimate", NULL, NULL},
    {"speed_max", "1", "100 %", TW_NUMBER, 0.1, 1.2, 0, "highest speed", NULL, NULL, NULL},
    {"Kp_dp", "1", NULL, TW_NUMBER, 0, 1, OPT, "gain of the pressure control: speed per Pa; 0.1 / dp_set when absent",
     NULL, NULL, NULL},
    {"Ki_dp", "1/s", NULL, TW_NUMBER, 1e-12, 1, OPT, "its integral gain: speed per Pa and second; 0.05/s / dp_set when absent",
     NULL, NULL, NULL},
    {"control_power", "W", "0 W", TW_NUMBER, 0, 1e6, TW_P_TIMED, "controls, display and sensors", NULL, NULL, NULL},
    {"V_nominal", "V", "400 V", TW_NUMBER, 10, 1e5, 0, "nominal voltage of the supply, line-to-line", NULL, NULL, NULL},
    {"phases", "1", "3", TW_INTEGER, 1, 3, FIXED, "3: balanced three-phase supply; 1: single-phase", NULL, NULL, NULL},
    {"dew_point", "K", NULL, TW_NUMBER, 250, 400, OPT,
     "lowest permitted supply temperature: dew point of the room with its margin", NULL, NULL, NULL},
    {"T_supply_max", "K", NULL, TW_NUMBER, 250, 400, OPT, "highest permitted supply temperature", NULL, NULL, NULL},
    {"approach_max", "delta K", NULL, TW_NUMBER, 0, 100, OPT, "largest permitted approach", NULL, NULL, NULL},
    {"T_missed_max", "delta K", "0.5 K", TW_NUMBER, 0, 1000, 0,
     "how far the supply temperature may be from its set point while the valve is at a stop", "estimate", NULL, NULL},
    {"dp_missed_max", "Pa", NULL, TW_NUMBER, 0, 1e7, OPT,
     "how far the pressure difference may be from its set point while the pumps are at a stop; 5 % of it when absent", NULL, NULL,
     NULL},
    {0}};
static const tw_port ports[] = {
    {"supply", TW_FLUID, TW_R_SUPPLY, 1, NULL, NULL, "secondary coolant to the racks"},
    {"return", TW_FLUID, TW_R_RETURN, 1, NULL, NULL, "secondary coolant from the racks"},
    {"primary_in", TW_FLUID, TW_R_COOLANT_IN, 2, NULL, NULL, "facility water in"},
    {"primary_out", TW_FLUID, TW_R_COOLANT_OUT, 2, NULL, NULL, "facility water out"},
    {"power", TW_AC, TW_R_FEED_IN, 0, NULL, NULL, "supply of pumps and controls"},
    {"power_b", TW_AC, TW_R_FEED_IN | TW_R_OPTIONAL, 0, NULL, NULL, "second supply: where connected, of every other pump"},
    {"heat", TW_HEAT, TW_R_OPTIONAL, 0, NULL, NULL, "air around it: losses of motors, drives and controls"},
    {0}};
static const tw_unknown unknowns[] = {{0}};
static const tw_row rows[] = {{0}};
static const tw_quantity outputs[] = {{0}};

/* An own port that several children share: the first exposes it, the others join the first. */
typedef struct { int child; const char *port; } meeting;

static void meet(tw_builder *b, const char *own, meeting *first, int child, const char *port) {
  if (first->port) {
    b->join(b, first->child, first->port, child, port);
    return;
  }
  *first = (meeting){child, port};
  b->expose(b, own, 0, child, port);
}

static double Kv(double flow, double dp) { return 3600.0 * flow / sqrt(dp / 1e5); }

static int exchanger(tw_builder *b) {
  static const char *const same[][2] = {{"Q_rated", "Q_rated"}, {"approach_rated", "approach_rated"},
      {"T_in2_rated", "T_primary_rated"}, {"flow1_rated", "flow_rated"}, {"flow2_rated", "flow_primary_rated"},
      {"dp1_rated", "dp_exchanger"}, {"dp2_rated", "dp_primary"}, {"fouling", "fouling"}};
  static const char *const limit[][2] = {{"T_out1_min", "dew_point"}, {"T_out1_max", "T_supply_max"},
      {"approach_max", "approach_max"}};
  int hx = b->child(b, "heat-exchanger", "exchanger", 0, NULL);
  for (int k = 0; k < TW_COUNT(same); k++) b->pass(b, hx, same[k][0], same[k][1]);
  for (int k = 0; k < TW_COUNT(limit); k++)
    if (b->given(b, limit[k][1])) b->pass(b, hx, limit[k][0], limit[k][1]);
  b->expose(b, "primary_in", 0, hx, "a2");
  b->expose(b, "supply", 0, hx, "b1");
  return hx;
}

static void temperature_control(tw_builder *b, int hx) {
  int valve = b->child(b, "valve", "valve", 0, NULL), sensor = b->child(b, "temperature-sensor", "T_sensor", 0, NULL);
  int control = b->child(b, "controller", "T_control", 0, NULL);
  b->number(b, valve, "Kv", Kv(b->value(b, "flow_primary_rated"), b->value(b, "dp_valve")));
  b->join(b, hx, "b2", valve, "a");
  b->expose(b, "primary_out", 0, valve, "b");
  b->join(b, hx, "b1", sensor, "fluid");
  b->join(b, sensor, "output", control, "measure");
  b->join(b, control, "output", valve, "opening");
  b->text(b, control, "action", "direct");
  b->pass(b, control, "T_set", "T_supply");
  if (b->given(b, "T_room")) b->pass(b, control, "T_room", "T_room");
  if (b->given(b, "humidity")) b->pass(b, control, "humidity", "humidity");
  b->pass(b, control, "dew_margin", "dew_margin");
  b->pass(b, control, "Kp", "Kp_T");
  b->pass(b, control, "Ki", "Ki_T");
  b->pass(b, control, "lo", "valve_min");
  b->pass(b, control, "missed_max", "T_missed_max");
  if (b->given(b, "T_sample")) b->pass(b, control, "T_sample", "T_sample");
}

/* Returns the controller whose output is the speed, or -1 at fixed speed. */
static int pressure_control(tw_builder *b, int hx, int strainer) {
  if (b->value(b, "pump_control") > 0.5) return -1;
  double set = b->value(b, "dp_set");
  int sensor = b->child(b, "pressure-difference-sensor", "dp_sensor", 0, NULL);
  int control = b->child(b, "controller", "dp_control", 0, NULL);
  b->join(b, hx, "b1", sensor, "a");
  b->join(b, strainer, "a", sensor, "b");
  b->join(b, sensor, "output", control, "measure");
  b->text(b, control, "action", "reverse");
  b->pass(b, control, "dp_set", "dp_set");
  if (b->given(b, "Kp_dp")) b->pass(b, control, "Kp", "Kp_dp");
  else b->number(b, control, "Kp", 0.1 / set);
  if (b->given(b, "Ki_dp")) b->pass(b, control, "Ki", "Ki_dp");
  else b->number(b, control, "Ki", 0.05 / set);
  b->pass(b, control, "lo", "speed_min");
  b->pass(b, control, "hi", "speed_max");
  if (b->given(b, "dp_missed_max")) b->pass(b, control, "missed_max", "dp_missed_max");
  else b->number(b, control, "missed_max", 0.05 * set);
  if (b->given(b, "T_sample")) b->pass(b, control, "T_sample", "T_sample");
  return control;
}

/* What starts and stops standby pumps: the speed, or the highest one while pump k in service has no head. before: of the pumps
 * before it, and so on. */
static int proof(tw_builder *b, int k, int before, int pump) {
  int sensor = b->child(b, "pressure-difference-sensor", "proof_sensor", k, NULL);
  int lost = b->child(b, "interlock", "proof", k, NULL);
  b->join(b, pump, "b", sensor, "a");
  b->join(b, pump, "a", sensor, "b");
  b->join(b, sensor, "output", lost, "watch");
  b->join(b, before, "output", lost, "otherwise");
  b->text(b, lost, "sense", "below");
  b->number(b, lost, "on", b->value(b, "dp_set") / 3.0);
  b->number(b, lost, "off", b->value(b, "dp_set") / 2.0);
  b->number(b, lost, "value_on", b->value(b, "speed_max"));
  return lost;
}

/* Standby pump n of `standby`: it gets the speed of the others once what is watched has been at the highest for n delays. */
static void stage(tw_builder *b, int n, int standby, int control, int watched, int pump) {
  int start = b->child(b, "interlock", "stage", n, NULL);
  b->number(b, start, "on", 0.995 * b->value(b, "speed_max"));
  b->number(b, start, "t_on", n * b->value(b, "staging_delay"));
  if (b->given(b, "staging_off")) {
    b->number(b, start, "off", b->value(b, "staging_off"));
    b->number(b, start, "t_off", (standby - n + 1) * b->value(b, "staging_off_delay"));
  }
  b->join(b, watched, "output", start, "watch");
  b->join(b, control, "output", start, "input");
  b->join(b, start, "output", pump, "speed");
}

static void pumps(tw_builder *b, int n, int running, int strainer, int hx, int control, meeting *power, meeting *heat) {
  bool shared = b->connected(b, "heat", 0), second = b->connected(b, "power_b", 0);
  meeting power_b = {0};
  double flow = b->value(b, "flow_rated") / (running > 0 ? running : n);
  bool stops = b->given(b, "staging_off");
  int watched = control;
  for (int k = 1; k <= n; k++) {
    int pump = b->child(b, "pump", "pump", k, "pump"), check = b->child(b, "check-valve", "check", k, NULL);
    b->number(b, check, "Kv", Kv(flow, b->value(b, "dp_check")));
    b->pass(b, pump, "phases", "phases");
    b->pass(b, pump, "voltage", "V_nominal");
    bool standby = k > running && b->value(b, "staging") > 0.5;
    if (k > running && !standby) b->text(b, pump, "state", "off");
    if (standby) stage(b, k - running, n - running, control, watched, pump);
    else if (control >= 0) b->join(b, control, "output", pump, "speed");
    else b->pass(b, pump, "speed", "speed");
    b->join(b, strainer, "b", pump, "a");
    b->join(b, pump, "b", check, "a");
    if (stops && k <= running) watched = proof(b, k, watched, pump);
    b->join(b, check, "b", hx, "a1");
    if (second && k % 2 == 0) meet(b, "power_b", &power_b, pump, "power");
    else meet(b, "power", power, pump, "power");
    if (shared) meet(b, "heat", heat, pump, "heat");
  }
}

static int expand(tw_builder *b) {
  int n = (int)b->value(b, "pumps"), running = b->given(b, "pumps_running") ? (int)b->value(b, "pumps_running") : n;
  if (n < 2 && b->connected(b, "power_b", 0)) {
    b->fail(b, "pumps", "one pump has one supply: power_b needs a second pump");
    return 1;
  }
  if (running > n) {
    b->fail(b, "pumps_running", "more pumps are running than there are");
    return 1;
  }
  if (b->value(b, "pump_control") < 0.5 && !b->given(b, "dp_set")) {
    b->fail(b, "dp_set", "needed for the pressure control of the pumps; or give pump_control=\"fixed-speed\"");
    return 1;
  }
  if (b->value(b, "staging") > 0.5 && b->value(b, "pump_control") > 0.5) {
    b->fail(b, "staging", "needs the pressure control of the pumps: standby pumps start when it is at its highest speed");
    return 1;
  }
  if (b->given(b, "staging_off") && !(b->value(b, "staging") > 0.5)) {
    b->fail(b, "staging_off", "needs staging=\"yes\": it stops the standby pumps that this starts");
    return 1;
  }
  if (b->value(b, "staging_off") >= 0.95 * b->value(b, "speed_max")) {
    b->fail(b, "staging_off", "must be below 95 % of speed_max, at which they start: the distance is the hysteresis");
    return 1;
  }
  meeting power = {0}, heat = {0};
  int hx = exchanger(b), strainer = b->child(b, "strainer", "strainer", 0, NULL);
  b->number(b, strainer, "Kv", Kv(b->value(b, "flow_rated"), b->value(b, "dp_strainer")));
  b->pass(b, strainer, "clogging", "clogging");
  b->expose(b, "return", 0, strainer, "a");
  if (b->given(b, "coolant")) b->pass(b, strainer, "medium", "coolant");
  if (b->value(b, "vessel") < 0.5) {
    int vessel = b->child(b, "pressure-holder", "vessel", 0, NULL);
    b->pass(b, vessel, "p", "p_suction");
    b->pass(b, vessel, "volume", "volume");
    b->join(b, strainer, "b", vessel, "a");
  }
  temperature_control(b, hx);
  pumps(b, n, running, strainer, hx, pressure_control(b, hx, strainer), &power, &heat);
  int load = b->child(b, "ac-load", "control", 0, NULL);
  b->pass(b, load, "power", "control_power");
  b->pass(b, load, "voltage", "V_nominal");
  b->pass(b, load, "phases", "phases");
  meet(b, "power", &power, load, "in");
  if (b->connected(b, "heat", 0)) meet(b, "heat", &heat, load, "heat");
  return 0;
}

const tw_type TW_TYPE(cdu) = {
    .element = "cdu", .title = "Coolant distribution unit", .stage = TW_STAGE_PUMP,
    .doc = "Liquid-to-liquid: heat exchanger from its catalogue approach point, pumps in parallel with check valves, strainer, "
           "expansion vessel, primary valve under supply-temperature control, pumps under pressure-difference control or at "
           "fixed speed; standby pumps start when those in service do not suffice (staging), and stop when they are not needed "
           "(staging_off). With room temperature and humidity "
           "the set point of the supply is kept above the dew point; dew_point is a limit on the supply temperature.",
    .use = "The unit between facility water and rack loop: whether approach, flow and head suffice, what its pumps take, what "
           "happens with one pump or feed lost.",
    .validity = "Single-phase coolants. The exchanger is scaled from one rating point; away from it as heat-exchanger says. "
                "Restrictions are turbulent.",
    .source = "Composite of heat-exchanger, pump, check-valve, strainer, valve and controller; restrictions rated as Kv by IEC "
              "60534-1.",
    .params = params, .ports = ports, .unknowns = unknowns, .rows = rows, .outputs = outputs, .expand = expand};
