"""Hot spares of a shelf against closed forms: which supplies sleep when, what that saves, what wakes them."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve, table

A, C, RATED, V_NL, V_FL, P_SPARE = 0.0057, 0.0287, 3e3, 51.0, 50.5, 4.0
R = (V_NL - V_FL) * V_FL / RATED
MODEL = '''<racktwin xmlns="urn:racktwin:1" version="1">
  <parts><psu id="unit" P_rated="3 kW" V_no_load="51 V" V_full_load="50.5 V" loss_a="{A}" loss_c="{C}" V_in_min="180 V"
    V_in_max="305 V" P_spare="4 W"/></parts>
  <grid id="feed-a" voltage="415 V" short_circuit_power="1 GVA"/><grid id="feed-b" voltage="415 V" short_circuit_power="1 GVA"/>
  <power-shelf id="shelf" psus="6" psu="unit" connector_resistance="10 uohm" {spares}/>
  <power-load id="load" P="{P} W" V_nominal="50 V"/>
  <connect from="feed-a.out" to="shelf.a"/><connect from="feed-b.out" to="shelf.b"/><connect from="shelf.out" to="load.in"/>
  <scenario id="s" duration="{duration} s">{events}</scenario></racktwin>'''
SPARES = 'spares="2" spare_below="30 %" spare_above="60 %" t_spare="4 s"'
SLEEPERS = ("shelf.psu[6]", "shelf.psu[3]")  # the last of either input


def write(name, P, spares=SPARES, events="", duration=1):
    file = pathlib.Path(name) / "model.xml"
    file.write_text(MODEL.format(A=A, C=C, P=P, spares=spares, events=events, duration=duration))
    return file


def steady(P, spares=SPARES):
    with folder() as name:
        document = solve(write(name, P, spares))
    ok(document["audit"]["energy"] < 1e-9, f"energy closes: {document['audit']['energy']}")
    parts = parts_by_path(document)
    return [parts[f"shelf.psu[{k}]"]["quantities"] for k in range(1, 7)]


def current(P, n):
    """Of the load at constant power behind n supplies with droop and the connector: (V_NL - (R/n + 10 uohm) I) I = P."""
    r = R / n + 1e-5
    return (V_NL - math.sqrt(V_NL**2 - 4 * P * r)) / (2 * r)


def bus(P, n):
    return V_NL - R / n * current(P, n)


def share(P, n):
    return (V_NL - bus(P, n)) / (V_NL - V_FL)


def loss(P, n):
    """Of one of n supplies."""
    x = bus(P, n) * current(P, n) / n / RATED
    return RATED * (A + C * x * x)


def told(P, events, duration):
    with folder() as name:
        result = call("run", write(name, P, SPARES, events, duration), "-s", "s", "-q", "--rtol", "1e-8", "--every", "1 s", "-o",
                      f"{name}/out", "--select", "shelf.psu*.p_in")
        if not ok(result.returncode in (0, 1), f"run ends with {result.returncode}: {result.stderr}"):
            finish()
        rows = table((pathlib.Path(name) / "out" / "events.csv").read_text())
    return [(round(float(e["time [s]"]), 6), e["path"], e["what"]) for e in rows if "spare" in e["what"]]


# ---- steady states ---------------------------------------------------------------------------------------------------
for P, awake in ((3e3, 4), (5.3e3, 4), (5.6e3, 6), (9e3, 6)):
    units = steady(P)
    v, n = bus(P, awake), 0
    for k, unit in enumerate(units, 1):
        sleeps = awake == 4 and f"shelf.psu[{k}]" in SLEEPERS
        n += not sleeps
        out = v * current(P, awake) / awake
        near(f"{P} W, psu[{k}]: output", unit["p_out"], 0.0 if sleeps else out, rel=1e-6, within=1e-6)
        near(f"{P} W, psu[{k}]: input", unit["p_in"], P_SPARE if sleeps else out + loss(P, awake), rel=1e-6)
        heat = unit["loss_conversion"] + unit["loss_conduction"]
        near(f"{P} W, psu[{k}]: heat, with 1 nS at the output", heat, unit["p_in"] - unit["p_out"] + 1e-9 * v * v, within=1e-6)
        near(f"{P} W, psu[{k}]: bus", unit["v_out"], v, rel=1e-7)
    equal(f"{P} W: supplies that work", n, awake)
ok(share(5.3e3, 6) < 0.3 < share(5.6e3, 6), "30 % lies between the two loads")
off = sum(u["p_in"] for u in steady(3e3, ""))
saved = 6 * loss(3e3, 6) - 4 * loss(3e3, 4) - 2 * P_SPARE
near("what two spares save at 3 kW", off - sum(u["p_in"] for u in steady(3e3)), saved, within=1e-3)
print(f"two spares of six save {saved:.1f} W at 3 kW of 18 kW")

# ---- in time: one by one to sleep, awake when the others carry 60 %, and when one of them fails ----------------------
set_P = '<event at="{} s" set="load.P" value="{} kW"/>'
got = told(9e3, set_P.format(10, 3) + set_P.format(30, 7) + set_P.format(40, 7.5), 41)
equal("load falls to 3 kW at 10 s, rises over 60 % at 40 s", got,
      [(14.0, "shelf.psu[6]", "state: on -> spare"), (18.0, "shelf.psu[3]", "state: on -> spare"),
       (40.0, "shelf.psu[3]", "state: spare -> on"), (40.0, "shelf.psu[6]", "state: spare -> on")])
ok(share(7e3, 4) < 0.6 < share(7.5e3, 4), "60 % lies between the two loads")
got = told(9e3, set_P.format(10, 3) + '<event at="20 s" fail="shelf.psu[1]"/>' + set_P.format(25, 6) +
           '<event at="30 s" fail="shelf.psu[2]"/>', 31)
equal("two of the others fail", [e for e in got if e[0] > 18], [(25.0, "shelf.psu[3]", "state: spare -> on"),
                                                               (25.0, "shelf.psu[6]", "state: spare -> on")])
got = told(9e3, set_P.format(10, 3) + set_P.format(13, 9) + set_P.format(15, 3), 18)
equal("3 s of low load are too short", got, [])
ramp = '<event at="10 s" ramp="load.P" to="9 kW" over="60 s"/>'
got = told(3e3, ramp, 71)
lo, hi = 3e3, 9e3
for _ in range(60):
    lo, hi = ((lo + hi) / 2, hi) if share((lo + hi) / 2, 4) < 0.6 else (lo, (lo + hi) / 2)
equal("a ramp wakes both", [e[1:] for e in got], [("shelf.psu[3]", "state: spare -> on"), ("shelf.psu[6]", "state: spare -> on")])
near("when the others have 60 %", got[0][0], 10 + 60 * (lo - 3e3) / 6e3, rel=1e-5)

# ---- mistakes --------------------------------------------------------------------------------------------------------
for wrong, why in (('spares="2"', "both spare_below and spare_above"),
                   ('spares="6" spare_below="0.3" spare_above="0.6"', "is no spare"),
                   ('spares="5" spare_below="0.3" spare_above="0.55"', "wake it at once")):
    with folder() as name:
        result = call("solve", write(name, 3e3, wrong))
    equal(f"{wrong}: exit", result.returncode, 3)
    ok(why in result.stderr, f"{wrong}: {result.stderr}")
finish()
