"""`fail --n-1`: two contacts in parallel in closed form, verdicts and exit codes, the same bytes for any -j and after SIGKILL,
and cases of the GB200 NVL72 against `solve` and `run`."""
import json
import math
import pathlib
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, inside, near, ok, solve, table

OK, LIMIT, USAGE, INPUT, NO_SOLUTION, SYSTEM = range(6)

# Each contact keeps its resistance (alpha 0) and warms as one mass: with 1 mohm, 1 K/W, 20 J/K at 25 degC around it.
PAIR = """<racktwin xmlns="urn:racktwin:1" version="1">
  <title>Two contacts in parallel</title>
  <voltage-source id="source" voltage="54 V" R="1 uohm"/>
  <contact id="a" R="1 mohm" alpha="0 1/K" R_th="1 K/W" heat_capacity="20 J/K" T_max="90 degC"/>
  <contact id="b" R="1 mohm" alpha="0 1/K" R_th="1 K/W" heat_capacity="20 J/K" T_max="50 degC"/>
  %s
  <connect from="source.out" to="a.a"/>
  <connect from="source.out" to="b.a"/>
  <connect from="a.b" to="load.in"/>
  <connect from="b.b" to="load.in"/>
  <scenario id="opens" duration="120 s" every="2 s"><event at="0 s" fail="a"/></scenario>
  <scenario id="half" duration="40 s"><event at="0 s" set="load.utilisation" value="50 %%"/></scenario>
</racktwin>
"""
CURRENT = '<current-load id="load" I="200 A"/>'
POWER = '<power-load id="load" P="10 kW" V_nominal="54 V"/>'


def fail(code, *words, says="", **how):
    result = call("fail", *words, **how)
    line = f"fail {' '.join(map(str, words))}"
    ok(result.returncode == code, f"{line}: exit {result.returncode}, expected {code}: {result.stderr[:300]}")
    ok(says in result.stderr, f"{line}: says {says!r}: {result.stderr[:300]}")
    if code in (USAGE, INPUT):
        equal(f"{line}: stdout", result.stdout, "")
    return result.stdout


def cases(code, *words):
    return {c["case"]: c for c in json.loads(fail(code, *words, "--json"))["cases"]}


def rack(name, text):
    path = pathlib.Path(name) / "rack.xml"
    path.write_text(PAIR % text)
    return path


def check_closed_form(here):
    """One of two contacts opens: the other carries all, 4 times its loss. From 25 + R_th R (I/2)^2 = 35 degC it goes to
    25 + R_th R I^2 = 65 degC with C R_th = 20 s, and passes T_max = 50 degC at 20 s ln((65 - 35) / (65 - 50))."""
    R, inner, I, E, around, tau = 1e-3, 1e-6, 200.0, 54.0, 25.0, 20.0
    cold, hot = around + R * (I / 2) ** 2, around + R * I ** 2
    document = json.loads(fail(LIMIT, rack(here, CURRENT), "--n-1", "--json"))
    got = {c["case"]: c for c in document["cases"]}
    equal("cases, worst first", [c["case"] for c in document["cases"]], ["source", "a", "b"])
    equal("states", {c["case"]: c["state"] for c in got.values()}, {"source": "off", "a": "open", "b": "open"})
    equal("intact", (document["intact"]["verdict"], document["loads"], document["duration_s"]), ("rides through", 1, 120))
    a, b = got["a"], got["b"]
    limit = a["in_time"]["limit"]
    equal("the limit that breaks", (limit["path"], limit["quantity"], limit["sense"]), ("b", "T", "at most"))
    # the margin counts as straight over the step in which it breaks: h^2 / (8 tau) early or late at most, for a step of h
    when = tau * math.log((hot - cold) / (hot - 50.0))
    near("time to limit", limit["first_broken_s"], when, within=2.0 ** 2 / (8 * tau))
    near("settled", a["settled"]["limit"]["value"], 273.15 + hot, within=1e-5)
    near("after 120 s", limit["value"], 273.15 + hot - (hot - cold) * math.exp(-120 / tau), within=2e-2)
    for c in (a, b):
        for part in ("settled", "in_time"):
            near(f"{part}: share kept with {c['case']} open", c[part]["kept"], (E - I * (R + inner)) / (E - I * (R / 2 + inner)),
                 rel=1e-9)
            near(f"{part}: power with {c['case']} open", c[part]["load_W"], I * (E - I * R - I * inner), rel=1e-9)
    run = json.loads(call("run", rack(here, CURRENT), "-s", "opens", "--json").stdout)
    found = [m for m in run["findings"] if m["path"] == "b"][0]
    near("a run finds the limit when", limit["first_broken_s"], found["first_broken_s"], rel=1e-9)
    near("a run finds the temperature", limit["value"], found["value"], rel=1e-9)
    near("a run's energy", a["in_time"]["energy_imbalance"], run["audit"]["energy"], within=1e-9)
    equal("a's verdict", a["verdict"].split(" from ")[0], "limit broken: b T")
    equal("b's verdict", b["verdict"], "rides through")
    lost = got["source"]
    equal("lost", (lost["verdict"], lost["settled"]["lost"], lost["in_time"]["lost"]), ("all lost from 0 s on", 1, 1))
    short = fail(LIMIT, rack(here, CURRENT), "--n-1").splitlines()
    ok(any(line.split()[:2] == ["a", "open"] and "limit broken: b T from" in line for line in short), f"page: {short}")
    near("nothing is left", lost["in_time"]["kept"], 0.0, within=1e-9)


def check_duration(here):
    file = rack(here, CURRENT)
    short = cases(LIMIT, file, "--n-1", "--case", "a", "--duration", "5s")["a"]
    equal("limit within 5 s", (short["in_time"]["limit"], short["in_time"]["end_s"]), (None, 5))
    equal("verdict of 5 s", short["verdict"], "limit broken: b T, settled")
    steady = cases(OK, file, "--n-1", "--case", "b", "--steady-only")
    equal("steady only", (list(steady), "in_time" in steady["b"]), (["b"], False))
    # Half the current from the failure on: 25 + 10 degC is where it stays
    half = cases(LIMIT, file, "--n-1", "--case", "a", "-s", "half")["a"]
    equal("scenario: limit", half["in_time"]["limit"], None)
    equal("scenario: end", half["in_time"]["end_s"], 40)
    near("scenario: kept of what there is without the failure", half["in_time"]["kept"], (54 - 0.1001) / (54 - 0.0501), rel=1e-9)


def check_known(here):
    """A limit that is broken without any failure is not the failure's."""
    file = rack(here, CURRENT)
    known = cases(OK, file, "--n-1", "--case", "b", "--set", "a.T_max=30 degC")["b"]
    equal("known limit", (known["verdict"], known["settled"]["limits_broken"], known["settled"]["limits_broken_anyway"]),
          ("rides through", 0, 1))


HOLD_UP = """<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">
  <xi:include href="parts/shelves.xml"/>
  <grid id="utility" voltage="415 V" short_circuit_power="100 MVA"/>
  <psu id="p" part="psu-orv3-3000"/>
  <power-load id="load" P="1.5 kW" V_nominal="50.5 V"/>
  <capacitor id="c" C="100 uF" ESR="1 mohm"/>
  <ground id="earth"/>
  <connect from="utility.out" to="p.in"/>
  <connect from="p.out" to="load.in"/>
  <connect from="p.out" to="c.a"/>
  <connect from="c.b" to="earth.in"/>
</racktwin>
"""


def check_loss(here):
    """A supply holds 20 ms at 3 kW, so 40 ms at half: 98 % of its energy at full output, the rest as that falls, in 2 ms."""
    file = pathlib.Path(here) / "hold-up.xml"
    file.write_text(HOLD_UP)
    lost = cases(LIMIT, file, "--n-1", "--only", "grid", "--duration", "1s")["utility"]
    near("lost when the hold-up ends", lost["in_time"]["first_lost_s"], 40e-3, within=2e-3)
    ok(lost["verdict"].startswith("all lost from 0.0"), f"verdict: {lost['verdict']}")


def check_order(here):
    """Of cases that come to the same the one that keeps least is worst, then the one with the least time: with a limit of 45 degC
    contact a breaks it 20 s ln((65 - 35) / (65 - 45)) = 8.1 s after b opens."""
    document = json.loads(fail(LIMIT, rack(here, CURRENT), "--n-1", "--set", "a.T_max=45 degC", "--json"))
    equal("by time", [c["case"] for c in document["cases"]], ["source", "b", "a"])
    words = [w for case in ("tray[1].vrm[1]", "tray[1].vrm-cpu[1]", "switch[1].vrm[1]") for w in ("--case", case)]
    document = json.loads(fail(LIMIT, RACK, "--n-1", "--steady-only", *words, "--json"))
    equal("by what is kept", [c["case"] for c in document["cases"]], ["tray[1].vrm[1]", "switch[1].vrm[1]", "tray[1].vrm-cpu[1]"])


def check_kept(here):
    """A load fails: the other's voltage rises, it draws more, and keeps no more than all it had."""
    file = rack(here, POWER + '<current-load id="second" I="20 A"/><connect from="a.b" to="second.in"/>')
    document = json.loads(fail(LIMIT, file, "--n-1", "--only", "power-load", "--json"))
    c, before = document["cases"][0], document["intact"]["settled"]["load_W"]
    for part in ("settled", "in_time"):
        ok(c[part]["load_W"] > before - 10e3, f"{part}: the other draws more: {c[part]['load_W']} W")
        near(f"{part}: kept", c[part]["kept"], (before - 10e3) / before, rel=1e-9)
        equal(f"{part}: lost", c[part]["lost"], 1)
    equal("verdict", c["verdict"], "lost: 1 from 0 s on")


def check_no_steady_state(here):
    """10 kW behind 0.1 ohm: E^2 / 4R is 7.29 kW with one contact, 14.58 kW with both."""
    file = rack(here, POWER)
    wide = ["--set", "a.R=0.1 ohm", "--set", "b.R=0.1 ohm", "--set", "a.R_th=0.01 K/W", "--set", "b.R_th=0.01 K/W"]
    got = cases(LIMIT, file, "--n-1", "--only", "contact", *wide)
    for name in ("a", "b"):
        c = got[name]
        ok(c["verdict"].startswith("no steady state"), f"{name}: {c['verdict']}")
        ok("RT0702" in c["because"], f"{name}: because {c['because']}")
        equal(f"{name}: exit of the steady state", c["settled"]["exit"], NO_SOLUTION)
        equal(f"{name}: supply collapsed", c["in_time"]["collapsed"], 1)
    fail(NO_SOLUTION, file, "--n-1", "--steady-only", "--only", "contact", *wide)
    fail(NO_SOLUTION, file, "--n-1", "--set", "a.R=1 ohm", "--set", "b.R=1 ohm", says="without a failure")


def check_mistakes(here):
    file = rack(here, CURRENT)
    fail(USAGE, file, says="--n-1")
    fail(USAGE, file, "--n-1", "--only", "pump", says="nothing that --case and --only name can fail")
    fail(USAGE, file, "--n-1", "--resume", says="-o DIR")
    fail(USAGE, file, "--n-1", "--steady-only", "--duration", "5s", says="either --steady-only or --duration")
    fail(USAGE, file, "--n-1", "--json", "--csv", says="either --json or --csv")
    fail(USAGE, file, "--n-1", "--duration", "5 m", says="--duration")
    fail(USAGE, file, "--n-1", "-V", "x", "-V", "y", says="one -V")
    fail(INPUT, file, "--n-1", "-V", "none-such", says="none-such")
    fail(INPUT, file, "--n-1", "-s", "none-such", says="none-such")
    fail(INPUT, file, "--n-1", "--set", "a.R=1 m", says="R is a resistance")
    fail(SYSTEM, file, "--n-1", "-o", "/proc/none", says="/proc/none")
    # a load fails only by name
    equal("by name", list(cases(LIMIT, file, "--n-1", "--only", "current-load", "--steady-only")), ["load"])


def files(out):
    return {p.name: p.read_bytes() for p in pathlib.Path(out).iterdir()}


def check_bytes(here):
    """-j and an interruption change nothing; the page, CSV and JSON agree."""
    words = [RACK, "--n-1", "--only", "psu", "--case", "shelf[1]*", "--duration", "20s"]
    one, two, killed = (pathlib.Path(here) / n for n in ("one", "two", "killed"))
    page = fail(OK, *words, "-o", one, "-v")
    fail(OK, *words, "-o", two, "-j", "2", "-q")
    equal("files", sorted(files(one)), ["failures.csv", "failures.json"])
    ok(files(one) == files(two), "the same bytes for -j 2")
    rows = table((one / "failures.csv").read_text())
    document = json.loads((one / "failures.json").read_text())
    equal("order", [r["case"] for r in rows], [c["case"] for c in document["cases"]])
    for row, c in zip(rows, document["cases"]):
        equal(f"verdict of {row['case']}", row["verdict"], c["verdict"])
        near(f"hottest of {row['case']}", float(row["settled_hottest [degC]"]) + 273.15, c["settled"]["hottest_K"], rel=1e-9)
        ok(any(line.split()[:2] == [row["case"], "failed"] and line.rstrip().endswith(row["verdict"])
               for line in page.splitlines()), f"{row['case']} is on the page")
    process = subprocess.Popen([PROGRAM, "fail", *words, "-o", str(killed)], cwd=SOURCE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    journal = killed / "failures.csv.journal"
    for _ in range(600):
        if journal.exists() and journal.read_bytes().count(b"\n") > 1:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    equal("after SIGKILL", list(files(killed)), ["failures.csv.journal"])
    fail(SYSTEM, *words, "-o", killed, says="--resume")
    fail(SYSTEM, *words[:-1], "21s", "-o", killed, "--resume", says="of another fail")
    fail(OK, *words, "-o", killed, "--resume")
    ok(files(one) == files(killed), "the same bytes after SIGKILL and --resume")


def check_interrupt(here):
    """Ctrl-C: what there is is written and said to be incomplete, and --resume does the rest."""
    words = [RACK, "--n-1", "--only", "psu", "--duration", "20s", "-o", str(pathlib.Path(here) / "stopped")]
    out = pathlib.Path(words[-1])
    process = subprocess.Popen([PROGRAM, "fail", *words], cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if (out / "failures.csv.journal").exists() and (out / "failures.csv.journal").read_bytes().count(b"\n") > 3:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    page, said = process.communicate(timeout=60)
    equal("exit after Ctrl-C", process.returncode, SYSTEM)
    done = len(table((out / "failures.csv").read_text()))
    inside("cases done before Ctrl-C", done, 2, 47)
    ok(f"{48 - done} of 48 cases are missing" in page, f"the page says what is missing: {page[-200:]}")
    ok("--resume does the rest" in said, f"Ctrl-C: {said}")


def check_gb200():
    """Settled is what solve finds. By hand: a pump of two that stops leaves the other with all of the loop; a shelf's load on 5
    supplies of 6."""
    got = cases(LIMIT, RACK, "--n-1", "--case", "shelf[1].psu[2]", "--case", "feed-a", "--case", "cdu.pump[1]",
                "--case", "tray[1].qd-supply", "--case", "tray[1].inlet.ibc[1]", "--duration", "60s", "-j", "2")
    equal("cases", sorted(got), ["cdu.pump[1]", "feed-a", "shelf[1].psu[2]", "tray[1].inlet.ibc[1]", "tray[1].qd-supply"])
    for name in ("shelf[1].psu[2]", "feed-a", "cdu.pump[1]"):
        one = solve(RACK, "--set", f"{name}.state={got[name]['state']}")
        near(f"{name}: grid power", got[name]["settled"]["grid_W"], one["grid"]["power_W"], rel=1e-9)
        near(f"{name}: chips", got[name]["settled"]["load_W"], one["chips"]["power_W"], rel=1e-9)
        near(f"{name}: flow", got[name]["settled"]["flow_kg_s"], one["coolant"][0]["flow_kg_s"], rel=1e-9)
        hottest = max(c["temperature_K"] for c in one["components"] if c["element"] == "chip")
        near(f"{name}: hottest", got[name]["settled"]["hottest_K"], hottest, rel=1e-9)
    power = lambda d: {c["path"]: c["quantities"]["P"] for c in d["components"] if c["element"] == "chip"}
    had = power(solve(RACK))
    for name in ("feed-a", "tray[1].inlet.ibc[1]"):
        has = power(solve(RACK, "--set", f"{name}.state={got[name]['state']}"))
        kept = sum(min(has[p], had[p]) for p in had) / sum(had.values())
        near(f"{name}: kept", got[name]["settled"]["kept"], kept, rel=1e-12)
    equal("feed-a: supplies without supply", got["feed-a"]["settled"]["without_supply"], 24)
    equal("feed-a: limit", got["feed-a"]["settled"]["limit"]["quantity"], "load_derated")
    equal("feed-a: limits", got["feed-a"]["settled"]["limits_broken"], 24)
    dry = got["tray[1].qd-supply"]["in_time"]
    equal("a dry tray: 4 GPUs and 2 CPUs", (dry["tripped"], dry["first_tripped_path"][:8]), (6, "tray[1]."))
    share = sum(P for p, P in had.items() if p.startswith(("tray[1].gpu", "tray[1].cpu"))) / sum(had.values())
    near("a dry tray: kept", dry["kept"], 1.0 - share, within=1e-3)
    for name in got:
        inside(f"{name}: energy", got[name]["in_time"]["energy_imbalance"], 0.0, 1e-4)
    on_battery = cases(LIMIT, RACK, "--n-1", "--only", "grid", "--duration", "20s")["utility"]
    equal("utility: verdict", on_battery["verdict"], "not lasting: ups-a and 1 more")
    ok("lasts" in on_battery["because"], f"utility: how long: {on_battery['because']}")
    near("utility: kept on the batteries", on_battery["in_time"]["kept"], 1.0, within=1e-4)
    near("utility: nothing from the grid", on_battery["settled"]["grid_W"], 0.0, within=1.0)
    # from a cold start the two chips would heat coolant that stands still; in time they trip, and that is where it settles
    stopped = cases(LIMIT, RACK, "--n-1", "--case", "switch[1].qd-supply")["switch[1].qd-supply"]
    equal("switch without coolant, settled", [stopped["settled"][k] for k in ("from", "exit", "tripped")], ["in time", 0, 2])
    cold = cases(NO_SOLUTION, RACK, "--n-1", "--case", "switch[1].qd-supply", "--steady-only")["switch[1].qd-supply"]
    equal("switch without coolant, cold", (cold["settled"]["exit"], cold["verdict"]), (NO_SOLUTION, "no steady state"))
    page = fail(LIMIT, RACK, "--n-1", "--only", "power-shelf", "--steady-only")
    equal("shelves in one line", sum("shelf[" in line and " x 8 " in line for line in page.splitlines()), 1)
    dry = got["tray[1].qd-supply"]
    ok(dry["in_time"]["limit"]["path"].startswith("tray[1]."), f"a dry tray breaks limits of its own: {dry['in_time']['limit']}")


with folder() as here:
    check_closed_form(here)
    check_duration(here)
    check_known(here)
    check_kept(here)
    check_order(here)
    check_loss(here)
    check_no_steady_state(here)
    check_mistakes(here)
    check_bytes(here)
    check_interrupt(here)
check_gb200()
finish()
