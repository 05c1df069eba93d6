"""Hold-up and current limit of a power supply against closed forms: the feed is lost and comes back, a load asks for too much."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve, table

A, C = 0.0057, 0.0287  # loss of the part psu-orv3-3000 below
MODEL = '''<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1"><xi:include href="parts/shelves.xml"/>
  <grid id="utility" voltage="415 V" short_circuit_power="100 MVA"/><ground id="earth"/>
  <psu id="p" part="psu-orv3-3000" {figures}/><resistor id="load" R="{R} ohm"/><capacitor id="c" C="100 uF" ESR="1 mohm"/>
  <connect from="utility.out" to="p.in"/><connect from="p.out" to="load.a"/><connect from="load.b" to="earth.in"/>
  <connect from="p.out" to="c.a"/><connect from="c.b" to="earth.in"/>
  <scenario id="lost" duration="{duration} s"><event at="10 ms" set="utility.state" value="off"/>{back}</scenario></racktwin>'''


def write(name, R, figures="", duration=0.06, back=None):
    file = pathlib.Path(name) / "model.xml"
    event = f'<event at="{back} s" set="utility.state" value="on"/>' if back else ""
    file.write_text(MODEL.format(R=R, figures=figures, duration=duration, back=event))
    return file


def run(*words, every="0.1 ms", **more):
    with folder() as name:
        result = call("run", write(name, *words, **more), "-s", "lost", "-q", "--rtol", "1e-9", "--every", every, "-o", f"{name}/out",
                      "--select", "p.*")
        if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
    return {key.split(" ")[0].split(".")[-1]: [float(r[key]) for r in rows] for key in rows[0]}


def steady(*words, **more):
    with folder() as name:
        document = solve(write(name, *words, **more))
    ok(document["audit"]["energy"] < 1e-9, f"energy closes: {document['audit']['energy']}")
    return parts_by_path(document)["p"]["quantities"]


def lost_at(series):
    """When the output has fallen to half."""
    k = next(n for n, share in enumerate(series["output_share"]) if share < 0.5)
    return series["time"][k]


# ---- 20 ms and 60 J at full load ------------------------------------------------------------------------------------------------
FULL = 50.5**2 / 3000
at_rest = steady(FULL)
near("full load", at_rest["p_out"], 3000.0, rel=1e-4)
near("energy of the capacitor: 20 ms of full load with its loss, over 98 %", at_rest["energy"], 60 * (1 + A + C) / 0.98, rel=1e-9)
series = run(FULL)
before = [k for k, t in enumerate(series["time"]) if t < 30e-3 - 1e-4]
ok(all(series["output_share"][k] > 1 - 1e-4 for k in before), "full output until 20 ms after the feed is lost")
near("then it is lost", lost_at(series), 30e-3, within=1.2e-3)
given = sum(0.1e-3 * p for t, p in zip(series["time"], series["p_out"]) if 10e-3 <= t < 30e-3)
near("60 J at the output in these 20 ms", given, 60.0, rel=6e-3)
k = series["time"].index(0.02)
want = 60 * (1 + A + C) / 0.98 - 10e-3 * 3000 * (1 + A + C)
near("energy after 10 ms: input power of the load drawn from it", series["energy"][k], want, rel=2e-3)

# ---- at half load twice as long and a little more: the loss is another share -------------------------------------------------------
half = run(50.75**2 / 1500)
P = steady(50.75**2 / 1500)["p_out"]
x = P / 3000
drawn = 3000 * (x + A + C * x * x)  # at 25 degC, T_ref
near("half load: hold-up", lost_at(half) - 10e-3, 60 * (1 + A + C) / drawn, within=1.5e-3)

# ---- a short dip: nothing seen at the output, the capacitor comes back with its time constant ------------------------------------
dip = run(FULL, duration=1.5, back=0.025, every="5 ms")
ok(min(dip["output_share"]) > 1 - 1e-6, "a dip of 15 ms is not seen at the output")
full = at_rest["energy"]
t1, t2 = dip["time"].index(0.1), dip["time"].index(0.6)
near("recharge: exponential with t_recharge", (full - dip["energy"][t2]) / (full - dip["energy"][t1]), math.exp(-0.5 / 0.5), rel=1e-4)
near("recharge: its power is taken from the mains", dip["p_in"][t1] - dip["p_in"][0], (full - dip["energy"][t1]) / 0.5, rel=1e-4)

# ---- emptied, it gives nothing until the capacitor is charged to 90 % ------------------------------------------------------------------
out = run(FULL, duration=2.5, back=0.5, every="1 ms")
t_lost = next(t for t, p in zip(out["time"], out["p_out"]) if t > 0.01 and p < 1.0)
t_back = next(t for t, p in zip(out["time"], out["p_out"]) if t > 0.5 and p > 1500.0)
E0 = out["energy"][out["time"].index(0.5)] / full
near("charge when it locks out: half of the last 2 %", E0, 0.01, rel=0.01)
near("lost until charged from there to 90 %, with the time constant of its recharge", t_back, 0.5 + 0.5 * math.log((1 - E0) / 0.1), within=2e-3)
ok(all(abs(p) < 1.0 for t, p in zip(out["time"], out["p_out"]) if t_lost <= t < t_back - 1e-3), "no output between the two")

# ---- lowered by V_drop when half of the energy is used, for a battery to take over ---------------------------------------------------------
low = run(FULL, 'V_drop="3 V"', duration=2.5, back=0.03, every="1 ms")
V_low, R_DROOP = 51.0 - 3.0, 0.5 * 50.5 / 3000
t_low = next(t for t, v in zip(low["time"], low["v_out"]) if t > 0.01 and v < 49.0)
near("half of the energy at full load", t_low, 0.01 + 0.5 * full / (3000 * (1 + A + C)), within=1.5e-3)
near("output voltage then, by its droop", low["v_out"][low["time"].index(0.024)], V_low * FULL / (FULL + R_DROOP), rel=1e-6)
near("and again what it was", low["v_out"][-1], at_rest["v_out"], rel=1e-6)

# ---- in steady state the capacitor changes nothing; a dead feed gives nothing --------------------------------------------------------
other = steady(FULL, 'hold_up="5 s"')
for key in ("p_in", "p_out", "loss_conduction", "loss_conversion", "q_in", "v_out"):
    near(f"steady: {key} does not depend on hold_up", other[key], at_rest[key], rel=1e-12)
with folder() as name:
    dead = parts_by_path(solve(write(name, FULL), "--set", "utility.state=off"))["p"]["quantities"]
near("dead feed: no output", dead["p_out"], 0.0, within=1e-6)
near("dead feed: nothing stored", dead["energy"], 0.0, within=1e-3)

# ---- current limit: 80 A into a resistor that asks for 100 A -----------------------------------------------------------------------------
held = steady(0.5, 'I_limit="80 A" load_max="2"')
near("current limit: 80 A, and a millionth of the excess", held["i_out"], 80.0, rel=2e-5)
near("current limit: the voltage follows the load", held["v_out"], 40.0, rel=2e-5)
free = steady(1.0, 'I_limit="80 A"')
R = 0.5 * 50.5 / 3000
near("below the limit the droop line", free["v_out"], 51.0 / (1 + R / 1.0), rel=1e-9)
finish()
