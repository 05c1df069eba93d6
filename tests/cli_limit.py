"""`limit`: against closed forms written here, and against `solve` on both sides of what it finds."""
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, equal, finish, folder, inside, near, ok, solve

OK, LIMIT, USAGE, INPUT, NO_SOLUTION, SYSTEM = range(6)
LOAD = "racks/examples/power-load.xml"


def limit(file, *options, code=OK, says=""):
    result = call("limit", file, "--json", *options)
    line = f"limit {file} {' '.join(map(str, options))}"
    ok(result.returncode == code, f"{line}: exit {result.returncode}, expected {code}: {result.stderr[:300]}")
    ok(says in result.stderr, f"{line}: says {says!r}: {result.stderr[:300]}")
    if code != OK:
        equal(f"{line}: stdout", result.stdout, "")
        return None
    if result.returncode != OK:
        finish()
    return json.loads(result.stdout)


def bracket(what, end, exact, gap):
    """The exact value lies between the last that is kept and the first that is not, and these are near each other."""
    if not ok(end["beyond"], f"{what}: something breaks beyond"):
        return
    a, b = end["kept"]["value"], end["beyond"]["value"]
    ok(min(a, b) <= exact <= max(a, b) and a != b, f"{what}: {exact} lies between {a} and {b}")
    ok(abs(b - a) <= gap * (1 + 1e-6), f"{what}: {a} and {b} are within {gap}")
    equal(f"{what}: kept", end["kept"]["limits_broken"], 0)


def binding(end):
    return (end["bound_by"], *(end["limit"] and [end["limit"][k] for k in ("path", "quantity", "sense")] or []))


def model(body):
    return f'<racktwin xmlns="urn:racktwin:1" version="1">\n  <title>t</title>\n{body}\n</racktwin>\n'


def write(where, body):
    file = pathlib.Path(where) / "rack.xml"
    file.write_text(model(body))
    return file


R = 1.2e-3 + 1e-6  # bus and source
FEED = """  <voltage-source id="source" voltage="54 V"/>
  <resistor id="bus" R="1.2 mohm"/>
  <power-load id="load" P="33 kW" V_nominal="54 V"{}/>
  <connect from="source.out" to="bus.a"/>
  <connect from="bus.b" to="load.in"/>
  {}"""


def check_nose():
    """The most that a source of E behind R gives is E^2 / 4R."""
    end = limit(LOAD, "-p", "load.P", "--toward", "max")["largest"]
    nose = 54.0 ** 2 / (4 * R)
    bracket("nose", end, nose, 1e-4 * nose)
    equal("nose: bound by", end["bound_by"], "no solution")
    ok("RT0702" in end["beyond"]["reason"] and "load" in end["beyond"]["reason"], f"nose: reason {end['beyond']['reason']}")
    equal("nose: limit", end["limit"], None)
    fine = limit(LOAD, "-p", "load.P", "--toward", "max", "--tol", "1 W")
    bracket("nose within 1 W", fine["largest"], nose, 1.0)
    equal("nose: smallest is not sought", fine["smallest"], None)


def check_voltage_limit():
    """v at the load is at least V: P = V (E - V) / R."""
    with folder() as name:
        rule = '<limit of="load.v" min="45 V" source="here" quality="measured"/>'
        for body in (FEED.format(' V_in_min="45 V"', ""), FEED.format("", rule)):
            found = limit(write(name, body), "-p", "load.P")
            end = found["largest"]
            P = 45.0 * (54.0 - 45.0) / R
            bracket("load at 45 V", end, P, 1e-4 * P)
            equal("load at 45 V: what binds", binding(end), ("limit", "load", "v", "at least"))
            near("load at 45 V: limit", end["limit"]["limit"], 45.0, within=1e-12)
            P = end["beyond"]["value"]
            v = (54.0 + math.sqrt(54.0 ** 2 - 4 * R * P)) / 2
            near("load at 45 V: voltage beyond", end["limit"]["value"], v, rel=1e-9)
            ok(end["limit"]["value"] < 45.0, "load at 45 V: the limit is broken beyond")
            near("load at 45 V: in the file", found["start"]["value"], 33e3, within=0.0)
        equal("source of the limit", (end["limit"]["source"], end["limit"]["quality"]), ("here", "measured"))


CHAIN = """  <heat-source id="chip" P="1 kW"/>
  <thermal-resistance id="contact" R="0.03 K/W"/>
  <thermal-resistance id="film" R="0.02 K/W"/>
  <fixed-temperature id="coolant" T="{}"/>
  <connect from="chip.heat" to="contact.a"/>
  <connect from="contact.b" to="film.a"/>
  <connect from="film.b" to="coolant.heat"/>
  <limit of="chip.T" max="85 degC"/>
  <limit of="chip.T" min="{}"/>"""


def check_supply_temperature():
    """T of the chip is that of the coolant and 50 K more: 35 degC at most for 85 degC, and 10 degC at least for 60 degC."""
    with folder() as name:
        file = write(name, CHAIN.format("20 degC", "60 degC"))
        found = limit(file, "-p", "coolant.T")
        bracket("warmest coolant", found["largest"], 35.0 + 273.15, 0.01)
        bracket("coldest coolant", found["smallest"], 10.0 + 273.15, 0.01)
        for end, sense in ((found["largest"], "at most"), (found["smallest"], "at least")):
            equal("what binds", binding(end), ("limit", "chip", "T", sense))
        ok(found["largest"]["kept"]["set"].endswith(" degC"), f"text for --set: {found['largest']['kept']['set']}")
        found = limit(file, "-p", "chip.P", "--toward", "max")
        bracket("heat with 20 degC coolant", found["largest"], (85.0 - 20.0) / 0.05, 1e-4 * 1300)
        found = limit(write(name, CHAIN.format("60 degC", "60 degC")), "-p", "coolant.T")
        equal("file's own value is not kept", (found["start"]["exit"], found["start"]["limits_broken"]), (1, 1))
        bracket("warmest coolant, from above", found["largest"], 35.0 + 273.15, 0.01)
        bracket("coldest coolant, from above", found["smallest"], 10.0 + 273.15, 0.01)
        limit(write(name, CHAIN.format("20 degC", "90 degC")), "-p", "coolant.T", code=NO_SOLUTION, says="chip.T is 70")
        page = call("limit", write(name, CHAIN.format("20 degC", "60 degC")), "-p", "coolant.T")
        for words in ("largest", "chip.T is 85.0", "at most 85 degC"):
            ok(words in page.stdout, f"page says {words}: {page.stdout}")


DIVIDER = """  <voltage-source id="source" voltage="10 V" R="1 ohm"/>
  <resistor id="load" R="{}"/>
  <ground id="ground"/>
  <connect from="source.out" to="load.a"/>
  <connect from="load.b" to="ground.in"/>
  <limit of="load.loss" max="{}"/>"""


def roots(P):
    """Where E^2 x / (x + 1)^2 = P for E = 10 V behind 1 ohm."""
    b = 2.0 - 100.0 / P
    d = math.sqrt(b * b - 4.0)
    return (-b - d) / 2, (-b + d) / 2


def check_monotone():
    """Power of a resistor peaks where it equals that of the source: values on both sides of the peak are kept."""
    with folder() as name:
        low, high = roots(20.0)
        found = limit(write(name, DIVIDER.format("0.2 ohm", "20 W")), "-p", "load.R", "--max", "20 ohm", "--min", "1 mohm")
        bracket("below the hump", found["largest"], low, 1e-4 * low)
        ok(any("not monotone" in text for text in found["notes"]), f"beyond the hump it is kept again: {found['notes']}")
        equal("below the hump: no limit to zero", (found["smallest"]["bound_by"], found["smallest"]["value"]), ("range", 1e-3))
        file = write(name, DIVIDER.format("8 ohm", "20 W"))
        found = limit(file, "-p", "load.R", "--max", "20 ohm", "--min", "1 mohm", "--toward", "min")
        bracket("above the hump", found["smallest"], high, 1e-4 * high)
        low, high = roots(24.9)  # 0.88 and 1.13 ohm: the doubling steps from 0.3 ohm go across
        found = limit(write(name, DIVIDER.format("0.3 ohm", "24.9 W")), "-p", "load.R", "--max", "2.3 ohm", "--toward", "max")
        bracket("a narrow hump", found["largest"], low, 1e-4 * low)
        ok(any("nearest to" in text for text in found["notes"]), f"the narrow hump is said: {found['notes']}")
        found = limit(LOAD, "-p", "load.P", "--max", "500 kW", "--min", "1 kW")
        equal("no hump, no note", found["notes"], [])
        equal("bounds that are kept", [found[k]["bound_by"] for k in ("largest", "smallest")], ["range", "range"])
        equal("values at the bounds", [found[k]["value"] for k in ("largest", "smallest")], [5e5, 1e3])


THROTTLE = """  <voltage-source id="source" voltage="1 V"/>
  <chip id="chip" kind="gpu" TDP="1 kW" P_idle="100 W" T_throttle="80 degC" T_release="{}" throttle_to="50 %" T_max="85 degC"
        V_nominal="1 V"/>
  <thermal-resistance id="film" R="0.05 K/W"/>
  <fixed-temperature id="coolant" T="20 degC"/>
  <connect from="source.out" to="chip.power"/>
  <connect from="chip.heat" to="film.a"/>
  <connect from="film.b" to="coolant.heat"/>"""


def check_states():
    """1 kW over 0.05 K/W: it throttles at 80 degC with 30 degC coolant, to 550 W, which are 27.5 K: 85 degC with 57.5 degC coolant.
    Where it cools below its release by then, it hunts, and there is no steady state from 30 degC on."""
    with folder() as name:
        found = limit(write(name, THROTTLE.format("40 degC")), "-p", "coolant.T", "--toward", "max")
        bracket("throttled", found["largest"], 57.5 + 273.15, 0.01)
        ok(any("another state" in text and text.endswith(": 1, the first of them chip") for text in found["notes"]),
           f"throttling is said: {found['notes']}")
        found = limit(write(name, THROTTLE.format("75 degC")), "-p", "coolant.T", "--toward", "max")
        bracket("hunting", found["largest"], 30.0 + 273.15, 0.01)
        equal("hunting: bound by", found["largest"]["bound_by"], "no solution")
        ok("RT0704" in found["largest"]["beyond"]["reason"], f"hunting: {found['largest']['beyond']['reason']}")
        ok(any("not monotone" in text for text in found["notes"]), f"beyond 47.5 degC it stays throttled: {found['notes']}")


def settings(paths, text):
    return [word for path in paths for word in ("--set", f"{path}={text}")]


def check_rack(paths, *options, name):
    """The value in the answer is kept by solve, the one beyond is not, and the limit that is named is broken there."""
    found = limit(RACK, *(w for p in paths for w in ("-p", p)), *options)
    for key in ("largest", "smallest"):
        end = found[key]
        if not end:
            continue
        one = solve(RACK, *settings(paths, end["kept"]["set"]))
        equal(f"{paths} = {end['kept']['set']}: exit of solve", one["exit"], 0)
        if end["bound_by"] == "limit":
            one = solve(RACK, *settings(paths, end["beyond"]["set"]))
            equal(f"{paths} = {end['beyond']['set']}: exit of solve", one["exit"], 1)
            equal(f"{paths} = {end['beyond']['set']}: limits broken", end["beyond"]["limits_broken"], len(one["findings"]))
            found_there = {(f["path"], f["quantity"]): f["value"] for f in one["findings"]}
            value = found_there.get((end["limit"]["path"], end["limit"]["quantity"]))
            near(f"{paths}: what binds", value, end["limit"]["value"], rel=1e-12)
        elif end["bound_by"] == "no solution":
            refused = call("solve", RACK, *settings(paths, end["beyond"]["set"]))
            equal(f"{paths} = {end['beyond']['set']}: solve", refused.returncode, 4)
        print(f"{name}: {key} {end['kept']['set']} by {' '.join(binding(end))}")
    return found


def check_racks():
    found = check_rack(["cdu.T_supply"], "--toward", "max", name="warmest rack supply")
    equal("warmest rack supply: what binds", binding(found["largest"])[2:], ("T_junction", "at most"))
    inside("warmest rack supply, K", found["largest"]["value"], 300.0, 320.0)
    found = check_rack(["cdu.T_supply"], "--toward", "min", name="coolest rack supply")
    equal("coolest rack supply: what binds", binding(found["smallest"])[1:], ("cdu.T_control", "missed", "at most"))
    beyond = found["smallest"]["beyond"]
    real = solve(RACK, *settings(["cdu.T_supply"], beyond["set"]))["coolant"][0]["supply_K"]
    near("coolest rack supply: the supply misses its set point by, K", real - beyond["value"], found["smallest"]["limit"]["value"],
         within=1e-3)
    ok(real > 298.15, f"and is above the facility's water of 25 degC: {real - 273.15:.2f} degC")
    check_rack(["fws.T_supply"], name="facility water")
    check_rack(["tray.gpu.utilisation", "tray.cpu.utilisation"], "--toward", "max", name="load")
    found = check_rack(["cdu.pumps_running"], "--max", "2", "--toward", "min", name="fewest pumps")
    equal("pumps: whole numbers", (found["smallest"]["value"], found["smallest"]["beyond"]["value"]), (1, 0))
    equal("pumps: no value in the file", found["start_is_of_file"], False)


def check_mistakes():
    limit(LOAD, code=USAGE, says="-p PATH")
    limit(LOAD, "-p", "lode.P", code=INPUT, says="load")
    limit(LOAD, "-p", "load.Q", code=INPUT, says="parameter")
    limit(LOAD, "-p", "load.state", code=USAGE, says="not a number")
    limit(LOAD, "-p", "load.V_in_min", code=USAGE, says="--min or --max")
    limit(LOAD, "-p", "load.P", "-p", "source.voltage", code=USAGE, says="one unit")
    limit(LOAD, "-p", "load.P", "--toward", "up", code=USAGE, says="max or min")
    limit(LOAD, "-p", "load.P", "--tol", "0 W", code=USAGE, says="zero")
    limit(LOAD, "-p", "load.P", "--tol", "1 K", code=USAGE, says="--tol")
    limit(LOAD, "-p", "load.P", "--min", "5", code=USAGE, says="unit")
    limit(LOAD, "-p", "load.P", "--min", "2 kW", "--max", "1 kW", code=USAGE, says="above")
    limit(LOAD, "-p", "load.utilisation", "--max", "20", code=USAGE, says="outside")
    limit(RACK, "-p", "cdu.T_supply", "-V", "hafl", code=INPUT, says="half")


check_nose()
check_voltage_limit()
check_supply_temperature()
check_monotone()
check_states()
check_racks()
check_mistakes()
finish()
