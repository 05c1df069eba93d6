"""racks/gb200-nvl72-800v.xml: the trays of the 54 V rack on 800 V; each stage of the 800 V side against its law and by hand."""
import collections
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import laws
from books import APG_BASE, APG_CP, check_ladder, check_liquid, density
from cli import RACK, equal, finish, inside, near, of_element, ok, parts_by_path, solve

RACK_800 = "racks/gb200-nvl72-800v.xml"
RHO, ALPHA = 1.7241e-8, 0.00393  # IEC 60028, copper at 20 degC
parts = laws.catalogue()


def check_same_trays(document, document_54):
    """The same chips, plates and fans as in the 54 V rack; only the inlets and what is above them differ."""
    def kinds(d):
        return collections.Counter((c["element"], c["part"]) for c in d["components"]
                                   if re.match(r"(tray|switch)\[\d+\]\.(?!inlet)", c["path"]))
    equal("parts of the trays without their inlets", kinds(document), kinds(document_54))
    count = collections.Counter(re.sub(r"\[\d+\]", "", c["path"]) for c in document["components"])
    for path, n in {"tray.gpu": 72, "tray.inlet.ibc": 144, "switch.inlet.ibc": 18, "tray.inlet.hotswap": 18, "bus.tap": 27,
                    "bus.feed": 3, "battery": 1, "rectifier-a": 1, "rectifier-b": 1, "dc-a": 1, "dc-b": 1}.items():
        equal(f"number of {path}", count[path], n)
    equal("UPS and supplies", len(of_element(document, "ups", "psu")), 0)
    near("power of the chips, W, as in the 54 V rack", document["chips"]["power_W"], document_54["chips"]["power_W"], rel=1e-3)
    near("heat to liquid, W, as in the 54 V rack", document["heat"]["liquid_W"], document_54["heat"]["liquid_W"], rel=2e-3)


def check_rectifiers(document):
    law = parts["mv-rectifier-3500kW"]
    for c in of_element(document, "rectifier"):
        q, rated = c["quantities"], 150e3
        x = q["p_out"] / rated
        near(f"{c['path']}: loss, W, by its law", c["loss_W"], rated * (law["loss_a"] + law["loss_c"] * x * x), rel=1e-3)
        near(f"{c['path']}: power in - power out - loss, W", q["p_in"] - q["p_out"] - c["loss_W"], 0.0, within=1e-3)
        inside(f"{c['path']}: voltage", q["v_out"], 790.0, 800.0)
    by_path = parts_by_path(document)
    for side in "ab":
        q = by_path[f"dc-{side}"]
        R = 2 * 30.0 * 0.268e-3 * (1 + ALPHA * (q["temperature_K"] - 293.15)) + 4 * 20e-6
        near(f"dc-{side}: loss, W, by length and resistance", q["loss_W"], q["quantities"]["i"] ** 2 * R, rel=0.01)


def check_bus(document):
    """Every piece of the bar by resistivity and geometry, with Kirchhoff's currents: equal parts of 1.2 m between 30 contacts, those of both feeders,
    the battery unit and the trays."""
    part = parts_by_path(document)
    feeds = [part[f"bus.feed[{k}]"]["quantities"]["i"] for k in (1, 2, 3)]
    taps = [part[f"bus.tap[{k}]"]["quantities"]["i"] for k in range(1, 28)]
    near("current into the bar less current out, A", sum(feeds) + sum(taps), 0.0, within=1e-6)
    current, by_hand, solved = 0.0, 0.0, 0.0
    for k, i in enumerate((feeds + taps)[:-1], 1):
        current += i
        c = part[f"bus.segment[{k}]"]
        R = 2 * RHO * (1 + ALPHA * (c["temperature_K"] - 293.15)) * 1.2 / 29 / (20e-3 * 5e-3)
        by_hand, solved = by_hand + current ** 2 * R, solved + c["loss_W"]
    near("loss of the bar, W, by resistivity and geometry", solved, by_hand, rel=0.01)
    inside("current of the bus, A: 134 kW at 800 V", sum(feeds), 160.0, 175.0)
    print(f"bar {solved:.2f} W, by hand {by_hand:.2f} W at {sum(feeds):.1f} A")


def check_converters(document):
    """TI PMP41037: 98.0 % at 634 W is the peak; the solved modules lie on the law."""
    law = parts["dcx-800-12-PMP41037"]
    peak = law["P_rated"] * (law["loss_a"] / law["loss_c"]) ** 0.5
    near("place of the peak, W (TIDT332: 634 W)", peak, 634.0, rel=0.005)
    for c in of_element(document, "dcdc"):
        q = c["quantities"]
        x = q["P_out"] / law["P_rated"]
        by_law = law["P_rated"] * (law["loss_a"] + law["loss_c"] * x * x)
        near(f"{c['path']}: loss, W, by its law", c["loss_W"], by_law, rel=1e-6, within=1e-3)
        inside(f"{c['path']}: load", x, 0.5, 1.0)
        inside(f"{c['path']}: 12 V plane", q["v_out"], 11.25, 13.39)


def check_coolant(document):
    heat, coolant = document["heat"], document["coolant"][0]
    T = 0.5 * (coolant["supply_K"] + coolant["return_K"])
    cp = sum(k * (T - APG_BASE) ** n for n, k in enumerate(APG_CP))
    rise = heat["liquid_W"] / (density(coolant["supply_K"]) * coolant["flow_m3_s"] * cp)
    near("rise of the coolant, K, by hand", coolant["return_K"] - coolant["supply_K"], rise, rel=0.01)


def check_variants(base):
    solved = {name: solve(RACK_800, "-V", name) for name in ("idle", "half", "two-stage", "warm-water", "rectifier-lost")}
    for name, document in solved.items():
        check_ladder(name, document)
        check_liquid(name, document)
        equal(f"{name}: limits are broken", bool(document["findings"]), name == "warm-water")
    idle, half, chips = (d["chips"]["power_W"] for d in (solved["idle"], solved["half"], base))
    ok(idle < half < chips, "chips of idle < half < full load")
    lost = parts_by_path(solved["rectifier-lost"])
    near("rectifier-lost: rectifier-a gives, W", lost["rectifier-a"]["quantities"]["p_out"], 0.0, within=1.0)
    near("rectifier-lost: the chips keep their power, W", solved["rectifier-lost"]["chips"]["power_W"], chips, rel=1e-3)
    two = solved["two-stage"]
    near("two-stage: the chips keep their power, W", two["chips"]["power_W"], chips, rel=1e-3)
    law = parts["dcx-800-50-10kW"]
    for c in of_element(two, "dcdc"):
        if not c["path"].endswith(".dcx"):
            continue
        rated = 2e3 if c["path"].startswith("switch") else law["P_rated"]
        x = c["quantities"]["P_out"] / rated
        by_law = rated * (law["loss_a"] + law["loss_c"] * x * x)
        near(f"two-stage: {c['path']}: loss, W, by its law", c["loss_W"], by_law, rel=1e-6, within=1e-3)
        inside(f"two-stage: {c['path']}: output, V", c["quantities"]["v_out"], 46.0, 52.0)
    ok(two["grid"]["power_W"] > base["grid"]["power_W"] + 2e3, "two stages of conversion take more than one")


full = solve(RACK_800)
equal("exit code", (full["exit"], full["findings"]), (0, []))
check_same_trays(full, solve(RACK))
check_rectifiers(full)
check_bus(full)
check_converters(full)
check_coolant(full)
check_ladder("base", full)
check_liquid("base", full)
check_variants(full)
finish()
