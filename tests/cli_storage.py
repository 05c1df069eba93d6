"""Storage against closed forms written again here: run times and delays of backup units, hold-up by capacitors with and without
series resistance, what a steady state says of a store that does not last."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve, table

HEAD = ('<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">'
        '<xi:include href="parts/storage.xml"/>')


def model(name, body):
    file = pathlib.Path(name) / "model.xml"
    file.write_text(f"{HEAD}{body}</racktwin>")
    return file


def steady(body, *options):
    with folder() as name:
        document = solve(model(name, body), *options)
        said = call("solve", model(name, body), "--json", *options).stderr
    for book in ("energy", "charge"):
        ok(document["audit"][book] < 1e-6, f"{book} closes: {document['audit'][book]}")
    return {path: part["quantities"] for path, part in parts_by_path(document).items()}, document, said


def run(body, scenario, select, every):
    """Columns of series.csv by name, rows of events.csv."""
    with folder() as name:
        words = [w for s in select for w in ("--select", s)]
        result = call("run", model(name, body), "-s", scenario, "-q", "--rtol", "1e-8", "--every", every, "-o", f"{name}/out",
                      *words)
        if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
        events = table((pathlib.Path(name) / "out" / "events.csv").read_text())
    return {key.split(" ")[0]: [float(r[key]) for r in rows] for key in rows[0]}, events


# ---- backup units at their printed powers -------------------------------------------------------------------------------
A, C = 0.008333, 0.033333
for part, power, V, printed in [("bbu-orv3-3kW", 3e3, 47.5, 240.0), ("bbu-orv3-3kW-aged", 3e3, 47.5, 90.0),
                                ("bbu-hpr-shelf", 33e3, 47.5, 90.0), ("bbu-diablo-pole", 400e3, 384.0, 45.0)]:
    body = f'<bbu id="b" part="{part}"/><power-load id="l" P="{power} W" V_nominal="{V} V"/><connect from="b.out" to="l.in"/>'
    got, document, said = steady(body)
    near(f"{part}: time at full power", got["b"]["time_left"], printed, rel=1e-4)
    near(f"{part}: run time", got["b"]["run_time"], printed, rel=1e-4)
    near(f"{part}: voltage at full power", got["b"]["v"], V, rel=1e-6)
    near(f"{part}: rate", got["b"]["rate"], -power * (1 + A + C), rel=1e-6)
    ok("not a lasting state" in said and "RT0713" in said, f"{part}: says that it does not last: {said!r}")
    rung = next(s for s in document["ladder"] if s["stage"] == "storage")
    near(f"{part}: what the ladder takes out of the store", -rung["stored_W"], power * (1 + A + C), rel=1e-6)
    near(f"{part}: what it hands on", rung["output_W"], power, rel=1e-6)
    near(f"{part}: voltage without load", steady(body, "--set", "l.P=0 W")[0]["b"]["v"], {47.5: 48.0, 384.0: 388.0}[V], rel=1e-4)
shelf = '<bbu id="b" part="bbu-orv3-shelf"/><power-load id="l" P="15 kW" V_nominal="48 V"/><connect from="b.out" to="l.in"/>'
ok(steady(shelf)[0]["b"]["time_left"] > 240.0, "six modules carry 15 kW for more than 240 s")

# ---- takeover: feed lost at 10 ms, hold-up by 2 F behind 0.5 mohm ------------------------------------------------------------
FEED = '''<voltage-source id="feed" voltage="50 V" R="1 mohm"/>
    <bbu id="b" part="bbu-orv3-shelf"/>
    <supercapacitor id="c" C="2 F" ESR="0.5 mohm" R_leak="1e12 ohm"/><power-load id="l" P="12 kW" V_nominal="50 V"/>
    <connect from="feed.out" to="l.in"/><connect from="b.out" to="l.in"/><connect from="c.plus" to="l.in"/>
    <scenario id="lost" duration="60 ms"><event at="10 ms" set="feed.state" value="off"/></scenario>
    <scenario id="dip" duration="60 ms"><event at="10 ms" set="feed.state" value="off"/>
      <event at="20.5 ms" set="feed.state" value="on"/></scenario>
    <scenario id="empty" duration="400 s"><event at="10 ms" set="feed.state" value="off"/></scenario>'''
P_LOAD, P_IDLE, CAP, ESR = 12e3, 30.0, 2.0, 0.5e-3


def until(power, v_C, v_end):
    """Time in which the capacitor brings the bus down to v_end: with v_C = v + ESR P / v, C dv_C/dt = -P / v integrates to
    (C / P) ((v0^2 - v^2) / 2 - ESR P ln(v0 / v)), v0 the bus voltage at the start."""
    v0 = (v_C + math.sqrt(v_C**2 - 4 * ESR * power)) / 2
    return CAP / power * ((v0**2 - v_end**2) / 2 - ESR * power * math.log(v0 / v_end))


got, _, said = steady(FEED)
near("idle beside a healthy bus: standby of six modules", got["b"]["P_in"], 30.0, rel=1e-9)
near("idle beside a healthy bus: nothing from the packs", got["b"]["rate"], 0.0, within=1e-6)
equal("idle: mode", got["b"]["mode"], 0)
equal("idle: nothing to say", said, "")
near("capacitor at rest: no current but the leakage", got["c"]["i"], got["c"]["v_C"] / 1e12, within=1e-12)
series, events = run(FEED, "lost", ["b.mode", "b.P", "l.v", "b.v"], "0.1 ms")
modes = [(float(e["time [s]"]), e["what"]) for e in events if e["path"] == "b" and "e+" not in e["what"] and "." not in e["what"]]
v_C = 50.0 - 1e-3 * got["feed"]["i"]
low = 10e-3 + until(P_LOAD + P_IDLE, v_C, 48.5)
equal("lost feed: modes", [what for _, what in modes], ["state: idle -> pending", "state: pending -> discharging"])
near("lost feed: the bus reaches 48.5 V", modes[0][0], low, within=2e-7)
near("lost feed: it takes over 2 ms later", modes[1][0], low + 2e-3, within=2e-7)
R = (48.0 - 47.5) * 47.5 / 18e3
for k, t in enumerate(series["time"]):
    v, full = series["b.v"][k], t >= low + 4e-3 and series["b.v"][k] < 47.98  # beyond the rounded corner
    if full or low + 2e-3 > t:
        want = v * (48 - v) / R if full else -P_IDLE
        near(f"lost feed: power at {t} s", series["b.P"][k], want, rel=1e-4, within=1.0)
near("lost feed: the bus then stands on the droop line", series["l.v"][-1], (48 + math.sqrt(48**2 - 4 * R * 12e3)) / 2, rel=1e-5)
_, events = run(FEED, "dip", ["b.mode"], "1 ms")
modes = [e["what"] for e in events if e["path"] == "b" and "e+" not in e["what"] and "." not in e["what"]]
equal("a dip of less than 2 ms does not start it", modes, ["state: idle -> pending", "state: pending -> idle"])

# ---- O-E9 with series resistance --------------------------------------------------------------------------------------------
CAPACITOR = '''<voltage-source id="s" voltage="54 V" R="1 nohm"/><supercapacitor id="c" C="5 F" ESR="{esr}" R_leak="1e12 ohm"/>
    <power-load id="l" P="10 kW" V_nominal="54 V"/><connect from="s.out" to="l.in"/><connect from="c.plus" to="l.in"/>
    <scenario id="off" duration="0.3 s"><event at="0 s" set="s.state" value="off"/></scenario>'''
for esr in (0.0, 2e-3, 5e-3):
    CAP, ESR = 5.0, esr
    series, _ = run(CAPACITOR.format(esr=f"{esr} ohm"), "off", ["l.v", "c.energy"], "1 ms")
    v = series["l.v"]
    k = next(n for n, value in enumerate(v) if value < 43.0)
    near(f"hold-up with {esr} ohm: time to {v[k]:.3f} V", series["time"][k], until(10e3, 54.0, v[k]), rel=1e-5)
near("hold-up without resistance to 42 V, closed form", 5.0 * (54**2 - 42**2) / 2e4, 0.288, within=1e-12)

# ---- capacitance over voltage: stored energy --------------------------------------------------------------------------------
got, _, _ = steady('''<voltage-source id="s" voltage="50 V"/><supercapacitor id="c" ESR="1 mohm">
    <capacitance x-unit="V" y-unit="F" rule="linear" beyond="hold" points="0 80; 60 104"/></supercapacitor>
    <connect from="s.out" to="c.plus"/>''')
near("C(v) = 80 + 0.4 v: energy at 50 V", got["c"]["energy"], 80 * 50**2 / 2 + 0.4 * 50**3 / 3, rel=1e-9)
part, _, _ = steady('<voltage-source id="s" voltage="420 V" R="1 mohm"/><supercapacitor id="c" part="ecaps-gb300-rack"/>'
                    '<connect from="s.out" to="c.plus"/>')
low, _, _ = steady('<voltage-source id="s" voltage="300 V" R="1 mohm"/><supercapacitor id="c" part="ecaps-gb300-rack"/>'
                   '<connect from="s.out" to="c.plus"/>')
near("GB300: 65 J for each of 72 GPUs between 420 and 300 V", part["c"]["energy"] - low["c"]["energy"], 65 * 72, rel=1e-3)
# ---- a rack on battery shelves: the supplies hand over while their hold-up lasts --------------------------------------------------------
with folder() as name:
    result = call("run", "racks/gb200-nvl72-bbu.xml", "-s", "grid-loss", "-q", "--every", "50 ms", "-o", f"{name}/out", "--select", "bus.segment[1].v_a",
                  "--select", "tray[1].gpu[1].P")
    told = table((pathlib.Path(name) / "out" / "events.csv").read_text())
equal("grid loss on battery shelves: ends with limits broken", result.returncode, 1)
over = [float(e["time [s]"]) for e in told if e["path"].startswith("battery") and e["what"] == "state: pending -> discharging"]
equal("all five battery shelves take over", len(over), 5)
ok(2.01 < min(over) and max(over) < 2.03, f"half of the hold-up, 20 ms at half load, then 2 ms of a low bus: {over}")
ok(not any("hotswap" in e["path"] and "tripped" in e["what"] and float(e["time [s]"]) < 7 for e in told), "no tray lets go at the hand-over")
finish()
