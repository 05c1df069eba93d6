"""The same DC ladder in ngspice: source, bars with inductance, bulk capacitors with series resistance, currents and constant
power that step. Every voltage agrees within 1 mV."""
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, finish, folder, inside, ok, table

if not shutil.which("ngspice"):
    print("SKIPPED: the DC ladder beside ngspice (no ngspice: scripts/setup.sh --tests installs it)")
    sys.exit(77)

MV = 1e-3
T_STEP, END, EVERY = 1.005e-3, 6e-3, 1e-5  # between two samples: at it the voltage jumps
# of each stage: resistance and inductance of the bar to it (ohm, H), capacitor and its series resistance (F, ohm), load before
# and after the step (A, or W where `power`)
STAGES = [dict(R=0.5e-3, L=0.2e-6, C=5e-3, ESR=1e-3, before=20.0, after=20.0, power=False),
          dict(R=0.8e-3, L=0.3e-6, C=3e-3, ESR=0.5e-3, before=2e3, after=8e3, power=True),
          dict(R=0.8e-3, L=0.3e-6, C=3e-3, ESR=2e-3, before=40.0, after=160.0, power=False),
          dict(R=1.2e-3, L=0.5e-6, C=8e-3, ESR=1e-3, before=1e3, after=6e3, power=True),
          dict(R=0.6e-3, L=0.2e-6, C=2e-3, ESR=0.8e-3, before=100.0, after=10.0, power=False)]


def model():
    lines = ['<racktwin xmlns="urn:racktwin:1" version="1"><voltage-source id="s" voltage="54 V" R="1 mohm"/><ground id="e"/>']
    events, at = [], "s.out"
    for k, g in enumerate(STAGES, 1):
        load = (f'<power-load id="n{k}" P="{g["before"]} W" V_nominal="54 V"/>' if g["power"]
                else f'<current-load id="n{k}" I="{g["before"]} A"/>')
        lines += [f'<inductor id="l{k}" L="{g["L"]} H" R="{g["R"]} ohm"/>',
                  f'<capacitor id="c{k}" C="{g["C"]} F" ESR="{g["ESR"]} ohm"/>',
                  load, f'<connect from="{at}" to="l{k}.a"/><connect from="l{k}.b" to="n{k}.in"/>',
                  f'<connect from="n{k}.in" to="c{k}.a"/><connect from="c{k}.b" to="e.in"/>']
        what = f'n{k}.P" value="{g["after"]} W' if g["power"] else f'n{k}.I" value="{g["after"]} A'
        if g["after"] != g["before"]:
            events.append(f'<event at="{T_STEP} s" set="{what}"/>')
        at = f"n{k}.in"
    return "".join(lines) + f'<scenario id="step" duration="{END} s">{"".join(events)}</scenario></racktwin>'


def ours(name):
    file = pathlib.Path(name) / "model.xml"
    file.write_text(model())
    result = call("run", file, "-s", "step", "-q", "--rtol", "1e-8", "--every", f"{EVERY} s", "-o", f"{name}/out",
                  "--select", "n*.v")
    if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
        finish()
    rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
    times = [float(r["time [s]"]) for r in rows]
    return times, [[float(r[f"n{k}.v [V]"]) for r in rows] for k in range(1, len(STAGES) + 1)]


def theirs(name):
    """The step in 1 ns; steps of 0.2 us at most, ngspice's own tolerances tightened; its values at our times."""
    deck = ["DC ladder", "Vs s0 0 54", "Rs s0 s 1m"]
    at = "s"
    for k, g in enumerate(STAGES, 1):
        course = f'pwl(time, 0, {g["before"]}, {T_STEP}, {g["before"]}, {T_STEP + 1e-9}, {g["after"]}, 1, {g["after"]})'
        deck += [f'L{k} {at} m{k} {g["L"]}', f'R{k} m{k} n{k} {g["R"]}', f'C{k} n{k} q{k} {g["C"]}', f'Re{k} q{k} 0 {g["ESR"]}']
        deck.append(f"B{k} n{k} 0 I = {course}" + (f" / v(n{k})" if g["power"] else ""))
        at = f"n{k}"
    out = pathlib.Path(name) / "ngspice.txt"
    voltages = " ".join(f"v(n{k})" for k in range(1, len(STAGES) + 1))
    deck += [".options reltol=1e-7 abstol=1e-9 vntol=1e-10 chgtol=1e-18 method=gear", ".control", "set wr_singlescale",
             f"tran {EVERY} {END} 0 0.2u", "linearize", f"wrdata {out} {voltages}", "quit", ".endc", ".end"]
    (pathlib.Path(name) / "ladder.cir").write_text("\n".join(deck) + "\n")
    result = subprocess.run(["ngspice", "-b", "ladder.cir"], cwd=name, capture_output=True, text=True, timeout=120,
                            stdin=subprocess.DEVNULL)
    if not ok(out.exists(), f"ngspice ends with {result.returncode}: {result.stdout[-500:]}{result.stderr[-500:]}"):
        finish()
    rows = [[float(x) for x in line.split()] for line in out.read_text().splitlines()]
    return [r[0] for r in rows], [[r[k] for r in rows] for k in range(1, len(STAGES) + 1)]


with folder() as scratch:
    (t_ours, v_ours), (t_theirs, v_theirs) = ours(scratch), theirs(scratch)
place = {round(t / EVERY): i for i, t in enumerate(t_theirs)}
ok(len(place) >= END / EVERY, f"ngspice has a value at each of our times: {len(place)}")
for k, (a, b) in enumerate(zip(v_ours, v_theirs), 1):
    pairs = [(t, v, b[place[round(t / EVERY)]]) for t, v in zip(t_ours, a) if round(t / EVERY) in place]
    worst = max(pairs, key=lambda p: abs(p[1] - p[2]))
    ok(len(pairs) >= END / EVERY, f"n{k}: {len(pairs)} times are compared")
    inside(f"n{k}: largest difference, at {worst[0]} s, V", abs(worst[1] - worst[2]), 0.0, MV)
    inside(f"n{k}: it swings, V", max(a) - min(a), 0.3, 10.0)
    print(f"n{k}: within {1e3 * abs(worst[1] - worst[2]):.4f} mV of ngspice, swing {max(a) - min(a):.3f} V")
finish()
