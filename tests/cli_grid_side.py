"""Spectrum of the power with limits of a utility, and the stores for a ramp and a power limit: closed forms, a transform written
here, mistakes, checkpoints, the report's page."""
import cmath
import json
import math
import pathlib
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, near, ok, table

OK, LIMIT, USAGE, INPUT, SYSTEM = 0, 1, 2, 3, 5
LOSS = 4e-4  # W in the source's 1 uohm at 20 A: what the power of the source has over that of the chip

CHIP = """<racktwin version="1" xmlns="urn:racktwin:1"><voltage-source id="supply" voltage="50 V" R="1 uohm"/>
  <chip id="gpu" kind="gpu" TDP="1 kW" P_idle="{idle}" leakage_share="{share}" leakage_exponent="0.03 1/K" T_leak_ref="60 degC" V_nominal="50 V"/>
  <heat-capacity id="plate" C="50 J/K"/><thermal-resistance id="film" R="0.05 K/W"/><fixed-temperature id="coolant" T="30 degC"/>
  <connect from="supply.out" to="gpu.power"/><connect from="gpu.heat" to="plate.heat"/>
  <connect from="plate.heat" to="film.a"/><connect from="film.b" to="coolant.heat"/>
  <workload id="w">{phases}</workload>
  <scenario id="s" duration="{duration}" every="{every}" workload="w"/></racktwin>"""


def chip(phases, duration, every="0.25 s", idle="0 W", share="0 %"):
    """phases: (s, %) ..., then whether they repeat."""
    *steps, repeat = phases
    text = "".join(f'<phase duration="{s} s" gpu="{u} %"/>' for s, u in steps) + ("<repeat/>" if repeat else "")
    return CHIP.format(phases=text, duration=duration, every=every, idle=idle, share=share)


SQUARE = ((1, 40), (1, 100), True)  # 0.5 Hz, 700 W +- 300 W


class Run:
    def __init__(self, name, model, *options, code=OK, limits=None):
        self.file, self.out = pathlib.Path(name) / "model.xml", pathlib.Path(name) / "out"
        self.file.write_text(model)
        if limits is not None:
            (pathlib.Path(name) / "limits.csv").write_text(limits)
            options = (*options, "--utility-limit", f"{name}/limits.csv")
        self.options = options
        self.result = call("run", self.file, "-s", "s", "-o", self.out, *options)
        equal(f"exit of {options}: {self.result.stderr}", self.result.returncode, code)

    def spectrum(self):
        return [{k: float(v or "nan") for k, v in row.items()} for row in table((self.out / "spectrum.csv").read_text())]

    def figures(self):
        return {(f["name"], f["path"] or ""): f["value"] for f in json.loads((self.out / "run.json").read_text())["run"]["figures"]}


def check_square_wave():
    with folder() as name:
        run = Run(name, chip(SQUARE, "100 s"), "--spectrum")
        rows, f = run.spectrum(), run.figures()
        series = (run.out / "series.csv").read_bytes()
        Run(name, chip(SQUARE, "100 s"))
        equal("the spectrum does not change the run", (run.out / "series.csv").read_bytes(), series)
    equal("bins", (len(rows), rows[0]["frequency [Hz]"], rows[-1]["frequency [Hz]"]), (797, 0.1, 20.0))
    equal("windows", (f["spectrum_windows", ""], f["spectrum_window", ""]), (4, 40))
    for row in rows:
        k = round(2 * row["frequency [Hz]"])
        aside = round(40 * row["frequency [Hz]"]) - 20 * k
        harmonic = 4 * 300 / (math.pi * k) if k % 2 else 0.0
        want = harmonic if aside == 0 else harmonic / 2 if abs(aside) == 1 else 0.0
        for column in ("largest amplitude [W]", "mean amplitude [W]"):
            near(f"{column} at {row['frequency [Hz]']} Hz", row[column], want, within=2 * LOSS)
    page = run.result.stdout
    ok("0.5000 Hz       382 W" in page and "Spectrum of the power from 0.1 to 20 Hz, 0.025 Hz apart" in page, f"the page: {page}")
    near("first peak", f["spectrum_peak", "0.5000 Hz"], 1200 / math.pi, within=2 * LOSS)


def check_limits():
    """The third harmonic, 127.3 W, a thousandth below and above what is allowed; a share is of the largest power, 1000 W."""
    third = 4 * 300 / (3 * math.pi)
    for unit, scale in (("W", 1.0), ("kW", 1e-3), ("%", 0.1)):
        for factor, code in ((1.001, OK), (0.999, LIMIT)):
            with folder() as name:
                limits = f"from [Hz],to [Hz],amplitude [{unit}]\n0.1,1.2,{500 * scale}\n1.3,20,{third * factor * scale:.9g}\n"
                run = Run(name, chip(SQUARE, "60 s"), limits=limits, code=code)
                f, rows = run.figures(), run.spectrum()
                inputs = [i["file"] for i in json.loads((run.out / "run.json").read_text())["inputs"]]
            near(f"allowed in {unit}", f["utility_limit", "1.3 .. 20 Hz"], third * factor, rel=1e-6)
            near("amplitude", f["utility_amplitude", "1.3 .. 20 Hz"], third, within=2 * LOSS)
            near("its frequency", f["utility_frequency", "1.3 .. 20 Hz"], 1.5, within=1e-6)
            near("amplitude below", f["utility_amplitude", "0.1 .. 1.2 Hz"], 3 * third, within=2 * LOSS)
            near("limit in spectrum.csv", rows[-1]["limit [W]"], third * factor, rel=1e-6)
            ok(("BROKEN" in run.result.stdout) == (code == LIMIT), f"the page tells: {run.result.stdout}")
            equal("the file is an input", inputs[-1], f"{name}/limits.csv")


def transform(times, values, begin, length, k):
    """Single-sided Hann amplitude of a series of even steps, by its sum: no function of the program."""
    inside = [(t - begin, v) for t, v in zip(times, values) if begin - 1e-9 <= t < begin + length - 1e-9]
    mean = sum(v for _, v in inside) / len(inside)
    hann = [(t, (v - mean) * 0.5 * (1 - math.cos(2 * math.pi * t / length))) for t, v in inside]
    return abs(sum(v * cmath.exp(-2j * math.pi * k * t / length) for t, v in hann)) * 4 / len(inside)


def check_against_a_sum():
    """Leakage that follows the temperature: a power that bends after each step, from samples 4 ms apart."""
    with folder() as name:
        run = Run(name, chip(((3.1, 30), (1.7, 100), (2.3, 60), True), "45 s", "4 ms", "200 W", "20 %"), "--spectrum", "--select", "supply.power")
        rows = table((run.out / "series.csv").read_text())
        bins = run.spectrum()
    times, values = [float(r["time [s]"]) for r in rows], [float(r["supply.power [W]"]) for r in rows]
    ok(max(values) - min(values) > 600, "the load swings")
    late = 2 / 40 * 0.002 * 700 * 16  # W: at 16 jumps of up to 700 W a sample is half its step late
    for row in bins[:200:7]:
        k = round(row["frequency [Hz]"] * 40)
        want = max(transform(times, values, begin, 40.0, k) for begin in (0.0, 5.0))
        near(f"amplitude at {row['frequency [Hz]']} Hz", row["largest amplitude [W]"], want, rel=0.01, within=late)


def check_stores():
    """A step from 100 to 700 W: P^2 / (2 r); a square wave that the grid can follow gives it back; over a power limit, refilled below it."""
    with folder() as name:
        f = Run(name, chip(((10, 10), (90, 70), False), "100 s"), "--ramp-limit", "20 W/s", "--power-limit", "500 W").figures()
    near("energy for a step", f["ramp_store_energy", ""], 600 ** 2 / 40, rel=1e-5)
    near("power for a step", f["ramp_store_power", ""], 600, within=LOSS)
    near("given by the end", f["ramp_store_given", ""], 600 ** 2 / 40, rel=1e-5)
    near("energy over the limit", f["power_store_energy", ""], 200 * 90, rel=1e-5)
    near("power over the limit", f["power_store_power", ""], 200, within=LOSS)
    with folder() as name:
        run = Run(name, chip(((20, 40), (20, 100), True), "400 s"), "--ramp-limit", "0.04 kW/s", "--power-limit", "0.8 kW")
        f = run.figures()
    near("energy for a square wave", f["ramp_store_energy", ""], 600 ** 2 / 80, rel=1e-5)
    near("given by the end, in a high half", f["ramp_store_given", ""], 600 ** 2 / 80, rel=1e-5)
    near("energy over the limit", f["power_store_energy", ""], 200 * 20, rel=1e-5)
    ok("grows with the run" not in run.result.stdout, "a grid that arrives after each step does not drift")
    ok("ramp limit             40 W/s: kept by an ideal store of 4.5 kJ and 600 W" in run.result.stdout, f"the page: {run.result.stdout}")


def check_drift():
    """1 Hz between 400 and 1000 W at 100 W/s: the grid rises by 50 W in the high half and falls as far in the low one, a triangle of
    12.5 J each, and the run ends with a high half."""
    with folder() as name:
        run = Run(name, chip(((0.5, 40), (0.5, 100), True), "60 s"), "--ramp-limit", "100 W/s")
        f = run.figures()
    near("given in 60 periods", f["ramp_store_given", ""], 60 * 600 * 0.5 - 119 * 12.5, rel=1e-5)
    ok("this energy grows with the run" in run.result.stdout, f"the page: {run.result.stdout}")


def check_mistakes():
    head = "from [Hz],to [Hz],amplitude [W]\n"
    cases = ((head + "0.05,1,5\n", 2, "from 0.1 to 20 Hz"), (head + "0.1,1,5\n1,25,5\n", 3, "from 0.1 to 20 Hz"),
             (head + "2,1,5\n", 2, "is empty"), (head + "1,2,0\n", 2, "greater than zero"), (head + "1,2,\n", 2, "a value is missing"),
             (head + "1,2,much\n", 2, "not a decimal number"), ("from [Hz],to [Hz]\n1,2\n", 1, "amplitude"),
             ("from [Hz],to [Hz],amplitude [V]\n1,2,3\n", 1, "power"), ("from [Hz],to [Hz],amplitude\n1,2,3\n", 1, "unit"),
             ("from [s],to [Hz],amplitude [W]\n1,2,3\n", 1, "Hz"))
    for text, line, says in cases:
        with folder() as name:
            run = Run(name, chip(SQUARE, "60 s"), limits=text, code=INPUT)
            ok(f"limits.csv:{line}:" in run.result.stderr and says in run.result.stderr, f"{text!r}: {run.result.stderr}")
            ok(not run.out.exists(), f"{text!r}: nothing is written")
    with folder() as name:
        run = Run(name, chip(SQUARE, "10 s"), limits=head + "0.1,1,5\n", code=INPUT)
        ok("tells nothing below 0.2 Hz: from 0.1 Hz on takes 20 s" in run.result.stderr, f"a short run: {run.result.stderr}")
        run = Run(name, chip(SQUARE, "10 s"), limits=head + "0.2,1,5000\n")
        equal("its first bin", run.spectrum()[0]["frequency [Hz]"], 0.2)
        run = Run(name, chip(SQUARE, "10 s"), "--utility-limit", f"{name}/no.csv", code=INPUT)
        ok("no.csv" in run.result.stderr, f"a file that is not there: {run.result.stderr}")
        for option, text, says in (("--ramp-limit", "5 kW", "W/s"), ("--ramp-limit", "0 W/s", "greater than zero"), ("--power-limit", "5", "unit")):
            run = Run(name, chip(SQUARE, "10 s"), option, text, code=USAGE)
            ok(option in run.result.stderr and says in run.result.stderr, f"{option} {text}: {run.result.stderr}")


def check_checkpoints():
    """Killed and resumed: the same bytes; another limit is another run."""
    head = "from [Hz],to [Hz],amplitude [W]\n"
    ask = ("--ramp-limit", "400 W/s", "--power-limit", "800 W", "--checkpoint-every", "13 s")
    names = ("spectrum.csv", "summary.csv", "margins.csv", "series.csv")
    model = chip(((1.3, 40), (0.9, 100), True), "1000 s", "0.1 s", "150 W", "10 %")
    with folder() as name:
        run = Run(name, model, *ask, "--checkpoint", f"{name}/whole", limits=head + "0.1,20,900\n")
        want = {n: (run.out / n).read_bytes() for n in names}
    with folder() as name:
        file, out, ck = pathlib.Path(name) / "model.xml", pathlib.Path(name) / "out", pathlib.Path(name) / "ck"
        file.write_text(model)
        (pathlib.Path(name) / "limits.csv").write_text(head + "0.1,20,900\n")
        words = ["run", str(file), "-s", "s", "-o", str(out), *ask, "--checkpoint", str(ck), "--utility-limit", f"{name}/limits.csv"]
        p = subprocess.Popen([PROGRAM, *words], cwd=SOURCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until and p.poll() is None and not (ck.exists() and (out / "series.csv.part").stat().st_size > 40000):
            time.sleep(0.005)
        p.send_signal(signal.SIGKILL)
        ok(p.wait() == -signal.SIGKILL, "killed before its end")
        (pathlib.Path(name) / "limits.csv").write_text(head + "0.1,20,901\n")
        other = call(*words, "--resume")
        ok(other.returncode == SYSTEM and "limits.csv has changed" in other.stderr, f"another limit: {other.returncode} {other.stderr}")
        (pathlib.Path(name) / "limits.csv").write_text(head + "0.1,20,900\n")
        other = call(*words, "--resume", "--ramp-limit", "300 W/s")
        ok(other.returncode == SYSTEM and "--ramp-limit" in other.stderr, f"another ramp: {other.returncode} {other.stderr}")
        again = call(*words, "--resume")
        equal("resumed", again.returncode, OK)
        for n in names:
            ok((out / n).read_bytes() == want[n], f"{n} is that of the run that was not killed")


def check_rack():
    """The whole rack: amplitudes at the usual tolerance are those at a hundredth of it, and those of the other integrator."""
    lines = {}
    with folder() as name:
        for key, options in (("fine", ("--rtol", "1e-7")), ("usual", ()), ("ida", ("--method", "ida"))):
            result = call("run", RACK, "-s", "training-swing", "-o", f"{name}/{key}", "-q", "--spectrum", *options)
            equal(f"rack, {key}: exit", result.returncode, OK)
            rows = table((pathlib.Path(name) / key / "spectrum.csv").read_text())
            lines[key] = [(float(r["frequency [Hz]"]), float(r["largest amplitude [W]"])) for r in rows]
    equal("bins of the rack", len(lines["usual"]), 797)
    for key in ("usual", "ida"):
        for (f, got), (_, want) in zip(lines[key], lines["fine"]):
            near(f"rack, {key}: amplitude at {f} Hz", got, want, rel=1e-3, within=0.05)


def check_report():
    with folder() as name:
        file = pathlib.Path(name) / "model.xml"
        file.write_text(chip(SQUARE, "60 s"))
        (pathlib.Path(name) / "limits.csv").write_text("from [Hz],to [Hz],amplitude [%]\n0.1,20,30\n")
        words = ("report", file, "-s", "s", "-o", f"{name}/out")
        equal("report: exit", call(*words, "--utility-limit", f"{name}/limits.csv", "--ramp-limit", "1 kW/s").returncode, LIMIT)
        page = (pathlib.Path(name) / "out" / "report.html").read_text()
        ok((pathlib.Path(name) / "out" / "run" / "spectrum.csv").exists(), "report: spectrum.csv")
        root = xml.etree.ElementTree.fromstring(page.split("\n", 1)[1] if page.startswith("<!DOCTYPE") else page)
        ok(any(e.tag.endswith("figure") and e.get("id") == "fig-spectrum" and any(x.tag.endswith("svg") for x in e.iter()) for e in root.iter()),
           "an XML parser finds the chart")
        for part in ('id="fig-spectrum"', 'id="tab-figures"', 'id="tab-utility"', "1 of 1 limits of the utility broken", "ramp_store_energy"):
            ok(part in page, f"the page has {part}")
        equal("report without: exit", call(*words).returncode, OK)
        page = (pathlib.Path(name) / "out" / "report.html").read_text()
        ok('id="fig-spectrum"' not in page and 'id="tab-figures"' in page, "no spectrum unless it is asked for")


check_square_wave()
check_limits()
check_against_a_sum()
check_stores()
check_drift()
check_mistakes()
check_checkpoints()
check_rack()
check_report()
finish()
