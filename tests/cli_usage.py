"""The command line as a user types it: verbs, options, exit codes, what goes where, and what is left behind."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, near, ok, solve, table

OK, LIMIT, USAGE, INPUT, NO_SOLUTION, SYSTEM = range(6)
VERBS = ["check", "show", "solve", "run", "list", "doc", "explain"]
HELPED = {"solve": "--variant --set --json --csv --out --quiet --margin", "show": "--variant --set --json",
          "run": "--scenario --variant --set --select --every --rtol --out --quiet", "check": "--variant --set --quiet"}
SMALL = "racks/examples/power-load.xml"
PLACE = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|note): .+ \[RT\d{4}\]$", re.M)


def example(title, body):
    return f'<racktwin xmlns="urn:racktwin:1" version="1">\n  <title>{title}</title>\n{body}\n</racktwin>\n'


NOSE = 54.0 ** 2 / (4 * 1.2e-3)  # W, the most that 54 V can push through 1.2 mohm
FEED = """  <voltage-source id="source" voltage="54 V"/>
  <resistor id="bus" R="1.2 mohm"/>
  <power-load id="load" P="{}" V_nominal="54 V"/>
  <connect from="source.out" to="bus.a"/>
  <connect from="bus.b" to="load.in"/>"""


def expect(code, *words, says="", **how):
    """Runs; checks the exit code, and that whatever went wrong is told on stderr and nothing on stdout."""
    result = call(*words, **how)
    line = " ".join(map(str, words))
    ok(result.returncode == code, f"racktwin {line}: exit {result.returncode}, expected {code}; {result.stderr.strip()[:200]}")
    if code in (USAGE, INPUT, NO_SOLUTION, SYSTEM):
        equal(f"racktwin {line}: stdout", result.stdout, "")
        ok(result.stderr.strip(), f"racktwin {line}: says why it ends with {code}")
    ok(says in result.stderr, f"racktwin {line}: message has {says!r}: {result.stderr.strip()[:300]}")
    return result


def check_words():
    """What a dead node is left at is told as nothing; a scenario's file with another root is told what a scenario's begins with."""
    page = call("solve", RACK, "--set", "feed-b.state=open").stdout
    ok(re.search(r"v_in +0 V >= ", page) and "pV" not in page, f"a supply without input: {page[page.find('Tightest'):][:300]}")
    with folder() as out:
        scenarios = pathlib.Path(out) / "scenarios"
        scenarios.mkdir()
        (pathlib.Path(out) / "rack.xml").write_text((SOURCE / SMALL).read_text())
        (scenarios / "x.xml").write_text('<rack xmlns="urn:racktwin:1"/>')
        expect(INPUT, "run", f"{out}/rack.xml", "-s", "x", says='expected is <scenario xmlns="urn:racktwin:1" duration="..." every="...">')


def check_usage():
    expect(USAGE, says="verb")
    expect(USAGE, "sovle", RACK, says="did you mean solve")
    expect(USAGE, "solve", says="FILE")
    expect(USAGE, "solve", RACK, SMALL)
    expect(USAGE, "solve", RACK, "--varient", "idle", says="--variant")
    expect(USAGE, "solve", RACK, "-o", says="DIR")
    expect(USAGE, "solve", RACK, "--json=yes")
    expect(USAGE, "solve", RACK, "--backend", "abacus", says="klu")
    expect(USAGE, "solve", RACK, "--units", "imperial", says="us")
    expect(USAGE, "solve", RACK, "--color", "pink")
    expect(USAGE, "run", RACK, "-s", "load-step", "--every", "5", says="unit")
    expect(USAGE, "run", RACK, "-s", "load-step", "--every", "0 s")
    expect(USAGE, "run", RACK, "-s", "load-step", "--rtol", "-1")
    for tolerance in ("1", "0.011", "9e-11"):
        expect(USAGE, "run", RACK, "-s", "load-step", "--rtol", tolerance)
    for time in ("1 ns", "20000 d"):
        expect(USAGE, "run", RACK, "-s", "load-step", "--every", time)
    expect(USAGE, "run", RACK, says="training-swing")
    expect(USAGE, "solve", RACK, "-j", "4", says="takes no --jobs: it is of sweep, fail")
    expect(USAGE, "report", RACK, "-o", "never", "--checkpoint", "c", says="report takes no --checkpoint: it is of run;")
    expect(0, "check", RACK, "--margin", says="warning: check takes no --margin")
    expect(USAGE, "check", says="FILE")
    expect(USAGE, "list", "element", says="did you mean elements")
    expect(USAGE, "doc", "vmr", says="did you mean vrm")
    expect(USAGE, "explain", "RT9999", says="list errors")
    expect(USAGE, "explain", "RT0202xyz")
    with folder() as out:
        expect(USAGE, "run", RACK, "-s", "load-step", "-o", f"{out}/a", "--select", "nothing*", says="--select")


def check_help():
    whole = expect(OK, "--help")
    equal("--help: stderr", whole.stderr, "")
    for verb in VERBS:
        ok(re.search(rf"^  {verb} ", whole.stdout, re.M), f"--help names {verb}")
        result = expect(OK, verb, "--help")
        ok(result.stdout.startswith(f"usage: racktwin {verb}"), f"{verb} --help begins with its usage")
        ok(f"racktwin {verb} " in result.stdout.split("Example", 1)[-1], f"{verb} --help has an example")
        for option in HELPED.get(verb, "--help").split():
            ok(option in result.stdout, f"{verb} --help tells of {option}")
        equal(f"{verb} -h and {verb} --help", call(verb, "-h").stdout, result.stdout)
    for code in "012345":
        ok(f"{code} " in whole.stdout.split("Exit codes", 1)[-1], f"--help tells of exit code {code}")
    version = expect(OK, "--version")
    whole = re.fullmatch(r"racktwin \d+\.\d+\.\d+ \(.*SUNDIALS \d.*KLU \d.*\)\n", version.stdout)
    ok(whole, f"--version with libraries: {version.stdout!r}")


def check_list():
    for what in ("elements", "units", "errors", "racks", "parts"):
        result = expect(OK, "list", what)
        lines = result.stdout.splitlines()
        ok(lines and all(len(line.split()) > 1 for line in lines), f"list {what}: every line has a name and says what it is")
        names = [line.split()[1 if what == "parts" else 0] for line in lines]
        equal(f"list {what}: names told twice", [n for n in set(names) if names.count(n) > 1], [])
    elements = [line.split()[0] for line in call("list", "elements").stdout.splitlines()]
    for element in elements:
        doc = expect(OK, "doc", element).stdout
        sections = {s.split("\n", 1)[0].split(" (")[0]: s.split("\n")[1:] for s in doc.split("\n\n")[1:] if s[0].isupper()}
        ok(doc.startswith(f"{element} - "), f"doc {element}: begins with its name and title")
        sections |= {"Equations": sections.get("What it does", [])} if "Equations" not in sections else {}  # of composites
        ports = () if "(a part that other elements name)" in doc else ("Ports",)
        for name in ("What it is for", "Equations", "Where it holds", "Source", "Parameters", *ports, "Example"):
            ok(any(len(line.strip()) > 8 for line in sections.get(name, [])), f"doc {element}: has {name!r}")
        text = sections.get("Parameters", [])
        docs = [b for a, b in zip(text, text[1:] + [""]) if re.match(r"  \S", a)]
        ok(all(re.match(r"      \S", b) for b in docs), f"doc {element}: every parameter is explained")
    for code in (line.split()[0] for line in call("list", "errors").stdout.splitlines()):
        text = expect(OK, "explain", code).stdout
        ok(text.startswith(f"{code}: ") and len(text.split("\n\n", 1)[-1].strip()) > 30, f"explain {code}: {text!r}")
    ok("gb200-nvl72" in call("list", "racks").stdout, "list racks: the rack is there")
    parts = call("list", "parts").stdout
    for part, rating in {"psu-hpr-5500": "5.5 kW", "vrm-gpu": "2400 A", "b200": "1200 W",
                         "uqdb04": "6.4 L/min", "cdu-121kW": "121 kW",
                         "power-shelf-33kW": "27.5 kW", "inductor-120nH": "120 nH", "tx-1000-oil-tier2": "1000 kVA"}.items():
        ok(re.search(rf"^\S+ +{part} +{rating} +(datasheet|standard|estimate)", parts, re.M), f"list parts: {part} of {rating}")
    classes = [line.split()[0] for line in parts.splitlines()]
    equal("list parts: parts of one element stand together", classes, sorted(classes))


def check_files():
    folders = (SOURCE / "racks", SOURCE / "racks" / "examples")
    shipped = [str(f.relative_to(SOURCE)) for where in folders for f in sorted(where.glob("*.xml"))]
    result = call("check", *shipped)
    equal(f"check of all {len(shipped)} shipped files: exit", result.returncode, OK)
    lines = re.findall(r": ok, \d+ parts?, \d+ nodes?, \d+ unknowns?$", result.stdout, re.M)
    equal("check: a line for every shipped file", len(lines), len(shipped))
    equal("check: messages on shipped files", result.stderr, "")
    equal("check -q", (call("check", "-q", *shipped).stdout), "")
    shown = expect(OK, "show", RACK, "tray[3].gpu[1]").stdout
    ok(shown.startswith("tray[3].gpu[1]  <chip> part b200"), "show of one path begins with it")
    for words in ("TDP", "1200 W", "default", "racks/parts/chips.xml:"):
        ok(words in shown, f"show of one path has {words!r}")
    ok(not re.search(r"default\S", shown), "show: default stands by itself")
    every = expect(OK, "show", RACK, "tray.gpu").stdout
    equal("show: an omitted index means all", len(re.findall(r"^tray\[\d+\]\.gpu\[\d+\]  <chip>", every, re.M)), 72)
    items = json.loads(expect(OK, "show", RACK, "tray[1]", "--json").stdout)
    ok(all(i["path"].startswith("tray[1]") for i in items) and len(items) > 30, "show --json of a tray")
    gpu = next(i for i in items if i["path"] == "tray[1].gpu[1]")
    near("show --json: TDP of a GPU", gpu["parameters"]["TDP"]["si"], 1200.0)
    ok("NVIDIA" in gpu["parameters"]["TDP"]["source"], "show --json: TDP has its source")
    expect(INPUT, "show", RACK, "tray[19]", says="tray[19]")
    expect(INPUT, "show", RACK, "tary", says="tary")


def check_input():
    expect(INPUT, "solve", "no-such-file.xml", says="no-such-file.xml")
    expect(INPUT, "solve", "racks", says="racks")
    expect(INPUT, "solve", RACK, "-V", "tropical", says="warm-water")
    expect(INPUT, "run", RACK, "-s", "quake", says="training-swing")
    expect(INPUT, "solve", RACK, "--set", "cdu.T_supply", says="path=value")
    expect(INPUT, "solve", RACK, "--set", "cdu.T_supply=35", says="35 degC")
    expect(INPUT, "solve", RACK, "--set", "cdu.T_supply=35 C")
    expect(INPUT, "solve", RACK, "--set", "cdu.T_supply=35 V", says="voltage")
    expect(INPUT, "solve", RACK, "--set", "cdu.T_suply=35 degC", says="T_supply")
    expect(INPUT, "solve", RACK, "--set", "tray[19].gpu.TDP=1 kW", says="tray")
    expect(INPUT, "solve", RACK, "--set", "tray.gpu.TDP=nan W")
    base = solve(SMALL)
    near("--set with a unit, W", solve(SMALL, "--set", "load.P=66kW")["components"][2]["quantities"]["P"], 66e3)
    warm = solve(RACK, "--set", "cdu.T_supply=308.15 K")
    near("--set in kelvin: supply", warm["coolant"][0]["supply_K"], 308.15, within=0.01)
    ok(base["exit"] == 0, "the small example keeps its limits")
    with folder() as out:
        bad = pathlib.Path(out) / "bad.xml"
        bad.write_text(example("Wrong unit", FEED.format("33 kV")))
        result = expect(INPUT, "solve", bad, "--json", "-o", f"{out}/results")
        places = PLACE.findall(result.stderr)
        equal("diagnostic: file, line, column, severity", places, [(str(bad), "5", "28", "error")])
        lines = result.stderr.splitlines()
        ok(len(lines) >= 3 and 'P="33 kV"' in lines[1] and lines[2].strip() == "^", "diagnostic: the text and a caret below it")
        ok(lines[1][lines[2].index("^"):].startswith("33 kV"), "diagnostic: the caret stands below the value")
        equal("exit 3 writes nothing", sorted(os.listdir(out)), ["bad.xml"])
        many = pathlib.Path(out) / "many.xml"
        many.write_text(example("Many mistakes", "\n".join(f'  <resistor id="r{k}" R="1 V"/>' for k in range(50))))
        result = expect(INPUT, "check", many)
        equal("diagnostics: up to 20, then a count", len(PLACE.findall(result.stderr)), 20)
        last = result.stderr.splitlines()[-1]
        ok(re.search(r"\b(30|50|80|130)\b", last), f"diagnostics: a count at the end: {last!r}")
        both = call("check", bad, SMALL)
        equal("check of a wrong and a right file: exit", both.returncode, INPUT)
        ok("bad.xml:5:28" in both.stderr and "power-load.xml: ok" in both.stdout, "check goes on after a wrong file")


def check_no_solution():
    with folder() as out:
        nose = pathlib.Path(out) / "nose.xml"
        nose.write_text(example("Past the nose", FEED.format("700 kW")))
        for how in ("--json", "--csv", "-q", "-v"):
            result = expect(NO_SOLUTION, "solve", nose, how, "-o", f"{out}/results", says="[RT0702]")
        found = re.search(r"(\d+\.?\d*) %", result.stderr)
        near("collapse: the load that can be supplied, %", float(found[1]) if found else None, 100 * NOSE / 700e3, within=0.2)
        ok(str(nose) + ":5:" in result.stderr and "load" in result.stderr, "collapse: told of the load, with its place")
        equal("exit 4 writes nothing", sorted(os.listdir(out)), ["nose.xml"])
    lost = call("solve", RACK, "--set", "feed-b.state=open", "-q")
    ok(lost.returncode in (OK, LIMIT), f"a lost feed is an ordinary state: exit {lost.returncode}, {lost.stderr.strip()[:200]}")
    ok("nan" not in lost.stderr, f"no message has nan in it: {lost.stderr.strip()[:200]}")
    margin = expect(OK, "solve", SMALL, "--margin").stdout
    found = re.search(r"raised to (\d+\.?\d*) %", margin)
    near("--margin: loads can be raised to, %", float(found[1]) if found else None, 100 * NOSE / 33e3, rel=2e-3)


def check_limits():
    result = call("solve", RACK, "-V", "warm-water", "--json")
    equal("a broken limit: exit", result.returncode, LIMIT)
    findings = json.loads(result.stdout)["findings"]
    hot = [f for f in findings if f["quantity"] == "T_junction" and ".gpu[" in f["path"]]
    ok(hot, "warm water: the GPU's junction is a finding")
    for f in findings:
        ok(f["margin"] < 0 and f["path"] and f["unit"] and f["limit"] and f["source"], f"finding is complete: {f}")
    ok("BROKEN" in call("solve", RACK, "-V", "warm-water").stdout, "the page says which limit is broken")
    quiet = call("solve", RACK, "-V", "warm-water", "-q")
    equal("-q with a broken limit", (quiet.returncode, quiet.stdout, quiet.stderr), (LIMIT, "", ""))


TRIP = """  <voltage-source id="source" voltage="1 V"/>
  <chip id="gpu" kind="gpu" TDP="1000 W" P_idle="100 W" V_nominal="1 V" T_trip="{} degC" fed-by="source"/>
  <thermal-resistance id="sink" R="0.1 K/W"/>
  <fixed-temperature id="room" T="25 degC"/>
  <connect from="gpu.heat" to="sink.a"/>
  <connect from="sink.b" to="room.heat"/>"""


def check_trip():
    """1 kW over 0.1 K/W from 25 degC would be 125 degC: a chip that trips at 80 degC is cold, and that is no good news."""
    with folder() as out:
        for T, code in ((80, LIMIT), (200, OK)):
            path = os.path.join(out, f"trip{T}.xml")
            with open(path, "w") as f:
                f.write(example("trip", TRIP.format(T)))
            result = call("solve", path, "--json")
            equal(f"trip at {T} degC: exit", result.returncode, code)
            found = [(f["path"], f["quantity"]) for f in json.loads(result.stdout)["findings"]]
            equal(f"trip at {T} degC: findings", found, [("gpu", "tripped")] if code == LIMIT else [])


def check_output():
    quiet = expect(OK, "solve", RACK, "-q")
    equal("-q on success", (quiet.stdout, quiet.stderr), ("", ""))
    page = expect(OK, "solve", RACK)
    equal("solve: stderr", page.stderr, "")
    ok("\033" not in page.stdout, "no colour where there is no terminal")
    for words in ("From grid to chip", "grid-to-chip efficiency", "to liquid", "to air", "L/min", "supply 30.0 degC", "return",
                  "pressure drop", "Hottest", ".gpu[", "Tightest margins", "estimates", "Audit: energy"):
        ok(words in page.stdout, f"the page has {words!r}")
    js = expect(OK, "solve", RACK, "--json", "-v")
    document, end = json.JSONDecoder().raw_decode(js.stdout)
    equal("--json: after the document", js.stdout[end:].strip(), "")
    for key in ("model", "variant", "grid", "chips", "efficiency", "ladder", "heat", "estimate_share", "coolant", "components",
                "findings", "audit", "solver"):
        ok(key in document, f"--json has {key}")
    component, rung = document["components"][0], document["ladder"][0]
    ok({"path", "flow_kg_s", "supply_K", "return_K", "dp_Pa"} <= set(document["coolant"][0]), "--json: keys of coolant")
    ok({"path", "element", "part", "loss_W", "temperature_K", "margins"} <= set(component), "--json: keys of components")
    ok({"stage", "input_W", "output_W", "loss_W", "loss_kind", "efficiency"} <= set(rung), "--json: keys of the ladder")
    ok({"unknowns", "nonzeros", "iterations", "seconds"} <= set(document["solver"]), "--json: keys of solver")
    ok({"liquid_W", "air_W", "upstream_W"} <= set(document["heat"]), "--json: keys of heat")
    ok(0 < document["estimate_share"] < 1, "--json: share of the losses that rests on estimates")
    equal("--json: no facility side, no PUE", [document["efficiency"][k] for k in ("pue", "itue", "tue")], [None] * 3)
    for words in (["run", RACK, "-s", "load-step"], ["check", SMALL], ["list", "elements"]):
        result = call(*words, "--json")
        try:
            json.loads(result.stdout)
            one = True
        except ValueError:
            one = result.returncode == USAGE  # refused, but not silently passed over
        ok(one, f"racktwin {' '.join(words)} --json: one document on stdout, found {result.stdout[:40]!r}")
    result = expect(OK, "solve", RACK, "--csv", "-V", "half")
    rows = table(result.stdout)
    equal("--csv: columns", list(rows[0]), "variant,scenario,path,element,part,quantity,unit,value".split(","))
    ok(all(None not in r and None not in r.values() for r in rows), "--csv: every row has all columns")
    equal("--csv: variant", {r["variant"] for r in rows}, {"half"})
    ok("\r" not in result.stdout, "--csv: lines end with LF")
    value = {(r["path"], r["quantity"]): r for r in rows}
    near("--csv: grid power, W", float(value["", "grid_power"]["value"]), solve(RACK, "-V", "half")["grid"]["power_W"], rel=1e-9)
    equal("--csv: unit of a junction", value["tray[1].gpu[1]", "T_junction"]["unit"], "degC")
    us = expect(OK, "solve", RACK, "--units", "us").stdout
    ok("86.0 degF" in us and "gpm" in us and "psi" in us, "--units us: degF, gpm, psi")
    a, b = (re.sub(r'"seconds":.*', "", call("solve", RACK, "--json").stdout) for _ in range(2))
    ok(a == b, "the same input gives the same bits")
    ok("\033[" in call("check", "no-such-file.xml", "--color", "always").stderr, "--color always")
    verbose = call("solve", RACK, "-v")
    ok("solve" in verbose.stderr and "ms" in verbose.stderr, "-v tells the times on stderr")


def check_folder():
    with folder() as out:
        target = pathlib.Path(out) / "a" / "b"
        expect(OK, "solve", RACK, "-q", "-o", target)
        names = sorted(os.listdir(target))
        equal("solve -o: files, none half written", names, ["connection.csv", "margins.csv", "run.json", "summary.csv"])
        report = json.loads((target / "run.json").read_text())
        ok(report["program"].startswith("racktwin ") and "SUNDIALS" in report["libraries"], "run.json: versions")
        files = {pathlib.Path(i["file"]).name: i["sha256"] for i in report["inputs"]}
        ok("gb200-nvl72.xml" in files and "chips.xml" in files, "run.json: every input")
        digest = subprocess.run(["sha256sum", SOURCE / RACK], capture_output=True, text=True).stdout.split()[0]
        equal("run.json: SHA-256 of the rack", files.get("gb200-nvl72.xml"), digest)
        before = {n: (target / n).stat().st_ino for n in names}
        expect(OK, "solve", RACK, "-q", "-o", target)
        after = {n: (target / n).stat().st_ino for n in names}
        ok(all(before[n] != after[n] for n in names), "files are replaced whole, not written over")
        for bad in ("/proc/racktwin", "/dev/null/out"):
            expect(SYSTEM, "solve", RACK, "-o", bad, says=bad)
        block = pathlib.Path(out) / "file"
        block.write_text("")
        expect(SYSTEM, "run", RACK, "-s", "load-step", "-o", block, says=str(block))
        small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
        expect(SYSTEM, "solve", RACK, "-o", f"{out}/full", preexec_fn=small, restore_signals=False, says="summary.csv")
        left = [n for n in os.listdir(f"{out}/full") if not n.endswith(".part")]
        equal("a disk that is full: files under their final names", left, [])


def check_streams():
    for words in (["solve", RACK], ["solve", RACK, "--json"], ["solve", RACK, "--csv"], ["list", "elements"]):
        with open("/dev/full", "w") as full:
            result = subprocess.run([PROGRAM, *words], cwd=SOURCE, stdout=full, stderr=subprocess.PIPE, text=True)
        equal(f"racktwin {' '.join(words)} > /dev/full", result.returncode, SYSTEM)
        ok("standard output" in result.stderr, f"racktwin {' '.join(words)} > /dev/full: {result.stderr!r}")
    for ignored in (False, True):  # whether or not the caller ignores the signal of a closed pipe
        p = subprocess.Popen([PROGRAM, "solve", RACK, "--json"], cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             restore_signals=not ignored)
        p.stdout.close()
        said = p.stderr.read().decode()
        p.stderr.close()
        equal("a closed pipe", p.wait(), SYSTEM)
        ok("standard output could not be written" in said, f"a closed pipe: {said!r}")


def check_interrupt():
    with folder() as out:
        p = subprocess.Popen([PROGRAM, "run", RACK, "-s", "training-swing", "-o", out, "--every", "10 ms"], cwd=SOURCE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(200):  # until it is well on its way
            time.sleep(0.05)
            if sum(f.stat().st_size for f in pathlib.Path(out).glob("series.csv*")) > 200000 or p.poll() is not None:
                break
        p.send_signal(signal.SIGINT)
        _, said = p.communicate(timeout=60)
        ok(p.returncode not in (OK, LIMIT), f"an interrupted run does not end as if whole: exit {p.returncode}")
        ok("interrupted" in said, f"an interrupted run says so: {said!r}")
        names = sorted(os.listdir(out))
        equal("an interrupted run leaves what it had", names, ["events.csv", "margins.csv", "run.json", "series.csv", "series.gp", "summary.csv"])
        if "series.csv" in names:
            lines = (pathlib.Path(out) / "series.csv").read_text().split("\n")
            ok(len(lines) > 2 and lines[-1] == "", "the series ends with a whole row")
            equal("columns of every row left", len({line.count(",") for line in lines[:-1]}), 1)


def check_libraries():
    linked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
    ok("libsundials" in linked and "libc.so" in linked, "ldd lists what the program is linked with")
    for name in ("petsc", "mpi"):
        ok(not re.search(rf"lib[a-z]*{name}", linked), f"ldd: nothing of {name}")
    ok("not found" not in linked, "ldd: all libraries are there")


for check in (check_words, check_usage, check_help, check_list, check_files, check_input, check_no_solution, check_limits, check_trip, check_output,
              check_folder, check_streams, check_interrupt, check_libraries):
    check()
finish()
