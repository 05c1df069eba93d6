"""The classic cases of racks/scenarios on both racks: each ends, its energy closes, and what was done is told by word."""
import fnmatch
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, call, equal, finish, folder, inside, near, ok, table

RACKS = ("racks/gb200-nvl72.xml", "racks/vr-nvl144-cpx.xml")
# scenario: path and words of an event that it must tell, at 2 s
CASES = {
    "load-step": None, "training-swing": None,
    "psu-failure": ("shelf[1].psu[1]", "state: on -> failed"), "shelves-lost": ("shelf[1]", "state: on -> failed"), "shelf-failure": ("shelf[1]", "state: on -> failed"),
    "feed-loss": ("feed-b", "state: closed -> open"), "pump-trip": ("cdu.pump[1]", "state: on -> failed"),
    "pump-trip-no-spare": ("cdu.pump[2]", "state: on -> failed"),
    "facility-water-loss": ("fws", "-> 0 Pa over 10 s"),
    "clogged-disconnect": ("tray[1].qd-supply", "clogging: 1 -> 50 over 5 s"),
    "tray-removed": ("tray[1].qd-return", "state: connected -> disconnected"), "brown-out": ("utility", "voltage: 20 kV -> 10 kV"),
    "grid-loss": ("utility", "state: on -> off"),
    "valve-stuck": ("cdu.valve", "state: on -> stuck"), "strainer-clogging": ("cdu", "clogging: 1 -> 20 over 20 s"),
    "fan-failure": ("tray[1].fan", "state: on -> failed"), "sensor-dead": ("cdu.T_sensor", "state: on -> dead"),
    "sensor-bias": ("cdu.T_sensor", "bias: 0 K -> 2 K"), "converter-failure": ("tray[1].*ibc[1]", "state: on -> failed"),
    "busbar-joint": ("bus.feed[1]", "R: 10 uohm -> 100 uohm over 60 s"),
    "facility-water-warm": ("fws", "-> 40 degC over 2 min"), "warm-day": None,
    "feed-a-loss": ("feed-a", "state: closed -> open"),
    "power-cap": ("tray[1].gpu[1]", "P_cap: 3 kW -> 700 W over 500 ms")}
NONE = {("racks/vr-nvl144-cpx.xml", "fan-failure"): "no path is like that"}  # what a rack has none of cannot fail


def first_last(s, name):
    return s[name][0], s[name][-1]


def valve_stuck(s):
    """It stays where it was, so half the pressure difference gives the flow of turbulent restrictions, but for density and viscosity."""
    before, after = first_last(s, "cdu.valve.flow")
    equal("position of the stuck valve", len({round(x, 9) for x in s["cdu.valve.position"]}), 1)
    near("flow through it at half the pressure difference", after / before, math.sqrt(0.5), rel=0.01)
    ok(s["cdu.T_control.output"][-1] > s["cdu.valve.position"][-1] + 0.1, "the controller asks for more")


def strainer_clogging(s):
    (dp0, dp), (Q0, Q) = first_last(s, "cdu.strainer.dp"), first_last(s, "cdu.strainer.flow")
    near("drop of the clogged strainer over its flow squared", dp / Q ** 2 / (dp0 / Q0 ** 2), 20.0, rel=0.005)  # density follows T
    ok(s["cdu.pump[1].speed"][-1] > s["cdu.pump[1].speed"][0] + 0.01, "the pumps speed up")


def fan_failure(s):
    near("no fan, no air", s["tray[1].fan.flow"][-1] / s["tray[1].fan.flow"][0], 0.0, within=1e-3)
    # Still air takes 0.5 W/K; the rest warms 0.9 kJ/K of boards, and through their sinks what has a capacity of its own.
    parts, air, step, t = s["tray[1].air.T_parts"][2], s["tray[1].air.T_in"][2], 0.05, 2.0
    cards = [[number, C, R, s[f"tray[1].{name}"][2] - parts] for number, C, R, name in (  # J/K, K/W
        (8, 90.0, 1.0, "ssd[1].T_junction"), (4, 120.0, 1.2, "nic[1].T_junction"), (1, 270.0, 0.5, "dpu.T_junction"),
        (8, 100.0, 0.25, "inlet.ibc[1].T"), (1, 20.0, 0.5, "inlet.hotswap.T"))]
    near("a drive above the boards [K]", cards[0][3], 20.0, within=0.01)  # 20 W through 1 K/W
    powers = [above / R for _, _, R, above in cards]
    other = s["tray[1].air.heat"][2] - sum(c[0] * P for c, P in zip(cards, powers))
    T = [parts + c[3] for c in cards]
    while T[0] < 85.0:
        into = [(x - parts) / c[2] for x, c in zip(T, cards)]
        T = [x + step * (P - q) / c[1] for x, P, q, c in zip(T, powers, into, cards)]
        parts += step * (other + sum(c[0] * q for c, q in zip(cards, into)) - 0.5 * (parts - air)) / 900.0
        t += step
    told = next(k for k, x in enumerate(s["tray[1].ssd[1].T_junction"]) if x >= 84.95)
    near("the drives reach their trip [s]", told, t, rel=0.05)
    ok(all(x < 115.0 for x in s["tray[1].nic[1].T_junction"][:told]), "network cards, which bear more, come later")


def sensor_dead(s):
    near("what a dead sensor reads", s["cdu.T_sensor.T"][-1], 0.0, within=1e-9)
    ok(s["cdu.valve.position"][-1] < 0.5 * s["cdu.valve.position"][0], "the valve closes on it")
    ok(s["cdu.exchanger.T_out_1"][-1] > s["cdu.exchanger.T_out_1"][0] + 5.0, "the coolant becomes warm")


def sensor_bias(s):
    for t, reads, true in zip(s["time"], s["cdu.T_sensor.T"], s["cdu.exchanger.T_out_1"]):
        near(f"bias at {t} s", reads - true, 0.0 if t < 2 else 2.0, within=1e-6)
    near("the loop holds what it reads", s["cdu.exchanger.T_out_1"][-1], s["cdu.exchanger.T_out_1"][0] - 2.0, within=0.01)


def converter_failure(s):
    """Constant power behind a common plane: n - 1 carry what n did, but for the loads' change with voltage and temperature."""
    I = {name: first_last(s, name) for name in s if name.startswith("tray[1].") and name.endswith(".I_out")}
    n = len(I)
    for name, (before, after) in I.items():
        if "ibc[1]" in name: near(f"{name} of the failed one", after, 0.0, within=1e-9)
        else: near(f"{name} over what it was", after / before, n / (n - 1), rel=0.005)


def busbar_joint(s):
    """Ten times the resistance at 20 degC, at its own temperature (Holm's coefficient, 0.0026 1/K)."""
    R = [v / i / (1 + 0.0026 * (T - 20)) for v, i, T in zip(s["bus.feed[1].v_drop"], s["bus.feed[1].i"], s["bus.feed[1].T"])]
    near("resistance of the joint", R[-1] / R[0], 10.0, rel=1e-6)
    ok(s["bus.feed[1].i"][-1] < s["bus.feed[1].i"][0], "its shelf gives less")


def facility_water_warm(s):
    near("the primary flow goes up to bring the same heat", s["fws.heat"][-1], s["fws.heat"][0], rel=0.05)
    ok(s["fws.flow"][-1] > 1.2 * s["fws.flow"][0], "more water where it is warm")
    ok(min(s["cdu.exchanger.T_out_1"][-10:]) > 40.0, "no coolant is colder than the water that cools it")


def warm_day(s):
    """A day that ends as it began ends where it began, but for the lag of the control; most water flows while it is warmest."""
    near("return temperature a day later", s["fws.T_return"][-1], s["fws.T_return"][0], within=0.1)
    warmest = s["time"][max(range(len(s["time"])), key=lambda k: s["fws.flow"][k])]
    near("most water at 15 h", warmest / 3600, 15.0, within=0.25)
    near("heat of the day: the loads are the same all day", s["fws.heat"][180], s["fws.heat"][0], rel=0.02)


def power_cap(s):
    """Capped, a GPU takes what the cap says; lifted, what it took before, but for the leakage of a junction that has cooled."""
    P = dict(zip(s["time"], s["tray[1].gpu[1].P"]))
    ok(P[1.0] > 900, f"it takes more than the cap: {P[1.0]} W")
    for t in (3.0, 10.0, 32.0):
        near(f"capped at {t} s", P[t], 700.0, within=1e-6)
    near("lifted", P[60.0], P[1.0], rel=0.01)
    ok(s["hottest_gpu"][60] < s["hottest_gpu"][0] - 3, "the junction cools in between")


def psu_failure(s):
    near("what the supply gives of what the bus asks for", s["shelf[1].psu[1].output_share"][0], 1.0, within=1e-6)
    equal("the same once it has failed", s["shelf[1].psu[1].output_share"][-1], 0.0)


def feed_a_loss(s):
    """Feed B carries both halves; a little more, for its supplies run at twice the load."""
    a, b = s["feed-a.i"][0], s["feed-b.i"][0]
    near("current of the feed that is left", s["feed-b.i"][-1], a + b, rel=0.03)
    near("of the one that is lost", s["feed-a.i"][-1], 0.0, within=1e-9)
    near("no chip takes less", s["power_gpu"][-1], s["power_gpu"][0], rel=0.005)
    near("the first pump, which it fed, runs down", s["cdu.pump[1].speed"][-1], 0.0, within=1e-3)


PHYSICS = {name: globals()[name.replace("-", "_")] for name in
           ("valve-stuck", "strainer-clogging", "fan-failure", "sensor-dead", "sensor-bias", "converter-failure", "busbar-joint",
            "facility-water-warm", "warm-day", "power-cap", "feed-a-loss", "psu-failure")}
SELECT = [word for glob in ("cdu.*", "fws.*", "bus.feed[1].*", "tray[1].*ibc*.I_out", "tray[1].fan.flow", "tray[1].nic[1].T_junction",
                                  "tray[1].ssd[1].T_junction", "tray[1].dpu.T_junction", "tray[1].inlet.*.T", "tray[1].air.*",
                                  "tray[1].gpu[1].P", "hottest_gpu", "power_gpu", "feed-*.i", "shelf[1].psu[1].output_share")
          for word in ("--select", glob)]
# what each UPS does, and when: 5 s after the mains are back it walks in, within 10 s
UPS = ("on-line -> on-battery", "on-battery -> returning", "returning -> walk-in", "walk-in -> on-line")
CARRIED = {"brown-out": (2.0, 2.5, 7.5, 17.5), "grid-loss": (2.0, 32.0, 37.0, 47.0)}


def check_energy(what, report):
    inside(f"{what}: energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 10 * report["solver"]["rtol"])
    within = 1e-9 * report["run"]["energy"]["electric_in_J"]
    inside(f"{what}: energy set by events", report["run"]["energy"]["set_by_events_J"], -within, within)


def check_other_method(rack, name, method):
    """The energy of the same run by the integrator that it does not choose itself."""
    with folder() as out:
        result = call("run", rack, "-s", name, "-o", out, "-q", "--method", method)
        if ok(result.returncode in (0, 1), f"{rack} {name} by {method}: exit {result.returncode}: {result.stderr[:300]}"):
            check_energy(f"{rack} {name} by {method}", json.loads((pathlib.Path(out) / "run.json").read_text()))


for rack in RACKS:
    for name, expected in CASES.items():
        with folder() as out:
            result = call("run", rack, "-s", name, "-o", out, "-q", *(SELECT if name in PHYSICS else []))
            what = f"{rack} {name}"
            if (rack, name) in NONE:
                equal(f"{what}: exit", result.returncode, 3)
                ok(NONE[rack, name] in result.stderr, f"{what}: {result.stderr}")
                continue
            if not ok(result.returncode in (0, 1), f"{what}: exit {result.returncode}: {result.stderr[:300]}"):
                continue
            report = json.loads((pathlib.Path(out) / "run.json").read_text())
            text = (pathlib.Path(out) / "series.csv").read_text()
            rows = text.split()
            events = table((pathlib.Path(out) / "events.csv").read_text())
        ok(not any("nan" in row.lower() or "inf" in row.lower() for row in rows[-1:]), f"{what}: a number that is none")
        check_energy(what, report)
        if rack == RACKS[0]:
            check_other_method(rack, name, "sdirk" if report["solver"]["time_method"] == "ida" else "ida")
        if expected:
            path, words = expected
            told = [e for e in events if fnmatch.fnmatchcase(e["path"], path.replace("[", "[[]")) and words in e["what"]]
            if ok(len(told) == 1, f"{what}: {path} {words} is told {len(told)} times"):
                equal(f"{what}: when", float(told[0]["time [s]"]), 2.0)
                ok(told[0]["cause"].startswith(f"event ({name}, line "), f"{what}: cause {told[0]['cause']!r}")
        if name in CARRIED:
            for ups in ("ups-a", "ups-b"):
                told = [(e["what"].removeprefix("state: "), round(float(e["time [s]"]), 6)) for e in events if e["path"] == ups]
                equal(f"{what}: {ups}", told, list(zip(UPS, CARRIED[name])))
            states = [e for e in events if "state:" in e["what"] and e["path"] not in ("utility", "ups-a", "ups-b")]
            equal(f"{what}: what else changes its state", states, [])
        ok(math.isfinite(report["run"]["t_end_s"]), f"{what}: end")
        if name in PHYSICS:
            lines = table(text)
            PHYSICS[name]({key.split(" ")[0]: [float(line[key]) for line in lines] for key in lines[0]})
# Where batteries take a bus over, its supplies block within a millisecond: IDA's steps meet the balance behind that corner, too, or
# power flows back into the grid for a step.
for rtol in ("1e-4", "1e-5", "1e-6"):
    with folder() as out:
        result = call("run", "racks/gb200-nvl72-bbu.xml", "-s", "brown-out", "--method", "ida", "--rtol", rtol, "-o", out, "-q")
        ok(result.returncode in (0, 1), f"brown-out on battery shelves: exit {result.returncode}: {result.stderr[:300]}")
        figures = json.loads((pathlib.Path(out) / "run.json").read_text())["run"]["figures"]
    [least] = [f["value"] for f in figures if f["name"] == "grid_power_min"]
    ok(least >= 0, f"brown-out on battery shelves at {rtol}: {least} W from the grid")
# Whatever stops, runs down or is fed from its own store in between, an efficiency is a share.
for name, globs in (("pump-trip", ("cdu.pump*.efficiency",)), ("grid-loss", ("shelf[1].psu[*].efficiency", "cdu.pump*.efficiency"))):
    with folder() as out:
        result = call("run", "racks/gb200-nvl72-bbu.xml", "-s", name, "-o", out, "-q", "--aggregate", "min,max",
                      *(word for glob in globs for word in ("--select", glob)))
        ok(result.returncode in (0, 1), f"{name} on battery shelves: exit {result.returncode}: {result.stderr[:300]}")
        rows = table((pathlib.Path(out) / "series.csv").read_text())
    for key in rows[0]:
        if not key.startswith("time"):
            values = [float(row[key]) for row in rows if row[key]]
            ok(values and 0 <= min(values) <= max(values) < 1, f"{name} on battery shelves: {key} from {min(values)} to {max(values)}")
# What flows in and out again went through: a pipe gets warm water for 19 s, which then flows back until it is as it was.
with folder() as out:
    file = pathlib.Path(out) / "pipe.xml"
    text = (SOURCE / "racks" / "examples" / "pipe-run.xml").read_text()
    file.write_text(text.replace("</racktwin>", """<scenario id="back" duration="100 s" every="1 s">
        <event at="1 s" set="inlet.T" value="40 degC"/><event at="20 s" set="inlet.flow" value="-30 L/min"/></scenario></racktwin>"""))
    result = call("run", file, "-s", "back", "-o", f"{out}/run", "-q")
    equal("a pipe filled and emptied: exit", result.returncode, 0)
    energy = json.loads((pathlib.Path(out) / "run" / "run.json").read_text())["run"]["energy"]
    near("what has stayed in it", energy["stored_J"], 0.0, within=100.0)  # of 0.4 MJ that came and went
    inside("a pipe filled and emptied: energy that does not balance", energy["imbalance"], 0.0, 1e-4)
# Eco mode hands the gap of 4 ms on, which the hold-up of the supplies (20 ms at full load) carries.
with folder() as out:
    result = call("run", RACKS[0], "-V", "ups-eco", "-s", "grid-loss", "-o", out, "-q")
    ok(result.returncode in (0, 1), f"grid-loss in eco mode: exit {result.returncode}: {result.stderr[:300]}")
    events = table((pathlib.Path(out) / "events.csv").read_text())
told = [(e["what"].removeprefix("state: "), round(float(e["time [s]"]), 6)) for e in events if e["path"] == "ups-b"]
equal("grid-loss in eco mode: ups-b", told, [("eco -> transfer", 2.0), ("transfer -> on-battery", 2.004),
                                             ("on-battery -> returning", 32.0), ("returning -> walk-in", 37.0), ("walk-in -> eco", 47.0)])
equal("grid-loss in eco mode: what else changes its state",
      [e for e in events if "state:" in e["what"] and e["path"] not in ("utility", "ups-a", "ups-b")], [])
finish()
