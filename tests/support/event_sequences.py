"""Random sequences of events over a shipped rack, each run as a user runs it: parts fail and are repaired, trays are pulled, loads,
voltages and resistances jump or ramp, several things happen at one instant.

A sequence is a function of its number, so that a case that fails can be run again. What must hold for each: the run ends at its end
(exit 0 or 1); or it says why it cannot go on, by a diagnostic that names chattering or a range that a model does not know; the energy
audit is within ten times the relative tolerance; no number is none."""
import collections
import functools
import json
import math
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

from cli import SOURCE, call

RACKS = ("gb200-nvl72", "vr-nvl144-cpx")
# Refusals that are answers: chattering by name, coolant or a part outside what its model knows.
NAMED = {"RT0705": "coolant outside its range", "RT0706": "curve outside its range", "RT0710": "chattering"}
FAIL = {"psu": 6, "power-shelf": 3, "switchgear": 2, "pump": 4, "contact": 1, "hot-swap": 2, "dcdc": 2, "vrm": 2, "chip": 2, "fan": 2,
        "quick-disconnect": 3, "ups": 1, "valve": 1, "temperature-sensor": 1, "pressure-difference-sensor": 1, "facility-water": 1}
SET = (("utility", "voltage", lambda r: ("factor", r.choice((0.3, 0.5, 0.7, 0.85, 1.1)))), ("fws", "dp", lambda r: ("to", f"{r.uniform(0, 150):.4g} kPa")),
       ("fws", "T_supply", lambda r: ("to", f"{r.uniform(10, 38):.4g} degC")))
OF_ONE = (("contact", "R", lambda r: ("factor", r.choice((2, 10, 30)))), ("chip", "utilisation", lambda r: ("to", f"{r.uniform(0, 100):.4g} %")),
          ("quick-disconnect", "clogging", lambda r: ("to", f"{math.exp(r.uniform(0, 5)):.4g}")), ("strainer", "clogging", lambda r: ("to", f"{math.exp(r.uniform(0, 4)):.4g}")),
          ("pump", "speed", lambda r: ("to", f"{r.uniform(0.2, 1.1):.4g}")))

Outcome = collections.namedtuple("Outcome", "fine exit code text imbalance bar")


@functools.lru_cache(maxsize=None)
def parts(rack):
    """Paths of the rack by element."""
    found = collections.defaultdict(list)
    for item in json.loads(call("show", f"racks/{rack}.xml", "--json").stdout):
        found[item["element"]].append(item["path"])
    return found


def any_of(r, rack, element):
    """One part, or now and then all that share its name."""
    path = r.choice(parts(rack)[element])
    return re.sub(r"\[\d+\]", "", path) if r.random() < 0.08 else path


def attempt(r, rack):
    """One event without its time, and the one that takes it back, or None."""
    draw = r.random()
    if draw < 0.5:
        known = [e for e in FAIL if parts(rack)[e]]
        path = any_of(r, rack, r.choices(known, [FAIL[e] for e in known])[0])
        return f'fail="{path}"', f'repair="{path}"'
    if draw < 0.6:
        path = f"tray[{r.randint(1, 18)}]"
        return f'remove="{path}"', f'insert="{path}"'
    if draw < 0.75:
        path, figure, how = r.choice(SET)
    elif draw < 0.85:
        path, figure, how = r.choice(("tray.gpu", "tray.cpu", "switch.nvswitch")), "utilisation", OF_ONE[1][2]
    else:
        element, figure, how = r.choice([row for row in OF_ONE if parts(rack)[row[0]]])
        path = r.choice(parts(rack)[element])
    word, value = how(r)
    many = path.startswith(("tray.", "switch."))
    if word == "factor":
        return f'set="{path}.{figure}" factor="{value}"', f'set="{path}.{figure}" factor="{1 / value:.17g}"'
    if not many and r.random() < 0.5:  # on a ramp of all loads each regulator sheds each phase at an instant of its own
        return f'ramp="{path}.{figure}" to="{value}" over="{math.exp(r.uniform(-5, 1)):.4g} s"', None
    return f'set="{path}.{figure}" value="{value}"', None


def scenario(rack, number):
    """The text of sequence `number` of the rack."""
    r = random.Random(f"{rack} {number}")
    duration = r.uniform(2, 12)
    events, times = [], []
    for _ in range(r.randint(1, 7)):
        t = r.choice(times) if times and r.random() < 0.3 else min(round(r.uniform(0.1, duration), r.choice((1, 3, 9))), 0.999 * duration)
        times.append(t)
        do, undo = attempt(r, rack)
        events.append((t, do))
        if undo and r.random() < 0.5:
            events.append((r.uniform(t, duration), undo))
    rows = "\n".join(f'  <event at="{t:.12g} s" {what}/>' for t, what in sorted(events))
    return f'<scenario xmlns="urn:racktwin:1" duration="{duration:.6g} s" every="0.5 s">\n{rows}\n</scenario>\n'


class Ground:
    """A copy of the racks with room for scenarios, and a folder for what runs write."""

    def __enter__(self):
        self.kept = tempfile.TemporaryDirectory(prefix="racktwin-test-")
        self.path = pathlib.Path(self.kept.name)
        shutil.copytree(SOURCE / "racks", self.path / "racks", ignore=shutil.ignore_patterns("*.c", "*.h"))
        return self

    def __exit__(self, *_):
        self.kept.cleanup()

    def run(self, rack, number):
        name = f"sequence-{number}"
        file = self.path / "racks" / "scenarios" / f"{name}.xml"
        file.write_text(scenario(rack, number))
        out = self.path / f"out-{number}"
        try:
            return judge(call("run", self.path / "racks" / f"{rack}.xml", "-s", name, "-o", out, "-q"), out)
        except subprocess.TimeoutExpired as late:
            return Outcome(False, None, None, f"no end within {late.timeout} s", None, None)
        finally:
            shutil.rmtree(out, ignore_errors=True)
            file.unlink()


def judge(done, out):
    code = re.search(r"error: [^\n]*\[(RT\d+)\]", done.stderr)  # not those of warnings before it
    code = code.group(1) if code else None
    if not (out / "run.json").exists():
        return Outcome(done.returncode == 4 and code in NAMED, done.returncode, code, done.stderr[:400], None, None)
    report = json.loads((out / "run.json").read_text())
    imbalance, bar = report["run"]["energy"]["imbalance"], 10 * report["solver"]["rtol"]
    series = (out / "series.csv").read_text().lower()
    clean = not re.search(r"\b(nan|inf)\b", series)
    went = done.returncode in (0, 1) or (done.returncode == 4 and code in NAMED)
    return Outcome(went and clean and imbalance <= bar, done.returncode, code, done.stderr[:400], imbalance, bar)


def check(cases, ok, inside):
    """Runs the cases, (rack, number) each."""
    ended = collections.Counter()
    with Ground() as ground:
        for rack, number in cases:
            o = ground.run(rack, number)
            ended[o.exit, o.code] += 1
            ok(o.fine, f"{rack} {number}: exit {o.exit}, {o.code}, energy {o.imbalance} of at most {o.bar}\n{scenario(rack, number)}{o.text}")
    print("exit and code:", ", ".join(f"{key}: {n}" for key, n in ended.most_common()))
    went = sum(n for (exit_code, _), n in ended.items() if exit_code in (0, 1))
    inside("share of sequences that run to their end", went / max(1, sum(ended.values())), 0.95, 1.0)


def of_both(first, last):
    """Sequences first .. last - 1 of both racks."""
    return [(rack, number) for number in range(first, last) for rack in RACKS]
