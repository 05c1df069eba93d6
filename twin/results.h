/* What a solved network says, in the terms of its users: the ladder, heat by where it goes, coolant, parts, margins.
 * Plain numbers in SI; the writers (report, JSON, CSV) print them and compute nothing. */
#ifndef TW_RESULTS_H
#define TW_RESULTS_H
#include "audit.h"
#include "steady.h"

typedef struct { tw_stage stage; const char *name; double input, output, loss, stored, loss_by_kind[TW_L_KINDS], efficiency, T_hottest; } tw_rung;

typedef struct {             /* a coolant stream into and out of the cabinet */
  const char *path;          /* what supplies it: the composite or item outside the cabinet */
  const char *medium;
  double m_dot, T_supply, T_return, p_supply, p_return, h_supply, h_return; /* kg/s, K, Pa, J/kg (total enthalpy) */
  double volume_flow;        /* m3/s at supply */
  double heat;               /* W, m_dot (h_return - h_supply) */
} tw_coolant;

typedef struct {             /* a limit and how far it is */
  int item;
  const char *path, *quantity, *unit, *source;
  tw_quality quality;
  double value, limit;
  tw_sense sense;
  double margin;             /* >= 0 kept: (limit - value) / max(|limit|, tiny) for "at most"; temperatures: K */
  const char *doc;
  tw_where where;            /* of the limit's figure */
  double t, t_broken;        /* s: of this margin in a run, and when it was first broken; NaN when steady, or kept */
} tw_margin;

typedef struct { tw_margin margin; const double *value, *limit; } tw_watched; /* where the figures stand after tw_network_observe */

typedef struct { const char *path; double power, reactive, apparent, power_factor, current, voltage; } tw_feed; /* each grid source */

typedef struct tw_results {
  tw_arena *arena;
  tw_network *net;
  double *y;
  tw_feed *feeds; int n_feeds;
  double grid_power, grid_reactive, power_factor, chip_power, grid_to_chip;   /* NaN where there is no grid or no chip */
  double stored, stored_upstream;  /* W, what electric stores take up; of those outside the cabinet; negative when they are used */
  tw_rung *ladder; int n_rungs;
  double cabinet_electric, heat_liquid, heat_air, heat_upstream;              /* W; cabinet: NaN when no rack is described */
  double liquid_received;            /* W taken up by the coolant inside the cabinet, from the plates' own sums */
  double air_flow, T_air_in, T_air_out;                                       /* m3/s, K; NaN without an air net */
  tw_coolant *coolant; int n_coolant;
  double cabinet_mass;               /* kg, of its parts or as the rack states it; NaN when neither is known */
  double loss_total, loss_estimated, estimate_share;
  tw_margin *margins; int n_margins; /* sorted, tightest first */
  int n_broken;
  tw_audit audit;
  tw_steady_report steady;
} tw_results;

/* Gathers everything from a steady solution (lane 0). The network must outlive it. */
tw_results *tw_results_new(tw_network *net, const double *y, double t, const tw_steady_report *steady);
void tw_results_free(tw_results *r);

/* The streams that cross the border of the cabinet, as they stand after tw_network_observe: in the arena; returns their number. */
int tw_coolants(const tw_network *net, const double *y, tw_arena *arena, tw_coolant **list);

/* Limits (margins.c): every one that applies, in the arena; returns their number. How far one is now, as tw_margin.margin. */
int tw_limits(const tw_network *net, tw_arena *arena, tw_watched **list);
double tw_margin_now(const tw_watched *w);
int tw_margins_sort(tw_margin *list, int n); /* tightest first; returns the number of broken ones */
void tw_gather_margins(tw_results *r);

/* Held by a rack, and neither a cooling unit nor part of the building's power path. */
bool tw_in_cabinet(const tw_description *m, int item);
const char *tw_stage_name(tw_stage s);
const char *tw_loss_name(tw_loss_kind k);
const char *tw_quality_name(tw_quality q);
/* A parameter's value for people: as the user wrote it, else with a unit that suits. Returns buf. */
char *tw_value_text(const tw_param *p, const tw_value *v, char *buf, size_t size);
/* Loss, power used and temperature of one item (NaN where it has none). */
double tw_item_loss(const tw_network *net, int item);
double tw_item_load(const tw_network *net, int item);
double tw_item_temperature(const tw_network *net, int item);
int tw_hottest_chip(const tw_network *net);   /* its item; -1: no chip has a temperature */
#endif
