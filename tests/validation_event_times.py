"""Closed forms in time, with their event times to 1e-5 relative, by both integrators: an RC ladder, a capacitor that feeds
constant power, a pump that coasts down. Each event is that of a part which watches a level."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, finish, folder, near, ok, table

TIME = 1e-5  # relative, of an event


def run(name, body, duration, every, select, method):
    """Columns of series.csv; the first time at which each part changed its state to a word."""
    with folder() as out:
        file = pathlib.Path(out) / "model.xml"
        file.write_text(f'<racktwin xmlns="urn:racktwin:1" version="1">{body}</racktwin>')
        result = call("run", file, "-s", "s", "-q", "--rtol", "1e-8", "--every", every, "-o", f"{out}/out", "--method", method,
                      "--select", select)
        if not ok(result.returncode in (0, 1), f"{name}, {method}: run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(out) / "out" / "series.csv").read_text())
        told = table((pathlib.Path(out) / "out" / "events.csv").read_text())
    first = {}
    for e in told:
        if e["what"].startswith("state: "):
            first.setdefault((e["path"], e["what"].split(" -> ")[1]), float(e["time [s]"]))
    return {key.split(" ")[0]: [float(r[key]) for r in rows] for key in rows[0]}, first


def root(f, lo, hi):
    for _ in range(200):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if (f(lo) > 0) == (f(middle) > 0) else (lo, middle)
    return lo


def watcher(k, node, volts):
    """A backup unit that never takes over: it tells when its bus has come down to the voltage."""
    return (f'<bbu id="w{k}" P_rated="1 kW" capacity="1 MJ" V_no_load="{volts - 1} V" V_full_load="{volts - 2} V" '
            f'V_trigger="{volts} V" V_return="{volts + 0.3} V" t_detect="9 s" t_takeover="10 s" loss_a="0"/>'
            f'<connect from="w{k}.out" to="{node}"/>')


# ---- uniform RC ladder of n stages, its source from 54 to 40 V: eigenvectors sin(j theta), rates (2 - 2 cos theta) / RC
N, R, C, V0, V1, AT = 6, 10e-3, 1.0, 54.0, 40.0, 0.05
THETA = [(2 * k - 1) * math.pi / (2 * N + 1) for k in range(1, N + 1)]
SHARE = [sum(math.sin(j * x) for j in range(1, N + 1)) / sum(math.sin(j * x) ** 2 for j in range(1, N + 1)) for x in THETA]


def ladder(j, t):
    return V1 + (V0 - V1) * sum(a * math.sin(j * x) * math.exp(-(2 - 2 * math.cos(x)) * t / (R * C))
                                for a, x in zip(SHARE, THETA))


near("ladder: closed form at t = 0", ladder(3, 0.0), V0, rel=1e-12)
body = f'<ground id="e"/><voltage-source id="s" voltage="{V0} V" R="{R} ohm"/><connect from="s.out" to="c1.a"/>'
for j in range(1, N + 1):
    body += f'<capacitor id="c{j}" C="{C} F"/><connect from="c{j}.b" to="e.in"/>' + watcher(j, f"c{j}.a", 48.5)
    if j > 1:
        body += f'<resistor id="r{j}" R="{R} ohm"/><connect from="c{j - 1}.a" to="r{j}.a"/><connect from="r{j}.b" to="c{j}.a"/>'
body += f'<scenario id="s" duration="1.5 s"><event at="{AT} s" set="s.voltage" value="{V1} V"/></scenario>'
for method in ("ida", "sdirk"):
    series, told = run("ladder", body, 1.5, "10 ms", "c*.v_C", method)
    for j in range(1, N + 1):
        want = root(lambda t: ladder(j, t) - 48.5, 0.0, 1.4)
        near(f"ladder, {method}: node {j} comes down to 48.5 V", told.get((f"w{j}", "pending"), -1.0) - AT, want, rel=TIME)
        worst = max(abs(v - ladder(j, max(t - AT, 0.0))) for t, v in zip(series["time"], series[f"c{j}.v_C"]))
        near(f"ladder, {method}: node {j}, largest error, V", worst, 0.0, within=2e-5)

# ---- a capacitor that feeds constant power: t = C (V0^2 - V1^2) / 2P (O-E9) ------------------------------------------
C, P, AT = 5.0, 10e3, 0.02
FULL = (54 + math.sqrt(54**2 - 4 * P * 1e-6)) / 2  # behind the 1 uohm of the source
for volts in (50.0, 46.0, 42.0):
    body = (f'<ground id="e"/><voltage-source id="s" voltage="54 V" R="1 uohm"/><capacitor id="c" C="{C} F"/>'
            f'<power-load id="l" P="{P} W" V_nominal="54 V"/><connect from="s.out" to="l.in"/>'
            '<connect from="c.a" to="l.in"/><connect from="c.b" to="e.in"/>'
            f'{watcher(1, "l.in", volts)}<scenario id="s" duration="0.36 s"><event at="{AT} s" set="s.state" value="off"/>'
            '</scenario>')
    for method in ("ida", "sdirk"):
        _, told = run("constant power", body, 0.36, "10 ms", "l.v", method)
        near(f"constant power, {method}: down to {volts} V", told.get(("w1", "pending"), -1.0) - AT,
             C * (FULL**2 - volts**2) / (2 * P), rel=TIME)

# ---- a pump that coasts down in a turbulent loop: tau dn/dt = -n (n + 0.05), head and drop in proportion to n^2 ------
TAU, B, AT = 2.0, 0.05, 0.5


def coast(n):
    """Time from full speed to n: n / (n + b) falls as exp(-b t / tau)."""
    return TAU / B * math.log((n + B) / (n * (1 + B)))


for n in (0.7, 0.5, 0.2):
    body = (f'<grid id="g" voltage="400 V" short_circuit_power="10 MVA"/><pump id="p" fed-by="g" medium="water" dp0="100 kPa" '
            f'dp2="-1e9 Pa/(m3/s)2" coast_time="{TAU} s"><efficiency x-unit="m3/s" y-unit="1" rule="linear" beyond="hold" '
            'points="0 0.6; 0.01 0.6"/></pump>'
            '<pressure-boundary id="i" p="300 kPa" T="25 degC"/><pressure-boundary id="o" p="300 kPa" T="25 degC"/>'
            '<flow-resistance id="loop" dp_rated="60 kPa" flow_rated="200 L/min" exponent="2"/>'
            '<pressure-difference-sensor id="dp"/>'
            '<connect from="i.a" to="p.a"/><connect from="p.b" to="loop.a"/><connect from="loop.b" to="o.a"/>'
            '<connect from="loop.a" to="dp.a"/><connect from="loop.b" to="dp.b"/><heat-source id="h" P="1 W"/>'
            '<fixed-temperature id="t" T="25 degC"/><connect from="h.heat" to="t.heat"/>'
            '<interlock id="w" sense="below" on="{level!r}"/>'
            '<connect from="dp.output" to="w.watch"/><connect from="w.output" to="h.control"/>'
            f'<scenario id="s" duration="{AT + coast(n) + 0.5} s"><event at="{AT} s" fail="p"/></scenario>')
    for method in ("ida", "sdirk"):
        series, _ = run("coast-down", body.replace("{level!r}", "-1"), 1, "0.1 s", "*.dp", method)
        level = series["loop.dp"][0] * n * n
        series, told = run("coast-down", body.replace("{level!r}", repr(level)), 1, "0.1 s", "p.speed", method)
        near(f"coast-down, {method}: speed {n}", told.get(("w", "on"), -1.0) - AT, coast(n), rel=TIME)
        for t, got in zip(series["time"], series["p.speed"]):
            k = math.exp(-B * max(t - AT, 0.0) / TAU) / (1 + B)
            near(f"coast-down, {method}: speed at {t} s", got, B * k / (1 - k), rel=1e-6)
finish()
