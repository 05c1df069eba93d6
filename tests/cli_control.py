"""Rate limit, dew-point guard, failed sensors and valves, interlock and pump staging against closed forms and the physics around them."""
import json
import math
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SOURCE, call, equal, finish, folder, inside, near, ok, parts_by_path, solve, table

EXAMPLE = "racks/examples/{}.xml"


def edited(name, source, *changes):
    """The example with texts replaced, in the folder `name`."""
    text = pathlib.Path(EXAMPLE.format(source)).read_text()
    for old, new in changes:
        ok(text.count(old) == 1, f"{source}: {old!r} stands once")
        text = text.replace(old, new)
    file = pathlib.Path(name) / "model.xml"
    file.write_text(text)
    return file


def run(source, changes, scenario, select, every, rtol="1e-8"):
    with folder() as name:
        file = edited(name, source, *changes)
        words = [w for s in select for w in ("--select", s)]
        result = call("run", file, "-s", scenario, "-q", "--rtol", rtol, "--every", every, "-o", f"{name}/out", *words)
        if not ok(result.returncode in (0, 1), f"{source}: run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
        events = table((pathlib.Path(name) / "out" / "events.csv").read_text())
    return {key.split(" ")[0]: [float(r[key]) for r in rows] for key in rows[0]}, events


def steady(source, changes=(), *options):
    with folder() as name:
        document = solve(edited(name, source, *changes), *options)
    return {path: part["quantities"] for path, part in parts_by_path(document).items()}


def at(series, t, key):
    return series[key][min(range(len(series["time"])), key=lambda n: abs(series["time"][n] - t))]


def changes_of(events, path):
    """Times at which the state of an interlock changed, with the new one."""
    rows = [e for e in events if e["path"] == path and e["what"].startswith("state: ")]
    return [(float(e["time [s]"]), e["what"].split(" -> ")[1]) for e in rows]


# ---- rate limit: the set point jumps by 15 K, the output of 0.4 may rise by 0.01 per second --------------------------------------------
STEP = ("</racktwin>", '<scenario id="step" duration="60 s"><event at="1 s" set="thermostat.T_set" value="60 degC"/></scenario></racktwin>')
free = steady("controller")["thermostat"]
held = steady("controller", [('tau="2 s"', 'tau="2 s" rate_max="0.01 1/s"')])["thermostat"]
near("rate limit: no part of the steady state", held["output"], free["output"], rel=1e-9)
near("output: 20 K over 0.1 K/W of 500 W", free["output"], 20 / 0.1 / 500, rel=1e-9)
series, _ = run("controller", [('tau="2 s"', 'tau="2 s" rate_max="0.01 1/s"'), STEP], "step", ["thermostat.output", "block.T"], "0.5 s")
for t in (2.0, 5.0, 20.0, 40.0):
    near(f"rate limit: output at {t} s", at(series, t, "thermostat.output"), 0.4 + 0.01 * (t - 1), rel=1e-6)


def block(t):
    """C dT/dt = P(t) - (T - 298.15) / R with P rising linearly by a: exact."""
    C, R, a = 400.0, 0.1, 500 * 0.01
    return 318.15 + R * a * (t - R * C * (1 - math.exp(-t / (R * C))))


near("rate limit: the block warms as a rising power says", at(series, 30.0, "block.T") + 273.15, block(29.0), rel=1e-6)

# ---- dew-point guard ---------------------------------------------------------------------------------------------------------------------


def dew(t, humidity):
    """Sonntag's constants (1990), not those of the program; both within 0.1 K of the tables."""
    g = math.log(humidity) + 17.62 * t / (243.12 + t)
    return 273.15 + 243.12 * g / (17.62 - g)


COLD = [('T_supply="30 degC" dp=', 'T_supply="8 degC" dp='), ('T_supply="36 degC"', 'T_supply="16 degC" T_room="27 degC" humidity="60 %"')]
cold = steady("cdu", COLD)["cdu.T_control"]
near("guard: set point is the dew point and 2 K", cold["setpoint"], dew(27.0, 0.6) + 2.0, within=0.05)
near("guard: printed dew point of 27 degC and 60 %: 18.6 degC", cold["setpoint"] - 275.15, 18.6, within=0.1)
equal("guard: says so", cold["guarded"], 1)
near("guard: the supply is held there", cold["measure"], cold["setpoint"], within=1e-6)
dry = steady("cdu", [COLD[0], (COLD[1][0], COLD[1][1].replace("60 %", "30 %"))])["cdu.T_control"]
near("guard: dry air leaves the set point", dry["setpoint"], 289.15, within=1e-9)
equal("guard: and says so", dry["guarded"], 0)
with folder() as name:
    half = call("solve", edited(name, "cdu", ('T_supply="36 degC"', 'T_supply="36 degC" T_room="27 degC"')))
    equal("guard: a room without humidity is refused", half.returncode, 3)
    ok("humidity" in half.stderr, f"guard: the message names it: {half.stderr}")
humid = ("</racktwin>", '<scenario id="rain" duration="600 s"><event at="10 s" set="cdu.humidity" value="75 %"/></scenario></racktwin>')
series, _ = run("cdu", [*COLD, humid], "rain", ["cdu.T_control.setpoint", "cdu.T_control.measure"], "10 s", rtol="1e-6")
near("guard: it follows the humidity in a run", series["cdu.T_control.setpoint"][-1], dew(27.0, 0.75) + 2.0, within=0.05)
near("guard: and the supply comes after", series["cdu.T_control.measure"][-1], series["cdu.T_control.setpoint"][-1], within=0.05)

# ---- what has failed: a sensor that freezes, is dead, drifts; a valve that sticks -----------------------------------------------------------
FROZEN = ('</racktwin>', '<scenario id="freeze" duration="100 s"><event at="5 s" set="thermostat.T_set" value="60 degC"/>'
          '<event at="10 s" set="probe.state" value="frozen"/><event at="60 s" repair="probe"/></scenario></racktwin>')
series, events = run("controller", [FROZEN], "freeze", ["probe.T", "block.T", "thermostat.*"], "0.5 s")
equal("frozen: told", [e["what"] for e in events if e["path"] == "probe"], ["state: on -> frozen", "state: frozen -> on"])
held = at(series, 10.0, "block.T")
for t, reads, true in zip(series["time"], series["probe.T"], series["block.T"]):
    near(f"frozen: reading at {t} s", reads, held if 10 < t <= 60 else true, within=1e-9)
ok(at(series, 50.0, "block.T") > held + 10, "frozen: the block goes on")
near("frozen in steady state: there is no last reading, it says the truth",
     steady("controller", [('id="probe"', 'id="probe" state="frozen" bias="1 K"')])["block"]["T"], 317.15, within=1e-6)
near("dead in steady state: the low end of its range, the heater full on: 25 degC + 500 W x 0.1 K/W",
     steady("controller", [('id="probe"', 'id="probe" state="dead"')])["block"]["T"], 348.15, within=1e-6)
near("dead: the low end as given, above the set point: the heater off",
     steady("controller", [('id="probe"', 'id="probe" state="dead" low="100 degC"')])["block"]["T"], 298.15, within=1e-6)
near("stuck in steady state: where opening says", steady("cdu", (), "--set", "cdu.valve.state=stuck", "--set", "cdu.valve.opening=0.7")
     ["cdu.valve"]["position"], 0.7, within=1e-12)
STUCK = ('</racktwin>', '<scenario id="stick" duration="300 s"><event at="10 s" set="chips.P" value="90 kW"/>'
         '<event at="20 s" fail="cdu.valve"/><event at="100 s" repair="cdu.valve"/></scenario></racktwin>')
series, events = run("cdu", [STUCK], "stick", ["cdu.valve.position", "cdu.T_control.*"], "1 s", rtol="1e-7")
moved, late = at(series, 20.0, "cdu.valve.position"), at(series, 300.0, "cdu.T_control.error")
ok(series["cdu.valve.position"][0] - moved > 1e-3, "stuck: it was on its way")
for t in (21.0, 60.0, 100.0):
    near(f"stuck: position at {t} s", at(series, t, "cdu.valve.position"), moved, within=1e-6)
ok(at(series, 100.0, "cdu.T_control.error") < -0.5 and abs(late) < 0.1, f"stuck: the set point is missed until it moves again ({late})")


def resumed(source, changes, scenario, lo, hi):
    """A run that is killed between lo and hi (s of simulated time) and resumed gives the bytes of one that is not."""
    with folder() as name:
        words = ["run", edited(name, source, *changes), "-s", scenario, "-q", "--every", "0.005 s", "--select", "*", "--checkpoint-every", "5 s"]
        began = time.monotonic()
        whole = call(*words, "-o", f"{name}/whole", "--checkpoint", f"{name}/whole.ck")
        seconds = time.monotonic() - began
        ok(whole.returncode in (0, 1), f"{source}: {whole.stderr}")
        for attempt in range(20):
            part = [*words, "-o", f"{name}/{attempt}", "--checkpoint", f"{name}/{attempt}.ck"]
            try:
                subprocess.run([PROGRAM, *map(str, part)], cwd=SOURCE, stderr=subprocess.DEVNULL, timeout=seconds * (0.1 + 0.04 * attempt))
            except subprocess.TimeoutExpired:
                pass
            ok(call(*part, "--resume").returncode == whole.returncode, f"{source}: resumed")
            at_time = json.loads((pathlib.Path(name) / str(attempt) / "run.json").read_text())["run"].get("resumed_at") or 0.0
            same = all((pathlib.Path(name) / "whole" / file).read_bytes() == (pathlib.Path(name) / str(attempt) / file).read_bytes()
                       for file in ("series.csv", "events.csv"))
            ok(same, f"{source}: resumed at {at_time} s, not the same bytes")
            if lo < at_time < hi:
                return
        ok(False, f"{source}: never killed between {lo} and {hi} s")


resumed("controller", [FROZEN], "freeze", 10.0, 60.0)
resumed("cdu", [STUCK], "stick", 20.0, 100.0)

# ---- interlock: a block warms towards 65 degC, crosses 60, is cut off a second later, cools, is given free at 50 --------------------------
series, events = run("interlock", [], "hot-room", ["block.T", "cut-out.output"], "0.5 s")
TAU = 400 * 0.05
crossing = 5 + TAU * math.log((65 - 50) / (65 - 60))  # from 50 degC with 500 W in a room of 40 degC
modes = changes_of(events, "cut-out")
equal("interlock: pending, on, and off again", [m for _, m in modes], ["pending on", "on", "off"])
near("interlock: the block reaches 60 degC", modes[0][0], crossing, within=1e-4)
near("interlock: it acts a second later", modes[1][0] - modes[0][0], 1.0, within=1e-6)
end = 65 - 5 * math.exp(-1 / TAU)                     # where it is then, in degC; with 300 W in 40 degC it goes to 55
before = 55 + (end - 55) * math.exp(-(100 - modes[1][0]) / TAU)
near("interlock: cut off, it cools towards 55 degC", at(series, 100.0, "block.T"), before, within=1e-4)
near("interlock: free again at 50 degC", modes[2][0], 100 + TAU * math.log((before - 40) / (50 - 40)), within=1e-4)
hot = steady("interlock", [], "--set", "room.T=40 degC")
near("interlock in steady state: cut off", hot["cut-out"]["on"], 1.0)
near("interlock in steady state: 55 degC", hot["block"]["T"], 328.15, within=1e-6)

# ---- pump staging: one of two pumps in service trips, the spare starts -----------------------------------------------------------------------
STAGED = [('<cdu id="cdu" pumps="2"', '<cdu id="cdu" pumps="2" pumps_running="1" staging="yes"'),
          ("</racktwin>", '<scenario id="trip" duration="120 s"><event at="5 s" set="cdu.pump[1].state" value="failed"/></scenario></racktwin>')]
one = steady("cdu", STAGED)
equal("staging: one pump is enough", one["cdu.stage[1]"]["on"], 0)
near("staging: the standby pump stands", one["cdu.pump[2]"]["speed"], 0.0, within=1e-9)
series, events = run("cdu", STAGED, "trip", ["cdu.pump[*].speed", "cdu.stage[1].on", "cdu.dp_control.*", "rack.flow"], "0.5 s", "1e-6")
modes = changes_of(events, "cdu.stage[1]")
equal("staging: pending and on", [m for _, m in modes], ["pending on", "on"])
near("staging: two seconds at the highest speed", modes[1][0] - modes[0][0], 2.0, within=1e-6)
ok(modes[0][0] > 5.0, "staging: after the trip")
near("staging: the failed pump stands", series["cdu.pump[1].speed"][-1], 0.0, within=1e-2)
near("staging: the spare gives the flow again", series["rack.flow"][-1], series["rack.flow"][0], rel=1e-3)
ok(min(series["rack.flow"]) < 0.5 * series["rack.flow"][0], "staging: it was lost in between")
more = steady("cdu", STAGED, "--set", "rack.flow_rated=150 L/min")
equal("staging in steady state: a rack that one pump does not suffice for starts the spare", more["cdu.stage[1]"]["on"], 1)
near("staging in steady state: the set point is held", more["cdu.dp_control"]["error"], 0.0, within=1e-3)
short = steady("cdu", [(STAGED[0][0], STAGED[0][1].replace(' staging="yes"', ""))], "--set", "rack.flow_rated=150 L/min")
ok(short["cdu.dp_control"]["error"] < -1e3, "without staging it is missed")
finish()
