"""Rate limit, sampling, anti-windup, dew-point guard, failed sensors and valves, interlock and pump staging against closed forms and the physics around them."""
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


WARMER = ("</racktwin>", '<scenario id="warmer" duration="300 s"><event at="10 s" set="chips.P" value="90 kW"/></scenario></racktwin>')


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

# ---- a digital controller: recurrence of u, w and the sum in Python; plant and sensor between samples exactly -----------------------------
def digital(T_sample, set_point, jump, rate=math.inf, Kp=0.1, Ki=0.002, Kaw=0.02):
    """Temperature of the block, sensor and output at the end of each period: C dT/dt = 500 w + (25 - T)/0.1, 2 s dy/dt = T - y."""
    a, b = 1 / (400 * 0.1), 1 / 2.0
    T = y = 45.0
    held, total, out = 0.4, 0.4, []
    for k in range(round(200 / T_sample)):
        rest = 25 + 50 * held
        T0, t = T - rest, T_sample
        lag = T0 * b / (b - a)                       # y - rest = lag exp(-a t) + (y0 - rest - lag) exp(-b t)
        T, y = rest + T0 * math.exp(-a * t), rest + lag * math.exp(-a * t) + (y - rest - lag) * math.exp(-b * t)
        out.append((T, y, held))
        e = (set_point if (k + 1) * T_sample > jump else 45.0) - y
        u = Kp * e + total
        held = max(min(min(max(u, 0.0), 1.0), held + rate * T_sample), held - rate * T_sample)
        total += T_sample * (Ki * e + Kaw * (held - u))
    return out


for T_sample, set_point, rate in ((5.0, 48.0, math.inf), (0.4, 48.0, math.inf), (5.0, 60.0, math.inf), (5.0, 60.0, 0.01)):
    what = f"sampled every {T_sample} s to {set_point} degC, rate {rate}"
    step = ("</racktwin>", f'<scenario id="step" duration="200 s"><event at="11 s" set="thermostat.T_set" value="{set_point} degC"/>'
            "</scenario></racktwin>")
    lag = [('tau="2 s"', f'tau="2 s" T_sample="{T_sample} s"' + (f' rate_max="{rate} 1/s"' if rate < 1 else ""))]
    series, _ = run("controller", [*lag, step], "step", ["thermostat.*", "block.T"], f"{T_sample} s", rtol="1e-9")
    want = digital(T_sample, set_point, 11.0, rate)
    ok(max(w for _, _, w in want) > (0.99 if set_point > 50 and rate > 1 else 0.5), f"{what}: it is moved, or goes to its stop")
    for k, (T, y, w) in enumerate(want, 1):          # a row at a sample shows what was before it
        # rtol x 320 K in each of some five steps between samples, over a time constant of 40 s with 100 samples: 1.6e-4 K at most
        near(f"{what}: block at sample {k}", series["block.T"][k], T, within=1e-4)
        near(f"{what}: sensor at sample {k}", series["thermostat.measure"][k], y + 273.15, within=1e-4)
        near(f"{what}: output before sample {k}", series["thermostat.output"][k], w, within=1e-5)
same = steady("controller", [('tau="2 s"', 'tau="2 s" T_sample="5 s"')])["thermostat"]
equal("sampled: the steady state is that of the continuous law", same, steady("controller")["thermostat"])
with folder() as name:
    result = call("solve", edited(name, "controller", ('tau="2 s"', 'tau="2 s" T_sample="60 s"')))
    equal("sampled: slower than the anti-windup is refused", result.returncode, 3)
    ok("1/Kaw" in result.stderr, f"sampled: says why: {result.stderr}")
fine, _ = run("cdu", [('control_power="50 W"', 'control_power="50 W" T_sample="100 ms"'), WARMER], "warmer", ["cdu.*_control.measure"], "10 s", rtol="1e-7")
smooth, _ = run("cdu", [WARMER], "warmer", ["cdu.*_control.measure"], "10 s", rtol="1e-7")
for key, within in (("cdu.T_control.measure", 0.02), ("cdu.dp_control.measure", 300.0)):
    for t, a, b in zip(fine["time"], fine[key], smooth[key]):
        near(f"CDU sampled at 10 Hz: {key} at {t} s as without", a, b, within=within)

# ---- anti-windup: the measured value is given, so the integral of the limited law is an exponential -----------------------------------------
WINDUP = """<racktwin xmlns="urn:racktwin:1" version="1"><constant-signal id="given" value="{before}"/>
  <controller id="law" action="direct" setpoint="10" Kp="0.1" Ki="0.02 1/s" Kaw="0.05 1/s" tau="0.5 s"/><heat-source id="heater" P="1 W"/>
  <heat-capacity id="block" C="1 J/K"/><thermal-resistance id="wall" R="1 K/W"/><fixed-temperature id="room" T="25 degC"/>
  <connect from="given.output" to="law.measure"/><connect from="law.output" to="heater.control"/><connect from="heater.heat" to="block.heat"/>
  <connect from="block.heat" to="wall.a"/><connect from="wall.b" to="room.heat"/><scenario id="back" duration="60 s" every="0.1 s">
  <event at="2 s" set="given.value" value="{after}"/></scenario></racktwin>"""


def limited(e0, e1, t, Kp=0.1, Ki=0.02, Kaw=0.05, tau=0.5):
    """Error, integral and output of the law, at its upper stop until u falls below 1, t after the error goes from e0 to e1 by tau."""
    def at(T, start, lo, k):  # I' + k I = lo + (Ki - k Kp) e(t), from I = start at T
        grow = lambda s: lo / k + (Ki - k * Kp) * (e1 / k + (e0 - e1) * math.exp(-s / tau) / (k - 1 / tau))
        return lambda s: grow(s) + (start - grow(T)) * math.exp(-k * (s - T))
    error = lambda s: e1 + (e0 - e1) * math.exp(-s / tau)
    stopped = at(0.0, 1 + (Ki / Kaw - Kp) * e0, Kaw * 1.0, Kaw)
    lo, hi = 0.0, 60.0
    while hi - lo > 1e-12:
        middle = 0.5 * (lo + hi)
        lo, hi = (middle, hi) if Kp * error(middle) + stopped(middle) > 1 else (lo, middle)
    free = lambda s: stopped(lo) + Ki * (e1 * (s - lo) - tau * (e0 - e1) * (math.exp(-s / tau) - math.exp(-lo / tau)))
    return lo, min(1.0, Kp * error(t) + (stopped(t) if t < lo else free(t)))


with folder() as name:
    file = pathlib.Path(name) / "model.xml"
    file.write_text(WINDUP.format(before="16", after="9"))
    result = call("run", file, "-s", "back", "-q", "--rtol", "1e-8", "-o", f"{name}/out", "--select", "law.*")
    equal(f"anti-windup: run {result.stderr}", result.returncode, 0)
    rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
leaves = limited(6.0, -1.0, 0.0)[0]
ok(1.0 < leaves < 50.0, f"anti-windup: it stays at its stop for a while, {leaves} s")
for row in rows:
    t = float(row["time [s]"])
    if t > 2 and abs(t - 2 - leaves) > 0.6:  # near the stop the law has a corner of half a percent
        near(f"anti-windup: output at {t} s", float(row["law.output [1]"]), limited(6.0, -1.0, t - 2)[1], within=2e-3)

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
near("stuck in steady state: where stuck_at says", steady("cdu", (), "--set", "cdu.valve.state=stuck", "--set", "cdu.valve.stuck_at=0.7")
     ["cdu.valve"]["position"], 0.7, within=1e-12)
equal("stuck in steady state: without it, where the controller has it", steady("cdu", (), "--set", "cdu.valve.state=stuck"), steady("cdu"))
SHUT = ('</racktwin>', '<scenario id="shut" duration="60 s"><event at="5 s" set="cdu.valve.stuck_at" value="1"/>'
        '<event at="10 s" fail="cdu.valve"/><event at="30 s" set="cdu.valve.stuck_at" value="0.8"/></scenario></racktwin>')
series, _ = run("cdu", [SHUT], "shut", ["cdu.valve.position"], "1 s", rtol="1e-8")
h = series["cdu.valve.position"][0]
for t, got in zip(series["time"], series["cdu.valve.position"]):  # an actuator of 30 s from stop to stop: a lag of 10 s
    turn = 1 + (h - 1) * math.exp(-2.0)
    near(f"fails open, then elsewhere: position at {t} s", got, h if t <= 10 else 1 + (h - 1) * math.exp(-(t - 10) / 10) if t <= 30
         else 0.8 + (turn - 0.8) * math.exp(-(t - 30) / 10), within=1e-5)
LOST = ('</racktwin>', '<scenario id="dry" duration="40 s"><event at="5 s" fail="facility"/><event at="15 s" repair="facility"/></scenario></racktwin>')
series, events = run("cdu", [LOST], "dry", ["facility.*", "cdu.exchanger.*"], "0.5 s", rtol="1e-7")
equal("lost water: told", [e["what"] for e in events if e["path"] == "facility"], ["state: on -> lost", "state: lost -> on"])
for t, flow in zip(series["time"], series["facility.m_dot"]):
    if 5 < t <= 15: near(f"lost water: flow at {t} s", flow, 0.0, within=1e-9)
    else: ok(flow > 1.0, f"lost water: it flows at {t} s")
ok(at(series, 15.0, "cdu.exchanger.T_out_1") > at(series, 5.0, "cdu.exchanger.T_out_1") + 5, "lost water: the coolant becomes warm")
with folder() as name:
    dry = call("solve", edited(name, "cdu"), "--set", "facility.state=lost")
    equal(f"lost water: 110 kW have no steady state: {dry.stderr}", dry.returncode, 4)
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

# ---- power cap: what an event sets is there after the response time, in a straight line ------------------------------------------------------
CAPPED = ('P_idle=', 'P_cap_response="4 s" P_cap="900 W" P_idle=')
CAPS = ('</racktwin>', '<scenario id="caps" duration="30 s"><event at="5 s" set="gpu.P_cap" value="500 W"/>'
        '<event at="7 s" set="gpu.P_cap" value="800 W"/><event at="20 s" set="gpu.P_cap" factor="0.5"/></scenario></racktwin>')
series, events = run("chip", [CAPPED, ('utilisation="80 %"', 'utilisation="100 %"'), CAPS], "caps", ["gpu.P", "gpu.P_asked"], "0.5 s")
for t, P in zip(series["time"], series["gpu.P"]):  # on its way down at 7 s it turns, and reaches 800 W at 11 s
    cap = 900 if t <= 5 else 900 - 100 * (t - 5) if t <= 7 else 700 + 25 * (t - 7) if t <= 11 else 800 if t <= 20 else max(800 - 100 * (t - 20), 400)
    near(f"power cap at {t} s", P, cap, within=1e-6)
equal("power cap: told", [e["what"] for e in events if "P_cap" in e["what"]],
      ["P_cap: 900 W -> 500 W over 4 s", "P_cap: 700 W -> 800 W over 4 s", "P_cap: 800 W -> 400 W over 4 s"])

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

# ---- pump staging by load: a second pump starts when one does not suffice, and stops when it is not needed ---------------------------------------
OFF_AT, WAIT = 0.80, 30.0
LOADED = [('<cdu id="cdu" pumps="2"', f'<cdu id="cdu" pumps="2" pumps_running="1" staging="yes" staging_off="{OFF_AT}" staging_off_delay="{WAIT} s"'),
          ("</racktwin>", '<scenario id="load" duration="300 s"><event at="10 s" set="rack.flow_rated" value="150 L/min"/>'
           '<event at="100 s" set="rack.flow_rated" value="60 L/min"/></scenario>'
           '<scenario id="fault" duration="400 s"><event at="5 s" set="rack.flow_rated" value="60 L/min"/><event at="20 s" fail="cdu.pump[1]"/>'
           '<event at="250 s" repair="cdu.pump[1]"/></scenario></racktwin>')]
series, events = run("cdu", LOADED, "load", ["cdu.pump[*].speed", "cdu.dp_control.*", "rack.flow"], "0.1 s", "1e-6")
modes = changes_of(events, "cdu.stage[1]")
equal("staging by load: states", [m for _, m in modes], ["pending on", "on", "pending off", "off"])
near("staging by load: starts after staging_delay", modes[1][0] - modes[0][0], 2.0, within=1e-6)
near("staging by load: stops after staging_off_delay", modes[3][0] - modes[2][0], WAIT, within=1e-6)
ok(10.0 < modes[0][0] < 100.0 < modes[2][0], "staging by load: each with its cause")


def between(series, t, key):
    k = next(n for n, s in enumerate(series["time"]) if s >= t)
    return min(series[key][k - 1:k + 1]) - 1e-6, max(series[key][k - 1:k + 1]) + 1e-6


low, high = between(series, modes[0][0], "cdu.dp_control.output")
ok(low <= 0.995 <= high, f"staging by load: pending from the highest speed on: {low}, {high}")
low, high = between(series, modes[2][0], "cdu.dp_control.output")
ok(low <= OFF_AT <= high, f"staging by load: pending off at staging_off: {low}, {high}")
near("staging by load: the set point is held with two", at(series, 95.0, "cdu.dp_control.error"), 0.0, within=200.0)
near("staging by load: both at one speed", at(series, 95.0, "cdu.pump[2].speed"), at(series, 95.0, "cdu.pump[1].speed"), rel=1e-6)
near("staging by load: then the second stands", series["cdu.pump[2].speed"][-1], 0.0, within=1e-2)
alone = steady("cdu", LOADED, "--set", "rack.flow_rated=60 L/min")
near("staging by load: and one pump runs as in a steady state", series["cdu.pump[1].speed"][-1], alone["cdu.pump[1]"]["speed"], rel=1e-3)
ok(0.8 * alone["cdu.pump[1]"]["speed"] < OFF_AT < 0.995, "staging by load: one suffices, with a distance to the highest speed")
both = steady("cdu", LOADED, "--set", "rack.flow_rated=150 L/min")
equal("staging by load, in steady state: on", both["cdu.stage[1]"]["on"], 1)
equal("staging by load, in steady state: off", alone["cdu.stage[1]"]["on"], 0)

_, events = run("cdu", LOADED, "fault", ["cdu.pump[*].speed"], "1 s", "1e-6")
modes, proof = changes_of(events, "cdu.stage[1]"), changes_of(events, "cdu.proof[1]")
equal("staging, a pump fails: its head is missed, and is back", [m for _, m in proof], ["on", "off"])
equal("staging, a pump fails: the spare runs until it is back, at whatever speed", [m for _, m in modes],
      ["pending on", "on", "pending off", "off"])
near("staging, a pump fails: staging_delay after its head is missed", modes[1][0] - proof[0][0], 2.0, within=1e-6)
ok(proof[1][0] > 250.0, "staging, a pump fails: until it is repaired")
near("staging, a pump fails: staging_off_delay after its head is back, and the speed low", modes[3][0] - modes[2][0], WAIT, within=1e-6)
ok(modes[2][0] >= proof[1][0], "staging, a pump fails: not before")

THREE = [(LOADED[0][0], LOADED[0][1].replace('pumps="2"', 'pumps="3"')), (LOADED[1][0], LOADED[1][1].replace("150 L/min", "240 L/min"))]
_, events = run("cdu", THREE, "load", ["rack.flow"], "1 s", "1e-6")
order = [(e["path"], e["what"].split(" -> ")[1]) for e in events if e["path"].startswith("cdu.stage") and e["what"].split(" -> ")[1] in ("on", "off")]
equal("two standby pumps: the last one stops first", order,
      [("cdu.stage[1]", "on"), ("cdu.stage[2]", "on"), ("cdu.stage[2]", "off"), ("cdu.stage[1]", "off")])
for figures, says in (('staging_off="80 %"', 'needs staging="yes"'), ('pumps_running="1" staging="yes" staging_off="96 %"', "below 95 % of speed_max")):
    with folder() as name:
        result = call("check", edited(name, "cdu", (LOADED[0][0], LOADED[0][0] + " " + figures)))
    equal(f"{figures}: exit", result.returncode, 3)
    ok(says in result.stderr and "model.xml:" in result.stderr, f"{figures}: says {says!r}: {result.stderr}")
finish()
