#include <libxml/xmlversion.h>
#include <stdio.h>
#include "../solvers/solver.h"
#include "verbs.h"

const tw_verb tw_verbs[] = {
    {"check", "FILE...", "read files, check units, references, ports and structure", "racktwin check racks/*.xml", 1, TW_MAX_WORDS, tw_verb_check},
    {"show", "FILE [PATH]", "the flattened model: parts, parameters and where each number comes from",
     "racktwin show racks/gb200-nvl72.xml 'tray[3].gpu[1]'", 1, 2, tw_verb_show},
    {"solve", "FILE", "steady state: ladder, heat, margins", "racktwin solve racks/gb200-nvl72.xml -V idle -o out", 1, 1, tw_verb_solve},
    {"run", "FILE -s SCENARIO", "in time: workload and events", "racktwin run racks/gb200-nvl72.xml -s training-swing -o out", 1, 1, tw_verb_run},
    {"list", "parts|racks|elements|units|errors", "what there is", "racktwin list elements", 1, 1, tw_verb_list},
    {"doc", "ELEMENT", "equations, parameters, ports and outputs of an element", "racktwin doc vrm", 1, 1, tw_verb_doc},
    {"explain", "CODE", "what a diagnostic means", "racktwin explain RT0202", 1, 1, tw_verb_explain},
    {0}};

int main(int argc, char **argv) {
  tw_options o;
  int status = tw_options_parse(argc, argv, tw_verbs, &o);
  if (status) return status;
  if (o.help) {
    tw_options_help(tw_verbs, o.verb);
    return TW_EXIT_OK;
  }
  if (o.version) {
    char solvers[96];
    tw_solver_versions(solvers, sizeof solvers);
    printf("racktwin %s (%s, libxml2 %s)\n", TW_VERSION, solvers, LIBXML_DOTTED_VERSION);
    return TW_EXIT_OK;
  }
  status = o.verb->run(&o);
  if (fflush(stdout) || ferror(stdout)) {
    fputs("racktwin: error: standard output could not be written\n", stderr);
    return TW_EXIT_SYSTEM;
  }
  return status;
}
