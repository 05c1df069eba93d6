/* Small models written in a test, built and solved as a user's file is. */
#ifndef TW_BENCH_H
#define TW_BENCH_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../racks/diagnostic_codes.h"
#include "solved_model.h"

#define assert_near(got, expected, difference) bench_near((got), (expected), (difference), #got, __FILE__, __LINE__)

/* Reads what stands between <racktwin ...> and </racktwin>, builds its network and solver. 0, or 3 with diagnostics (not printed). */
int bench_open(solved_model *m, const char *body);
/* The same; any diagnostic fails the test. bench_solve: also the steady state. */
void bench_build(solved_model *m, const char *body);
void bench_solve(solved_model *m, const char *body);

int bench_item(const tw_description *model, const char *path);              /* fails the test when there is none */
void bench_set(tw_network *net, const char *path, const char *param, int lane, double value);
double bench_output(const tw_network *net, const char *path, const char *output, int lane); /* after tw_network_observe */
int bench_unknown(const tw_network *net, const char *path, const char *quantity); /* of a port ("in", "in.1" the second) or an internal one */
void bench_near(double got, double expected, double difference, const char *what, const char *file, int line);

extern const char bench_mixed[]; /* AC, DC, coolant, air, heat and signals in one small model */
#endif
