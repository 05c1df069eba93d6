"""What a run records: columns, figures of many parts, and min, mean and max over the time between rows, against closed forms."""
import csv
import math
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, equal, finish, folder, near, ok, settings, solve

# T = 20 degC + P R (1 - exp(-(t - 12 s) / RC)), RC = 200 s, from a step of the power at 12 s.
LUMP = """<racktwin version="1" xmlns="urn:racktwin:1">
  <heat-source id="h" P="100 W" utilisation="0 %"/><heat-capacity id="c" C="400 J/K"/><thermal-resistance id="r" R="0.5 K/W"/>
  <fixed-temperature id="t" T="20 degC"/><connect from="h.heat" to="c.heat"/><connect from="c.heat" to="r.a"/>
  <connect from="r.b" to="t.heat"/>
  <scenario id="s" duration="600 s" every="5 s"><event at="12 s" set="h.utilisation" value="100 %"/></scenario>
</racktwin>
"""


def record(file, scenario, out, *more):
    result = call("run", file, "-s", scenario, "-o", out, "-q", *more)
    ok(result.returncode in (0, 1), f"{more}: exit {result.returncode} {result.stderr}")
    with open(pathlib.Path(out) / "series.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    equal(f"{more}: columns in every row", {len(row) for row in rows}, {len(rows[0])})
    return {name: [float(row[k]) if row[k] else math.nan for row in rows[1:]] for k, name in enumerate(rows[0])}


def rise(t):
    """T - 20 degC, and its integral from 12 s on."""
    return (50.0 * (1.0 - math.exp((12.0 - t) / 200.0)), 50.0 * (t - 12.0 - 200.0 * (1.0 - math.exp((12.0 - t) / 200.0)))) \
        if t > 12.0 else (0.0, 0.0)


def check_aggregates():
    with folder() as out:
        rack = pathlib.Path(out) / "lump.xml"
        rack.write_text(LUMP)
        s = record(rack, "s", f"{out}/a", "--aggregate", "max,min,mean", "--select", "c.T", "--select", "h.Q_dot", "--rtol", "1e-7",
                   "--every", "50s")
        names = [f"{q}.{a} [{u}]" for q, u in (("h.Q_dot", "W"), ("c.T", "degC")) for a in ("max", "min", "mean")]
        equal("--aggregate: columns", list(s), ["time [s]", *names])
        t = s["time [s]"]
        equal("--aggregate: rows", t, [50.0 * k for k in range(13)])
        for a in ("min", "mean", "max"):
            near(f"the first row has the start, {a}", s[f"c.T.{a} [degC]"][0], 20.0, within=1e-6)
        for k in range(1, len(t)):
            (low, begin), (high, end) = rise(t[k - 1]), rise(t[k])
            near(f"T.min in row {k}", s["c.T.min [degC]"][k], 20.0 + low, within=1e-3)
            near(f"T.max in row {k}", s["c.T.max [degC]"][k], 20.0 + high, within=1e-3)
            near(f"T.mean in row {k}", s["c.T.mean [degC]"][k], 20.0 + (end - begin) / 50.0, within=1e-3)
        for name, want in (("min", 0.0), ("mean", 100.0 * 38.0 / 50.0), ("max", 100.0)):
            near(f"power.{name} over its step", s[f"h.Q_dot.{name} [W]"][1], want, within=1e-6)
        plain = record(rack, "s", f"{out}/b", "--select", "c.T", "--rtol", "1e-7", "--every", "50s")
        for k, time in enumerate(plain["time [s]"]):
            near(f"T at {time} s", plain["c.T [degC]"][k], 20.0 + rise(time)[0], within=1e-3)
        for wrong in ("", "mean,", "mean,mean", "median", "min mean", "min,mean,max,min"):
            result = call("run", rack, "-s", "s", "-o", f"{out}/c", "--aggregate", wrong)
            equal(f"--aggregate {wrong!r}: exit", result.returncode, 2)
            ok("min, mean, max" in result.stderr and not os.path.exists(f"{out}/c"), f"--aggregate {wrong!r}: {result.stderr!r}")


def check_columns():
    with folder() as out:
        few = record(RACK, "load-step", f"{out}/few")
        size = (pathlib.Path(out) / "few" / "series.csv").stat().st_size
        ok(len(few) <= 60, f"a whole rack has {len(few)} columns where none are asked for, at most 60")
        names = set()
        ok("utility.power [W]" in few, "the grid's power is among them")
        whole = record(RACK, "load-step", f"{out}/whole", "--select", "*", "--every", "30s")
        ok(len(whole) > 1000, f"--select '*' takes all: {len(whole)}")
        ok(set(few) <= set(whole), "and the figures, too")
        same = record(RACK, "load-step", f"{out}/same", "--every", "30s")
        for name in few:
            equal(f"{name}, of few and of all", same[name], whole[name])
        for k, t in enumerate(whole["time [s]"]):
            hot = max(v[k] for n, v in whole.items() if ".gpu[" in n and n.endswith(".T_junction [degC]"))
            power = sum(v[k] for n, v in whole.items() if ".gpu[" in n and n.endswith("].P [W]"))
            near(f"hottest GPU at {t} s", whole["hottest_gpu [degC]"][k], hot, rel=1e-9)
            near(f"power of all GPUs at {t} s", whole["power_gpu [W]"][k], power, rel=1e-7)
        chips = ("gpu", "cpu", "nic", "dpu", "ssd", "memory")
        start = solve(RACK, *settings({f"tray.{c}.utilisation": "35 %" for c in chips} | {"switch.nvswitch.utilisation": "35 %"}))
        for rung in start["ladder"]:
            name = f"loss_{rung['stage'].replace(' ', '_')} [W]"
            if name in few:
                near(f"{name} at the start, of the steady state's ladder", few[name][0], rung["loss_W"], rel=1e-6, within=1e-3)
                names.add(name)
        equal("losses that the ladder does not have", {n for n in few if n.startswith("loss_")} - names, set())
        ok(size < 200e3, f"the series of 120 s at 0.5 s has {size} bytes")
        one = record(RACK, "load-step", f"{out}/one", "--select", "hottest_*", "--select", "utility.power", "--every", "60s")
        ok("hottest_gpu [degC]" in one and "utility.power [W]" in one and "loss_VRM [W]" not in one, "globs choose figures, too")


check_aggregates()
check_columns()
finish()
