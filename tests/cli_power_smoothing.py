"""Power smoothing against closed forms and an integration of its law written again here."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, inside, near, ok, parts_by_path, solve, table

HEAD = ('<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">'
        '<xi:include href="parts/storage.xml"/>')
BODY = '''<voltage-source id="feed" voltage="50 V" R="20 uohm"/><power-smoother id="s" {figures}/>
  <power-load id="load" P="{P0} W" V_nominal="50 V"/>
  <connect from="feed.out" to="s.in"/><connect from="s.out" to="load.in"/>
  <scenario id="step" duration="{duration} s"><event at="1 s" set="load.P" value="{P1} W"/></scenario>'''
OWN = ('capacity="200 kJ" P_rated="100 kW" ramp_up="10 kW/s" ramp_down="5 kW/s" tau_restore="20 s" P_restore="8 kW" '
       'V_nominal="50 V" tau="10 ms"')


def write(name, P0, P1, duration, figures=OWN):
    file = pathlib.Path(name) / "model.xml"
    file.write_text(HEAD + BODY.format(figures=figures, P0=P0, P1=P1, duration=duration) + "</racktwin>")
    return file


def run(P0, P1, duration, figures=OWN, every="0.05 s", rtol="1e-8"):
    """Columns of the smoother, and the exit code."""
    with folder() as name:
        result = call("run", write(name, P0, P1, duration, figures), "-s", "step", "-q", "--rtol", rtol, "--every", every, "-o",
                      f"{name}/out", "--select", "s.*")
        if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
    return {key.split(" ")[0].split(".")[-1]: [float(r[key]) for r in rows] for key in rows[0]}, result.returncode


def at(columns, t):
    k = min(range(len(columns["time"])), key=lambda n: abs(columns["time"][n] - t))
    return {key: values[k] for key, values in columns.items()}


# ---- steady state: it takes what the load takes and its standby; what does not last is said -------------------
with folder() as name:
    lossy = OWN + ' loss_a="0.001" loss_b="0.02"'
    document = solve(write(name, 60e3, 60e3, 2, lossy))
    q = parts_by_path(document)["s"]["quantities"]
    standby = 0.001 * 100e3 / (1 - 0.02)  # its own loss passes through the store's converter: p = a P + b p
    near("steady: power taken", q["P_in"], 60e3 + standby, rel=1e-9)
    near("steady: rate of the store", q["rate"], 0.0, within=1e-6)
    ok(document["audit"]["energy"] < 1e-9, "steady: energy closes")
    equal("steady: nothing to say", call("solve", write(name, 60e3, 60e3, 2, lossy), "--json").stderr, "")
    off = call("solve", write(name, 60e3, 60e3, 2, OWN + ' soc="30 %" soc_set="60 %"'), "--json")
    ok("RT0713" in off.stderr and "not a lasting state" in off.stderr, f"a store away from its set point says so: {off.stderr!r}")

# ---- a rise within the store: ramp, energy, return ------------------------------------------------------------
P0, P1, R, T, MOST, TAU, C = 40e3, 80e3, 10e3, 20.0, 8e3, 10e-3, 200e3
up, code = run(P0, P1, 60)
equal("rise: no limit broken", code, 0)
for t in (1.5, 2.0, 3.0, 4.0, 5.0):
    s = t - 1
    near(f"rise: power taken at {t} s", at(up, t)["P_in"], P0 + R * s, rel=2e-6)
    near(f"rise: stored energy at {t} s", at(up, t)["energy"], 0.5 * C - ((P1 - P0) * s - 0.5 * R * s * s), rel=2e-6)
lowest = 0.5 * C - (P1 - P0) ** 2 / (2 * R)
near("rise: lowest stored energy, dP^2 / 2 ramp below the set point", min(up["energy"]), lowest, rel=2e-6)


def law(P0, P1, t_end, h=2e-5):
    """tau dP/dt = limited(P1 + r(E) - P), dE/dt = P - P1 by the classical Runge-Kutta method."""
    def f(P, E):
        r = max(-MOST, min(MOST, (0.5 * C - E) / T))
        return max(-5e3, min(R, (P1 + r - P) / TAU)), P - P1
    P, E = P0, 0.5 * C
    for _ in range(round(t_end / h)):
        a = f(P, E)
        b = f(P + h / 2 * a[0], E + h / 2 * a[1])
        c = f(P + h / 2 * b[0], E + h / 2 * b[1])
        d = f(P + h * c[0], E + h * c[1])
        P += h / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0])
        E += h / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1])
    return P, E


for t in (6.0, 12.0):
    P, E = law(P0, P1, t - 1)
    near(f"return: power taken at {t} s", at(up, t)["P_in"], P, rel=1e-4)
    near(f"return: stored energy at {t} s", at(up, t)["energy"], E, rel=1e-4)
late = [at(up, t)["energy"] - 0.5 * C for t in (40.0, 60.0)]
near("return: exponential with tau_restore once below P_restore", late[1] / late[0], math.exp(-20 / (T - TAU)), rel=2e-3)
ok(all(abs(b - a) <= R * 0.05 * (1 + 1e-6) for a, b in zip(up["P_in"], up["P_in"][1:])), "rise: never above the ramp")
ok(max(up["missed"]) < 1e-12, "rise: nothing missed")

# ---- a fall: the slower ramp downwards, burn when the store is full -------------------------------------------
fall = OWN.replace("200 kJ", "120 kJ") + ' P_burn="40 kW"'
down, code = run(60e3, 20e3, 12, fall)
equal("fall: no limit broken", code, 0)
for t in (1.5, 3.0, 6.0, 8.0):
    near(f"fall: power taken at {t} s", at(down, t)["P_in"], 60e3 - 5e3 * (t - 1), rel=2e-5)
step = down["time"][1] - down["time"][0]
burnt = step * (sum(down["loss_burn"]) - 0.5 * (down["loss_burn"][0] + down["loss_burn"][-1]))
full = max(down["energy"])
inside("fall: the store is full within its last 2 %", full, 0.98 * 120e3, 120e3)
near("fall: what is burnt is the triangle above what the store took", burnt, 40e3**2 / (2 * 5e3) - (full - 60e3), rel=3e-3)
ok(min(down["loss_burn"]) >= 0, "fall: no burn below nothing")

# ---- a store too small: missed, and said; a source never gets power back --------------------------------------
small, code = run(40e3, 80e3, 12, OWN.replace("200 kJ", "60 kJ"))
equal("small store: a limit is broken", code, 1)
ok(max(small["missed"]) > 0.02, "small store: the miss is told")
ok(min(small["energy"]) >= 0, "small store: never below empty")
used_up = 1 + (40e3 - math.sqrt(40e3**2 - 2 * 10e3 * (30e3 - 0.02 * 60e3))) / 10e3  # the ramp has taken all but the last 2 %
near("small store: held until the last 2 %", at(small, used_up - 0.05)["missed"], 0.0, within=1e-9)
ok(at(small, used_up - 0.05)["P_in"] < 50e3, "small store: until then the ramp is held")
ok(at(small, used_up + 0.2)["P_in"] > 79e3, "small store: then the source carries the load")
weak, code = run(40e3, 80e3, 3, OWN.replace('P_rated="100 kW"', 'P_rated="20 kW"'), every="2 ms")
equal("weak store: a limit is broken", code, 1)
near("weak store: the source carries what the store cannot", at(weak, 1.004)["P_in"], 60e3, rel=1e-3)
near("weak store: from there on it goes on with the ramp", at(weak, 2.5)["P_in"] - at(weak, 1.5)["P_in"], 10e3, rel=1e-4)
gone, code = run(30e3, 0, 60, OWN.replace("200 kJ", "300 kJ"))
ok(min(gone["P_in"]) > -1.0, f"no power goes back: {min(gone['P_in'])}")

# ---- energy in = energy out + change of the store + losses, over a run with losses ----------------------------
lossy, _ = run(40e3, 80e3, 30, OWN + ' loss_a="0.001" loss_b="0.02" loss_c="0.01"')
step = lossy["time"][1] - lossy["time"][0]
total = {key: step * (sum(lossy[key]) - 0.5 * (lossy[key][0] + lossy[key][-1])) for key in ("P_in", "P_out", "loss_store")}
jump = 0.5 * step * 40e3  # the trapezoid across the load's step at 1 s, which the sample at 1 s holds before it
near("energies of a run", total["P_in"] - total["P_out"] - total["loss_store"] - jump,
     lossy["energy"][-1] - lossy["energy"][0], within=150.0)
x = abs(at(lossy, 2.0)["P_store"]) / 100e3
near("loss by its law", at(lossy, 2.0)["loss_store"], 100e3 * (0.001 + 0.02 * x + 0.01 * x * x), rel=1e-9)

# ---- the catalogue's rack: 65 J per GPU, a swing of 40 kW -----------------------------------------------------
rack, code = run(90e3, 130e3, 2, 'part="smoother-gb300-rack"', every="2 ms")
equal("GB300: a swing of 40 kW is held", code, 0)
near("GB300: 65 J for each of 72 GPUs", rack["energy"][0] / rack["soc"][0], 65 * 72, rel=1e-9)
inside("GB300: energy of the swing, dP^2 / 2 ramp and the loss", rack["energy"][0] - min(rack["energy"]), 40e3**2 / 1e6,
       40e3**2 / 1e6 * 1.1)
finish()
