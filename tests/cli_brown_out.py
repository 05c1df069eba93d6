"""A power supply in a sagging grid: current limit of its input, cut off and back with hysteresis, hold-up meanwhile, by closed forms."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve, table

A, C, P, V_NL, V_FL = 0.0057, 0.0287, 3000.0, 51.0, 50.5  # of psu-orv3-3000
V_MIN, V_OFF, V_ON = 180.0, 162.0, 171.0                  # V_in_min; 0.9 of it; halfway
RATED = P * (1 + A + C)                                   # input power at rated output
FULL, HALF = V_FL**2 / P, 4.0 * V_FL**2 / P               # ohm: full load, a quarter
HEAD = '''<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1"><xi:include href="parts/shelves.xml"/>'''
MODEL = HEAD + '''<grid id="utility" voltage="{V} V" short_circuit_power="100 GVA"/><ground id="earth"/>
  <psu id="p" P_rated="3 kW" V_no_load="51 V" V_full_load="50.5 V" loss_a="0.0057" loss_c="0.0287" V_in_min="180 V" V_in_max="305 V"
    {figures}/><resistor id="load" R="{R} ohm"/>
  <connect from="utility.out" to="p.in"/><connect from="p.out" to="load.a"/><connect from="load.b" to="earth.in"/>
  <scenario id="s" duration="{duration} s">{events}</scenario></racktwin>'''


def lines(V):
    """Line-to-line voltage of a phase voltage."""
    return V * math.sqrt(3.0)


def write(place, V, R=FULL, figures="", duration=1.0, events=""):
    file = pathlib.Path(place) / "model.xml"
    file.write_text(MODEL.format(V=lines(V), R=R, figures=figures, duration=duration, events=events))
    return file


def steady(*model, **more):
    with folder() as place:
        document = solve(write(place, *model, **more))
    ok(document["audit"]["energy"] < 1e-9 or document["grid"]["power_W"] < 1.0, f"energy closes: {document['audit']['energy']}")
    part = parts_by_path(document)["p"]
    return part["quantities"], part["state"]


def run(*model, every="1 ms", codes=(0, 1), **more):
    with folder() as place:
        result = call("run", write(place, *model, **more), "-s", "s", "-q", "--rtol", "1e-8", "--every", every, "-o", f"{place}/out",
                      "--select", "p.*")
        if not ok(result.returncode in codes, f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(place) / "out" / "series.csv").read_text())
        events = table((pathlib.Path(place) / "out" / "events.csv").read_text())
    return ({key.split(" ")[0].split(".")[-1]: [float(r[key]) for r in rows] for key in rows[0] if key != "p.state"},
            [(float(e["time [s]"]), e["what"]) for e in events if e["path"] == "p" and e["what"].startswith("state")])


def loss(p_out):
    x = p_out / P
    return P * (A + C * x * x)


# ---- steady: full load needs V_in_min; below it the input current is that of V_in_min ---------------------------------------------------------
STORE = 'hold_up="20 ms"'
CONSTANT = 3e-3  # the output power is in proportion to the voltage; the efficiency changes with it
for store in ("", STORE):
    normal, _ = steady(239.6, figures=store)
    I_RATED = RATED / (3 * V_MIN)
    for V in (178.0, 170.0, 163.0):
        q, state = steady(V, figures=store)
        near(f"{store} full load at {V} V: input power by the current limit", q["p_in"], RATED * q["v_in"] / V_MIN, rel=CONSTANT)
        near(f"{store} full load at {V} V: active current", q["p_in"] / (3 * q["v_in"]), I_RATED, rel=CONSTANT)
        near(f"{store} full load at {V} V: output power in proportion", q["p_out"], P * q["v_in"] / V_MIN, rel=1e-6)
        near(f"{store} full load at {V} V: loss by its law at that power", q["p_in"] - q["p_out"], loss(q["p_out"]), rel=1e-5)
        near(f"{store} full load at {V} V: what comes out", q["p_out"], q["p_in"] - q["loss_conduction"] - q["loss_conversion"], rel=1e-9)
        ok("limited" in state, f"{store} full load at {V} V: told: {state}")
    q, state = steady(163.0, R=HALF, figures=store)
    near(f"{store} a quarter of the load at 163 V: as at nominal voltage", q["p_in"], steady(239.6, R=HALF)[0]["p_in"], rel=1e-9)
    ok("limited" not in state, f"{store} a quarter of the load: not limited: {state}")
    q, state = steady(161.0, figures=store)
    for key in ("p_in", "i_in", "p_out", "i_out"):
        near(f"{store} below V_brownout: {key}", q[key], 0.0, within=1e-5)
    ok("off" in state, f"{store} below V_brownout: told: {state}")

given, _ = steady(170.0, figures='I_in_limit="5 A"')
near("I_in_limit", given["p_in"], 3 * 5 * given["v_in"], rel=CONSTANT)
ok(given["p_in"] < RATED, "I_in_limit holds it")

# ---- published: ORv3 HPR V2, 12 kW at 218 V and 10 kW at 180 V (OCP HPR V2 12kW PSU 1.0.0), which one current explains: that of 12 kW at 218 V ----------
V2 = HEAD + '''<grid id="utility" voltage="{V} V" short_circuit_power="100 GVA"/><ground id="earth"/><psu id="p" part="psu-hpr-v2-12000" I_in_limit="{I} A"/>
  <resistor id="load" R="{R} ohm"/><connect from="utility.out" to="p.in"/><connect from="p.out" to="load.a"/>
  <connect from="load.b" to="earth.in"/></racktwin>'''
with folder() as place:
    file = pathlib.Path(place) / "v2.xml"
    for V, published in ((219.0, 12e3), (180.5, 10e3)):
        file.write_text(V2.format(V=lines(V), R=49.0**2 / 12e3, I=12e3 * (1 + 0.0045 + 0.02267) / (3 * 218)))
        q = parts_by_path(solve(file))["p"]["quantities"]
        near(f"HPR V2 at {V} V", q["p_out"], published, rel=0.02)  # printed in whole kW

# ---- a slow dip of the grid: limited, off after t_brownout, on at V_restart ------------------------------------------------------------------
START, SLOPE = 200.0, 100.0                                              # V, V/s
down = f'<event at="0.1 s" ramp="utility.voltage" to="{lines(150)} V" over="0.5 s"/>'
up = f'<event at="1 s" ramp="utility.voltage" to="{lines(200)} V" over="0.5 s"/>'
series, told = run(START, figures='t_brownout="30 ms"', duration=2.0, events=down + up)
back = 1.0 + (V_ON - 150.0) / SLOPE
want = [("state: on -> input-limited", None), ("state: input-limited -> input-off", 0.1 + (START - V_OFF) / SLOPE + 0.03),
        ("state: input-off -> on", back), ("state: on -> input-limited", back), ("state: input-limited -> on", None)]
equal("slow dip: states", [w for _, w in told], [w for w, _ in want])
for (t, what), (_, at) in zip(told, want):
    if at: near(f"slow dip: {what}", t, at, within=1e-4)
at_limit = V_MIN * normal["p_out"] / P                                   # V, where what is asked is what the limit gives
near("slow dip: limited from there on, or from the rounded corner", told[0][0], 0.1 + (START - at_limit) / SLOPE, within=2e-3 * at_limit / SLOPE)
near("slow dip: full again at 98 % of the limit", told[4][0], 1.0 + (at_limit / 0.98 - 150.0) / SLOPE, within=1e-4)
for t, p_in, p_out, v in zip(series["time"], series["p_in"], series["p_out"], series["v_in"]):
    if 0.31 < t < told[1][0] - 1e-3 or told[3][0] + 1e-3 < t < 1.29:
        near(f"slow dip: output power at {t} s", p_out, P * v / V_MIN, rel=1e-5)
        near(f"slow dip: input power at {t} s", p_in, p_out + loss(p_out), rel=1e-5)
    if told[1][0] + 1e-3 < t < told[2][0] - 1e-3:
        near(f"slow dip: nothing while it is cut off, at {t} s", p_in, 0.0, within=1e-3)

# ---- a dip shorter than t_brownout does not cut it off; between V_brownout and V_restart it stays as it was ------------------------------------
short = (f'<event at="0.1 s" set="utility.voltage" value="{lines(155)} V"/><event at="0.115 s" set="utility.voltage" value="{lines(165)} V"/>'
         f'<event at="0.4 s" set="utility.voltage" value="{lines(155)} V"/><event at="0.45 s" set="utility.voltage" value="{lines(168)} V"/>')
series, told = run(START, R=HALF, figures=STORE, duration=1.0, events=short)
equal("short dips: only the second cuts off, and 168 V do not bring it back", [(round(t, 6), w) for t, w in told][:1], [(0.42, "state: on -> input-off")])
equal("short dips: then it is empty", [w for _, w in told][1:], ["state: input-off -> empty"])
near("short dips: after the first it draws as before", series["p_in"][300], steady(239.6, R=HALF)[0]["p_in"], rel=1e-4)
near("short dips: the output is lost when the capacitor is empty", series["p_out"][-1], 0.0, within=1e-3)

# ---- hold-up beside a limited input: the capacitor gives the difference ------------------------------------------------------------------------
V_SAG = 0.92 * V_MIN
series, told = run(START, figures='hold_up="200 ms"', duration=1.3, every="5 ms",
                   events=f'<event at="0.1 s" set="utility.voltage" value="{lines(V_SAG)} V"/>')
asked = series["p_in"][0]
for t, E, v in zip(series["time"], series["energy"], series["v_in"]):
    if t > 0.11 and E > 0.1 * series["energy"][0]:
        near(f"hold-up: energy at {t} s", E, series["energy"][0] - (t - 0.1) * (asked - RATED * v / V_MIN), rel=1e-4)
        last = t
ok(last > 0.5, f"hold-up: it lasts longer than without any input, until {last} s")
equal("hold-up: told", [w for _, w in told], ["state: on -> input-limited"])

# ---- two feeds: the supply on the sagging one gives what its input lets it, the other the rest ---------------------------------------------------
TWO = HEAD + f'''<grid id="a" voltage="{lines(170)} V" short_circuit_power="100 GVA"/><grid id="b" voltage="415 V" short_circuit_power="100 GVA"/>
  <psu id="p" part="psu-orv3-3000" alpha="0 1/K"/><psu id="other" part="psu-orv3-3000" alpha="0 1/K"/>
  <power-load id="load" P="5.9 kW" V_nominal="50 V"/><connect from="a.out" to="p.in"/><connect from="b.out" to="other.in"/>
  <connect from="p.out" to="load.in"/><connect from="other.out" to="load.in"/></racktwin>'''
with folder() as place:
    file = pathlib.Path(place) / "two.xml"
    file.write_text(TWO)
    parts = parts_by_path(solve(file))
p, other = parts["p"]["quantities"], parts["other"]["quantities"]
near("two feeds: the sagging one by its limit", p["p_out"], P * p["v_in"] / V_MIN, rel=1e-6)
near("two feeds: the rest from the other", other["p_out"], 5900.0 - p["p_out"], rel=1e-6)
ok(other["p_out"] > p["p_out"] + 50.0, "two feeds: it takes over")
near("two feeds: its loss", other["p_in"] - other["p_out"], loss(other["p_out"]), rel=1e-6)

# ---- a rack beside battery shelves, half the voltage for 0.5 s: cut off, held up, handed over, back ------------------------------------------------
BBU = "racks/gb200-nvl72-bbu.xml"
supplies = [c["quantities"] for c in solve(BBU)["components"] if c["element"] == "psu"]
with folder() as place:
    result = call("run", BBU, "-s", "brown-out", "-q", "-o", f"{place}/out", "--select", "power_gpu", "--every", "0.1 s")
    ok(result.returncode in (0, 1), f"battery shelves: the run ends with {result.returncode}: {result.stderr}")
    told = [(float(e["time [s]"]), e["path"], e["what"]) for e in table((pathlib.Path(place) / "out" / "events.csv").read_text())]
    power = [float(r["power_gpu [W]"]) for r in table((pathlib.Path(place) / "out" / "series.csv").read_text())]
times = lambda what: sorted(t for t, _, w in told if w == what)
equal("battery shelves: supplies that are cut off", len(times("state: on -> input-off")), len(supplies))
for t in (times("state: on -> input-off")[0], times("state: on -> input-off")[-1]):
    near("battery shelves: cut off after one period", t, 2.02, within=1e-6)
halves = sorted(0.5 * q["energy"] / (q["p_out"] + q["loss_conduction"] + q["loss_conversion"]) for q in supplies)
near("battery shelves: half of the first one's energy", times("output: full -> lowered")[0], 2.02 + halves[0], within=3e-4)
near("battery shelves: half of the last one's, at a bus 0.1 V off", times("output: full -> lowered")[-1], 2.02 + halves[-1], within=1e-3)
taken = times("state: pending -> discharging")
ok(taken and times("output: full -> lowered")[0] < taken[0] < 2.05, f"battery shelves: the batteries take over: {taken}")
equal("battery shelves: no supply is empty", times("state: input-off -> empty"), [])
ok(not any("throttled" in w or "tripped" in w for _, _, w in told), "battery shelves: no chip throttles or trips")
near("battery shelves: the GPUs have their power all the time", min(power), max(power), rel=2e-3)
ok(times("state: discharging -> idle")[0] > 2.5, "battery shelves: they give it back when the grid is there")
finish()
