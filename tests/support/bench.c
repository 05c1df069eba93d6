#include "bench.h"
#include <unistd.h>

/* A grid and a power supply feed two DC branches (a converter chain to a chip, a droop source beside it), a pump moves coolant
 * through a plate, a heat exchanger with controlled valve takes the heat to facility water. */
const char bench_mixed[] =
    "<title>mixed</title><ambient temperature='22 degC'/>\n"
    "<grid id='g' voltage='400 V' short_circuit_power='20 MVA' X_R='5'/>\n"
    "<cable id='c' length='20 m' R20='5 mohm/m' X='0.1 mohm/m' ampacity='100 A' heat_capacity='500 J/(K m)'/>\n"
    "<psu id='p' P_rated='5.5 kW' V_no_load='50.5 V' V_full_load='50 V' loss_a='0.006' loss_b='0.008' loss_c='0.012'"
    " V_in_min='180 V' V_in_max='305 V'/>\n"
    "<resistor id='r' R='2 mohm'/>\n"
    "<voltage-source id='s' voltage='50.6 V' R='20 mohm'/>\n"
    "<dcdc id='ibc' mode='fixed-ratio' N='4' V_nominal='50 V' P_rated='2 kW' P_NL='8 W' R_out='1.3 mohm'/>\n"
    "<vrm id='vrm' V_nominal='12 V' V_set='0.85 V' R_LL='20 uohm' I_rated='1500 A' phases='24' f_sw='600 kHz' R_hs='3.5 mohm'"
    " R_ls='0.7 mohm' L='120 nH' DCR='0.17 mohm' t_r='2 ns' t_f='2 ns' Q_rr='40 nC' P_core='0.25 W' P_control='1 W' I_add='35 A'"
    " I_shed='25 A'/>\n"
    "<pdn id='pdn' R_pdn='15 uohm'/>\n"
    "<chip id='gpu' kind='gpu' TDP='1000 W' P_idle='150 W' leakage_share='10 %' V_nominal='0.8 V' utilisation='100 %'/>\n"
    "<package id='pkg' R_lid_plate='0.01 K/W' C_die='60 J/K'/>\n"
    "<thermal-resistance id='plate' R='0.02 K/W'/><heat-capacity id='lump' C='400 J/K'/>\n"
    "<plate-channel id='film' R0='0.006 K/W' A='0.016 K/W' dp_ref='9.5 kPa' volume='50 mL' heat_capacity='155 J/K'/>\n"
    "<pressure-source id='pump' dp0='60 kPa' dp2='-1e12 Pa/(m3/s)2' speed='1'/>\n"
    "<heat-exchanger id='hx' Q_rated='2 kW' approach_rated='4 K' T_in2_rated='25 degC' flow1_rated='6 L/min' flow2_rated='6 L/min'"
    " dp1_rated='10 kPa' dp2_rated='10 kPa'/>\n"
    "<pressure-holder id='vessel' p='200 kPa' medium='pg25'/>\n"
    "<facility-water id='fws' medium='water' T_supply='20 degC' dp='60 kPa'/>\n"
    "<valve id='valve' Kv='1'/><temperature-sensor id='sensor'/>\n"
    "<controller id='pi' action='direct' T_set='30 degC' Kp='0.02' Ki='0.0005 1/s'/>\n"
    "<connect from='g.out' to='c.a'/><connect from='c.b' to='p.in'/><connect from='p.out' to='r.a'/><connect from='r.b' to='ibc.in'/>\n"
    "<connect from='s.out' to='ibc.in'/><connect from='ibc.out' to='vrm.in'/><connect from='vrm.out' to='pdn.in'/>\n"
    "<connect from='pdn.out' to='gpu.power'/><connect from='gpu.heat' to='pkg.die'/><connect from='pkg.plate' to='plate.a'/>\n"
    "<connect from='vrm.heat' to='plate.a'/><connect from='plate.b' to='film.plate'/><connect from='lump.heat' to='plate.b'/>\n"
    "<connect from='pump.b' to='film.a'/><connect from='film.b' to='hx.a1'/><connect from='hx.b1' to='pump.a'/>\n"
    "<connect from='vessel.a' to='pump.a'/><connect from='hx.b1' to='sensor.fluid'/><connect from='sensor.output' to='pi.measure'/>\n"
    "<connect from='pi.output' to='valve.opening'/><connect from='fws.supply' to='hx.a2'/><connect from='hx.b2' to='valve.a'/>\n"
    "<connect from='valve.b' to='fws.return'/>\n";

int bench_open(solved_model *m, const char *body) {
  char file[] = "/tmp/racktwin-bench-XXXXXX";
  int fd = mkstemp(file);
  FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
  *m = (solved_model){0};
  if (!out) fail_msg("no temporary file");
  fprintf(out, "<racktwin xmlns=\"urn:racktwin:1\" version=\"1\">\n%s\n</racktwin>\n", body);
  fclose(out);
  m->model = tw_read(file, &(tw_read_options){0}, &m->diagnostics);
  unlink(file);
  m->net = m->model ? tw_network_new(m->model, 1, &m->diagnostics) : NULL;
  if (!m->net) return 3;
  m->problem = tw_network_problem(m->net);
  m->solver = tw_solver_new(&m->problem);
  m->y = calloc((size_t)m->net->n + 1, sizeof *m->y);
  if (!m->solver || !m->y) abort();
  tw_network_start(m->net, m->y);
  return 0;
}

static void no_diagnostics(solved_model *m) {
  if (!m->diagnostics.n) return;
  tw_diagnostics_print(&m->diagnostics, stderr, false);
  fail_msg("%d diagnostics", m->diagnostics.n);
}

void bench_build(solved_model *m, const char *body) {
  int status = bench_open(m, body);
  no_diagnostics(m);
  assert_int_equal(status, 0);
}

void bench_solve(solved_model *m, const char *body) {
  bench_build(m, body);
  int status = model_solve(m);
  no_diagnostics(m);
  assert_int_equal(status, 0);
}

int bench_item(const tw_description *model, const char *path) {
  for (int i = 0; i < model->n_items; i++)
    if (!strcmp(model->items[i].path, path)) return i;
  fail_msg("there is no %s", path);
  return -1;
}

void bench_set(tw_network *net, const char *path, const char *param, int lane, double value) {
  int item = bench_item(net->model, path), q = tw_param_index(net->model->items[item].type, param);
  if (q < 0) fail_msg("%s has no %s", path, param);
  assert_true(tw_network_set(net, item, q, lane, value) > 0);
}

double bench_output(const tw_network *net, const char *path, const char *output, int lane) {
  int item = bench_item(net->model, path);
  const tw_batch *b = &net->batches[net->item_batch[item]];
  int q = tw_output_index(b->type, output);
  if (q < 0) fail_msg("%s has no %s", path, output);
  return b->out[q][net->item_instance[item] * net->lanes + lane];
}

int bench_unknown(const tw_network *net, const char *path, const char *quantity) {
  int item = bench_item(net->model, path), k = net->item_instance[item];
  const tw_batch *b = &net->batches[net->item_batch[item]];
  for (int q = 0; q < b->n_ports; q++) {
    size_t length = strlen(b->type->ports[q].id);
    if (strncmp(quantity, b->type->ports[q].id, length)) continue;
    if (!quantity[length]) return b->unknown[b->port_first[q]][k];
    if (!strcmp(quantity + length, ".1")) return b->unknown[b->port_first[q] + 1][k];
  }
  for (int q = 0; q < b->n_internal; q++)
    if (!strcmp(quantity, b->type->unknowns[q].id)) return b->first_internal + q * b->n + k;
  fail_msg("%s has no %s", path, quantity);
  return -1;
}

void bench_near(double got, double expected, double difference, const char *what, const char *file, int line) {
  if (fabs(got - expected) <= difference) return;
  print_error("%s = %.12g, expected %.12g within %.3g\n", what, got, expected, difference);
  _fail(file, line);
}
