"""racks/vr-nvl144-cpx.xml: what is in it, its powers against the announced ones at the boundary where they were told, the
liquid-cooled busbar by hand, and which limits its variants break."""
import collections
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import laws
from books import APG_BASE, APG_CP, check_ladder, check_liquid, density
from cli import call, equal, finish, folder, inside, near, number, of_element, ok, parts_by_path, solve, table

CPX_RACK = "racks/vr-nvl144-cpx.xml"
UNIT = 0.04445  # m, EIA-310
SHELVES = [2, 5, 35, 38, 41]  # lowest unit of each
WIDTH, THICKNESS = 61.8e-3, 30e-3
RHO, ALPHA = 1.7241e-8, 0.00393  # IEC 60028, copper at 20 degC


def check_instances(document):
    kinds = collections.Counter(re.sub(r"\[\d+\]", "", c["path"]) for c in document["components"])
    for path, n in {"tray.gpu": 18 * 4, "tray.cpx": 18 * 8, "tray.cpu": 18 * 2, "tray.nic": 18 * 8, "tray.dpu": 18,
                    "tray.gddr": 144,
                    "tray.vrm": 72, "tray.vrm-cpx": 144, "tray.hotswap": 18, "switch.nvswitch": 36, "switch.hotswap": 9,
                    "shelf.psu": 30, "bus.feed": 5, "bus.tap": 27, "manifold.supply": 28, "manifold.return": 28}.items():
        equal(f"number of {path}", kinds[path], n)
    equal("fans and ways of air", len(of_element(document, "fan", "air-path", "room-air")), 0)


def at_the_trays(document):
    """Power that the trays take from the busbar, W: voltage times current of each hot-swap controller, and what that itself takes."""
    part, taken = parts_by_path(document), 0.0
    for c in of_element(document, "hot-swap"):
        q, tray = c["quantities"], c["path"].rsplit(".", 1)[0]
        taken += (part[f"{tray}.ibc[1]"]["quantities"]["v_in"] + q["drop"]) * q["I"] + q["loss_control"]
    return taken


def check_powers(document):
    """Announced: 2300 W per Rubin and 880 W per CPX module, regulators included; 7040 W in the front of a tray; 370 kW."""
    part, catalogue = parts_by_path(document), laws.catalogue()

    def module(tray, kind, k, memory):
        """Input of a module with the chip at its TDP: what its regulator takes, times TDP over the chip's power."""
        suffix = "" if kind == "gpu" else "-" + kind
        chip = part[f"tray[{tray}].{kind}[{k}]"]["quantities"]["P"]
        tdp = catalogue[{"gpu": "rubin", "cpx": "rubin-cpx"}[kind]]["TDP"]
        return part[f"tray[{tray}].vrm{suffix}[{k}]"]["quantities"]["P_in"] * tdp / chip + memory

    for tray in (1, 9, 18):
        for k in range(1, 5):
            near(f"module of tray[{tray}].gpu[{k}], W (2300 W TGP)", module(tray, "gpu", k, 0.0), 2300.0, rel=0.01)
        front = sum(module(tray, "cpx", k, 80.0) for k in range(1, 9))
        near(f"front of tray[{tray}], W (8 x 880 W)", front, 7040.0, rel=0.01)
    taken = at_the_trays(document)
    print(f"busbar {taken / 1e3:.1f} kW, {100 * (taken / 370e3 - 1):+.1f} % beside the announced 370 kW")
    near("power at the busbar, W (SemiAnalysis: 370 kW)", taken, 370e3, rel=0.05)
    for c in of_element(document, "psu"):
        inside(f"{c['path']}.v_out (52 V)", c["quantities"]["v_out"], 51.0, 52.0)
    equal("exit code", (document["exit"], document["findings"]), (0, []))


def check_busbar(document):
    """Loss of each piece from Kirchhoff's currents, resistivity and geometry; its heat with the shelves' in the coolant."""
    part = parts_by_path(document)
    at = {u: part[f"bus.feed[{k}]"]["quantities"]["i"] for k, u in enumerate(SHELVES, 1)}
    at |= {u: part[f"bus.tap[{k}]"]["quantities"]["i"] for k, u in enumerate(range(8, 35), 1)}  # counted from below
    heights, current, by_hand, solved = sorted(at), 0.0, 0.0, 0.0
    segments = [c for c in of_element(document, "busbar-segment")]
    equal("segments", len(segments), len(heights) - 1)
    for k, (u, above) in enumerate(zip(heights, heights[1:]), 1):
        current += at[u]
        c = part[f"bus.segment[{k}]"]
        R = 2 * RHO * (1 + ALPHA * (c["temperature_K"] - 293.15)) * (above - u) * UNIT / (WIDTH * THICKNESS)
        by_hand, solved = by_hand + current ** 2 * R, solved + c["loss_W"]
        near(f"loss of bus.segment[{k}], W, by hand", c["loss_W"], current ** 2 * R, rel=0.01)
    near("loss of the bar, W, by hand", solved, by_hand, rel=0.01)
    print(f"bar {solved:.1f} W, by hand {by_hand:.1f} W, hottest {max(c['temperature_K'] for c in segments) - 273.15:.1f} degC")
    bus = sum(c["loss_W"] for c in document["components"] if c["path"].startswith("bus."))
    shelves = sum(c["loss_W"] for c in document["components"] if c["path"].startswith("shelf["))
    site = [part[f"power-plate.plate.site[{k}]"]["quantities"]["heat"] for k in (1, 2)]
    near("heat of the busbar into its coolant, W", site[0], bus, rel=1e-3)
    near("heat of the shelves into their coolant, W", site[1], shelves, rel=1e-3)


def check_coolant(document):
    """All heat is in the coolant; its rise by hand; flow in OCP's and NVIDIA's range of litres per kilowatt."""
    heat, coolant = document["heat"], document["coolant"][0]
    share = heat["liquid_W"] / (heat["liquid_W"] + heat["air_W"])
    inside("liquid share: hoses and manifold alone lose heat to the room", share, 0.99, 1.0)
    T = 0.5 * (coolant["supply_K"] + coolant["return_K"])
    cp = sum(k * (T - APG_BASE) ** n for n, k in enumerate(APG_CP))
    rise = heat["liquid_W"] / (density(coolant["supply_K"]) * coolant["flow_m3_s"] * cp)
    near("rise of the coolant, K, by hand", coolant["return_K"] - coolant["supply_K"], rise, rel=0.01)
    inside("litres per minute and kilowatt", coolant["flow_m3_s"] * 6e7 / heat["liquid_W"], 0.7, 1.5)
    near("supply, K", coolant["supply_K"], 313.15, within=0.01)


def broken(document):
    return {re.sub(r"\[\d+\]", "", f["path"]) + "." + f["quantity"] for f in document["findings"]}


def check_variants(base):
    solved = {name: solve(CPX_RACK, "-V", name) for name in ("idle", "half", "max-q", "package-tdp", "warm-water", "shelf-lost")}
    for name, document in solved.items():
        equal(f"{name}: exit code", document["exit"], 1 if document["findings"] else 0)
        check_ladder(name, document)
        check_liquid(name, document)
    chips = [solved[name]["chips"]["power_W"] for name in ("idle", "half", "max-q")] + [base["chips"]["power_W"]]
    equal("chips: idle < half < max-q < base", chips, sorted(chips))
    expected = {"package-tdp": {"tray.gpu.T_junction"}, "warm-water": {"switch.nvswitch.T_junction"}}
    for name, document in solved.items():
        equal(f"{name}: limits that are broken", broken(document), expected.get(name, set()))
    near("warm-water: supply, K", solved["warm-water"]["coolant"][0]["supply_K"], 318.15, within=0.01)
    for name, document, said in (("base", base, 363e3), ("package-tdp", solved["package-tdp"], 411e3)):
        near(f"{name}: power at the trays, W, as README tells it", at_the_trays(document), said, within=500.0)
    one_feed = solve(CPX_RACK, "--set", "feed-a.state=open")
    equal("one feed lost: limits that are broken", broken(one_feed), {"shelf.psu.v_in", "shelf.psu.load_derated"})
    loads = [c["quantities"]["load"] for c in of_element(one_feed, "psu")]
    near("one feed lost: highest load of a supply, as README tells it", max(loads), 1.33, within=0.005)
    equal("one feed lost: supplies that carry the rack", sum(x > 1.3 for x in loads), 15)
    lost = parts_by_path(solved["shelf-lost"])
    for k in range(1, 7):
        near(f"shelf-lost: shelf[1].psu[{k}].p_out, W", lost[f"shelf[1].psu[{k}]"]["quantities"]["p_out"], 0.0, within=1e-3)
    kept = solved["shelf-lost"]["chips"]["power_W"]
    near("shelf-lost: the chips keep their power, W", kept, base["chips"]["power_W"], rel=1e-3)


def check_step(base):
    """90 s after the step the chips are near their steady state: the whole loop's time constant is below 30 s."""
    with folder() as out:
        chosen = ["--select", "tray[9].gpu[*].P", "--select", "tray[9].cpx[1].P"]
        result = call("run", CPX_RACK, "-s", "load-step", "-o", out, "-q", *chosen)
        equal("load-step: exit code", (result.returncode, result.stderr), (0, ""))
        last = table((pathlib.Path(out) / "series.csv").read_text())[-1]
    steady = parts_by_path(base)
    powers = {name: float(value) * number("1 " + name.split("[")[-1].rstrip("]")) for name, value in last.items()
              if name.startswith("tray")}
    ok(len(powers) == 5, f"load-step: five powers are recorded, found {sorted(last)}")
    for name, value in powers.items():
        path = name.split(".P ")[0]
        near(f"load-step: {path}, W", value, steady[path]["quantities"]["P"], rel=0.02)


full = solve(CPX_RACK)
check_instances(full)
check_powers(full)
check_busbar(full)
check_coolant(full)
check_ladder("base", full)
check_liquid("base", full)
check_variants(full)
check_step(full)
finish()
