"""Traces in a scenario: rows of a file or points move any parameter, alone, with a workload and with events; mistakes have their place."""
import json
import math
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SOURCE, call, equal, finish, folder, near, ok, parts_by_path, solve, table

C, R, P = 400.0, 0.1, 500.0  # J/K, K/W, W of the block below
BLOCK = """<heat-source id="heater" P="500 W"/><heat-capacity id="block" C="400 J/K"/><thermal-resistance id="wall" R="0.1 K/W"/>
  <fixed-temperature id="room" T="25 degC"/><connect from="heater.heat" to="block.heat"/><connect from="block.heat" to="wall.a"/>
  <connect from="wall.b" to="room.heat"/>"""
DC = """<voltage-source id="supply" voltage="54 V" R="1 uohm"/><contact id="joint" R="0.2 mohm" alpha="0 1/K"/>
  <resistor id="load" R="0.54 ohm"/><ground id="earth"/><connect from="supply.out" to="joint.a"/><connect from="joint.b" to="load.a"/>
  <connect from="load.b" to="earth.in"/>"""
CHIP = """<voltage-source id="rail" voltage="0.8 V" R="1 uohm"/><chip id="gpu" count="2" kind="gpu" TDP="1 kW" P_idle="150 W"
  leakage_share="0 %" V_nominal="0.8 V" T_throttle="85 degC" T_release="80 degC" T_max="120 degC" utilisation="80 %"/>
  <heat-capacity id="plate" C="1 kJ/K"/><thermal-resistance id="film" R="0.01 K/W"/><fixed-temperature id="coolant" T="40 degC"/>
  <connect from="rail.out" to="gpu.power"/><connect from="gpu.heat" to="plate.heat"/><connect from="plate.heat" to="film.a"/>
  <connect from="film.b" to="coolant.heat"/>"""


def rack(place, parts, inside, duration="100 s", more="", workload=""):
    path = pathlib.Path(place) / "rack.xml"
    path.write_text(f'<racktwin version="1" xmlns="urn:racktwin:1">{parts}\n{more}\n'
                    f'<scenario id="s" duration="{duration}" every="1 s" {workload}>\n{inside}\n</scenario></racktwin>\n')
    return path


def run(file, place, *words, codes=(0, 1)):
    result = call("run", file, "-s", "s", "-o", f"{place}/out", "-q", "--select", "*", *words)
    if not ok(result.returncode in codes, f"exit {result.returncode}: {result.stderr}"):
        finish()
    rows = table((pathlib.Path(place) / "out" / "series.csv").read_text())
    return {key.split(" ")[0]: [float(row[key] or "nan") for row in rows] for key in rows[0]}


def between(points, t, hold=False, period=0.0):
    t = t % period if period else t
    for (t0, x0), (t1, x1) in zip(points, points[1:]):
        if t < t1:
            return x0 if hold else x0 + (x1 - x0) * (t - t0) / (t1 - t0)
    return points[-1][1]


# ---- points: a room whose temperature goes up and down in lines, a wall whose resistance steps --------------------------------------------
ROOM, WALL = [(0.0, 25.0), (10.0, 35.0), (30.0, 20.0)], [(0.0, 0.1), (30.0, 0.2)]


def block():
    """Temperature of the block at 0, 1, 2 .. s: C dT/dt = P - (T - room(t)) / R, room linear over each second: exact."""
    T, out = 25.0 + P * R, []
    for k in range(101):
        out.append(T)
        r, a = between(WALL, k, hold=True), between(ROOM, k, period=30.0)
        b = between(ROOM, k + 1 - 1e-12, period=30.0) - a
        tau = C * r
        start = a + P * r - b * tau                 # the ramp's own solution is start + b t
        T = start + b + (T - start) * math.exp(-1.0 / tau)
    return out


with folder() as place:
    file = rack(place, BLOCK, '<trace of="room.T" points="0 25; 0.16666666666666667 35; 0.5 20" x-unit="min" y-unit="degC" repeat="yes"/>'
                '<trace of="wall.R" points="0 0.1; 30 0.2" x-unit="s" y-unit="K/W" rule="hold"/>')
    s = run(file, place, "--rtol", "1e-8")
    for k, want in enumerate(block()):
        near(f"points: the block at {k} s", s["block.T"][k], want, within=1e-5)
    report = json.loads((pathlib.Path(place) / "out" / "run.json").read_text())
    equal("points: inputs have corners, so the method is that of workloads", report["solver"]["time_method"], "sdirk")

# ---- a file: figures that others are derived from, of composites, by glob; of= chooses ----------------------------------------------------
with folder() as place:
    joint = [(0, 0.2), (20, 0.2), (40, 2.0), (60, 0.1)]
    (pathlib.Path(place) / "r.csv").write_text("time [s],joint.R [mohm],what [W]\n" + "".join(f"{t},{x},9\n" for t, x in joint))
    for hold in (False, True):
        s = run(rack(place, DC, f'<trace csv="r.csv" of="*int.R" rule="{"hold" if hold else "linear"}"/>'), place, "--rtol", "1e-8")
        for k, (drop, i) in enumerate(zip(s["joint.v_drop"], s["joint.i"])):
            if hold and k in (20, 40, 60): continue  # a row at a step shows what was before it
            near(f"file, hold={hold}: resistance of the joint at {k} s", drop / i, 1e-3 * between(joint, k, hold), rel=1e-7)
    (pathlib.Path(place) / "rack.xml").write_text((SOURCE / "racks" / "examples" / "cdu.xml").read_text().replace(
        "</racktwin>", '<scenario id="s" duration="600 s" every="10 s"><trace csv="t.csv"/></scenario></racktwin>'))
    (pathlib.Path(place) / "t.csv").write_text("time [min],cdu.T_supply [degC],cdu.fouling\n"
                                               "0,36,0\n5,38,0.2\n10,38,0.2\n")
    s = run(f"{place}/rack.xml", place)
    for t, set_point in zip(s["time"], s["cdu.T_control.setpoint"]):
        near(f"file: set point of the controller that the CDU emits at {t} s", set_point - 273.15, min(36 + t / 150, 38), within=1e-6)
    still = parts_by_path(solve(f"{place}/rack.xml", "--set", "cdu.T_supply=38 degC", "--set", "cdu.fouling=0.2"))["cdu.exchanger"]
    near("file: it ends where a steady state with these figures is", s["cdu.exchanger.UA"][-1], still["quantities"]["UA"], rel=1e-3)
    ok(s["cdu.exchanger.UA"][0] > 1.05 * s["cdu.exchanger.UA"][-1], "file: what is fouled transfers less")

# ---- a factor finds what the composite's figure has become -----------------------------------------------------------------------------------
with folder() as place:
    (pathlib.Path(place) / "rack.xml").write_text((SOURCE / "racks" / "examples" / "cdu.xml").read_text().replace(
        "</racktwin>", '<scenario id="s" duration="4000 s" every="1000 s"><event at="1000 s" set="cdu.fouling" value="0.2"/>'
        '<event at="2000 s" set="cdu.exchanger.fouling" factor="1.5"/><event at="3000 s" set="cdu.fouling" value="0.1"/>'
        '<event at="3001 s" set="cdu.fouling" factor="4"/></scenario></racktwin>'))
    s = run(f"{place}/rack.xml", place)
    for k, fouling in enumerate((0.0, 0.0, 0.2, 0.3, 0.4)):
        still = parts_by_path(solve(f"{place}/rack.xml", "--set", f"cdu.fouling={fouling}"))["cdu.exchanger"]
        near(f"factor: of what was passed on, at {1000 * k} s", s["cdu.exchanger.UA"][k], still["quantities"]["UA"], rel=1e-3)

# ---- with a workload, and with events -----------------------------------------------------------------------------------------------------
with folder() as place:
    (pathlib.Path(place) / "u.csv").write_text("time [s],gpu [%]\n0,10\n7,90\n33,30\n")
    load = '<workload id="w"><trace csv="u.csv" rule="hold"/></workload>'
    inside = ('<trace of="coolant.T" points="0 40; 11 50; 60 50" x-unit="s" y-unit="degC"/>'
              '<trace of="gpu[2].utilisation" points="0 0; 50 1" x-unit="s"/>'
              '<event at="40 s" set="coolant.T" value="45 degC"/>')
    s = run(rack(place, CHIP, inside, more=load, workload='workload="w"'), place, "--rtol", "1e-7")
    for k in range(101):
        if k not in (7, 33):
            near(f"both: the workload's at {k} s", s["gpu[1].utilisation"][k], between([(0, 0.1), (7, 0.9), (33, 0.3)], k, hold=True), within=1e-9)
        near(f"both: the scenario's goes before at {k} s", s["gpu[2].utilisation"][k], between([(0, 0), (50, 1)], k), within=1e-6)
    flow = [(T - c) / 0.01 for T, c in zip(s["plate.T"], (between([(0, 40), (11, 50)], k) if k <= 40 else 45 for k in range(101)))]
    for k, want in enumerate(flow):
        near(f"both: coolant at {k} s, by the heat of the film", s["film.Q_dot"][k], want, within=0.05)


# ---- checkpoints: a run that is killed and resumed gives the same bytes ---------------------------------------------------------------------
def check_resume():
    with folder() as place:
        (pathlib.Path(place) / "u.csv").write_text("time [s],gpu [%]\n" + "".join(f"{3 * k},{k * 37 % 100}\n" for k in range(50)))
        (pathlib.Path(place) / "c.csv").write_text("time [s],coolant.T [degC]\n" + "".join(f"{2.5 * k},{30 + k * 7 % 20}\n" for k in range(60)))
        load = '<workload id="w"><trace csv="u.csv" rule="hold" repeat="yes"/></workload>'
        inside = ('<trace csv="c.csv" repeat="yes"/><trace of="film.R" points="0 0.01; 41 0.02; 90 0.01" x-unit="s" y-unit="K/W" '
                  'rule="hold" repeat="yes"/><event at="300 s" ramp="film.R" to="0.015 K/W" over="100 s"/>')
        file = rack(place, CHIP, inside, "3000 s", load, 'workload="w"')
        words = lambda name: ["run", file, "-s", "s", "-q", "-o", f"{place}/{name}", "--checkpoint", f"{place}/{name}.ck",
                              "--checkpoint-every", "70 s"]
        began = time.monotonic()
        equal("resume: whole", call(*words("whole")).returncode, 0)
        seconds, resumed = time.monotonic() - began, 0
        for attempt in range(8):
            try:
                subprocess.run([PROGRAM, *map(str, words(attempt))], cwd=SOURCE, stderr=subprocess.DEVNULL, timeout=seconds * (0.1 + 0.1 * attempt))
            except subprocess.TimeoutExpired:
                pass
            equal("resume: exit", call(*words(attempt), "--resume").returncode, 0)
            report = json.loads((pathlib.Path(place) / str(attempt) / "run.json").read_text())
            resumed += 0 < report["run"].get("resumed_at", 0) < 3000
            whole, part = (pathlib.Path(place) / name / "series.csv" for name in ("whole", str(attempt)))
            ok(whole.read_bytes() == part.read_bytes(), f"resume at {report['run'].get('resumed_at')} s: the same bytes")
        ok(resumed > 0, "resume: some run was killed on its way")


check_resume()


# ---- time of day: what repeats by days begins there, the rest does not ----------------------------------------------------------------------
DAY = 86400.0
ROOM_DAY = [(0.0, 20.0), (6.0, 20.0), (14.0, 34.0), (24.0, 20.0)]  # h, degC


def check_time_of_day():
    """The run from 7.5 h on has the schedule from there on; a pulse every 1000 s and a ramp told once have theirs from t = 0."""
    with folder() as place:
        inside = ('<trace of="room.T" points="0 20; 6 20; 14 34; 24 20" x-unit="h" y-unit="degC" repeat="yes"/>'
                  '<trace of="wall.R" points="0 0.1; 400 0.2; 1000 0.1" x-unit="s" y-unit="K/W" rule="hold" repeat="yes"/>'
                  '<trace of="heater.P" points="0 100; 3000 400" x-unit="s" y-unit="W"/>')
        file = rack(place, BLOCK, inside, "100000 s", workload='time-of-day="7.5 h"')
        words = ["run", file, "-s", "s", "-o", f"{place}/out", "--select", "*", "--every", "250 s", "--rtol", "1e-7"]
        result = call(*words)
        equal("time of day: exit", result.returncode, 0)
        ok("scenario s, from 07:30" in result.stdout, f"time of day: the page says it: {result.stdout[:200]}")
        report = json.loads((pathlib.Path(place) / "out" / "run.json").read_text())
        equal("time of day: run.json", report["run"]["time_of_day_s"], 27000)
        rows = table((pathlib.Path(place) / "out" / "series.csv").read_text())
        for row in rows:
            t = float(row["time [s]"])
            R_now = (float(row["block.T [degC]"]) - between([(3600 * h, T) for h, T in ROOM_DAY], t + 27000, period=DAY)) / float(row["wall.Q_dot [W]"])
            if t % 1000 not in (0, 400):
                near(f"time of day: the room at {t} s by its own clock, the pulse by the run's", R_now, 0.1 if t % 1000 < 400 else 0.2, rel=1e-6)
            near(f"time of day: the ramp that does not repeat at {t} s", float(row["heater.Q_dot [W]"]), between([(0, 100), (3000, 400)], t), rel=1e-6)
        # a workload by phases, a workload's trace: the step at 9 h comes 1 h after 8 h; across a kill the same bytes
        phases = '<workload id="w"><phase duration="9 h" all="20 %"/><phase duration="15 h" all="70 %"/><repeat/></workload>'
        (pathlib.Path(place) / "u.csv").write_text("time [h],gpu [%]\n0,20\n9,70\n24,20\n")
        for load in (phases, '<workload id="w"><trace csv="u.csv" rule="hold" repeat="yes"/></workload>'):
            file = rack(place, CHIP, "", "60000 s", load, 'workload="w" time-of-day="8 h"')
            s = run(file, place, "--every", "900 s")
            for t, u in zip(s["time"], s["gpu[1].utilisation"]):
                if t not in (3600, 57600):
                    near(f"time of day: workload at {t} s", u, 0.7 if 3600 < t < 57600 else 0.2, within=1e-9)
        words = lambda name: ["run", file, "-s", "s", "-q", "-o", f"{place}/{name}", "--checkpoint", f"{place}/{name}.ck",
                              "--checkpoint-every", "1000 s"]
        equal("time of day: whole", call(*words("whole")).returncode, 0)
        try:
            subprocess.run([PROGRAM, *map(str, words("part"))], cwd=SOURCE, stderr=subprocess.DEVNULL, timeout=0.05)
        except subprocess.TimeoutExpired:
            pass
        equal("time of day: resumed", call(*words("part"), "--resume").returncode, 0)
        whole, part = (pathlib.Path(place) / name / "series.csv" for name in ("whole", "part"))
        ok(whole.read_bytes() == part.read_bytes(), "time of day: resumed to the same bytes")


check_time_of_day()


# ---- mistakes -------------------------------------------------------------------------------------------------------------------------------
def refused(place, inside, *says, text=None, parts=BLOCK, exit=3, more="", workload=""):
    if text is not None:
        (pathlib.Path(place) / "t.csv").write_text(text)
    result = call("run", rack(place, parts, inside, more=more, workload=workload), "-s", "s", "-o", f"{place}/never")
    what = f"{inside} {text!r}"
    equal(f"{what}: exit", result.returncode, exit)
    for words in says:
        ok(words in result.stderr, f"{what}: says {words!r}: {result.stderr}")
    ok(exit != 3 or not (pathlib.Path(place) / "never").exists(), f"{what}: nothing is written")


with folder() as place:
    POINTS = '<trace of="{}" points="{}" x-unit="s" y-unit="{}"/>'
    for of, points, unit, *says in (
            ("room.T", "0 25; 5 6000", "degC", "rack.xml:6:", "\"T\" is within", "this is"),
            ("room.T", "1 25; 5 30", "degC", "starts at 0"), ("room.T", "0 25; 5 30; 5 31", "degC", "increases"),
            ("room.T", "0 25", "degC", "two rows"), ("room.T", "0 25; 5", "degC", "point 2"), ("room.T", "0 25; 5 30", "W", "y of the points"),
            ("room.T", "0 25; 5 30", "kelvinses", "kelvinses"), ("rom.T", "0 25; 5 30", "degC", "did you mean \"room\""),
            ("room.V", "0 25; 5 30", "degC", "room (fixed-temperature) has no parameter \"V\""), ("room", "0 25; 5 30", "degC", "not the path of a parameter"),
            ("*.pump.T", "0 25; 5 30", "degC", "no path is like that"), ("*.T*", "0 25; 5 30", "degC", "path of a parameter")):
        refused(place, POINTS.format(of, points, unit), *says)
    refused(place, '<trace of="room.T" points="0 25; 5 30" y-unit="degC"/>', "need x-unit")
    refused(place, '<trace of="room.T" points="0 25; 5 30" x-unit="s"/>', "need y-unit")
    refused(place, '<trace points="0 25; 5 30" x-unit="s"/>', "of=")
    refused(place, '<trace of="room.T"/>', "either csv=")
    refused(place, '<trace of="room.T" csv="t.csv" points="0 1; 2 3"/>', "not both")
    refused(place, '<trace of="room.T" csv="t.csv" y-unit="degC"/>', "does not go with csv", text="time [s],room.T [degC]\n0,25\n5,26\n")
    refused(place, '<trace of="room.T" points="0 25; 5 30" x-unit="s" y-unit="degC" time-column="t"/>', "csv= only")
    refused(place, POINTS.format("room.T", "0 25; 5 30", "degC") + POINTS.format("room.T", "0 25; 5 30", "degC"), "in another column")
    day = '<trace of="room.T" points="0 25; {} 30" x-unit="h" y-unit="degC" repeat="{}"/>'
    for hours, repeat, at in ((23, "yes", "8 h"), (24, "no", "8 h"), (36, "yes", "8 h")):
        refused(place, day.format(hours, repeat), "rack.xml:5:", "nothing here repeats every day", workload=f'time-of-day="{at}"')
    refused(place, day.format(24, "yes"), "0 s .. 24 h", workload='time-of-day="25 h"')
    refused(place, day.format(24, "yes"), "unit", workload='time-of-day="8"')
    refused(place, POINTS.format("room.T", "0 25; 5 30", "degC") + '<event at="7 s" ramp="room.T" factor="2" over="1 s"/>', "no multiples")
    refused(place, POINTS.format("wall.R", "0 0.1; 5 0.2", "K/W") + '<event at="7 s" set="wall.R" factor="2"/>', "follows a trace")
    refused(place, '<event at="7 s" set="gpu.utilisation" factor="0.5"/>', "follows a trace or the workload", parts=CHIP, workload='workload="w"',
            more='<workload id="w"><phase duration="90 s" all="100 %"/></workload>')
    for text, *says in (
            ("time [s],room.T [degC]\n0,25\n5,26\n7,9000\n", "t.csv:4:3", "\"room.T\" is within"),
            ("time [s],room.T [W]\n0,25\n5,26\n", "t.csv:1:10", "room.T"), ("time [s],room.T\n0,25\n5,26\n", "t.csv:1:10", "room.T"),
            ("time [s],gpu [%]\n0,25\n5,26\n", "t.csv:1:10", "not a parameter"),
            ("time [s],room.T [degC],room.T [K]\n0,25,300\n5,26,300\n", "t.csv:1:24"),
            ("time [s],*.R [K/W],wall.R [K/W]\n0,1,1\n5,1,1\n", "t.csv:1:20", "in another column"),
            ("time [s],room.T [degC]\n0,25\n5,x\n", "t.csv:3:3", "not a decimal number"), ("", "t.csv:1:1", "header")):
        refused(place, '<trace csv="t.csv"/>', *says, text=text)
    refused(place, '<trace csv="t.csv" of="wall.R"/>', "no column", text="time [s],room.T [degC]\n0,25\n5,26\n")
    refused(place, '<trace csv="no.csv"/>', "no.csv")
    with open(SOURCE / "racks" / "examples" / "cdu.xml") as text:
        counted = text.read()
    refused(place, POINTS.format("cdu.pumps", "0 1; 5 2", ""), "no quantity that may change",
            parts=counted[counted.index("<parts>"):counted.index("</racktwin>")])
    cdu = counted[counted.index("<parts>"):counted.index("</racktwin>")]
    own, passed = POINTS.format("cdu.T_supply", "0 36; 5 37", "degC"), POINTS.format("cdu.T_control.T_set", "0 36; 5 37", "degC")
    refused(place, own + passed, "rack.xml", "the T_set of cdu.T_control is one figure with the T_supply of cdu, which is in another column", parts=cdu)
    refused(place, passed + own, "the T_supply of cdu is one figure with the T_set of cdu.T_control, which is in another column", parts=cdu)
    refused(place, '<trace csv="t.csv"/>', "t.csv:1:22", "one figure with", parts=cdu,
            text="time [s],cdu.fouling,cdu.exchanger.fouling\n0,0,0\n5,0.1,0.1\n")
    refused(place, POINTS.format("gpu.utilisation", "0 0; 5 1", "1") + POINTS.format("gpu[2].utilisation", "0 0; 5 1", "1"),
            "the utilisation of gpu[2] is in another column", parts=CHIP)
    fouling = POINTS.format("cdu.fouling", "0 0.1; 5 0.2", "1")
    for traced, event in (("cdu.fouling", "cdu.exchanger.fouling"), ("cdu.exchanger.fouling", "cdu.fouling")):
        refused(place, POINTS.format(traced, "0 0.1; 5 0.2", "1") + f'<event at="7 s" set="{event}" factor="2"/>', "follows a trace", parts=cdu)
    refused(place, '<event at="3 s" set="cdu.exchanger.fouling" value="0.1"/><event at="7 s" set="cdu.fouling" factor="2"/>',
            "cdu.fouling is passed on to cdu.exchanger.fouling, which has changed by itself before", parts=cdu)
    refused(place, POINTS.format("gpu.T_throttle", "0 85; 20 75; 50 85", "degC"), "at t = ", "fit", parts=CHIP, exit=4)
finish()
