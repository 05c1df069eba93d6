"""Fast states of the power path: a regulator's output filter and a bar's inductance against the closed form of a second order,
the choice between integrating them and letting them follow, what is said of it."""
import cmath
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, inside, near, ok, table

V_SET, R_LL, L, N, C = 0.85, 0.4e-3, 120e-9, 4, 10e-3
REGULATOR = f'''<voltage-source id="supply" voltage="12 V" R="1 uohm"/>
  <vrm id="vrm" V_nominal="12 V" V_set="{V_SET} V" R_LL="{R_LL} ohm" I_rated="400 A" phases="{N}" f_sw="600 kHz" R_hs="3 mohm"
    R_ls="0.7 mohm" L="{L} H" C_out="{C} F"/><current-load id="core" I="100 A"/>
  <connect from="supply.out" to="vrm.in"/><connect from="vrm.out" to="core.in"/>'''
STEP, RAMP = '<event at="{} s" set="core.I" value="{} A"/>', '<event at="{} s" ramp="core.I" to="{} A" over="{} s"/>'


def run(body, events, duration, every, *words, select=("vrm.*",), code=(0, 1)):
    """Columns of series.csv, run.json, what it prints."""
    with folder() as name:
        file = pathlib.Path(name) / "model.xml"
        file.write_text(f'<racktwin xmlns="urn:racktwin:1" version="1">{body}'
                        f'<scenario id="s" duration="{duration} s">{events}</scenario></racktwin>')
        result = call("run", file, "-s", "s", "--rtol", "1e-8", "--every", every, "-o", f"{name}/out", *words,
                      *(w for s in select for w in ("--select", s)))
        if not ok(result.returncode in code, f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        if result.returncode == 2:
            return {}, {}, result.stderr
        rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
        report = json.loads((pathlib.Path(name) / "out" / "run.json").read_text())
    ok(report["run"]["energy"]["imbalance"] <= 1e-5, f"energy of the run closes: {report['run']['energy']['imbalance']}")
    return {key.split(" ")[0]: [float(r[key]) for r in rows] for key in rows[0]}, report["solver"], result.stdout


def second_order(t, R, L, C, v0, dv, i0_minus_load):
    """v(t) of L di/dt = e - R i - v, C dv/dt = i - load, from v0 to v0 + dv, with C v'(0) = i0 - load."""
    a, w2 = R / (2 * L), 1 / (L * C)
    s1, s2 = -a + cmath.sqrt(a * a - w2), -a - cmath.sqrt(a * a - w2)
    slope = i0_minus_load / C
    k1 = (slope + s2 * dv) / (s1 - s2)
    k2 = -dv - k1
    return v0 + dv + (k1 * cmath.exp(s1 * t) + k2 * cmath.exp(s2 * t)).real


# ---- output filter: 100 to 150 A at once -----------------------------------------------------------------------------
LP, DV = L / N, -R_LL * 50
series, solver, said = run(REGULATOR, STEP.format(1e-5, 150), 4e-3, "2 us")
zeta = R_LL / 2 * math.sqrt(C / LP)
inside("damping of the filter", zeta, 0.02, 0.9)
times, v = series["time"], series["vrm.v_out"]
for t, got in zip(times, v):
    want = V_SET - R_LL * 100 if t <= 1e-5 else second_order(t - 1e-5, R_LL, LP, C, V_SET - R_LL * 100, DV, -50)
    near(f"v_out at {t} s", got, want, within=2e-6)
w_d = math.sqrt(1 / (LP * C) * (1 - zeta**2))
sag = min(second_order(k * 1e-8, R_LL, LP, C, 0, DV, -50) for k in range(1, 20000))
near("undershoot", min(v) - v[0], sag, within=0.02 * abs(sag - DV))  # samples 1 us apart near a minimum
ok(sag < 1.3 * DV, f"it undershoots the new level, {DV} V, by {sag - DV} V")
equal("two fast states", (solver["dynamics"], solver["fast_states"]), ("fast", 2))
ok("Fast states: 2, integrated (line" in said and "a step at 1e-05 s" in said, f"it says so: {said[-300:]}")
first, _, _ = run(REGULATOR.replace(f'L="{L} H"', ""), STEP.format(1e-5, 150), 2e-5, "1 us")
for t, got in zip(first["time"], first["vrm.v_out"]):
    want = V_SET - R_LL * (150 - 50 * math.exp(-max(t - 1e-5, 0) / (R_LL * C)))
    near(f"without L of the first order: v_out at {t} s", got, want, within=2e-6)

loop, _, _ = run(REGULATOR.replace(f'L="{L} H"', f'L="{L} H" f_control="50 kHz"'), STEP.format(1e-5, 150), 1e-4, "1 us")
for t, got in zip(loop["time"], loop["vrm.v_out"]):
    want = V_SET - R_LL * 100
    if t > 1e-5:
        want = second_order(t - 1e-5, R_LL, R_LL / (2 * math.pi * 50e3), C, V_SET - R_LL * 100, DV, -50)
    near(f"a current loop of 50 kHz: v_out at {t} s", got, want, within=2e-6)

# ---- followed at once: the same from ten time constants on -----------------------------------------------------------
slow, solver, said = run(REGULATOR, STEP.format(1e-5, 150), 4e-3, "2 us", "--dynamics", "slow")
equal("slow", solver["dynamics"], "slow")
ok("following at once (as --dynamics says)" in said, f"it says so: {said[-300:]}")
settle = 2 * LP / R_LL
for k, t in enumerate(times):
    want = V_SET - R_LL * (100 if t <= 1e-5 else 150)
    near(f"slow: v_out at {t} s", slow["vrm.v_out"][k], want, within=1e-8)
    if t > 1e-5 + 14 * settle:
        for key in ("vrm.v_out", "vrm.P_in", "vrm.I_out"):
            near(f"fast as slow: {key} at {t} s", series[key][k], slow[key][k], rel=2e-6)
ok(times[-1] > 1e-5 + 14 * settle, "the run is longer than that")

# ---- a regulator that was off begins without current -----------------------------------------------------------------
events = ('<event at="0.1 ms" set="vrm.state" value="off"/><event at="0.1 ms" set="core.I" value="1 A"/>'
          '<event at="20 ms" set="vrm.state" value="on"/>')
series, _, _ = run(REGULATOR, events, 21e-3, "1 us")
times, v = series["time"], series["vrm.v_out"]
off = times.index(0.02)
near("off: no output voltage is left", v[off], 0.0, within=0.02)
for k in range(off, off + 40):
    want = second_order(times[k] - 0.02, R_LL, LP, C, 0, V_SET, 0)
    near(f"on again, from 0: v_out at {times[k]} s", v[k], want, within=0.02)

# ---- by itself -------------------------------------------------------------------------------------------------------
_, solver, said = run(REGULATOR, RAMP.format(0.2, 300, 0.5), 1, "0.1 s")
equal("a ramp of 0.5 s", (solver["dynamics"], "nothing changes within 0.1 s" in said), ("slow", True))
near("the slower of both: R C", solver["fast_settling_s"], R_LL * C, rel=0.02)
_, solver, said = run(REGULATOR, RAMP.format(0.2, 300, 0.02), 1, "0.1 s")
equal("a ramp of 20 ms", (solver["dynamics"], "a ramp of 0.02 s" in said), ("fast", True))
_, solver, said = run(REGULATOR, RAMP.format(0.2, 300, 0.5), 1, "10 ms")
equal("samples every 10 ms", (solver["dynamics"], "samples every 0.01 s" in said), ("fast", True))
BIG = '''<voltage-source id="s" voltage="54 V" R="10 mohm"/><capacitor id="c" C="50 F"/><ground id="e"/>
  <current-load id="core" I="10 A"/><connect from="s.out" to="core.in"/><connect from="c.a" to="core.in"/>
  <connect from="c.b" to="e.in"/>'''
_, solver, said = run(BIG, RAMP.format(0.2, 300, 0.5), 2, "0.1 s", select=("c.*",))
equal("a store that takes 0.5 s", solver["dynamics"], "fast")
ok("do not all settle" in said and "slowest c: v_C" in said, f"a store that takes 0.5 s: {said[-300:]}")
near("its time constant", solver["fast_settling_s"], 0.5, rel=1e-6)
NONE = '<voltage-source id="s" voltage="54 V" R="10 mohm"/><current-load id="core" I="10 A"/><connect from="s.out" to="core.in"/>'
_, solver, said = run(NONE, STEP.format(0.5, 20), 1, "0.1 s", select=("core.*",))
equal("a model without any", (solver["dynamics"], "Fast states" in said), ("none", False))
_, _, said = run(NONE, STEP.format(0.5, 20), 1, "0.1 s", "--dynamics", "quick", code=(2,))
ok("--dynamics is fast, slow or auto" in said, f"a wrong word: {said}")

# ---- inductance of a bar: R L between a stiff source and a current that steps ----------------------------------------
BAR = '''<voltage-source id="s" voltage="54 V" R="1 uohm"/><ground id="e"/>
  <busbar id="bus" length="2 m" width="50 mm" thickness="10 mm" clip_resistance="0.1 mohm" inductance="0.4 uH/m"
    film="1e5 W/(m2 K)"/>
  <capacitor id="c" C="10 mF"/><current-load id="core" I="100 A"/>
  <connect from="s.out" to="bus.feed[1]"/><connect from="bus.tap[1]" to="core.in"/><connect from="core.in" to="c.a"/>
  <connect from="c.b" to="e.in"/>'''
series, solver, _ = run(BAR, STEP.format(1e-4, 200), 3e-3, "10 us", select=("core.v",))
v0 = series["core.v"][0]
R = (54 - v0) / 100  # of source, joint, copper and clip
near("bar: its resistance", R, 1e-6 + 10e-6 + 2 * 2 * 1.7241e-8 / 5e-4 * (1 + 0.00393 * 5) + 0.1e-3, rel=0.01)
for t, got in zip(series["time"], series["core.v"]):
    if t > 1e-4:
        near(f"bar: voltage at the load at {t} s", got, second_order(t - 1e-4, R, 0.8e-6, 10e-3, v0, -R * 100, -100), within=2e-5)
finish()
