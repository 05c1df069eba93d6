/* The sampling box: plausible parameters around their defaults, and port and internal quantities from quiet to absurd. */
#include "contract.h"
#include "../../racks/description.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_POINTS = 6, MEDIA = 3, REFUSALS = 2000 };

typedef struct piece { struct piece *next; tw_curve curve; double x[CURVE_POINTS], y[CURVE_POINTS], slope[CURVE_POINTS]; } piece;

struct sampler {
  const subject *u;
  uint64_t random;
  piece *curves;
  tw_medium media[MEDIA];
  double defaults[MAX_PARAMS];        /* parsed, NaN where there is none */
};

/* ---- random numbers: splitmix64 (Steele, Lea and Flood, OOPSLA 2014) ------------------------------------------------ */

static uint64_t next(sampler *s) {
  uint64_t z = (s->random += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double sample_uniform(sampler *s, double lo, double hi) { return lo + (hi - lo) * ((double)(next(s) >> 11) * 0x1p-53); }

static bool chance(sampler *s, double probability) { return sample_uniform(s, 0.0, 1.0) < probability; }
static int pick(sampler *s, int n) { return (int)(next(s) % (uint64_t)n); }
static double log_uniform(sampler *s, double lo, double hi) { return exp(sample_uniform(s, log(lo), log(hi))); }
static double clip(double v, double lo, double hi) { return v < lo ? lo : v > hi ? hi : v; }

/* ---- parameters --------------------------------------------------------------------------------------------------- */

static double default_of(const tw_param *p) {
  char message[256];
  if (!p->dflt) return NAN;
  if (p->kind == TW_NUMBER) return tw_quantity_parse(p->dflt, p->unit, message, sizeof(message));
  return p->kind == TW_INTEGER ? strtod(p->dflt, NULL) : NAN;
}

/* What a quantity of this unit is like in a rack; 0 when nothing is known. */
static double typical(const char *unit) {
  static const struct { const char *unit; double size;
  } known[] = {{"1", 1.0}, {"V", 100.0}, {"A", 500.0}, {"W", 5000.0}, {"V.A", 5000.0}, {"ohm", 1e-2}, {"H", 1e-6}, {"F", 1e-2},
      {"C", 1e-7}, {"Hz", 1e5}, {"s", 1e-6}, {"J", 100.0}, {"J/K", 200.0}, {"K/W", 0.05}, {"W/K", 500.0}, {"W/m2/K", 500.0},
      {"W/(m2.K)", 500.0}, {"delta K", 10.0}, {"1/K", 0.004}, {"m", 0.05}, {"m2", 1e-3}, {"m3", 1e-3}, {"m/s", 1.0}, {"kg", 1.0},
      {"kg/s", 0.5}, {"m3/s", 5e-4}, {"Pa", 5e4}, {"rad/s", 300.0}};
  for (int k = 0; k < TW_COUNT(known); k++)
    if (unit && !strcmp(unit, known[k].unit)) return known[k].size;
  return 0.0;
}

/* A number without default: within a decade of what is typical of its unit, else in the middle decades of its range. */
static double number_from_range(sampler *s, const tw_param *p) {
  double lo = p->lo, hi = p->hi, usual = typical(p->unit);
  if (!strcmp(p->unit, "K") && lo < 350.0 && hi > 280.0) return sample_uniform(s, fmax(lo, 280.0), fmin(hi, 350.0));
  if (lo >= 0.0 && hi <= 10.0 && hi > 1e3 * lo && !strcmp(p->unit, "1")) return sample_uniform(s, lo, hi);
  if (lo == 0.0 && chance(s, 0.1)) return 0.0;
  double sign = lo < 0.0 && chance(s, 0.3) ? -1.0 : 1.0;
  if (usual >= lo && usual <= hi && usual > 0.0) return clip(sign * log_uniform(s, 0.1 * usual, 10.0 * usual), lo, hi);
  if (lo > 0.0) {
    double middle = sqrt(lo) * sqrt(hi);
    return log_uniform(s, fmax(lo, middle / 30.0), fmin(hi, middle * 30.0));
  }
  return clip(sign * log_uniform(s, 1e-3 * hi, 0.1 * hi), lo, hi);
}

/* A number of the same unit as an earlier one is often like it: a window around a rating, a limit near a load. */
static double number_like_another(sampler *s, const state *st, int k) {
  const tw_param *params = s->u->type->params;
  double found[MAX_PARAMS];
  int n = 0;
  for (int i = 0; i < k; i++)
    if (params[i].kind == TW_NUMBER && !strcmp(params[i].unit, params[k].unit) && isfinite(st->p[i])) found[n++] = st->p[i];
  if (!n || !chance(s, 0.4) || !strcmp(params[k].unit, "1")) return number_from_range(s, &params[k]);
  double v = found[pick(s, n)];
  return clip(!strcmp(params[k].unit, "K") ? v + sample_uniform(s, -20.0, 20.0) : v * sample_uniform(s, 0.5, 1.5), params[k].lo,
      params[k].hi);
}

static int choices_of(const tw_param *p) {
  int n = 1;
  for (const char *c = p->choices; c && *c; c++) n += *c == '|';
  return n;
}

static double draw_param(sampler *s, const state *st, int k) {
  const tw_param *p = &s->u->type->params[k];
  double d = s->defaults[k];
  if ((p->flags & TW_P_OPTIONAL) && chance(s, 0.4)) return NAN;
  if (!strcmp(p->id, "phases")) return chance(s, 0.5) ? 1.0 : 3.0;
  switch (p->kind) {
    case TW_NUMBER:
      if (!isfinite(d)) return number_like_another(s, st, k);
      if (chance(s, 0.3)) return d;
      if (d == 0.0) return number_from_range(s, p);
      if (!strcmp(p->unit, "K")) return clip(d + sample_uniform(s, -15.0, 15.0), p->lo, p->hi);
      return clip(d * log_uniform(s, 0.5, 2.0), p->lo, p->hi);
    case TW_INTEGER: {
      if (isfinite(d) && chance(s, 0.4)) return d;
      int lo = (int)p->lo, hi = (int)fmin(p->hi, p->lo + 5.0);
      return lo + pick(s, hi - lo + 1);
    }
    case TW_ENUM: return pick(s, choices_of(p));
    default: return NAN;
  }
}

/* A plausible curve: an efficiency or power factor of 0.8..0.98 that holds beyond its ends, a pressure drop or voltage
 * that rises, anything else falling, as pump heads and thermal resistances do. */
static const tw_curve *draw_curve(sampler *s, const tw_param *p) {
  if ((p->flags & TW_P_OPTIONAL) && chance(s, 0.4)) return NULL;
  piece *c = calloc(1, sizeof(*c));
  if (!c) abort();
  c->next = s->curves;
  s->curves = c;
  bool ratio = strstr(p->id, "efficiency") || strstr(p->id, "factor");
  bool rising = strstr(p->id, "dp") || !strcmp(p->unit, "V") || ratio;
  double lo = ratio ? 0.8 : 0.1 * typical(p->unit), hi = ratio ? 0.98 : typical(p->unit);
  double span = typical(p->x_unit) > 0.0 ? typical(p->x_unit) : 1.0;
  lo = clip(lo, p->lo, p->hi);
  hi = clip(hi, p->lo, p->hi);
  int n = 2 + pick(s, CURVE_POINTS - 1);
  for (int k = 0; k < n; k++) {
    double part = (k + sample_uniform(s, 0.1, 0.4)) / n;
    c->x[k] = span * part;
    c->y[k] = rising ? lo + (hi - lo) * part : hi - (hi - lo) * part;
  }
  tw_curve_beyond beyond = ratio || chance(s, 0.5) ? TW_BEYOND_HOLD : TW_BEYOND_LINEAR;
  c->curve = (tw_curve){n, c->x, c->y, c->slope, TW_CURVE_MONOTONE_CUBIC, beyond};
  if (tw_curve_prepare(&c->curve) != 0) abort();
  return &c->curve;
}

static void draw_params(sampler *s, state *st) {
  const tw_type *t = s->u->type;
  memset(st, 0, sizeof(*st));
  for (int k = 0; k < s->u->s.n_params; k++) {
    st->p[k] = draw_param(s, st, k);
    if (t->params[k].kind == TW_CURVE) st->c[k] = draw_curve(s, &t->params[k]);
  }
  for (int k = 0; k < s->u->s.n_ports; k++) st->open[k] = (t->ports[k].role & TW_R_OPTIONAL) && (s->random >> (20 + k)) & 1;
  const tw_medium *of_stream[MAX_PORTS] = {0};
  for (int k = 0; k < s->u->s.n_ports; k++) {
    if (t->ports[k].kind != TW_FLUID) continue;
    int stream = t->ports[k].stream;
    if (stream < 0 || stream >= MAX_PORTS) continue;
    if (!of_stream[stream]) of_stream[stream] = &s->media[pick(s, MEDIA)];
    st->m[k] = of_stream[stream];
  }
}

/* ---- unknowns ----------------------------------------------------------------------------------------------------- */

/* A voltage that the parameters speak of, else 54 V or 230 V. */
static double reference_voltage(sampler *s, const state *st, double otherwise) {
  double found[MAX_PARAMS];
  int n = 0;
  for (int k = 0; k < s->u->s.n_params; k++) {
    const tw_param *p = &s->u->type->params[k];
    if (p->kind == TW_NUMBER && !strcmp(p->unit, "V") && isfinite(st->p[k]) && st->p[k] != 0.0) found[n++] = st->p[k];
  }
  return n && chance(s, 0.8) ? found[pick(s, n)] : otherwise;
}

static double draw_voltage(sampler *s, double reference) {
  double u = sample_uniform(s, 0.0, 1.0);
  if (u < 0.08) return 0.0;
  if (u < 0.09) return (chance(s, 0.5) ? 1.0 : -1.0) * log_uniform(s, 1e-314, 1e-60); /* a dead supply, iterated away */
  if (u < 0.12) return sample_uniform(s, -1.0, 1.0) * log_uniform(s, 1e-9, 1e-2);
  if (u < 0.50) return reference * sample_uniform(s, 0.9, 1.1);
  if (u < 0.55) return reference * 1.5;
  if (u < 0.70) return sample_uniform(s, -20.0, 80.0);
  return reference * sample_uniform(s, -0.3, 1.5);
}

/* A second end often lies near the first: v plus a small part of the reference. */
static double draw_near(sampler *s, double v, double reference) {
  if (chance(s, 0.5)) return draw_voltage(s, reference);
  return v + (chance(s, 0.5) ? 1.0 : -1.0) * reference * log_uniform(s, 1e-6, 0.1);
}

static double draw_around(sampler *s, double centre, double width, double lo, double hi) {
  double u = sample_uniform(s, 0.0, 1.0);
  if (u < 0.1) return centre;
  if (u < 0.6) return clip(centre + sample_uniform(s, -width, width), lo, hi);
  return sample_uniform(s, lo, hi);
}

static double draw_internal(sampler *s, const tw_unknown *k) {
  double u = sample_uniform(s, 0.0, 1.0), v;
  double nominal = fabs(k->nominal), lo = k->lo, hi = k->hi;
  if (!strcmp(k->unit, "K")) v = draw_around(s, 320.0, 30.0, 263.0, 400.0);
  else if (u < 0.10) v = 0.0;
  else if (u < 0.20) v = (chance(s, 0.5) ? nominal : -nominal) * log_uniform(s, 1e-9, 1e-2);
  else if (u < 0.75) v = nominal * sample_uniform(s, -2.0, 2.0);
  else v = sample_uniform(s, fmax(lo, -100.0 * nominal), fmin(hi, 100.0 * nominal));
  return clip(v, lo, hi);
}

/* A stock is mostly between empty and what it starts with. */
void sample_unknowns(sampler *s, state *st) {
  const tw_type *t = s->u->type;
  double guess[MAX_Q];
  state begun = *st;
  side_start(t, &s->u->s, &begun, guess);
  double p0 = sample_uniform(s, 0.5e5, 8e5), T0 = sample_uniform(s, 278.0, 343.0);
  double v_dc = reference_voltage(s, st, 54.0), v_ac = reference_voltage(s, st, 400.0) / sqrt(3.0);
  double angle = sample_uniform(s, -M_PI, M_PI), last_dc = draw_voltage(s, v_dc), last_ac = draw_voltage(s, v_ac);
  for (int k = 0; k < s->u->s.n_ports; k++) {
    double *x = &st->x[s->u->s.first[k]], *xd = &st->xd[s->u->s.first[k]];
    switch (t->ports[k].kind) {
      case TW_DC:
        x[0] = last_dc = draw_near(s, last_dc, v_dc);
        xd[0] = sample_uniform(s, -10.0, 10.0);
        break;
      case TW_AC: {
        double v = last_ac = draw_near(s, last_ac, v_ac), at = angle + (chance(s, 0.5) ? sample_uniform(s, -0.2, 0.2) : 0.0);
        x[0] = v * cos(at);
        x[1] = v * sin(at);
        break;
      }
      case TW_FLUID: case TW_REFRIGERANT:
        x[0] = draw_around(s, p0, 5e4, 0.5e5, 8e5);
        xd[0] = sample_uniform(s, -1e3, 1e3);
        x[1] = t->ports[k].kind == TW_FLUID ? draw_around(s, T0, 20.0, 263.0, 383.0) : sample_uniform(s, 1.5e5, 4.5e5);
        xd[1] = t->ports[k].kind == TW_FLUID ? sample_uniform(s, -1.0, 1.0) : sample_uniform(s, -100.0, 100.0);
        break;
      case TW_HEAT:
        x[0] = draw_around(s, T0, 20.0, 233.0, 423.0);
        xd[0] = sample_uniform(s, -1.0, 1.0);
        break;
      case TW_SIGNAL_IN: case TW_SIGNAL_OUT:
        x[0] = chance(s, 0.1) ? 0.0 : chance(s, 0.1) ? 1.0 : sample_uniform(s, -0.2, 1.2);
        xd[0] = sample_uniform(s, -0.1, 0.1);
        break;
    }
  }
  for (int k = 0; t->unknowns[k].id; k++) {
    int q = s->u->s.n_port_q + k;
    st->x[q] = draw_internal(s, &t->unknowns[k]);
    if (t->unknowns[k].differential == TW_STOCK && chance(s, 0.8)) st->x[q] = guess[q] * sample_uniform(s, 0.0, 1.2);
    st->xd[q] = t->unknowns[k].differential ? 0.1 * fabs(t->unknowns[k].nominal) * sample_uniform(s, -1.0, 1.0) : 0.0;
  }
  st->at_rest = (s->random >> 19) & 1;
  st->t = sample_uniform(s, 0.0, 100.0);
  st->cj = chance(s, 0.2) ? 0.0 : log_uniform(s, 1e-2, 1e4);
  st->load_scale = chance(s, 0.8) ? 1.0 : chance(s, 0.3) ? 0.0 : 0.4;
  bool any_fast = false;
  for (int k = 0; t->unknowns[k].id; k++) any_fast |= t->unknowns[k].differential == TW_FAST;
  st->fast = any_fast && chance(s, 0.3) ? 0.0 : 1.0;
}

bool sample_state(sampler *s, state *st, char *text, size_t size) {
  for (int k = 0; k < REFUSALS; k++) {
    draw_params(s, st);
    if (side_derive(s->u->type, &s->u->s, st, text, size) != 0) continue;
    double guess[MAX_Q];
    side_start(s->u->type, &s->u->s, st, guess); /* the first discrete state */
    sample_unknowns(s, st);
    if (chance(s, 0.5)) side_react(s->u->type, &s->u->s, st); /* a discrete state other than the first */
    return true;
  }
  return false;
}

sampler *sampler_new(const subject *u, uint64_t seed_value) {
  sampler *s = calloc(1, sizeof(*s));
  if (!s) abort();
  s->u = u;
  s->random = seed_value;
  for (const char *c = u->type->element; *c; c++) s->random = s->random * 31 + (uint64_t)*c;
  static const char *const names[MEDIA] = {"water", "pg25", "air"};
  for (int k = 0; k < MEDIA; k++) {
    if (tw_medium_builtin(names[k], 0.25, &s->media[k]) != 0) abort();
    s->media[k].id = names[k];
  }
  for (int k = 0; k < u->s.n_params; k++) s->defaults[k] = default_of(&u->type->params[k]);
  return s;
}

void sampler_free(sampler *s) {
  while (s->curves) {
    piece *next_piece = s->curves->next;
    free(s->curves);
    s->curves = next_piece;
  }
  free(s);
}
