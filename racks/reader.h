/* Inside of the reader: XML trees -> templates (parts, assemblies) -> instances (entities) -> links between their ports ->
 * items and joins between primitives.
 *
 *   collect.c     files and includes into lists of definitions         variants.c   the chosen variant: sets, replacements
 *   values.c      text into a parameter's value                        curves.c     curve elements, media.c  <medium>
 *   prototypes.c  an element with its parts into values                flatten.c    scopes into entities
 *   part_data.c   price, mass, time to delivery
 *   paths.c       paths to entities                                    connect.c    <connect>, fed-by, feeds, cooled-by
 *   arrays.c      port arrays and slots                                builder.c    composites
 *   open_ports.c  what is not connected
 *   joins.c       links into joins between primitives, checks          scenarios.c, workloads.c, traces.c, limits.c
 *   grammar.c     which attributes and children there are              unused.c     checks of what nothing has used
 *   reader.c      the order of it all */
#ifndef TW_READER_H
#define TW_READER_H
#include "description.h"
#include "diagnostic_codes.h"
#include "grammar.h"
#include "xml_tree.h"

enum { TW_MAX_COUNT = 10000, TW_MAX_ITEMS = 2000000, TW_MAX_INCLUDE_DEPTH = 16 };

/* ---- containers in an arena ----------------------------------------------------------------------------------------- */

typedef struct { void **at; int n, room; } tw_list;
void tw_list_add(tw_arena *a, tw_list *l, void *item);

typedef struct { const char **keys; void **values; size_t room, n; } tw_map;   /* by text; keys are not copied */
void *tw_map_get(const tw_map *m, const char *key);
bool tw_map_put(tw_arena *a, tw_map *m, const char *key, void *value);         /* false: was there, is kept */

/* Room for one more element in an array of n with *room places. */
void *tw_grow(tw_arena *a, void *array, int n, int *room, size_t size);

/* ---- instances ------------------------------------------------------------------------------------------------------ */

typedef struct { int entity, port, index; } tw_side;      /* index 0 at an array: the next free one */
typedef struct { tw_side a, b; tw_where where; } tw_link;
typedef struct tw_inner { tw_side side; struct tw_inner *next; } tw_inner; /* what a composite's port leads to, in order */

typedef struct {              /* one port of an entity; ports of arrays have one each */
  int links;                  /* how many links end here */
  double height;              /* of what is connected, NaN if unknown */
  tw_inner *inner;
  tw_side outer;              /* port by which the composite that emitted it exposes it; entity -1: none */
} tw_slot;

typedef struct tw_prototype { /* an element with what it inherits, before variants and settings */
  const tw_type *type;
  const char *part, *source;
  tw_quality quality;
  tw_value *values;
  tw_part_data *data;         /* NULL: none stated */
  bool flawed;                /* its part cannot be used: what is missing is its consequence */
  const tw_xml_node *replaced_by; /* part that a variant has put in its place, or NULL */
  struct tw_prototype *next;
} tw_prototype;

typedef struct {
  const char *id, *path;
  int index;                  /* 1.. , 0: none */
  int parent, first, last, next; /* tree, -1: none */
  int same, last_same;        /* next entity of the same parent and id; (of the first one:) the last */
  const tw_xml_node *node;        /* <use> or typed element; that of the composite for what it emits */
  const tw_type *type;        /* NULL: assembly, or unknown (broken) */
  const tw_xml_node *assembly;
  bool emitted;               /* by a composite */
  bool broken;                /* a mistake in it has been reported: do not complain about its consequences */
  bool expanded;
  tw_value *values;
  const char *part, *rack, *source;
  tw_quality quality;
  const tw_part_data *data;
  double height;
  int u, item;
  int *sizes;                 /* [ports], of arrays as far as they are numbered, NULL without */
  int *first_slot;            /* [ports + 1]; filled by tw_slots_make */
  tw_slot *slots;
} tw_entity;

typedef struct {              /* the description with the index of its paths */
  tw_description pub;
  tw_entity *entities;
  int n_entities, room;
  int *table;                 /* open addressing: 2 * entity + (1: found by parent and id alone) + 1, 0 free */
  size_t table_room, table_n;
} tw_model;

/* ---- the reader ----------------------------------------------------------------------------------------------------- */

typedef struct {              /* <set at= value=> of a variant, or --set */
  const char *path, *value;
  tw_where at, value_at;
  const tw_xml_node *node;        /* for source and quality; NULL: command line */
  struct tw_path *words;      /* without the parameter */
  const char *param;
  int matched, done;          /* entities of that path; of these, those that have the parameter */
} tw_setting;

typedef struct {              /* <replace use= part=|assembly=> */
  const tw_xml_node *node, *part, *assembly;
  const char *path;
  tw_where at;
  struct tw_path *words;
  int done;
} tw_replacement;

typedef struct { tw_where where; const char *path, *text; } tw_complaint;

typedef struct {
  tw_arena *arena;
  tw_diagnostics *d;
  const tw_read_options *options;
  const tw_type *const *types;
  tw_model *m;
  const char *folder, *catalogue;      /* real paths that includes and CSV files must lie below */
  tw_map files, reported, defaults;
  tw_map parts, assemblies, media, workloads, scenarios, variants; /* id -> tw_xml_node */
  tw_list variant_list, scenario_list, workload_list, media_list, limit_list;
  tw_list contents;                    /* elements directly below the root */
  tw_list roots;                       /* of all files */
  tw_list settings, replacements;
  tw_map racks;                        /* ids of racks, for better messages */
  tw_link *links;
  int n_links, links_room;
  int errors_before;                   /* in d, of others */
  tw_list open;                        /* of open_ports.c: the first open port of each entity */
  tw_map open_of;                      /* entity -> the same */
  tw_list complaints;                  /* tw_complaint: of composites that lack connections */
  int structure_errors;                /* mistakes after which open ports say nothing */
  bool too_many;
  int places_room, cabinets_room;
} tw_reader;

/* Adds an error once: the same text at the same place (from another instance) is not repeated. */
void tw_report(tw_reader *r, int code, tw_where where, const char *path, const char *format, ...) TW_PRINTF(5, 6);
void tw_report_warning(tw_reader *r, int code, tw_where where, const char *path, const char *format, ...) TW_PRINTF(5, 6);
bool tw_first_at(tw_reader *r, int code, tw_where where); /* asked for the first time: for mistakes with many consequences */
bool tw_failed(const tw_reader *r);                     /* an error has been reported */
/* "; did you mean "x"?", or "; known are a, b, c" when they are few, or "". */
const char *tw_suggest(tw_reader *r, const char *word, const tw_list *candidates);

const tw_type *tw_type_named(const tw_reader *r, const char *element);
int tw_param_named(const tw_type *t, const char *id);   /* -1: none */
int tw_port_named(const tw_type *t, const char *id);
int tw_output_named(const tw_type *t, const char *id);
int tw_params_of(const tw_type *t);                     /* number of them */
int tw_ports_of(const tw_type *t);

/* Checks of an element by the rule of that name: attributes and child elements that it lacks are errors, so is a bad quality. */
void tw_check_attributes(tw_reader *r, const tw_xml_node *n, const char *rule);
void tw_check_children(tw_reader *r, const tw_xml_node *n, const char *rule);
bool tw_word_in(const char *words, const char *word, size_t length, char separator);
tw_list tw_words_of(tw_arena *a, const char *words, char separator);
/* Value of a required attribute, NULL with an error when absent or empty. */
const tw_attribute *tw_required(tw_reader *r, const tw_xml_node *n, const char *name);
const tw_attribute *tw_required_id(tw_reader *r, const tw_xml_node *n);
bool tw_id_good(const char *id);

/* files.c */
bool tw_load(tw_reader *r, const char *file);
tw_xml_node *tw_load_beside(tw_reader *r, const char *folder, const char *name); /* a scenario's file; NULL if there is none */
/* The real path of a file named in an attribute, if it may be read; else NULL with an error. *name: as shown to the user. */
const char *tw_confined(tw_reader *r, const tw_attribute *href, int code, const char **name);
void tw_input_add(tw_reader *r, const char *file);

/* collect.c */
void tw_collect(tw_reader *r, tw_xml_node *n, bool catalogue);
void tw_ambient_read(tw_reader *r, const tw_xml_node *n);
void tw_ambient_set(tw_reader *r, const tw_attribute *temperature);

/* values.c: false after an error, the value then being `given` but NaN. The text's place is `at`. */
bool tw_value_read(tw_reader *r, const tw_param *p, const char *text, tw_where at, const char *path, tw_value *v);
double tw_quantity_read(tw_reader *r, const tw_attribute *a, const char *unit, double lo, double hi, int code); /* NaN after an error */
double tw_number_read(tw_reader *r, const char *rule, const char *name, const tw_attribute *a);  /* unit and range by the grammar */
bool tw_choice_read(tw_reader *r, int code, const char *choices, const tw_attribute *a, int *index);
bool tw_quality_read(tw_reader *r, const tw_xml_node *n, const char **source, tw_quality *quality);
const char *tw_display_text(tw_reader *r, double si, const char *unit);
bool tw_in_range(const tw_param *p, double value);
bool tw_value_present(const tw_param *p, const tw_value *v);
const tw_value *tw_defaults_of(tw_reader *r, const tw_type *t);       /* one per parameter */

/* curves.c */
/* "x y; x y" into arrays of the arena; *n, 0 before, counts them. 0, or the number of the point that cannot be read. */
int tw_points_scan(tw_arena *a, const char *text, double **x, double **y, int *n);
bool tw_curve_read(tw_reader *r, const tw_xml_node *n, const tw_param *p, const char *path, tw_value *v);
tw_curve *tw_curve_parse(tw_reader *r, const char *points, const tw_param *p); /* of a table's default */

/* media.c */
void tw_media_read(tw_reader *r);
int tw_medium_unknown(const tw_reader *r, const char *name); /* 0: known; 2: of a concentration that its source does not cover */

/* prototypes.c */
const tw_prototype *tw_prototype_of(tw_reader *r, tw_xml_node *n, const tw_xml_node *replaced_by, const char *path);
/* Gives an entity of that type the figures of a part. */
bool tw_part_apply(tw_reader *r, const char *part, tw_entity *e);
/* A primitive takes the figures that it does not state itself from the parts that it names, by the same id. */
void tw_references_apply(tw_reader *r, tw_entity *e);

/* part_data.c */
double tw_price_read(tw_reader *r, const tw_attribute *a, char currency[4]);  /* NaN after an error */
/* Adds what the attribute says; false: it is none of part data. *data is made with the first. */
bool tw_part_data_read(tw_reader *r, const tw_xml_node *n, const tw_attribute *a, tw_part_data **data);
const tw_part_data *tw_part_data_of(tw_reader *r, const tw_xml_node *n);      /* of an assembly; NULL: none */

/* paths.c */
typedef struct { const char *id; int index; } tw_word;
typedef struct tw_path { tw_word *words; int n; const char *pattern; } tw_path; /* pattern: with '*', of whole paths; else NULL */
bool tw_path_parse(tw_arena *a, const char *text, tw_path *p);         /* false: not a path */
bool tw_path_split(tw_arena *a, const char *text, tw_path *p, const char **last);
bool tw_glob_parse(tw_arena *a, const char *text, tw_path *p);         /* the same with '*' in words (tw_glob), from the root */
bool tw_glob_split(tw_arena *a, const char *text, tw_path *p, const char **last);
int tw_entity_add(tw_reader *r, int parent, const char *id, int index);
int tw_entity_find(const tw_model *m, int parent, const char *id, int index); /* index -1: the first of that id */
typedef void tw_found_fn(void *ctx, int entity);
int tw_path_find(const tw_model *m, int scope, const tw_path *p, tw_found_fn *each, void *ctx);
bool tw_path_is(const tw_model *m, int entity, const tw_path *p);      /* p, from the root, names this entity */
/* Why a path found nothing: a sentence with the nearest name; NULL when its consequence is already reported. */
const char *tw_path_why(tw_reader *r, int scope, const tw_path *p, const char *text);

/* variants.c */
void tw_variants_read(tw_reader *r);
const tw_replacement *tw_replacement_for(tw_reader *r, int entity);
void tw_settings_apply(tw_reader *r, int entity);
void tw_settings_check(tw_reader *r);

/* flatten.c */
void tw_flatten(tw_reader *r);

/* connect.c */
void tw_connect_scope(tw_reader *r, int scope, const tw_xml_node *const *nodes, int n);
void tw_link_add(tw_reader *r, tw_side a, tw_side b, tw_where where);

/* arrays.c */
/* Gives numbers to the links from first_link on (and to what `composite` exposes, or -1) that end at arrays. */
void tw_arrays_number(tw_reader *r, int first_link, int composite);
void tw_slots_make(tw_reader *r, int entity);
void tw_slots_mark(tw_reader *r, int first_link);                   /* counts the links at each slot */
tw_slot *tw_slot_of(const tw_model *m, const tw_side *s);           /* NULL: there is none */
bool tw_slot_connected(const tw_model *m, const tw_slot *s);

/* builder.c */
void tw_expand_all(tw_reader *r);
void tw_complaints_tell(tw_reader *r);        /* what composites lack, when no other mistake explains it */

/* joins.c */
void tw_joins_make(tw_reader *r);
void tw_items_make(tw_reader *r);

/* unused.c */
void tw_unused_check(tw_reader *r);

/* workloads.c, traces.c, scenarios.c, events.c, limits.c */
extern const tw_param tw_utilisation;         /* what a workload moves */
void tw_workloads_read(tw_reader *r);
bool tw_is_kind(const char *attribute);       /* of a phase: a kind of chip */
void tw_kind_check(tw_reader *r, const tw_attribute *a);
/* A <trace> of a scenario, whose traces before it are known, or of a workload (scenario NULL). NULL after a mistake. */
struct tw_trace *tw_trace_read(tw_reader *r, const tw_xml_node *n, const tw_scenario *scenario);
bool tw_may_move(const tw_param *p);          /* a quantity that may take any value of its range in a run */
tw_list tw_kinds_of(tw_arena *a, const tw_type *const *types); /* "all" and the kinds of chips */
void tw_scenario_find(tw_reader *r); /* of the options: from its file, if the model has none of that name */
void tw_scenarios_read(tw_reader *r);
void tw_events_read(tw_reader *r, const tw_xml_node *scenario, tw_scenario *s);
void tw_limits_read(tw_reader *r);

/* reader.c: with a registry of one's own */
tw_description *tw_read_types(const tw_type *const *types, const char *file, const tw_read_options *options, tw_diagnostics *d);
#endif
