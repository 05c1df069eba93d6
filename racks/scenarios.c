/* <scenario>: duration and workload; its events are in events.c. */
#include "reader.h"
#include "trace.h"
#include <math.h>
#include <string.h>

/* ---- scenarios ----------------------------------------------------------------------------------------------------------- */

static const char *check_workload(tw_reader *r, const tw_attribute *a) {
  if (!a || tw_map_get(&r->workloads, a->value)) return a ? a->value : NULL;
  tw_list known = {0};
  for (int k = 0; k < r->workload_list.n; k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)tw_attribute_find(r->workload_list.at[k], "id")->value);
  tw_report(r, TW_E_WORKLOAD, a->at, NULL, "there is no workload \"%s\"%s", a->value, tw_suggest(r, a->value, &known));
  return NULL;
}

static void read_traces(tw_reader *r, const tw_xml_node *n, tw_scenario *s) {
  int room = 0;
  for (const tw_xml_node *k = n->first; k; k = k->next) room += !strcmp(k->name, "trace");
  s->traces = tw_alloc(r->arena, (size_t)room, sizeof *s->traces);
  for (const tw_xml_node *k = n->first; k; k = k->next) {
    tw_trace *t = strcmp(k->name, "trace") ? NULL : tw_trace_read(r, k, s);
    if (t) s->traces[s->n_traces++] = t;
  }
}

#define DAY 86400.0

double tw_scenario_ahead(const tw_scenario *s, double period) {
  double days = period / DAY;
  return days < 0.5 || fabs(days - round(days)) > 1e-9 * days ? 0.0 : fmod(s->time_of_day, period);
}

static bool daily(double period) { return tw_scenario_ahead(&(tw_scenario){.time_of_day = 1.0}, period) > 0.0; }

/* A time of day is of what repeats by it. */
static void read_time_of_day(tw_reader *r, const tw_attribute *a, tw_scenario *s) {
  if (!a) return;
  s->time_of_day = tw_number_read(r, "scenario", "time-of-day", a);
  if (tw_failed(r)) return;
  bool found = false;
  for (int k = 0; k < s->n_traces; k++) found |= s->traces[k]->repeat && daily(s->traces[k]->end);
  for (int k = 0; s->workload && k < r->m->pub.n_workloads; k++) {
    const tw_workload *w = &r->m->pub.workloads[k];
    found |= !strcmp(w->id, s->workload) && w->repeat && daily(w->period);
  }
  if (!found)
    tw_report(r, TW_E_SCENARIO, a->at, NULL, "nothing here repeats every day: time-of-day= is where the scenario begins in traces "
              "and workloads that repeat after 24 h or whole days");
}

static void read_scenario(tw_reader *r, const tw_xml_node *n, tw_scenario *s) {
  const tw_attribute *title = tw_attribute_find(n, "title"), *every = tw_attribute_find(n, "every");
  tw_check_attributes(r, n, "scenario");
  tw_check_children(r, n, "scenario");
  const tw_attribute *duration = tw_required(r, n, "duration");
  s->id = tw_attribute_find(n, "id")->value;
  s->title = title ? title->value : NULL;
  s->where = n->where;
  s->duration = duration ? tw_number_read(r, "scenario", "duration", duration) : NAN;
  s->every = every ? tw_number_read(r, "scenario", "every", every) : 1.0;
  s->workload = check_workload(r, tw_attribute_find(n, "workload"));
  for (const tw_xml_node *k = n->first; k; k = k->next)
    if (!strcmp(k->name, "title")) s->title = k->text;
  read_traces(r, n, s);
  read_time_of_day(r, tw_attribute_find(n, "time-of-day"), s);
  tw_events_read(r, n, s);
}

void tw_scenarios_read(tw_reader *r) {
  tw_description *m = &r->m->pub;
  m->scenarios = tw_alloc(r->arena, (size_t)r->scenario_list.n, sizeof *m->scenarios);
  for (int k = 0; k < r->scenario_list.n; k++)
    read_scenario(r, r->scenario_list.at[k], &m->scenarios[m->n_scenarios++]);
}

/* ---- scenarios in files of their own ----------------------------------------------------------------------------------- */

/* A file holds one <scenario>, or in <racktwin> scenarios and the workloads that they use. */
static void take_file(tw_reader *r, tw_xml_node *root, const char *name) {
  if (strcmp(root->name, "scenario")) {
    for (tw_xml_node *n = root->first; n; n = n->next) {
      if (!strcmp(n->name, "scenario") || !strcmp(n->name, "workload")) tw_collect(r, n, false);
      else if (strcmp(n->name, "title"))
        tw_report(r, TW_E_ELEMENT, n->where, NULL, "<%s> does not belong into a file of scenarios; known are scenario, workload",
                  n->name);
    }
    return;
  }
  if (!tw_attribute_find(root, "id")) { /* its name is that of the file */
    tw_attribute *more = tw_alloc(r->arena, (size_t)root->n_attributes + 1, sizeof *more);
    if (root->n_attributes) memcpy(more, root->attributes, (size_t)root->n_attributes * sizeof *more);
    more[root->n_attributes++] = (tw_attribute){"id", name, root->where, root->where};
    root->attributes = more;
  }
  tw_collect(r, root, false);
}

void tw_scenario_find(tw_reader *r) {
  const char *name = r->options ? r->options->scenario : NULL;
  if (!name || tw_map_get(&r->scenarios, name)) return;
  name = tw_strdup(r->arena, name);
  tw_xml_node *root = NULL;
  if (*name && !strpbrk(name, "/\\") && *name != '.') {
    root = r->folder ? tw_load_beside(r, r->folder, name) : NULL;
    if (!root && r->catalogue) root = tw_load_beside(r, r->catalogue, name);
  }
  if (root) take_file(r, root, name);
  if (tw_map_get(&r->scenarios, name) || tw_failed(r)) return;
  tw_list known = {0};
  for (int k = 0; k < r->scenario_list.n; k++)
    tw_list_add(r->arena, &known, (void *)(uintptr_t)tw_attribute_find(r->scenario_list.at[k], "id")->value);
  tw_report(r, TW_E_SCENARIO, (tw_where){0}, NULL, "there is no scenario \"%s\", in the file or as scenarios/%s.xml%s", name,
            name, tw_suggest(r, name, &known));
}
