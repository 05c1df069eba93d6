#include <libxml/xmlversion.h>
#include <signal.h>
#include <stdio.h>
#include "../solvers/solver.h"
#include "memory.h"
#include "verbs.h"

const tw_verb tw_verbs[] = {
    {"check", "FILE...", "read files, check units, references, ports and structure", "racktwin check racks/*.xml",
     1, TW_MAX_WORDS, tw_verb_check,
     "variant scenario set json quiet color",
     "Reads each file with everything that it includes and checks units, ranges, references, ports and structure without "
     "solving. Prints one line for each good file, and diagnostics with file, line and column for the others. Writes "
     "nothing."},
    {"show", "FILE [PATH]", "the flattened model: parts, parameters and where each number comes from",
     "racktwin show racks/gb200-nvl72.xml 'tray[3].gpu[1]'", 1, 2, tw_verb_show, "variant scenario set json quiet color",
     "Prints every part of the model, or what PATH names, with each parameter, its value, its source and quality, and the "
     "file and line that gave it. An index left out of PATH means all. Writes nothing."},
    {"solve", "FILE", "steady state: ladder, heat, margins", "racktwin solve racks/gb200-nvl72.xml -V idle -o out",
     1, 1, tw_verb_solve,
     "variant scenario set out svg json csv margin backend units quiet verbose color",
     "Solves the steady state and prints the ladder from grid to chip, where the heat goes, the hottest chips, the tightest "
     "margins and the audit of energy. With -o writes summary.csv, margins.csv, connection.csv and run.json into DIR, with "
     "--svg the figures. A result that does not balance is refused."},
    {"run", "FILE -s SCENARIO", "in time: workload and events", "racktwin run racks/gb200-nvl72.xml -s training-swing -o out",
     1, 1, tw_verb_run,
     "variant scenario set out plot json select every spectrum utility-limit ramp-limit power-limit aggregate rtol method dynamics checkpoint checkpoint-every resume backend units quiet verbose color",
     "Runs a scenario of the file, or one beside it, from its steady state through its workload and events, and prints the "
     "energies by stage. With -o writes series.csv with the quantities that --select names, events.csv, margins.csv, "
     "summary.csv (a row per figure of the run), spectrum.csv with --spectrum, run.json and series.gp, which gnuplot draws, into DIR; --plot draws the first charts in the terminal. Ctrl-C ends it with what there is. Without --select the series are temperatures, loads and the grid's connections, or on a large model the connections and figures of many parts (power_gpu, hottest_gpu, loss_VRM ...), 60 columns at most; --select '*' takes all. --aggregate min,mean,max writes these over the time between samples. --checkpoint FILE --checkpoint-every TIME keeps what is needed to go on: "
     "after a kill at any moment the same command with --resume does the rest, cuts the series at the checkpoint and appends, and gives "
     "the same bytes as if it had not been killed; it refuses (5) when the program, an option or a file has changed."},
    {"sweep", "FILE -P PATH=FROM:TO:STEP", "parameter study: a row per case",
     "racktwin sweep racks/gb200-nvl72.xml -P cdu.T_supply='30:45:2.5 degC' -L variant=base,half -j 2 -o out",
     1, TW_MAX_WORDS, tw_verb_sweep,
     "param list variant scenario set select jobs shard resume merge out quiet color",
     "Solves the full grid of what -P and -L vary (the last one fastest; --set and -V hold for all cases) and gives one table: case, "
     "varied figures, powers, efficiency, heat, coolant (of several streams the sum of the flows, the warmest supply and return), "
     "hottest chip of each kind - or the quantities that --select names - limits broken, tightest limit, exit code and reason. "
     "Each case is solved from its own cold start as solve does: neither the order, nor -j, nor shards or an interruption "
     "change a byte. A case without solution is a row with its reason, and the rest goes on. With -o the table goes to "
     "FILE.csv or DIR/sweep.csv with a record beside it (.json), and each row as soon as it is known to FILE.csv.journal: "
     "--resume does only what is missing there, and refuses when the program, an option or a file has changed. --shard 2/8 "
     "does every eighth case from the second on into DIR/sweep-2-of-8.csv; sweep --merge -o FILE.csv TABLE... puts the shards "
     "together to the same bytes. A value that is wrong by itself ends it before the first case (3). Ends with 1 when a case "
     "breaks a limit, 4 when one has no solution, 5 when it was interrupted or a case broke down."},
    {"fail", "FILE --n-1", "every single failure, settled and in time: the table of a design review",
     "racktwin fail racks/gb200-nvl72.xml --n-1 --only psu -j 2 -o out", 1, 1, tw_verb_fail,
     "n-1 case only duration steady-only variant scenario set jobs resume out json csv rtol method quiet verbose color",
     "Lets every part fail that has a state which means failure (failed, open, off ..: supplies, shelves, feeds, converters, "
     "regulators, pumps, fans, couplings, batteries), one at a time: a load only where --only names its element. Each case is told "
     "twice. Settled: the steady state with the part failed, as solve --set PATH.state=WORD finds it, or where there is "
     "none that to which the time leads. In time: 120 s, or what "
     "--duration or the scenario of -s says, from the steady state before, the part failing at t = 0 (with -s within the scenario). "
     "The table has the hottest chip, the warmest coolant supply, the least flow, the share of the chips' power that is kept (at the "
     "end in time), the time to the first limit, and what it comes to, worst first: all lost, no steady state, tripped, supply "
     "collapsed, lost, limit broken, not lasting (on a store), throttled, rides through. In a rack without chips all loads count. Limits that are broken "
     "without a failure are not counted. With -o writes failures.csv and failures.json into DIR, and each case as soon as it is known "
     "to failures.csv.journal: after an interruption the files hold what there is, and --resume does the rest. Neither -j nor an "
     "interruption changes a byte. Ends with 0 when every case rides through or throttles at most, 1 when one breaks a limit, loses or "
     "trips something or has no steady state, 4 when none could be solved or the rack has no steady state before, 5 when it was "
     "interrupted or a case broke down."},
    {"limit", "FILE -p PATH", "largest load, warmest supply ... that breaks no limit", "racktwin limit racks/gb200-nvl72.xml -p cdu.T_supply",
     1, 1, tw_verb_limit, "path toward min max tol variant scenario set json quiet color",
     "Finds the largest and the smallest value of a figure (a number, or a count; several -p are set to one value, an index left "
     "out means all) at which no limit breaks, and names what binds there: the limit with its value, a nose or another reason "
     "why there is no solution, a value that is refused, or the end of what the figure can be. Begins at the value in the file, "
     "goes outwards in steps that double, and halves the last one until the values on both sides are as near as --tol says; "
     "each value is solved as solve --set does it. Samples inside and beyond tell whether the limits break monotonously; "
     "where they do not, the end nearest to the file's value is given and the rest is said. Exit 4: no value breaks no limit."},
    {"compare", "FILE...", "cases side by side: losses, temperatures, margins, energy, money",
     "racktwin compare racks/gb200-nvl72.xml -V row-cdu --tariff '0.08 USD/kWh'", 1, TW_MAX_WORDS, tw_verb_compare,
     "variant set out json csv hours tariff demand-charge profile discount units quiet verbose color",
     "Solves cases and prints each figure with its difference to the first case. The cases are the variants that -V names (one "
     "alone is compared with the file itself, which is also called base), or several files: one -V then holds for all, several "
     "belong to the files in their order. --profile LOAD:SHARE,... gives the chips a utilisation in each share of the --hours of a "
     "year; without it a case runs all hours as it describes itself. --tariff and --demand-charge (on the highest power of the "
     "profile) give costs. Prices are those of the parts by which the cases differ; one that is missing is named and leaves no "
     "total. Totals over 5 and 10 years are parts and yearly costs, discounted by --discount, each year's at its end. Ranked by the "
     "10-year total where all are known, else by cost per year, else by energy; cases that break a limit come last. A case without "
     "solution is told and not ranked. With -o writes compare.csv, run.json and compare.xlsx, whose formulas refer to the sheet "
     "Inputs, into DIR. Ends with 1 when a case breaks a limit or has no solution, with 4 when none has one."},
    {"report", "FILE -o DIR", "one page with figures and tables, and the CSV files behind it",
     "racktwin report racks/gb200-nvl72.xml -s load-step -V row-cdu -o out", 1, 1, tw_verb_report,
     "variant scenario set out select every spectrum utility-limit ramp-limit power-limit rtol method dynamics hours tariff demand-charge profile discount "
     "sensitivity margin backend quiet color",
     "Writes DIR/report.html, which needs nothing else: verdict, key figures, broken limits, one-line diagram, Sankey diagram, ladder, "
     "rack elevation, coolant path with its schedule, temperatures and margins, sources of the figures, audit and effort of the "
     "solver. With -s the scenario is run, its charts are on the page and its files in DIR/run; with -V the page shows the variant "
     "named first and the cases side by side as compare does (one -V alone: with the file itself). With --sensitivity the named figures "
     "go to a low and a high value, one at a time, and the page shows as tornado what becomes of grid power, hottest chip and "
     "grid-to-chip efficiency; \"estimates\" stands for every number of that quality. What the model has nothing for is "
     "left out, and the page says so. Beside the page: the files of solve, coolant.csv, sources.csv, and those of compare. Ends with "
     "1 when a limit is broken in the steady state or in time, with 4 when the run ended early: the page shows how far it went and why."},
    {"list", "parts|racks|elements|units|errors", "what there is", "racktwin list elements", 1, 1, tw_verb_list, "json color",
     "Lists the parts or racks of the catalogue with their source and quality, the elements of the language, the known "
     "units, or the diagnostics."},
    {"doc", "[ELEMENT]", "an element's equations, parameters, ports and limits; the manual", "racktwin doc vrm",
     0, 1, tw_verb_doc, "html man out",
     "Prints what an element is for, its equations, where they hold and where they come from, its parameters with unit, "
     "range, default and source, its ports, reported quantities and limits, and the file of its example. With --html or "
     "--man and -o DIR writes the whole manual: web pages with every example solved and its characteristic drawn, or man "
     "pages."},
    {"explain", "CODE", "what a diagnostic means", "racktwin explain RT0202", 1, 1, tw_verb_explain, "",
     "Prints what a diagnostic such as RT0202 means and what to do about it."},
    {"new", "ELEMENT|part [ELEMENT [ID]]", "begin an element of one's own, or a part from measured points",
     "racktwin new bleed-resistor", 1, 3, tw_verb_new, "out points set color",
     "new ELEMENT writes components/ELEMENT.c and racks/examples/ELEMENT.xml into the source tree (-o DIR, else the current "
     "folder): a complete element that compiles and keeps the contract, to be changed into one's own. Nothing is "
     "overwritten. new part --points FILE fits the coefficients of a supply's or converter's loss to a CSV with the columns "
     "load [%] and efficiency [%] (or power [W] and loss [W]) and prints a catalogue with the part and the difference at "
     "each point; --set PARAMETER=VALUE adds the part's other figures."},
    {"schema", "", "XML schema (XSD 1.0) of the language, for editors", "racktwin schema -o racktwin.xsd", 0, 0, tw_verb_schema,
     "out", "Prints the schema that the tables and the grammar give, or writes it into the file that -o names. Editors complete and "
     "check by it; it accepts what the reader accepts, and leaves references, ranges and ports to `racktwin check`."},
    {"completion", "bash|zsh|fish", "completion of the command line for a shell", "racktwin completion bash > ~/.bash_completion",
     1, 1, tw_verb_completion, "",
     "Prints a script that completes verbs, options, elements and diagnostics in that shell. The installed program comes "
     "with all three."},
    {0}};

int main(int argc, char **argv) {
  tw_options o;
  tw_keep_memory();
  signal(SIGPIPE, SIG_IGN); /* who reads no further is told of like a full disk, and files are ended as they should */
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
