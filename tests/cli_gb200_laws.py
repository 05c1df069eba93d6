"""Each stage's loss against an independent evaluation of its parts' published laws at the solved load and temperature, and the
place of the efficiency's peak over utilisation against the place that those laws give."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import laws
from cli import RACK, equal, finish, inside, near, of_element, ok, parts_by_path, settings, solve

UNIT = 0.04445  # m, EIA-310: pitch of the rack's units
SHELVES = [*range(3, 7), *range(34, 38)]  # units of the shelves, then of what clips on: trays, switch trays
TAPS = [*range(7, 15), *range(24, 34), *range(15, 24)]
LOADS = ["tray.gpu", "tray.cpu", "tray.nic", "tray.dpu", "tray.ssd", "tray.memory", "switch.nvswitch"]
POINT = 1e-3  # 0.1 point of efficiency
parts = laws.catalogue()


def used(u):
    return settings({f"{path}.utilisation": f"{100 * u:g} %" for path in LOADS})


def law_of(c, v_primary, T_room):
    """(loss at temperature, loss without the temperature correction) of one component, None where it has no law here."""
    q, e, part = c["quantities"], c["element"], parts.get(c["part"])
    bus = parts["orv3-1400A"]
    two = {"ups": laws.ups, "psu": laws.psu, "dcdc": laws.dcdc, "vrm": laws.vrm, "pdn": laws.pdn, "hot-swap": laws.hot_swap,
           "busway": laws.busway, "switchgear": laws.switchgear}
    if e in two:
        return [two[e](part, q, warm) for warm in (True, False)]
    if e == "transformer":
        return [laws.transformer(part, q | {"v_primary": v_primary}, warm) for warm in (True, False)]
    if e == "busbar-segment":
        return [laws.busbar_segment(bus, UNIT, q, warm) for warm in (True, False)]
    if e == "contact":
        R = (bus["feed_resistance"] if ".feed[" in c["path"] else bus["clip_resistance"] if ".tap[" in c["path"]
             else parts["power-shelf-33kW"]["connector_resistance"])
        return [laws.contact(R, q, warm) for warm in (True, False)]
    if e == "fan":
        return [laws.fan(part, q, T_room)] * 2
    if e == "pump":
        return [laws.pump(part, q)] * 2
    return None


STAGES = {"transformer": ["transformer"], "UPS": ["ups"], "distribution": ["busway", "switchgear"], "power supply": ["psu"],
          "busbar": ["contact", "busbar-segment", "hot-swap"], "converter": ["dcdc"], "VRM": ["vrm"], "PDN": ["pdn"],
          "pump": ["pump"], "fan": ["fan"]}
EXACT = 1e-6  # a law without curve, of the very same formula: only rounding, and 1 mW for the insulation of its ports


def check_stages(name, document, show):
    by_path = parts_by_path(document)
    v_primary, T_room = by_path["utility"]["quantities"]["v"], by_path["room"]["quantities"]["T_supply"]
    ladder = {r["stage"]: r for r in document["ladder"]}
    equal(f"{name}: stages without a law here", set(ladder) - set(STAGES), {"grid", "auxiliary", "chip"})
    for stage, elements in STAGES.items():
        cold = hot = 0.0
        for c in of_element(document, *elements):
            loss, at_reference = law_of(c, v_primary, T_room)
            hot, cold = hot + loss, cold + at_reference
            if c["element"] != "pump":
                near(f"{name}: loss of {c['path']}, W", c["loss_W"], loss, rel=EXACT, within=1e-3)
        rung = ladder[stage]
        near(f"{name}: {stage}: loss over input, against the law", rung["loss_W"] / rung["input_W"], hot / rung["input_W"], within=POINT)
        if show:
            print(f"{stage:13} loss {rung['loss_W']:9.2f} W, by its law {hot:9.2f} W (difference "
                  f"{100 * abs(rung['loss_W'] - hot) / rung['input_W']:.5f} points), temperature correction {hot - cold:+8.2f} W = "
                  f"{100 * (cold - hot) / rung['input_W']:+.3f} points of efficiency")


def check_loads(name, document, u):
    """Chips by their law; droop of the supplies; what else is on the bus."""
    for c in of_element(document, "chip"):
        near(f"{name}: power of {c['path']}, W", c["quantities"]["P"], laws.chip(parts[c["part"]], u, c["temperature_K"]), rel=1e-9)
    for c in of_element(document, "psu"):
        p, q = parts[c["part"]], c["quantities"]
        droop = (p["V_no_load"] - p["V_full_load"]) * p["V_full_load"] / p["P_rated"]
        near(f"{name}: voltage of {c['path']}", q["v_out"], p["V_no_load"] - droop * q["i_out"], within=1e-6)
    for c in of_element(document, "vrm"):
        p, q = parts[c["part"]], c["quantities"]
        near(f"{name}: voltage of {c['path']} on its load line", q["v_out"], p["V_set"] - p["R_LL"] * q["I_out"], within=1e-7)
        most = q["I_phase"] <= p["I_add"] or q["active_phases"] == p["phases"]
        ok(most and p["min_phases"] <= q["active_phases"] <= p["phases"], f"{name}: phases of {c['path']}: {q['active_phases']}")
    for c in of_element(document, "dcdc"):
        p, q = parts[c["part"]], c["quantities"]
        R = p["R_out"] * (1.0 + p["alpha"] * (q["T"] - p["T_ref"]))
        near(f"{name}: voltage of {c['path']}", q["v_out"], q["v_in"] / p["N"] - R * q["I_out"], within=1e-6)


def check_bus_currents(name, document):
    """Kirchhoff along the bar: the segment between two taps carries what was fed in below less what was taken there."""
    by_path = parts_by_path(document)
    at = {u: by_path[f"bus.feed[{k}]"]["quantities"]["i"] for k, u in enumerate(SHELVES, 1)}
    at |= {u: by_path[f"bus.tap[{k}]"]["quantities"]["i"] for k, u in enumerate(TAPS, 1)}
    current, heights = 0.0, sorted(at)
    segments = [c for c in document["components"] if c["element"] == "busbar-segment"]
    equal(f"{name}: segments between {len(heights)} taps", len(segments), len(heights) - 1)
    for k, u in enumerate(heights[:-1], 1):
        current += at[u]
        near(f"{name}: current of bus.segment[{k}], A", by_path[f"bus.segment[{k}]"]["quantities"]["i"], current, within=1e-5)
    near(f"{name}: sum of all currents into the bar, A", current + at[heights[-1]], 0.0, within=1e-5)


# ---- efficiency over utilisation: the chain again, from its laws alone --------------------------------------------------


def between(u, idle, full):
    return idle + u * (full - idle)


class Chain:
    """Grid power from utilisation: one instance stands for all of its kind, temperatures on a line between the solved idle and
    full load (they are corrections), resistances of the bus and of the building by their loss at full load."""

    RAILS = [("tray", "gpu", "vrm", "pdn", 4), ("tray", "cpu", "vrm-cpu", "pdn-cpu", 2), ("switch", "nvswitch", "vrm", "pdn", 2)]

    def __init__(self, idle, full):
        self.idle, self.full = parts_by_path(idle), parts_by_path(full)
        self.rungs = {r["stage"]: r["loss_W"] for r in full["ladder"]}
        self.fans = sum(c["loss_W"] for c in of_element(full, "fan"))
        self.pumps = sum(c["loss_W"] for c in of_element(full, "pump"))

    def T(self, path, u):
        return between(u, self.idle[path]["temperature_K"], self.full[path]["temperature_K"])

    def rail(self, tray, chip, vrm, pdn, u):
        """Chip power and what its regulator takes from 12 V."""
        c, v, d = (self.full[f"{tray}[1].{x}[1]"]["part"] for x in (chip, vrm, pdn))
        P = laws.chip(parts[c], u, self.T(f"{tray}[1].{chip}[1]", u))
        R = parts[d]["R_pdn"] * (1.0 + laws.COPPER_ALPHA_25 * (self.T(f"{tray}[1].{pdn}[1]", u) - laws.C25))
        regulator, I = parts[v], P / parts[v]["V_set"]
        for _ in range(60):  # P = (V_set - R_LL I) I - R I^2
            I = P / (regulator["V_set"] - (regulator["R_LL"] + R) * I)
        n = regulator["phases"]
        while n > regulator["min_phases"] and I / (n - 1) <= regulator["I_shed"]:
            n -= 1
        q = {"active_phases": n, "I_out": I, "v_in": 12.35, "T": self.T(f"{tray}[1].{vrm}[1]", u)}
        return P, (regulator["V_set"] - regulator["R_LL"] * I) * I + laws.vrm(regulator, q)

    def tray(self, tray, u):
        """Power of its chips and from the bus."""
        chips = plane = 0.0
        for where, chip, vrm, pdn, n in self.RAILS:
            if where == tray:
                P, taken = self.rail(where, chip, vrm, pdn, u)
                chips, plane = chips + n * P, plane + n * taken
        if tray == "tray":
            for part, n in (("connectx7", 4), ("bluefield3", 1), ("e1s-ssd", 8)):
                P = n * laws.chip(parts[part], u, 350.0)
                chips, plane = chips + P, plane + P
            plane += 100.0 + 2 * 60.0 * u  # board, memory
        else:
            plane += 60.0
        plane += self.full[f"{tray}[1].fan"]["loss_W"]
        n = 8 if tray == "tray" else 2
        converters = n * laws.dcdc(parts["ibc-4to1-1600W"], {"P_out": plane / n, "T": self.T(f"{tray}[1].ibc[1]", u)})
        return chips, plane + converters

    def grid_to_chip(self, u):
        a, b = self.tray("tray", u), self.tray("switch", u)
        chips, bus = 18 * a[0] + 9 * b[0], 18 * a[1] + 9 * b[1]
        at_full = self.tray("tray", 1.0)[1] * 18 + self.tray("switch", 1.0)[1] * 9
        bus += 54.0 + (self.rungs["busbar"] - 54.0) * (bus / at_full) ** 2 + 8 * 60.0  # 27 controllers of 2 W, shelf fans
        supply = bus + 48 * laws.psu(parts["psu-hpr-5500"], {"p_out": bus / 48, "T": 298.15})
        feed = supply + self.pumps + 40.0
        feed += self.rungs["distribution"] * (feed / 138.6e3) ** 2
        line = feed + 2 * laws.ups(parts["ups-200kVA"], {"p_out": feed / 2})
        q = {"v_primary": 20e3, "T": self.T("tx-a", u), "loading": line / 2 / 0.99 / 1e6}
        return chips / (line + 2 * laws.transformer(parts["tx-1000-oil-tier2"], q))


def peak(points):
    """Place of the largest value: the parabola through the best of evenly spaced points and its neighbours."""
    best = max(range(len(points)), key=lambda k: points[k][1])
    if best in (0, len(points) - 1):
        return points[best][0]
    (x0, y0), (x1, y1), (x2, y2) = points[best - 1:best + 2]
    return x1 + 0.5 * (x2 - x1) * (y0 - y2) / (y0 - 2.0 * y1 + y2)


def check_utilisation(full):
    solved = [(k / 10, solve(RACK, *used(k / 10))) for k in range(11)]
    found = [(u, d["efficiency"]["grid_to_chip"]) for u, d in solved]
    near("full load by --set is the base case", found[10][1], full["efficiency"]["grid_to_chip"], rel=1e-9)
    chain = Chain(solved[0][1], solved[10][1])
    top = max(range(11), key=lambda k: found[k][1])
    for (u, below), (v, above) in zip(found[:top], found[1:top + 1]):
        ok(above > below, f"efficiency rises from {100 * u:.0f} % ({below:.5f}) to {100 * v:.0f} % ({above:.5f})")
    ok(top > 0, "efficiency is not highest at idle")
    for (u, eta), (_, document) in zip(found, solved):
        by_laws = chain.grid_to_chip(u)
        print(f"utilisation {100 * u:3.0f} %: grid to chip {100 * eta:.3f} %, from the laws {100 * by_laws:.3f} %")
        near(f"efficiency at {100 * u:.0f} %, against the chain of laws", eta, by_laws, within=5 * POINT)
        inside(f"audit at {100 * u:.0f} %", document["audit"]["energy"], 0.0, 1e-9)
    lo, hi = max(0, top - 1) / 10, min(10, top + 1) / 10
    fine = [(lo + k * 0.025, solve(RACK, *used(lo + k * 0.025))["efficiency"]["grid_to_chip"]) for k in range(round((hi - lo) / 0.025) + 1)]
    place, expected = peak(fine), peak([(k / 100, chain.grid_to_chip(k / 100)) for k in range(101)])
    print(f"peak at {100 * place:.1f} % of utilisation, from the loss laws {100 * expected:.1f} %")
    near("place of the peak efficiency", place, expected, within=0.05)
    check_stages("half load", solved[5][1], False)
    check_loads("half load", solved[5][1], 0.5)
    check_stages("idle", solved[0][1], False)
    check_loads("idle", solved[0][1], 0.0)


full_load = solve(RACK)
check_stages("full load", full_load, True)
check_loads("full load", full_load, 1.0)
check_bus_currents("full load", full_load)
check_bus_currents("shelf lost", solve(RACK, "-V", "shelf-lost"))
check_stages("warm water", solve(RACK, "-V", "warm-water"), False)
check_utilisation(full_load)
finish()
