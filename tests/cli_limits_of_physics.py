#!/usr/bin/env python3
"""At the limits of physics the answer is right or there is none: sources that block, pumps that stand still, flow backwards
and none, a dead feed, the nose, leakage that runs away, a bar past its limit. What is expected is a closed form computed here."""
import csv
import io
import math
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, near, ok  # noqa: E402

HEAD = '<racktwin xmlns="urn:racktwin:1" version="1"><title>A limit of physics</title>'
FOLDER = tempfile.mkdtemp()


def solve(body, *options):
    """(exit code, {path.quantity: value}, stderr)"""
    path = os.path.join(FOLDER, "model.xml")
    pathlib.Path(path).write_text(HEAD + body + "</racktwin>", encoding="utf-8")
    done = call("solve", path, "--csv", *options)
    values = {f"{r['path']}.{r['quantity']}": float(r["value"]) for r in csv.DictReader(io.StringIO(done.stdout)) if r["value"]}
    return done.returncode, values, done.stderr


def join(*pairs):
    return "".join(f'<connect from="{a}" to="{b}"/>' for a, b in pairs)


def refused(what, body, code, *says):
    status, values, told = solve(body)
    equal(f"{what}: exit", status, 4)
    equal(f"{what}: no number", values, {})
    for text in (f"[{code}]", *says):
        ok(text in told, f"{what}: told {text!r}, found {told!r}")


# ---- parallel droop sources: one blocks at light load, both share at full load -----------------------------------------------

V_A, V_B, R_A, R_B = 50.0, 49.2, 1.0 * 49.0 / 5500, 1.0 * 48.2 / 5500  # no load; droop is 1 V up to P_rated at full-load voltage


def shelves(watts):
    psu = ('<psu id="{}" P_rated="5.5 kW" V_no_load="{} V" V_full_load="{} V" loss_a="0.006" loss_c="0.012" V_in_min="180 V" '
           'V_in_max="305 V"/>')
    return ('<grid id="g" voltage="400 V" short_circuit_power="100 MVA"/>'
            + psu.format("a", V_A, V_A - 1) + psu.format("b", V_B, V_B - 1)
            + f'<power-load id="l" P="{watts} W" V_nominal="50 V"/>'
            + join(("g.out", "a.in"), ("g.out", "b.in"), ("a.out", "l.in"), ("b.out", "l.in")))


def on_line(E, R, P):
    return (E + math.sqrt(E * E - 4 * R * P)) / 2


status, got, _ = solve(shelves(2000))
alone = on_line(V_A, R_A, 2000)
ok(alone > V_B, "the second source is below the bus")
equal("blocking: exit", status, 0)
near("blocking: bus voltage", got["l.v"], alone, rel=1e-6)
near("blocking: current of the source below the bus", got["b.i_out"], 0.0, within=1e-5 * 5500 / 48.2)
near("blocking: what it draws is its no-load loss", got["b.p_in"], 33.0, within=0.1)

status, got, _ = solve(shelves(6000))
G = 1 / R_A + 1 / R_B
both = on_line((V_A / R_A + V_B / R_B) / G, 1 / G, 6000)
equal("sharing: exit", status, 0)
near("sharing: bus voltage", got["l.v"], both, rel=1e-6)
near("sharing: first current", got["a.i_out"], (V_A - both) / R_A, rel=1e-5)
near("sharing: second current", got["b.i_out"], (V_B - both) / R_B, rel=1e-5)

# ---- parallel pumps, one stands still: its check valve holds -----------------------------------------------------------------

K_V, CRACK, LEAK = 10.0, 1000.0, 1e-4  # m3/h at 1 bar; Pa; share of Kv that leaks at 1 bar


def pumps(second):
    pump = ('<pump id="{0}" dp0="250 kPa" dp2="-3.75e10 Pa/(m3/s)2" speed="{1}" fed-by="grid" G_axial="1e-6 W/K">'
            '<efficiency x-unit="L/min" y-unit="1" rule="linear" beyond="hold" points="0 0.5; 155 0.5"/></pump>')
    valve = f'<check-valve id="{{0}}" Kv="{K_V}" dp_crack="{CRACK} Pa" leakage="{LEAK}"/>'
    links = [("suction.a", "one.a"), ("suction.a", "two.a"), ("system.b", "discharge.a")]
    for pump_id, valve_id in (("one", "hold-1"), ("two", "hold-2")):
        links += [(f"{pump_id}.b", f"{valve_id}.a"), (f"{valve_id}.b", "system.a")]
    return ('<medium id="liquid" density="1000 kg/m3" viscosity="1 mPa s" cp="4186 J/(kg K)" conductivity="0.6 W/(m K)" '
            'source="round" quality="analysis"/><grid id="grid" voltage="400 V" short_circuit_power="1 GVA"/>'
            '<pressure-boundary id="suction" p="200 kPa" T="25 degC" medium="liquid"/>'
            + pump.format("one", 1) + pump.format("two", second) + valve.format("hold-1") + valve.format("hold-2")
            + '<flow-resistance id="system" dp_rated="180 kPa" flow_rated="80 L/min" exponent="2"/>'
            '<pressure-boundary id="discharge" p="220 kPa" T="25 degC"/>' + join(*links))


# 250 kPa - a Q^2 = dp_crack + (Q / Kv)^2 + 20 kPa + s (Q - leak)^2; the leakage is linear in the difference over the valve
a, s, valve = 3.75e10, 180e3 / (80 / 60e3) ** 2, 1e5 / (K_V / 3600) ** 2
per_pascal = LEAK * K_V / 3600 / 1e5
leak = 0.0
for _ in range(50):
    lo, hi = 0.0, 0.01
    for _ in range(200):
        Q = (lo + hi) / 2
        lo, hi = (Q, hi) if 250e3 - a * Q * Q > CRACK + valve * Q * Q + 20e3 + s * (Q - leak) ** 2 else (lo, Q)
    leak = per_pascal * (20e3 + s * (Q - leak) ** 2)
status, got, _ = solve(pumps(0))
equal("standing pump: exit", status, 0)
near("standing pump: flow of the other", got["one.flow"], Q, rel=1e-4)
near("standing pump: only the seat leaks, backwards", got["two.flow"], -leak, rel=0.02)
near("standing pump: takes no power", got.get("two.power"), 0.0, within=1e-3)
ok(Q * 6e4 < 77.25003, "one pump behind a valve gives less than one pump without")
status, got, _ = solve(pumps(1))
near("both run: they share", got["one.flow"], got["two.flow"], rel=1e-9)
ok(60e3 * 2 * got["one.flow"] < 86.51443, "two pumps behind valves give less than two without (86.51 L/min)")

# ---- flow backwards and none -------------------------------------------------------------------------------------------------


def pipe(p_in, p_out, ends="1e-6 W/K"):
    return ('<ambient temperature="20 degC"/>'
            f'<pressure-boundary id="in" p="{p_in} kPa" T="20 degC" medium="water" G_axial="{ends}"/>'
            f'<valve id="valve" Kv="2" characteristic="linear" G_axial="{ends}"/>'
            f'<pressure-boundary id="out" p="{p_out} kPa" T="50 degC" G_axial="{ends}"/>'
            + join(("in.a", "valve.a"), ("valve.b", "out.a")))


def by_kv(bar, rho):
    return 2 / 3600 * math.sqrt(bar * 999.1026 / rho)  # SG is relative to water at 15 degC, IEC 60534-1


RHO_20, RHO_50 = 998.2, 988.03  # IAPWS, 1 bar
_, ahead, _ = solve(pipe(250, 200))
_, back, _ = solve(pipe(200, 250))
_, still, told = solve(pipe(220, 220, "0.05 W/K"))
near("ahead: flow by Kv", ahead["valve.m_dot"] / RHO_20, by_kv(0.5, (RHO_20 + RHO_20) / 2), rel=5e-3)
near("backwards: flow by Kv", back["valve.m_dot"] / RHO_50, -by_kv(0.5, RHO_50), rel=5e-3)
near("ahead: as warm as where it comes from, and throttled", ahead["valve.T_out"], 20.0 + 50e3 / (RHO_20 * 4184), within=1e-4)
near("backwards: likewise", back["valve.T_out"], 50.0 + 50e3 / (RHO_50 * 4181), within=2e-4)
near("no pressure difference: no flow", still.get("valve.m_dot"), 0.0, within=1e-9)
ok(not told, f"no flow: nothing to tell, {told}")
refused("heat into coolant that stands still", '<flow-boundary id="in" flow="0 L/min" T="30 degC" medium="water"/>'
        '<plate-channel id="plate" R0="0.006 K/W" A="0.016 K/W" dp_ref="9.5 kPa"/>'
        '<pressure-boundary id="out" p="200 kPa" T="30 degC"/><heat-source id="h" P="1 kW"/>'
        + join(("in.a", "plate.a"), ("plate.b", "out.a"), ("h.heat", "plate.plate")), "RT0705", "flow of 0 kg/s")

# ---- a dead feed -------------------------------------------------------------------------------------------------------------

dead = shelves(2000).replace('voltage="400 V" short', 'voltage="400 V" state="off" short')
status, got, told = solve(dead)
for name in ("a.p_in", "b.p_in", "a.i_out", "l.v", "l.P"):
    near(f"dead feed: {name}", got.get(name), 0.0, within=1e-6)
ok(status in (0, 1), f"dead feed: solved, exit {status}, {told}")

# ---- the nose: E^2 / 4R ------------------------------------------------------------------------------------------------------

E, R = 54.0, 1.2e-3
NOSE = E * E / 4 / R


def fed(P):
    return (f'<voltage-source id="s" voltage="{E} V" R="{R} ohm"/><power-load id="l" P="{P!r} W" V_nominal="54 V" v_min="20 V"/>'
            + join(("s.out", "l.in")))


for share in (0.3, 0.9, 0.999):
    status, got, _ = solve(fed(share * NOSE))
    equal(f"{share} of the nose: exit", status, 0)
    near(f"{share} of the nose: upper branch", got["l.v"], on_line(E, R, share * NOSE), rel=1e-6)
refused("past the nose", fed(1.002 * NOSE), "RT0702", "l")

# ---- leakage that runs away --------------------------------------------------------------------------------------------------

TDP, SHARE, GROWTH, T_REF, T_COLD = 1000.0, 0.15, 0.03, 85.0, 40.0


def demand(T):
    return TDP + SHARE * TDP * (math.exp(GROWTH * (T - T_REF)) - 1)


def slack(R_th):
    """Largest T - T_cold - R P(T): where the leakage grows by 1 W per W carried off; negative: no steady temperature."""
    T = T_REF + math.log(1 / (R_th * SHARE * TDP * GROWTH)) / GROWTH
    return T - T_COLD - R_th * demand(T), T


lo, hi = 0.02, 0.2
for _ in range(200):
    R_th = (lo + hi) / 2
    lo, hi = (R_th, hi) if slack(R_th)[0] > 0 else (lo, R_th)
CRITICAL = lo


def chip(R_th):
    return (f'<voltage-source id="s" voltage="0.8 V" R="1 uohm"/><chip id="gpu" kind="gpu" TDP="{TDP} W" P_idle="150 W" '
            f'leakage_share="{SHARE}" leakage_exponent="{GROWTH} 1/K" T_leak_ref="{T_REF} degC" V_nominal="0.8 V"/>'
            f'<thermal-resistance id="plate" R="{R_th!r} K/W"/><fixed-temperature id="cold" T="{T_COLD} degC"/>'
            + join(("s.out", "gpu.power"), ("gpu.heat", "plate.a"), ("plate.b", "cold.heat")))


for share in (0.5, 0.9, 0.995):
    lo, hi = T_COLD, slack(share * CRITICAL)[1]
    for _ in range(200):
        T = (lo + hi) / 2
        lo, hi = (T, hi) if T - T_COLD < share * CRITICAL * demand(T) else (lo, T)
    status, got, _ = solve(chip(share * CRITICAL))
    equal(f"{share} of the critical resistance: exit", status, 0)
    near(f"{share} of the critical resistance: lower branch", got["gpu.T_junction"], T, within=1e-4)
refused("above the critical resistance", chip(1.005 * CRITICAL), "RT0709", "gpu")

# ---- a bar: resistivity and geometry, past its limit, past any limit ---------------------------------------------------------

RHO, ALPHA, LENGTH, AREA, FILM = 1.7241e-8, 0.00393, 2.0, 0.08 * 0.01, 10 * 2 * 0.09 * 2.0
R20 = RHO * LENGTH / AREA
RUNAWAY = math.sqrt(FILM / (ALPHA * R20))


def bar(amperes, limit=""):
    return ('<ambient temperature="40 degC"/><current-source id="source" current="{!r} A"/><busbar-segment id="bar" length="2 m" '
            'width="80 mm" thickness="10 mm" conductors="1" film="10 W/(m2 K)" {}/><ground id="earth"/>'.format(amperes, limit)
            + join(("source.out", "bar.a"), ("bar.b", "earth.in")))


def rise(amperes):
    return amperes ** 2 * R20 * (1 + ALPHA * 20) / FILM / (1 - ALPHA * amperes ** 2 * R20 / FILM)


status, got, _ = solve(bar(200.0))
near("bar: loss by resistivity and geometry at 20 degC and 7.9 %", got["bar.loss"], 200 ** 2 * R20 * (1 + ALPHA * 20), rel=0.01)
status, got, told = solve(bar(2000.0, 'T_max="90 degC"'))
equal("bar past its limit: exit", status, 1)
near("bar past its limit: its temperature all the same", got["bar.T"], 40 + rise(2000), within=1e-3)
status, got, _ = solve(bar(2000.0, 'T_max="105 degC"'))
equal("bar below its limit: exit", status, 0)
ok(RUNAWAY > 4000, "the runaway current is far above")
refused("bar past any limit", bar(1.02 * RUNAWAY), "RT0703", "bar: T")

# ---- resistances so small that the rounding of a voltage is a current of its own ---------------------------------------------

CHAINS = ('<resistor id="x" R="{R!r} ohm"/>', '<contact id="x" alpha="0 1/K" R="{R!r} ohm"/>', '<inductor id="x" L="1 uH" R="{R!r} ohm"/>')
for volts, watts in ((50.0, 10e3), (50.0, 10.0), (800.0, 400e3)):
    for R in (1e-9, 1e-8, 1e-6, 1e-3):
        head = f'<voltage-source id="s" voltage="{volts} V" R="{R!r} ohm"/><power-load id="l" P="{watts} W" V_nominal="{volts} V"/>'
        what, (status, got, told) = f"{watts:g} W at {volts:g} V behind {R:g} ohm", solve(head + join(("s.out", "l.in")))
        at = on_line(volts, R, watts)
        equal(f"{what}: exit", status, 0)
        near(f"{what}: voltage", got.get("l.v"), at, rel=1e-11)
        near(f"{what}: current", got.get("s.i"), watts / at, rel=1e-9)
    for part in CHAINS:
        for R in (1e-9, 1e-8, 1e-6):
            head = f'<voltage-source id="s" voltage="{volts} V"/><power-load id="l" P="{watts} W" V_nominal="{volts} V"/>'
            what, (status, got, told) = (f"{watts:g} W at {volts:g} V over {part.format(R=R)}",
                                         solve(head + part.format(R=R) + join(("s.out", "x.a"), ("x.b", "l.in"))))
            if status == 4:  # the current of the part is not known to 1e-6: that is said, and no figure is given
                ok("[RT0707]" in told and watts < 100 and R < 1e-7, f"{what}: {told}")
                continue
            equal(f"{what}: exit", status, 0)
            near(f"{what}: voltage", got.get("l.v"), on_line(volts, 1e-6 + R, watts), rel=1e-11)
            near(f"{what}: current", got.get("s.i"), watts / on_line(volts, 1e-6 + R, watts), rel=1e-6)
finish()
