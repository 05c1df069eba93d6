/* RackTwin as a library: open a description of a rack, change figures, solve it at rest or in time, read every quantity.
 *
 *   racktwin *r = racktwin_open("my-rack.xml", NULL);
 *   if (racktwin_status(r) || racktwin_solve(r, 0) > RACKTWIN_LIMIT) fputs(racktwin_messages(r), stderr);
 *   else printf("%.1f W\n", racktwin_get(r, "tray[1].gpu.P"));
 *   racktwin_close(r);
 *
 * Units: SI throughout, temperatures in K; a text with a unit ("35 degC") is read as in a description.
 * Paths: as on the command line, "tray[3].gpu[1].T_junction"; indices from 1; where an index is left out, all are meant.
 * Owner: what a function returns by pointer belongs to the handle and is valid until the next call with that handle that is not
 *   declared const, unless said otherwise. Strings that are passed in are not kept.
 * Errors: functions that can fail return a racktwin_result; racktwin_diagnostic_at and racktwin_messages then tell what is wrong.
 *   Nothing is printed and no file is written. Only when memory runs out does the process end, with a message.
 * Threads: there is no global state. A handle is used by one thread at a time, different handles independently of each other. */
#ifndef RACKTWIN_H
#define RACKTWIN_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define RACKTWIN_API __attribute__((visibility("default")))
#else
#define RACKTWIN_API
#endif

typedef struct racktwin racktwin;         /* a model with its network, solver and last solution */

typedef enum {                            /* as the exit codes of the program */
  RACKTWIN_OK = 0,
  RACKTWIN_LIMIT = 1,                     /* solved, but a limit is broken: see racktwin_margin */
  RACKTWIN_USAGE = 2,                     /* the call makes no sense: no solution yet, no such scenario, no open model */
  RACKTWIN_INPUT = 3,                     /* the description or a value is wrong, or the file cannot be read */
  RACKTWIN_NO_SOLUTION = 4,               /* there is no operating point, or the run cannot go on; the diagnostics say why */
  RACKTWIN_SYSTEM = 5,                    /* the solver could not be set up */
  RACKTWIN_STOPPED = 6                    /* a callback ended the run */
} racktwin_result;

/* ---- opening and closing ---------------------------------------------------------------------------------------------- */

typedef struct {
  const char *variant;                    /* of the file; NULL: none */
  const char *scenario;                   /* one that is not in the file but beside it, as -s finds it; NULL: those of the file */
  const char *const *sets;                /* [n_sets] "path=value", as --set */
  int n_sets;
  const char *catalogue;                  /* folder of the shipped racks; NULL: RACKTWIN_CATALOGUE, else the installed one */
} racktwin_options;

/* "0.1.0". Static. */
RACKTWIN_API const char *racktwin_version(void);

/* Reads and checks a description. options may be NULL. Always gives a handle, to be closed with racktwin_close, also when the
 * file is wrong: racktwin_status then tells it, racktwin_messages why, and every other call gives RACKTWIN_USAGE, 0, -1, NULL or
 * NaN. */
RACKTWIN_API racktwin *racktwin_open(const char *file, const racktwin_options *options);

/* Frees the handle and all that belongs to it. NULL is allowed. */
RACKTWIN_API void racktwin_close(racktwin *r);

/* What the last racktwin_open, _set, _set_number, _solve or _run gave. */
RACKTWIN_API racktwin_result racktwin_status(const racktwin *r);

/* Title of the model, or its file where it has none. */
RACKTWIN_API const char *racktwin_title(const racktwin *r);

/* ---- what is wrong ------------------------------------------------------------------------------------------------------ */

typedef struct {
  int error;                              /* 1: error, 0: warning or note */
  int code;                               /* nnnn of RTnnnn: `racktwin explain` */
  const char *file;                       /* NULL: no place */
  int line, column;                       /* from 1 */
  const char *path;                       /* component, or NULL */
  const char *text;                       /* what is wrong and what would be accepted */
} racktwin_diagnostic;

/* Diagnostics of the last call that racktwin_status tells of: their number, and number i from 0. Returns 0, or -1 where there is
 * none. */
RACKTWIN_API int racktwin_diagnostic_count(const racktwin *r);
RACKTWIN_API int racktwin_diagnostic_at(const racktwin *r, int i, racktwin_diagnostic *out);

/* All of them as the program prints them, with the lines of the file; "" when there are none. */
RACKTWIN_API const char *racktwin_messages(racktwin *r);

/* ---- changing figures --------------------------------------------------------------------------------------------------- */

/* Sets a parameter of every component that the path names to a text with unit ("35 degC", "off"). The structure (counts, curves,
 * media) cannot be changed after opening. RACKTWIN_INPUT when the path names none, or the value cannot be read or is out of
 * range: then nothing is changed; also when it does not fit the other figures of a component: those before it in the path are
 * then changed. Earlier results stay readable until the next solve. */
RACKTWIN_API racktwin_result racktwin_set(racktwin *r, const char *path, const char *value);

/* The same with a number in the SI unit of the parameter (K for temperatures; 0, 1 ... for the words of a choice). */
RACKTWIN_API racktwin_result racktwin_set_number(racktwin *r, const char *path, double value);

/* ---- solving ------------------------------------------------------------------------------------------------------------ */

enum {
  RACKTWIN_WARM = 1,                      /* begin at the last solution: quicker after a small change; else from the start */
  RACKTWIN_MARGIN = 2                     /* find how far the loads can be raised: racktwin_summary.loadability */
};

/* The steady state. flags: of the enum above, or 0. RACKTWIN_OK, RACKTWIN_LIMIT or RACKTWIN_NO_SOLUTION. */
RACKTWIN_API racktwin_result racktwin_solve(racktwin *r, unsigned flags);

typedef struct {
  double rtol;                            /* relative tolerance; 0: 1e-5 */
  double every;                           /* s between samples; 0: the scenario's, or a 600th of its duration */
  void *ctx;                              /* passed to the callbacks */
  int (*sample)(void *ctx, double t, racktwin *r);  /* at each sample time [s]: values are those of that moment, racktwin_get and
                                             its like may be called, nothing else. Nonzero ends the run. NULL: none */
  int (*event)(void *ctx, double t, const char *path, const char *what); /* what happened to which component. NULL: none */
} racktwin_run_options;

/* From the steady state at the scenario's begin through its workload and events. options may be NULL. Afterwards values, totals
 * and margins are those of the last moment, and what events have set stays set: open the file again for a fresh model.
 * RACKTWIN_OK, _LIMIT (broken at the end), _NO_SOLUTION, _STOPPED, or _USAGE when there is no such scenario. */
RACKTWIN_API racktwin_result racktwin_run(racktwin *r, const char *scenario, const racktwin_run_options *options);

/* Scenarios of the model: their number, and the name of number i from 0, NULL where there is none. */
RACKTWIN_API int racktwin_scenario_count(const racktwin *r);
RACKTWIN_API const char *racktwin_scenario_name(const racktwin *r, int i);

/* ---- results ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *path;                       /* "tray[1].gpu.T_junction"; valid as long as the handle */
  const char *unit;                       /* SI, "K" for temperatures; static */
  const char *doc;                        /* static */
} racktwin_quantity;

/* All reported quantities, numbered from 0 in an order that does not change while the handle is open: their number; number i (0,
 * or -1 where there is none); the number of a full path (-1: none, or several). */
RACKTWIN_API int racktwin_quantity_count(const racktwin *r);
RACKTWIN_API int racktwin_quantity_at(const racktwin *r, int i, racktwin_quantity *out);
RACKTWIN_API int racktwin_find(const racktwin *r, const char *path);

/* Value of quantity i; of a path; of the first n quantities into out[n]. NaN before the first solution and where there is none.
 * racktwin_values returns the number that was written. */
RACKTWIN_API double racktwin_value(const racktwin *r, int i);
RACKTWIN_API double racktwin_get(const racktwin *r, const char *path);
RACKTWIN_API int racktwin_values(const racktwin *r, double *out, int n);

typedef struct {                          /* NaN where the model has no such thing */
  double grid_power, grid_reactive;       /* W, var taken from the grid */
  double chip_power;                      /* W used by chips */
  double grid_to_chip;                    /* 1, efficiency */
  double loss;                            /* W, sum of all electric losses */
  double heat_to_liquid, heat_to_air;     /* W that leave the cabinet */
  double estimate_share;                  /* 1, part of the loss that rests on figures of quality estimate */
  double energy_imbalance;                /* 1, of throughput */
  double loadability;                     /* 1, largest multiple of the loads; NaN unless RACKTWIN_MARGIN */
  int iterations;                         /* of Newton's method */
} racktwin_summary;

/* Totals of the last solution. 0, or -1 when there is none. */
RACKTWIN_API int racktwin_totals(const racktwin *r, racktwin_summary *out);

typedef struct {
  const char *path, *quantity, *unit;     /* component, its quantity, SI unit */
  double value, limit;                    /* SI */
  double margin;                          /* K for temperatures, else relative to the limit; negative: broken */
  int at_most;                            /* 1: value <= limit, 0: value >= limit */
  const char *source;                     /* of the limit, or NULL */
} racktwin_margin;

/* Limits of the last solution, the tightest first: their number, and number i from 0 (0, or -1 where there is none). */
RACKTWIN_API int racktwin_margin_count(const racktwin *r);
RACKTWIN_API int racktwin_margin_at(const racktwin *r, int i, racktwin_margin *out);

/* The JSON document of `racktwin solve --json` for the last solution, NULL when there is none. */
RACKTWIN_API const char *racktwin_json(racktwin *r);

#ifdef __cplusplus
}
#endif
#endif
