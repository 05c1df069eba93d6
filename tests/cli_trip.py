"""Chips that trip, and what goes on after them: closed forms of one chip, and a rack whose coolant stands.

A tripped chip takes nothing, so that its regulator's output has no load at all; and coolant that stands keeps its temperature."""
import json
import math
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, equal, finish, folder, inside, near, ok, table

# ---- one chip behind its regulator, one load under a plate: both lose their cooling at 1 s --------------------------------
P, C, R, COLD, LOST, T_TRIP, AT = 400.0, 100.0, 0.05, 40.0, 1e3, 100.0, 1.0
MODEL = f'''<racktwin xmlns="urn:racktwin:1" version="1">
  <voltage-source id="supply" voltage="12 V" R="0.2 mohm"/>
  <vrm id="vrm" V_nominal="12 V" V_set="0.85 V" R_LL="50 uohm" I_rated="700 A" phases="10" f_sw="600 kHz" R_hs="3.5 mohm"
       R_ls="0.7 mohm" P_control="1 W"/>
  <pdn id="planes" R_pdn="100 uohm"/>
  <chip id="gpu" kind="gpu" TDP="{P} W" P_idle="10 W" V_nominal="0.8 V" T_trip="{T_TRIP} degC"/>
  <power-load id="memory" P="{P} W" V_nominal="12 V" T_trip="{T_TRIP} degC"/>
  <connect from="supply.out" to="vrm.in"/><connect from="vrm.out" to="planes.in"/><connect from="planes.out" to="gpu.power"/>
  <connect from="supply.out" to="memory.in"/>
  <fixed-temperature id="coolant" T="{COLD} degC"/>
  <heat-capacity id="die" C="{C} J/K"/><thermal-resistance id="film" R="{R} K/W"/>
  <connect from="gpu.heat" to="die.heat"/><connect from="die.heat" to="film.a"/><connect from="film.b" to="coolant.heat"/>
  <heat-capacity id="case" C="{C} J/K"/><thermal-resistance id="pad" R="{R} K/W"/>
  <connect from="memory.heat" to="case.heat"/><connect from="case.heat" to="pad.a"/><connect from="pad.b" to="coolant.heat"/>
  <scenario id="lost" duration="60 s">
    <event at="{AT} s" set="film.R" value="{LOST} K/W"/><event at="{AT} s" set="pad.R" value="{LOST} K/W"/></scenario>
</racktwin>'''


def run(file, scenario, *options):
    with folder() as out:
        result = call("run", file, "-s", scenario, "-q", "-o", out, *options)
        if not ok(result.returncode in (0, 1), f"{file} {scenario} ends with {result.returncode}: {result.stderr[:400]}"):
            finish()
        there = pathlib.Path(out)
        read = [(there / name).read_text() for name in ("series.csv", "events.csv", "run.json")]
    return table(read[0]), table(read[1]), json.loads(read[2])


with folder() as name:
    file = pathlib.Path(name) / "model.xml"
    file.write_text(MODEL)
    for method in ("ida", "sdirk"):
        rows, events, report = run(file, "lost", "--rtol", "1e-8", "--method", method, "--every", "0.5s",
                                   "--select", "gpu.*", "--select", "memory.*")
        far, T0 = COLD + P * LOST, COLD + P * R
        expected = AT + LOST * C * math.log((far - T0) / (far - T_TRIP))
        for path in ("gpu", "memory"):
            told = [float(e["time [s]"]) for e in events if e["path"] == path and "-> tripped" in e["what"]]
            equal(f"{method}: trips of {path}", len(told), 1)
            near(f"{method}: {path} trips", told[0], expected, within=1e-5)
        near(f"{method}: end", report["run"]["t_end_s"], 60.0)
        near(f"{method}: V_set at an output without load", float(rows[-1]["gpu.v [V]"]), 0.85, within=1e-6)
        equal(f"{method}: power after the trip", (float(rows[-1]["gpu.P [W]"]), float(rows[-1]["memory.P [W]"])), (0.0, 0.0))
        inside(f"{method}: energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 1e-7)

# ---- a regulator that fails in front of a failed chip: its output hangs on the bleeder alone; both come back ---------------
with folder() as name:
    file = pathlib.Path(name) / "model.xml"
    file.write_text(MODEL.replace("</racktwin>", """<scenario id="dead" duration="5 s">
    <event at="1 s" fail="gpu"/><event at="2 s" fail="vrm"/><event at="3 s" repair="vrm"/><event at="4 s" repair="gpu"/></scenario>
</racktwin>"""))
    rows, _, report = run(file, "dead", "--every", "0.5s", "--select", "gpu.*", "--select", "vrm.*")
    at = {float(r["time [s]"]): r for r in rows}
    near("a regulator without its chip: V_set", float(at[1.5]["gpu.v [V]"]), 0.85, within=1e-6)
    near("failed before a failed chip: no voltage", float(at[2.5]["gpu.v [V]"]), 0.0, within=1e-6)
    equal("failed before a failed chip: loses nothing", float(at[2.5]["vrm.loss_conduction [W]"]), 0.0)
    near("the regulator is back: V_set", float(at[3.5]["gpu.v [V]"]), 0.85, within=1e-6)
    drop = 150e-6  # load line and planes: v = V_set - R P / v
    near("the chip is back: as before", float(at[4.5]["gpu.v [V]"]), 0.425 + math.sqrt(0.425 ** 2 - drop * P), rel=1e-6)
    inside("both come back: energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 10 * report["solver"]["rtol"])

# ---- a supply and a hot-swap controller that become too hot, and are repaired ---------------------------------------------
AMBIENT, P_FULL, LOSS, SWITCH = 25.0, 3000.0, 3000.0 * (0.0057 + 0.0287), 0.1
HOT = f'''<racktwin xmlns="urn:racktwin:1" version="1"><ambient temperature="{AMBIENT} degC"/>
  <grid id="utility" voltage="415 V" short_circuit_power="1 GVA"/>
  <psu id="p" P_rated="{P_FULL} W" V_no_load="51 V" V_full_load="50.5 V" loss_a="0.0057" loss_c="0.0287"
       V_in_min="180 V" V_in_max="305 V" T_trip="{T_TRIP} degC"/>
  <power-load id="full" P="{P_FULL} W" V_nominal="50 V"/>
  <connect from="utility.out" to="p.in"/><connect from="p.out" to="full.in"/>
  <heat-capacity id="case" C="{C} J/K"/><thermal-resistance id="film" R="{R} K/W"/><fixed-temperature id="air" T="{COLD} degC"/>
  <connect from="p.heat" to="case.heat"/><connect from="case.heat" to="film.a"/><connect from="film.b" to="air.heat"/>
  <voltage-source id="supply" voltage="50 V"/>
  <hot-swap id="h" R_on="{SWITCH} ohm" alpha="0 1/K" V_nominal="50 V" V_trip="20 V" V_restart="30 V"
    R_th="1 K/W" heat_capacity="{C} J/K" T_trip="{T_TRIP} degC"/><power-load id="tray" P="500 W" V_nominal="50 V"/>
  <connect from="supply.out" to="h.in"/><connect from="h.out" to="tray.in"/>
  <scenario id="lost" duration="2000 s" every="10 s">
    <event at="{AT} s" set="film.R" value="{LOST} K/W"/><event at="{AT} s" set="h.R_th" value="{LOST} K/W"/>
    <event at="1000 s" set="film.R" value="{R} K/W"/><event at="1000 s" set="h.R_th" value="1 K/W"/>
    <event at="1990 s" repair="p"/><event at="1990 s" repair="h"/></scenario>
</racktwin>'''
with folder() as name:
    file = pathlib.Path(name) / "model.xml"
    file.write_text(HOT)
    rows, events, report = run(file, "lost", "--rtol", "1e-7", "--select", "full.P", "--select", "tray.P")
I = (50 - math.sqrt(50**2 - 4 * SWITCH * 500)) / (2 * SWITCH)
for path, load, loss, cold, before in (("p", "full", LOSS, COLD, COLD + R * LOSS),
                                       ("h", "tray", SWITCH * I * I, AMBIENT, AMBIENT + SWITCH * I * I)):
    far = cold + LOST * loss
    told = [float(e["time [s]"]) for e in events if e["path"] == path and "-> tripped" in e["what"]]
    equal(f"trips of {path} while it is hot", len(told), 1)
    near(f"{path} trips", told[0], AT + LOST * C * math.log((far - before) / (far - T_TRIP)), rel=1e-4)
    taken = {float(r["time [s]"]): float(r[f"{load}.P [W]"]) for r in rows}
    ok(taken[980.0] < 1e-3 and taken[1980.0] < 1e-3,
       f"{path}: off while hot, and when cold again: {taken[980.0]}, {taken[1980.0]} W")
    near(f"{path}: repaired", taken[2000.0], P_FULL if load == "full" else 500.0, rel=1e-6)

# ---- a bus that is asked for more and more: lockout on the way to the nose, or past it ------------------------------------
E, R_FEED, OTHER, FROM, TO, OVER = 50.0, 0.1, 200.0, 1000.0, 8000.0, 7.0
BUS = '''<racktwin xmlns="urn:racktwin:1" version="1">
  <voltage-source id="supply" voltage="{E} V" R="{R} ohm"/>
  <hot-swap id="a" R_on="1 uohm" V_nominal="50 V" {trip}/><power-load id="load-a" P="1 kW" V_nominal="50 V" v_min="5 V"/>
  <hot-swap id="b" R_on="1 uohm" V_nominal="50 V" V_trip="1 V"/><power-load id="load-b" P="200 W" V_nominal="50 V" v_min="5 V"/>
  <connect from="supply.out" to="a.in"/><connect from="a.out" to="load-a.in"/>
  <connect from="supply.out" to="b.in"/><connect from="b.out" to="load-b.in"/>
  <scenario id="more" duration="12 s"><event at="1 s" ramp="load-a.P" to="{TO} W" over="{OVER} s"/></scenario>
</racktwin>'''


def let_go(method, V_trip, v, within):
    """With a lockout at V_trip the load is let go when the bus is at v: on the way down, or at the nose."""
    with folder() as name:
        file = pathlib.Path(name) / "model.xml"
        file.write_text(BUS.format(E=E, R=R_FEED, TO=TO, OVER=OVER, trip=f'V_trip="{V_trip} V"'))
        rows, events, report = run(file, "more", "--rtol", "1e-7", "--every", "0.5s", "--method", method,
                                   "--select", "b.*", "--select", "load-*.*")
    power = v * (E - v) / R_FEED - OTHER
    told = [float(e["time [s]"]) for e in events if e["path"] == "a" and "on -> tripped" in e["what"]]
    equal(f"lockout at {V_trip} V: trips", len(told), 1)
    near(f"lockout at {V_trip} V: when", told[0], 1.0 + OVER * (power - FROM) / (TO - FROM), within=within)
    near(f"lockout at {V_trip} V: what is left has", float(rows[-1]["load-b.v [V]"]),
         E / 2 + math.sqrt(E * E / 4 - R_FEED * OTHER), within=1e-3)
    near(f"lockout at {V_trip} V: and takes", float(rows[-1]["load-b.P [W]"]), OTHER, rel=1e-9)
    near(f"lockout at {V_trip} V: end", report["run"]["t_end_s"], 12.0)
    inside(f"lockout at {V_trip} V: energy", report["run"]["energy"]["imbalance"], 0.0, 1e-6)


let_go("sdirk", 40.0, 40.0, 4e-5)
let_go("ida", 40.0, 40.0, 2e-4)
let_go("sdirk", 20.0, E / 2, 1e-2)
let_go("ida", 20.0, E / 2, 1e-2)
with folder() as name:
    file = pathlib.Path(name) / "model.xml"
    file.write_text(BUS.format(E=E, R=R_FEED, TO=TO, OVER=OVER, trip=""))
    result = call("run", file, "-s", "more", "-o", f"{name}/out")
    ok(result.returncode in (0, 1, 4), f"a bus past its nose without a lockout ends with {result.returncode}")
    ok("RT0711" in result.stderr, f"what has no figure to trip by is told of: {result.stderr[:300]!r}")

# ---- a rack whose supplies cannot carry it any more: the trays let go, nothing is lost of the audit -----------------------
rows, events, report = run(RACK, "shelves-lost")
equal("trays and switches that let go", sum("hotswap" in e["path"] and "on -> tripped" in e["what"] for e in events), 27)
inside("shelves lost: energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 10 * report["solver"]["rtol"])
near("shelves lost: end", report["run"]["t_end_s"], 60.0)

# ---- a rack without pumps for ten minutes ---------------------------------------------------------------------------------
rows, events, report = run(RACK, "pump-trip-no-spare", "--every", "2s")
inside("ten minutes after the pumps", report["run"]["t_end_s"], 600.0, 700.0)
inside("energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 10 * report["solver"]["rtol"])
tripped = {}
for e in events:
    if e["what"] == "state: throttled -> tripped":
        tripped.setdefault(re.sub(r"\[\d+\]", "", e["path"]), []).append(float(e["time [s]"]))
equal("chips that trip", {kind: len(times) for kind, times in tripped.items()},
      {"tray.gpu": 72, "tray.cpu": 36, "switch.nvswitch": 18})
last = max(max(times) for times in tripped.values())
after = [r for r in rows if float(r["time [s]"]) > last]
for column in ("hottest_gpu [degC]", "hottest_cpu [degC]", "hottest_nvswitch [degC]", "hottest_hose [degC]"):
    values = [float(r[column]) for r in after]
    ok(all(25.0 < v < 105.0 for v in values), f"{column} after the trips: {min(values)} .. {max(values)}")
ok(all(float(r["power_gpu [W]"]) == 0.0 for r in after), "tripped chips take nothing")
finish()
