/* What a failure comes to, in words. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "record.h"

static const double nothing = 1e-3; /* of the power: less is kept where all is lost */

typedef struct { char text[512]; size_t n; tw_fail_rank rank; } sentence;

__attribute__((format(printf, 3, 4))) static void say(sentence *s, tw_fail_rank rank, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (s->n) s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "; ");
  if (s->n < sizeof s->text) s->n += (size_t)vsnprintf(s->text + s->n, sizeof s->text - s->n, format, list);
  if (s->n >= sizeof s->text) s->n = sizeof s->text - 1;
  if (rank < s->rank) s->rank = rank;
  va_end(list);
}

static const cJSON *at(const cJSON *c, const char *part, const char *key) {
  return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(c, part), key);
}

static double number(const cJSON *c, const char *part, const char *key) {
  const cJSON *v = at(c, part, key);
  return cJSON_IsNumber(v) ? v->valuedouble : NAN;
}

static const char *text(const cJSON *c, const char *part, const char *key) { return cJSON_GetStringValue(at(c, part, key)); }

static int count(const cJSON *c, const char *part, const char *key) {
  double v = number(c, part, key);
  return isnan(v) ? 0 : (int)v;
}

static bool solved(const cJSON *c, const char *part) { return number(c, part, "exit") == 0.0; }

static int most(const cJSON *c, const char *key) {
  int settled = count(c, "settled", key), in_time = count(c, "in_time", key);
  return settled > in_time ? settled : in_time;
}

static void say_limit(sentence *s, const cJSON *c) {
  for (int time = 1; time >= 0; time--) {
    const cJSON *limit = at(c, time ? "in_time" : "settled", "limit");
    const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(limit, "path"));
    const char *quantity = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(limit, "quantity"));
    if (!path || !quantity) continue;
    if (time)
      say(s, TW_F_LIMIT, "limit broken: %s %s from %.3g s on", path, quantity,
          cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(limit, "first_broken_s")));
    else
      say(s, TW_F_LIMIT, "limit broken: %s %s, settled", path, quantity);
    return;
  }
}

static void say_stocks(sentence *s, const cJSON *c) {
  const cJSON *list = at(c, "settled", "not_lasting");
  int more = cJSON_GetArraySize(list) - 1;
  if (more < 0) return;
  const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(list->child, "path"));
  if (more) say(s, TW_F_NOT_LASTING, "not lasting: %s and %d more", path, more);
  else say(s, TW_F_NOT_LASTING, "not lasting: %s", path);
}

static void say_all(sentence *s, const cJSON *c) {
  bool timed = cJSON_HasObjectItem(c, "in_time"), settled = solved(c, "settled"), ran = solved(c, "in_time");
  double end = number(c, "in_time", "end_s");
  if (!settled && !(end > 0.0)) {
    say(s, TW_F_NO_RESULT, "no steady state");
    return;
  }
  bool all = number(c, "settled", "kept") < nothing || number(c, "in_time", "kept") < nothing;
  int tripped = most(c, "tripped"), lost = most(c, "lost"), throttled = most(c, "throttled");
  int collapsed = count(c, "in_time", "collapsed");
  double since = number(c, "in_time", "first_lost_s");
  char when[32] = "";
  if (!isnan(since)) snprintf(when, sizeof when, " from %.3g s on", since);
  if (all) say(s, TW_F_ALL_LOST, "all lost%s", when);
  if (timed && !ran) say(s, TW_F_ENDED_EARLY, "the run ends at %.3g s", end);
  if (!settled) say(s, TW_F_NO_STEADY_STATE, "no steady state");
  if (tripped) say(s, TW_F_TRIPPED, "tripped: %d", tripped);
  if (collapsed) say(s, TW_F_COLLAPSED, "supply collapsed: %d", collapsed);
  if (lost && !all) say(s, TW_F_LOST, "lost: %d%s", lost, when);
  say_limit(s, c);
  say_stocks(s, c);
  if (throttled) say(s, TW_F_THROTTLED, "throttled: %d", throttled);
  if (!s->n) say(s, TW_F_RIDES_THROUGH, "rides through");
}

/* The reasons of the solver, of both parts where both have one, or why a settled state does not last. */
static void add_because(cJSON *c) {
  const char *settled = text(c, "settled", "reason"), *in_time = text(c, "in_time", "reason");
  const cJSON *store = cJSON_GetArrayItem(at(c, "settled", "not_lasting"), 0);
  char buf[2100];
  if (!settled && store) settled = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(store, "what"));
  snprintf(buf, sizeof buf, "%s%s%s", settled ? settled : "", settled && in_time ? "; in time: " : "", in_time ? in_time : "");
  tw_record_text(c, "because", *buf ? buf : NULL);
}

tw_fail_rank tw_fail_judge(cJSON *c) {
  sentence s = {.rank = TW_F_RIDES_THROUGH};
  say_all(&s, c);
  tw_record_text(c, "verdict", s.text);
  add_because(c);
  cJSON_AddNumberToObject(c, "rank", s.rank);
  return s.rank;
}

int tw_fail_exit(tw_fail_rank rank) {
  switch (rank) {
    case TW_F_CRASHED: return TW_EXIT_SYSTEM;
    case TW_F_NO_RESULT: return TW_EXIT_NO_SOLUTION;
    case TW_F_THROTTLED:
    case TW_F_RIDES_THROUGH: return TW_EXIT_OK;
    default: return TW_EXIT_LIMIT;
  }
}
