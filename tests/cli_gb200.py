"""racks/gb200-nvl72.xml at full load: what is in it, against the published figures, and whether its sums agree."""
import collections
import math
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from books import check_ladder, check_liquid, density
from cli import RACK, call, equal, finish, folder, inside, near, of_element, ok, parts_by_path, solve, table


def check_instances(document):
    elements = collections.Counter(c["element"] for c in document["components"])
    kinds = collections.Counter(re.sub(r"\[\d+\]", "", c["path"]) for c in document["components"])
    for path, n in {"tray.gpu": 72, "tray.cpu": 36, "switch.nvswitch": 18, "shelf.psu": 48, "manifold.supply": 27,
                    "manifold.return": 27, "tray.vrm": 72, "tray.vrm-cpu": 36, "switch.vrm": 18, "tray.pdn": 72,
                    "tray.pdn-cpu": 36, "switch.pdn": 18, "tray.inlet.hotswap": 18, "switch.inlet.hotswap": 9, "bus.feed": 8,
                    "bus.tap": 27, "tray.nic": 72, "tray.dpu": 18}.items():
        equal(f"number of {path}", kinds[path], n)
    equal("couplings", elements["quick-disconnect"], 54)
    equal("regulators, one per rail", elements["vrm"], 72 + 36 + 18)
    equal("power supplies", elements["psu"], 48)
    ok(elements["busbar-segment"] >= 26, f"{elements['busbar-segment']} busbar segments, expected 26 or more")
    paths = [c["path"] for c in document["components"]]
    equal("paths that are listed twice", len(paths) - len(set(paths)), 0)


def check_chips(document):
    """Every GPU by itself; trays differ because the manifold gives each its own flow and temperature."""
    parts = parts_by_path(document)
    for k in range(1, 5):
        T = [parts[f"tray[{n}].gpu[{k}]"]["temperature_K"] for n in range(1, 19)]
        ok(all(310 < t < 380 for t in T), f"junctions of gpu[{k}] between 37 and 107 degC: {min(T)} .. {max(T)}")
        gaps = sorted(abs(a - b) for i, a in enumerate(T) for b in T[:i])
        ok(gaps[0] > 1e-6, f"the 18 gpu[{k}] differ along the manifold, smallest difference {gaps[0]:.3g} K")
    T = [parts[f"switch[{n}].nvswitch[1]"]["temperature_K"] for n in range(1, 10)]
    ok(len(set(T)) == 9, "the 9 nvswitch[1] differ along the manifold")
    first, second = (parts[f"tray[1].gpu[{k}]"]["temperature_K"] for k in (1, 2))
    ok(second > first + 1.0, f"the second GPU of a path takes warmer coolant: {first:.2f} and {second:.2f} K")
    flows = [parts[f"manifold.supply[{n}]"]["quantities"]["m_branch"] for n in range(1, 28)]
    near("sum of the branch flows, kg/s", sum(flows), document["coolant"][0]["flow_kg_s"], rel=1e-9)
    rise = [parts[f"tray[{n}].gpu[1]"]["temperature_K"] - 273.15 for n in (1, 9, 18)]
    print("gpu[1] of trays 1, 9, 18: " + ", ".join(f"{t:.3f} degC" for t in rise))


def power_into_trays(document):
    """What the 27 trays take from the bus: bus voltage at each hot-swap times its current, and its controller's power."""
    total = 0.0
    parts = parts_by_path(document)
    for c in of_element(document, "hot-swap"):
        inlet, q = c["path"].rsplit(".", 1)[0], c["quantities"]
        v_in = parts[f"{inlet}.ibc[1]"]["quantities"]["v_in"] + q["drop"]
        total += v_in * q["I"] + q["loss_control"]
    return total


def check_published(document):
    bus, heat, coolant = power_into_trays(document), document["heat"], document["coolant"][0]
    share = heat["liquid_W"] / (heat["liquid_W"] + heat["air_W"])
    litres = coolant["flow_m3_s"] * 6e4
    grid = document["grid"]["power_W"]
    print(f"busbar {bus / 1e3:.2f} kW, grid {grid / 1e3:.2f} kW, liquid share {share:.4f}, {litres:.2f} L/min")
    near("power at the busbar, W (HPE QuickSpecs a50009224enw: 132 kW)", bus, 132e3, rel=0.05)
    inside("liquid share of the cabinet (HPE: 115 of 132 kW)", share, 0.85, 0.90)
    inside("power from the grid, W", grid, 134e3, 155e3)
    inside("coolant, L/min", litres, 85.0, 90.0)
    near("supply temperature, K", coolant["supply_K"], 303.15, within=0.01)
    near("flow by mass and density", litres, coolant["flow_kg_s"] / density(coolant["supply_K"]) * 6e4, rel=1e-6)
    for c in of_element(document, "psu"):
        inside(f"{c['path']}.v_out (50 V no load, 49 V full load)", c["quantities"]["v_out"], 49.0, 50.0)
    equal("exit code", document["exit"], 1 if document["findings"] else 0)


def check_connection(document):
    """The line that the rack hands to the building, its rows and their agreement with the JSON."""
    with folder() as out:
        call("solve", RACK, "-o", out, "-q")
        rows = table((pathlib.Path(out) / "connection.csv").read_text())
    value = {(r["path"], r["quantity"]): float(r["value"]) if r["value"] else math.nan for r in rows}
    unit = {(r["path"], r["quantity"]): r["unit"] for r in rows}
    demanded = {("", "power"): "kW", ("", "apparent_power"): "kVA", ("", "power_factor"): "1", ("", "heat_to_liquid"): "kW",
                ("", "heat_to_air"): "kW", ("", "air_flow"): "m3/s", ("cdu", "coolant_flow"): "L/min",
                ("cdu", "pressure_drop"): "kPa", ("cdu", "supply_temperature"): "degC", ("cdu", "return_temperature"): "degC",
                ("", "mass"): "kg"}
    for feed in ("feed-a", "feed-b"):
        demanded |= {(feed, "power"): "kW", (feed, "apparent_power"): "kVA", (feed, "current"): "A",
                     (feed, "power_other_feed_lost"): "kW", (feed, "apparent_power_other_feed_lost"): "kVA",
                     (feed, "current_other_feed_lost"): "A"}
    for key, name in demanded.items():
        equal(f"connection.csv: unit of {' '.join(key)}", unit.get(key), name)
        ok(value.get(key, math.nan) > 0, f"connection.csv: {' '.join(key)} has a value, found {value.get(key)}")
    near("connection.csv: power, kW", value["", "power"], document["heat"]["cabinet_electric_W"] / 1e3, rel=1e-6)
    near("connection.csv: feeds, kW", value["feed-a", "power"] + value["feed-b", "power"], value["", "power"], rel=1e-6)
    near("connection.csv: kVA", value["", "power"] / value["", "power_factor"], value["", "apparent_power"], rel=1e-6)
    near("connection.csv: heat to liquid, kW", value["", "heat_to_liquid"], document["heat"]["liquid_W"] / 1e3, rel=1e-6)
    for feed in ("feed-a", "feed-b"):
        current = value[feed, "apparent_power"] * 1e3 / (math.sqrt(3) * value[feed, "voltage"])
        near(f"connection.csv: {feed} current, A", value[feed, "current"], current, rel=1e-6)
        lost = value[feed, "power_other_feed_lost"]
        ok(lost >= 0.99 * value["", "power"], f"connection.csv: {feed} alone carries the whole rack, {lost} kW")


def check_variants(base):
    half = solve(RACK, "-V", "half")
    idle = solve(RACK, "-V", "idle")
    ok(idle["chips"]["power_W"] < half["chips"]["power_W"] < base["chips"]["power_W"], "chips of idle < half < full load")
    near("idle: power of a GPU, W", parts_by_path(idle)["tray[1].gpu[1]"]["quantities"]["P"], 200.0, rel=0.5)
    warm = solve(RACK, "-V", "warm-water")
    near("warm-water: supply, K", warm["coolant"][0]["supply_K"], 318.15, within=0.01)
    ok(warm["grid"]["power_W"] > base["grid"]["power_W"], "warm-water: leakage and copper take more from the grid")
    lost = solve(RACK, "-V", "shelf-lost")
    parts = parts_by_path(lost)
    for k in range(1, 7):
        near(f"shelf-lost: shelf[1].psu[{k}].p_out, W", parts[f"shelf[1].psu[{k}]"]["quantities"]["p_out"], 0.0, within=1e-3)
    near("shelf-lost: the chips keep their power, W", lost["chips"]["power_W"], base["chips"]["power_W"], rel=1e-3)
    row = solve(RACK, "-V", "row-cdu")
    near("row-cdu: supply, K", row["coolant"][0]["supply_K"], 303.15, within=0.01)
    for name, document in {"idle": idle, "half": half, "warm-water": warm, "shelf-lost": lost, "row-cdu": row}.items():
        equal(f"{name}: variant in the document", document["variant"], name)
        equal(f"{name}: exit code", document["exit"], 1 if document["findings"] else 0)
        equal(f"{name}: chips listed", len(of_element(document, "chip")), 360)
        check_ladder(name, document)
        check_liquid(name, document)


def check_on_battery(base):
    """With the medium voltage halved the batteries of both UPS carry the rack: what they give counts as what the grid gives."""
    lost = solve(RACK, "--set", "utility.voltage=10 kV")
    ladder = lost["ladder"]
    given, losses = lost["grid"]["power_W"] - sum(g["stored_W"] for g in ladder), sum(g["loss_W"] for g in ladder)
    near("on battery: given, W", given, lost["chips"]["power_W"] + losses, rel=1e-9)
    near("on battery: grid-to-chip efficiency", lost["efficiency"]["grid_to_chip"], lost["chips"]["power_W"] / given, rel=1e-9)
    near("on battery: the chips keep their power, W", lost["chips"]["power_W"], base["chips"]["power_W"], rel=1e-6)
    ok(all(g["output_W"] > -1e-3 for g in ladder), "on battery: a stage gives less than nothing")
    with folder() as out:
        call("solve", RACK, "--set", "utility.voltage=10 kV", "-q", "--svg", out)
        drawn = (pathlib.Path(out) / "sankey.svg").read_text()
    ok("from stores" in drawn and "nan" not in drawn.lower(), "on battery: the Sankey has the stores as a source")
    before = sum(g["loss_W"] for g in ladder if g["stage"] in ("transformer", "UPS", "distribution", "pump"))
    before += parts_by_path(lost)["cdu.control"]["quantities"]["power"]
    near("on battery: heat before the cabinet, the CDU's power counted there, W", lost["heat"]["upstream_W"], before, rel=1e-6)


base = solve(RACK)
check_instances(base)
check_chips(base)
check_published(base)
check_ladder("base", base)
check_liquid("base", base)
check_connection(base)
check_variants(base)
check_on_battery(base)
finish()
