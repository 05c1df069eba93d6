/* The flat model that the reader hands to the twin: items, the joins between their ports, and what to do with them.
 * All strings and arrays belong to the description's arena and live as long as it. */
#ifndef TW_DESCRIPTION_H
#define TW_DESCRIPTION_H
#include "../components/component.h"
#include "arena.h"
#include "diagnostics.h"

typedef enum { TW_QUALITY_NONE, TW_DATASHEET, TW_STANDARD, TW_MEASURED, TW_ANALYSIS, TW_ESTIMATE } tw_quality;

typedef struct {
  bool given;               /* by the user (element, part, variant, --set) or by a composite; false: the table's default */
  double number;            /* NUMBER (SI), INTEGER, ENUM (index); NaN when absent */
  const tw_curve *curve;    /* CURVE, prepared; NULL when absent */
  const char *text;         /* MEDIUM (name), REFERENCE, TEXT; NULL when absent */
  const char *written;      /* as the user wrote it, NULL if not given */
  tw_where where;           /* of the attribute or element that gave it */
  const char *source;
  tw_quality quality;
  int owner, owner_param;   /* composite item and parameter this value was passed from, or -1 */
} tw_value;

/* What one piece is as delivered, with all that it emits or holds: a figure of a power shelf covers the supplies in it. */
typedef enum { TW_PRICE, TW_MASS, TW_LEAD_TIME, TW_MTBF, TW_PART_FIGURES } tw_part_figure_id; /* currency, kg, s, s */
typedef struct { double value; const char *written, *source; tw_quality quality; tw_where where; } tw_stated; /* NaN: not stated */
typedef struct {
  tw_stated figure[TW_PART_FIGURES];
  char currency[4];         /* of the price, ISO 4217 */
  const char *manufacturer, *basis;
} tw_part_data;
extern const char *const tw_part_figure_names[TW_PART_FIGURES]; /* as in XML */
extern const char *const tw_part_figure_units[TW_PART_FIGURES]; /* SI; "" for the price */
double tw_part_figure(const tw_part_data *data, tw_part_figure_id which); /* NaN where not stated; data may be NULL */
/* "1200 USD" -> 1200 and USD, at the start of text. Returns what follows the currency, NULL when there is no amount of money. */
const char *tw_money_scan(const char *text, double *amount, char currency[4]);

typedef struct {
  const char *path;         /* rack.tray[3].vrm[2] without the rack's id: "tray[3].vrm[2]"; unique */
  const tw_type *type;
  const char *part;         /* id of the catalogue part, or NULL */
  const char *rack;         /* id of the rack (cabinet) that holds it, or NULL */
  int parent;               /* composite item that emitted it, or -1 */
  double height;            /* m above the rack's foot, NaN if unknown */
  int u;                    /* lowest U, 0 if none */
  tw_value *values;         /* [number of the type's parameters] */
  const char *source;
  tw_quality quality;
  const tw_part_data *data; /* NULL: none stated */
  tw_where where;
} tw_item;

/* An instance of an assembly: items first <= i < end stand in it. Outer ones come before those inside. */
typedef struct { const char *path, *id; int first, end; const tw_part_data *data; } tw_assembly;

/* A cabinet, and what stands in it by units. path of a place: of an item, or of an assembly's instance. */
typedef struct { const char *id; int units; } tw_cabinet; /* units 0: not stated */
typedef struct { const char *path, *rack; int u, units; } tw_place; /* lowest unit, counted from 1 at the foot; units it takes up */

typedef struct { int item, port, index; } tw_end;           /* port: number in type->ports; index 1.. for arrays, else 0; primitives only */
typedef struct { tw_end a, b; tw_where where; } tw_join;

/* At t a parameter takes a value, or goes there in a straight line over `over` seconds. item may be a composite. repairs: what has
 * tripped in it starts anew, too. scaled: value was a factor, and is what it led to. */
typedef struct { double t, over; bool repairs, scaled; const char *path; int item, param; double value; tw_where where; } tw_set_event;

typedef struct { const char *chip_kind; tw_curve *over_time; } tw_drive;  /* kind "gpu" ... or "all": utilisation 0..1 over time [s] within one period */
typedef struct { const char *id; double period; bool repeat; tw_drive *drives; int n_drives; tw_where where;
                 double *jumps; int n_jumps;                              /* jumps: times in 0..period where a utilisation steps */
                 struct tw_trace *trace; } tw_workload;                   /* instead of drives and jumps (trace.h), or NULL */

typedef struct { const char *id, *title; double duration, every; const char *workload; tw_set_event *events; int n_events;
                 struct tw_trace **traces; int n_traces;                   /* of any parameters (trace.h) */
                 double time_of_day;                                       /* s, at which it begins; 0: midnight, or not stated */
                 tw_where where; } tw_scenario;

typedef struct { const char *of; tw_sense sense; double value; const char *unit, *source; tw_quality quality; tw_where where; } tw_limit_rule;
                            /* of: path.quantity, indices may be omitted ("tray.gpu.T_junction"); value in SI */

typedef struct tw_description {
  tw_arena *arena;
  const char *file, *title, *variant;
  tw_where where;                            /* of the root element */
  double ambient;                            /* K, what unconnected heat ports see; default 298.15 */
  tw_cabinet *cabinets; int n_cabinets;
  tw_place *places; int n_places;
  double rack_mass;                          /* kg, sum of what the racks state; NaN when none does */
  tw_item *items; int n_items;               /* composites come before what they emit */
  tw_assembly *assemblies; int n_assemblies;
  tw_join *joins; int n_joins;               /* between primitives' ports */
  const tw_medium **media; int n_media;      /* defined in the file; built-ins are looked up by name */
  tw_workload *workloads; int n_workloads;
  tw_scenario *scenarios; int n_scenarios;
  tw_limit_rule *limits; int n_limits;
  const char **variants; int n_variants;
  const char **inputs; int n_inputs;         /* every file read, for run.json */
  double seconds_checks;                     /* that the checks of the whole took: parts, limits, what nothing uses */
} tw_description;

typedef struct {
  const char *variant;                       /* NULL: none */
  const char *scenario;                      /* NULL: none; found in the file, then as <folder>/scenarios/NAME.xml, then <catalogue>/scenarios/NAME.xml */
  const char *const *sets; int n_sets;       /* "path=value" of --set, applied last */
  const char *catalogue;                     /* folder of the shipped racks/, allowed for includes beside the model's folder */
} tw_read_options;

/* Reads, flattens and checks a file. Returns NULL when there is an error; diagnostics hold every error found. Free with
 * tw_description_free. */
tw_description *tw_read(const char *file, const tw_read_options *options, tw_diagnostics *d);
void tw_description_free(tw_description *m);
void tw_description_input(tw_description *m, const char *file); /* one more file that was read; the text must live as long */

/* How far into its period [s] a workload or trace is when the scenario begins: by the time of day where the period is of whole
 * days, else 0. period 0: it does not repeat. */
double tw_scenario_ahead(const tw_scenario *s, double period);

/* Parameter that holds whether a part is in service: `state`, or a `mode` that can change in a run; -1: it has none. */
int tw_state_param(const tw_type *t);
/* The word of that parameter, by number, that means failure; -1: none. */
int tw_failed_state(const tw_type *t);

/* Item and parameter (or output) that a path names. "tray[3].gpu[1].T_junction" -> item and the last word. With an index
 * omitted, calls `each` for all matches. Returns the number of matches. */
typedef void tw_match_fn(void *ctx, int item, const char *last);
int tw_match(const tw_description *m, const char *path, tw_match_fn *each, void *ctx);

/* Whether a path is like the pattern: '*' stands for any text, dots too; an index left out means all. */
bool tw_glob(const char *pattern, const char *text);

/* A number with unit, as in XML, to SI. On a mistake returns NaN and writes a sentence with the accepted form to message. */
double tw_quantity_parse(const char *text, const char *si_unit, char *message, size_t message_size);
#endif
