"""A UPS and its battery against closed forms written again here: autonomy, window, transfer, walk-in, recharge, empty."""
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve, table

A, B, C, RATED, LOAD = 0.0062, 0.0050, 0.0225, 200e3, 120e3
MODEL = '''<racktwin xmlns="urn:racktwin:1" version="1">
  <grid id="utility" voltage="415 V" short_circuit_power="1000 GVA"/>
  <ups id="u" S_rated="200 kVA" V_nominal="415 V" loss_a="{A}" loss_b="{B}" loss_c="{C}" {figures}/>
  <ac-load id="load" power="120 kW" voltage="415 V"/>
  <connect from="utility.out" to="u.in"/><connect from="u.out" to="load.in"/>
  <scenario id="s" duration="{duration} s">{events}</scenario></racktwin>'''
OFF, ON = '<event at="{} s" set="utility.state" value="off"/>', '<event at="{} s" set="utility.state" value="on"/>'
BATTERY = 'autonomy="60 s" t_return="5 s" t_walk_in="10 s"'


def write(name, figures, events="", duration=1.0):
    file = pathlib.Path(name) / "model.xml"
    file.write_text(MODEL.format(A=A, B=B, C=C, figures=figures, events=events, duration=duration))
    return file


def steady(figures, *options):
    with folder() as name:
        document = solve(write(name, figures), *options)
        said = call("solve", write(name, figures), *options).stderr
    ok(document["audit"]["energy"] < 1e-9, f"energy closes: {document['audit']['energy']}")
    for rung in document["ladder"]:
        ok(rung["output_W"] > -1e-9 * LOAD and (rung["efficiency"] or 0) <= 1 + 1e-12, f"{options}: no stage gives less than nothing or more than it gets: {rung}")
        near(f"{options}: {rung['stage']}: in - out", rung["input_W"] - rung["output_W"], rung["loss_W"] + rung["stored_W"], within=1e-6)
    return parts_by_path(document)["u"]["quantities"], said


def run(figures, events, duration, every):
    """Columns of series.csv, (time, what, cause) of what the UPS tells."""
    with folder() as name:
        result = call("run", write(name, figures, events, duration), "-s", "s", "-q", "--rtol", "1e-8", "--every", every, "-o",
                      f"{name}/out", "--select", "u.*")
        if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        out = pathlib.Path(name) / "out"
        rows, told = table((out / "series.csv").read_text()), table((out / "events.csv").read_text())
        energy = json.loads((out / "run.json").read_text())["run"]["energy"]
    ok(energy["imbalance"] <= 1e-7, f"energy of the run closes within 10 times rtol: {energy['imbalance']}")
    series = {key.split(" ")[0].split(".")[-1]: [float(r[key]) for r in rows] for key in rows[0]}
    told = [e for e in told if e["path"] == "u" and e["what"].startswith("state:")]
    return series, [(float(e["time [s]"]), e["what"], e["cause"]) for e in told]


def loss(P):
    x = P / RATED
    return RATED * (A + B * x + C * x * x)


def words(told):
    return [what.removeprefix("state: ") for _, what, _ in told]


# ---- a steady state: the battery changes nothing while it is full ----------------------------------------------------
bare, _ = steady("")
full, said = steady(BATTERY)
equal("full battery: nothing to say", said.count("RT"), 0)
for key, value in bare.items():
    if key not in ("soc", "energy"):
        near(f"full battery beside none: {key}", full[key], value, rel=1e-12, within=1e-9)
P_out = full["p_out"]
P0, E_FULL = P_out + loss(P_out), 60 * (RATED + loss(RATED))
near("it gives the load its power", P_out, LOAD, rel=1e-6)
near("energy when full: autonomy at rated power with the loss there", full["energy"], E_FULL, rel=1e-12)
low, said = steady(BATTERY, "--set", "u.soc=30 %")
near("30 %: charged with 10 % of rated power", low["p_in"], P0 + 20e3, rel=1e-9)
near("30 %: of which 95 % are stored", low["rate"], 19e3, rel=1e-9)
near("30 %: the rest is heat", low["loss_conversion"], loss(P_out) + 1e3, rel=1e-6)
ok("not a lasting state" in said and "RT0713" in said, f"30 %: says that it does not last: {said!r}")
dead, said = steady(BATTERY, "--set", "utility.state=off")
near("without mains: what the battery gives", dead["rate"], -P0, rel=1e-6)
near("without mains: how long it lasts", dead["time_left"], E_FULL / P0, rel=1e-6)
near("without mains: the output stands", dead["v_out"], full["v_out"], rel=1e-9)
ok("not a lasting state" in said and "RT0713" in said, f"without mains: says that it does not last: {said!r}")
gone, _ = steady(BATTERY, "--set", "utility.state=off", "--set", "u.soc=0 %")
near("without mains and empty: no output", gone["p_out"], 0.0, within=1e-3)

# ---- autonomy, empty, restart ----------------------------------------------------------------------------------------
t_empty = 1.0 + E_FULL / P0
series, told = run(BATTERY, OFF.format(1) + ON.format(120), 140, "1 s")
equal("lost mains: states", words(told),
      ["on-line -> on-battery", "on-battery -> empty", "empty -> restarting", "restarting -> on-line"])
for (t, _, _), want in zip(told, (1.0, t_empty, 120.0, 125.0)):
    near("lost mains: when", t, want, rel=1e-5)
equal("lost mains: why the output is lost", told[1][2], "battery empty, input outside its window")
for t, v, p_in, p_out in zip(series["time"], series["v_out"], series["p_in"], series["p_out"]):
    if t < t_empty or t > 125:
        near(f"output voltage at {t} s", v, full["v_out"], rel=1e-6)
    elif t < 125:
        near(f"output power at {t} s", p_out, 0.0, within=1e-3)
    if 1.5 < t < 119:
        near(f"input power at {t} s", p_in, 0.0, within=1e-3)
k = series["time"].index(60.0)
near("energy after 59 s on battery", series["energy"][k], E_FULL - 59 * P0, rel=1e-6)

# ---- 20 s without mains: return, walk-in, recharge -------------------------------------------------------------------
# (the end of charge is a curve that the run adds up by trapezia over steps of some 20 s: h^2 / 12 tau^2 of 20 kW, 1e-5 of 140 kW)
series, told = run(BATTERY, OFF.format(1) + ON.format(21), 600, "0.5 s")
equal("mains back: states", words(told),
      ["on-line -> on-battery", "on-battery -> returning", "returning -> walk-in", "walk-in -> on-line"])
for (t, _, _), want in zip(told, (1.0, 21.0, 26.0, 36.0)):
    near("mains back: when", t, want, rel=1e-6)


def charge(E):
    """20 kW until 80 %, from there in proportion to what is missing (the corner is 5 % wide on either side)."""
    y = (1 - E / E_FULL) / 0.2
    return 20e3 * min(y, 1.0) if y < 0.95 or y > 1.05 else 20e3 * (y - (y - 1 + 0.05)**2 / 0.2)


E, t, h, charged = E_FULL - 25 * P0, 26.0, 1e-3, {}
while t < 600:
    s = min((t - 26) / 10, 1.0)
    E += h * (0.95 * s * charge(E) - (1 - min((t + h / 2 - 26) / 10, 1.0)) * P0)
    t += h
    charged[round(t, 3)] = E
for t, E, p_in in zip(series["time"], series["energy"], series["p_in"]):
    if t in charged:
        near(f"energy at {t} s", E, charged[t], rel=2e-5)
    if 26.5 <= t <= 35.5 or t > 37:
        s = min((t - 26) / 10, 1.0)
        near(f"input power at {t} s: a ramp, then load and charge", p_in, s * (P0 + charge(E)), rel=1e-4)
    elif 1.5 < t < 25.5:
        near(f"input power at {t} s", p_in, 0.0, within=1e-3)
ok(all(abs(v / full["v_out"] - 1) < 1e-6 for v in series["v_out"]), "mains lost and back: the output stands all the time")
# exponential end of charge: below 80 % missing, dE/dt = 0.95 20 kW (1 - E/E_full) / 0.2
a, b = series["time"].index(350.0), series["time"].index(550.0)
near("end of charge: time constant", (1 - series["soc"][b]) / (1 - series["soc"][a]),
     math.exp(-200 * 0.95 * 20e3 / (0.2 * E_FULL)), rel=1e-4)

# ---- the window: 85 to 110 %, back by 2 % within it ------------------------------------------------------------------
RAMP = '<event at="1 s" ramp="utility.voltage" to="{} V" over="10 s"/>' \
       '<event at="20 s" ramp="utility.voltage" to="415 V" over="10 s"/>'
for to, edge, back in ((207.5, 0.85, 0.87), (622.5, 1.10, 1.08)):
    _, told = run(BATTERY, RAMP.format(to), 60, "1 s")
    equal(f"ramp to {to} V: states", words(told)[:2], ["on-line -> on-battery", "on-battery -> returning"])
    near(f"ramp to {to} V: leaves the window", told[0][0], 1 + 10 * abs(edge - 1) / 0.5, rel=1e-5)
    near(f"ramp to {to} V: back in it", told[1][0], 20 + 10 * (0.5 - abs(back - 1)) / 0.5, rel=1e-5)
    near(f"ramp to {to} V: walk-in", told[2][0], told[1][0] + 5, rel=1e-6)
_, told = run(BATTERY, '<event at="1 s" set="utility.voltage" factor="0.86"/>', 5, "1 s")
equal("86 % of the voltage: still on-line", told, [])
_, told = run("", '<event at="1 s" set="utility.voltage" factor="0.84"/>', 5, "1 s")
equal("without a battery it tells nothing", told, [])

# ---- eco mode: the output is the input until the inverter has it -----------------------------------------------------
series, told = run(BATTERY + ' mode="eco" t_transfer="8 ms"', OFF.format(0.0101) + ON.format(0.5), 16, "1 ms")
equal("eco: states", words(told), ["eco -> transfer", "transfer -> on-battery", "on-battery -> returning", "returning -> walk-in",
                                   "walk-in -> eco"])
for (t, _, _), want in zip(told, (0.0101, 0.0181, 0.5, 5.5, 15.5)):
    near("eco: when", t, want, rel=1e-5)
for t, v, p_in in zip(series["time"][:30], series["v_out"], series["p_in"]):
    if t < 0.0101 or t > 0.0181:
        near(f"eco: output at {t} s", v, 415.0, rel=2e-2)
    else:
        near(f"eco: no output at {t} s", v, 0.0, within=1e-3)
eco, _ = steady(BATTERY + ' mode="eco"')
none, _ = steady('mode="eco"')
for key, value in none.items():
    if key not in ("soc", "energy"):
        near(f"eco, full battery beside none: {key}", eco[key], value, rel=1e-12, within=1e-9)

# ---- mode by hand: off, and on again without mains -------------------------------------------------------------------
HAND = '<event at="{} s" set="u.mode" value="{}"/>'
hands = HAND.format(1, "off") + OFF.format(2) + HAND.format(3, "double-conversion") + HAND.format(4, "bypass")
_, told = run(BATTERY, hands, 5, "1 s")
equal("mode by hand", words(told), ["on-line -> off", "off -> on-battery", "on-battery -> bypass"])

# ---- the inverter fails: the static bypass carries the output at the loss of eco mode, and gives it back ------------------------------
SET = '<event at="{} s" set="{}" value="{}"/>'
FAILED, MENDED = SET.format(1, "u.inverter", "failed"), SET.format(10, "u.inverter", "on")
series, told = run(BATTERY, FAILED + MENDED, 20, "0.5 s")
equal("inverter failed: states", words(told), ["on-line -> static-bypass", "static-bypass -> on-line"])
for (t, _, _), want in zip(told, (1.0, 15.0)):
    near("inverter failed: when", t, want, rel=1e-6)
equal("inverter failed: why", told[0][2], "inverter failed or overloaded, bypass takes over")
for t, v, p_in in zip(series["time"], series["v_out"], series["p_in"]):
    if t not in (1.0, 10.0, 15.0):
        near(f"inverter failed: input power at {t} s", p_in, eco["p_in"] if 1 < t < 15 else full["p_in"], rel=1e-8)  # nine digits
        near(f"inverter failed: output at {t} s", v, 415.0, rel=2e-2)
lasting, _ = steady(BATTERY + ' inverter="failed"')
near("inverter failed: its steady state", lasting["p_in"], eco["p_in"], rel=1e-9)
Z_BASE, I = 415**2 / 200e3, LOAD / (math.sqrt(3) * lasting["v_out"])
near("inverter failed: loss of the path, and the standby loss", lasting["p_in"] - lasting["p_out"], 3 * I**2 * 0.004 * Z_BASE + 0.004 * RATED, rel=1e-3)
series, told = run(BATTERY + ' t_bypass="4 ms"', FAILED.replace('"1 s"', '"0.0101 s"'), 0.03, "1 ms")
equal("not synchronised: states", words(told), ["on-line -> to-bypass", "to-bypass -> static-bypass"])
near("not synchronised: the interruption", told[1][0] - told[0][0], 0.004, rel=1e-6)
for t, v in zip(series["time"], series["v_out"]):
    near(f"not synchronised: output at {t} s", v, 0.0 if 0.0101 < t < 0.0141 else 415.0, rel=2e-2, within=1e-3)

# ---- the bypass has a window of its own: 90 to 110 % -----------------------------------------------------------------------------------------
SAG, BACK = '<event at="{} s" set="utility.voltage" factor="0.88"/>', '<event at="{} s" set="utility.voltage" value="415 V"/>'
_, told = run(BATTERY, FAILED + SAG.format(3) + BACK.format(7), 20, "1 s")
equal("failed, and 88 % of the voltage: states", words(told), ["on-line -> static-bypass", "static-bypass -> lost", "lost -> static-bypass"])
for (t, _, _), want in zip(told, (1.0, 3.0, 7.0)):
    near("failed, and 88 % of the voltage: when", t, want, rel=1e-6)
_, told = run(BATTERY, OFF.format(0.5) + FAILED, 5, "1 s")
equal("on battery when it fails: no bypass", words(told), ["on-line -> on-battery", "on-battery -> lost"])
with folder() as name:
    lost = parts_by_path(solve(write(name, BATTERY + ' inverter="failed"'), "--set", "utility.voltage=365 V"))["u"]
near("failed, and 88 % of the voltage for good: no output", lost["quantities"]["p_out"], 0.0, within=1e-3)
equal("failed, and 88 % of the voltage for good: state", lost["state"], "lost")

# ---- eco mode goes to double conversion where the rectifier still can, and back after t_return -----------------------------------------------
series, told = run(BATTERY + ' mode="eco" t_transfer="4 ms"', SAG.format(1) + BACK.format(10), 30, "1 s")
equal("eco at 88 %: states", words(told), ["eco -> transfer", "transfer -> on-line", "on-line -> eco"])
for (t, _, _), want in zip(told, (1.0, 1.004, 15.0)):
    near("eco at 88 %: when", t, want, rel=1e-6)
near("eco at 88 %: input power of double conversion", series["p_in"][5], LOAD + loss(LOAD), rel=1e-6)
near("eco at 88 %: nothing from the battery", series["soc"][-1], 1.0, within=1e-12)
still, _ = steady(BATTERY + ' mode="eco"', "--set", "utility.voltage=365 V")
near("eco at 88 % for good: double conversion", still["p_in"], LOAD + loss(LOAD), rel=1e-6)

# ---- overload: 110 % for good, above for t_long, above 125 % for t_short, 150 % not at all; back below 95 % ---------------------------------
OVER = BATTERY + ' t_long="100 s" t_short="10 s" load_max="2"'
POWER = '<event at="{} s" set="load.power" value="{} kW"/>'
for power, when in ((215, None), (230, 101.0), (270, 11.0), (310, 1.0)):
    _, told = run(OVER, POWER.format(1, power) + POWER.format(150, 198) + POWER.format(160, 180), 200, "10 s")
    equal(f"{power} kW: states", words(told), ["on-line -> static-bypass", "static-bypass -> on-line"] if when else [])
    for (t, _, _), want in zip(told, (when, 165.0)):
        near(f"{power} kW: when", t, want, rel=1e-6)
_, told = run(OVER, POWER.format(1, 230) + POWER.format(90, 180) + POWER.format(95, 230), 150, "10 s")
equal("twice 90 s above 110 %: nothing", told, [])
_, told = run(OVER.replace('autonomy="60 s"', 'autonomy="1 h"'), OFF.format(0.5) + POWER.format(1, 230), 150, "10 s")
equal("overload on battery: no bypass to go to", words(told), ["on-line -> on-battery", "on-battery -> lost"])
near("overload on battery: when", told[1][0], 101.0, rel=1e-6)
with folder() as name:
    document = solve(write(name, OVER), "--set", "load.power=230 kW")
equal("overload that lasts: state", parts_by_path(document)["u"]["state"], "static-bypass")
with folder() as name:
    document = solve(write(name, BATTERY + ' mode="eco"'), "--set", "utility.state=off")
equal("eco without mains: state", parts_by_path(document)["u"]["state"], "on-battery")
finish()
