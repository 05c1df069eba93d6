"""Each stage's loss against an independent evaluation of its parts' published laws at the solved load and temperature, and the
place of the efficiency's peak over utilisation against the place that those laws give."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import laws
from cli import RACK, equal, finish, inside, near, of_element, ok, parts_by_path, settings, solve

UNIT = 0.04445  # m, EIA-310: pitch of the rack's units
SHELVES = [*range(3, 7), *range(34, 38)]  # units of the shelves
TAPS = range(7, 34)  # of trays and switch trays, which the bar counts from below
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
        lost, by_law, correction = (P / rung["input_W"] for P in (rung["loss_W"], hot, hot - cold))
        near(f"{name}: {stage}: loss over input, against the law", lost, by_law, within=POINT)
        if show:
            print(f"{stage:13} loss {rung['loss_W']:9.2f} W, by its law {hot:9.2f} W "
                  f"({100 * abs(lost - by_law):.5f} points apart), temperature correction {hot - cold:+8.2f} W = "
                  f"{-100 * correction:+.3f} points of efficiency")


def check_loads(name, document, u):
    """Chips by their law; droop of the supplies; what else is on the bus."""
    for c in of_element(document, "chip"):
        by_law = laws.chip(parts[c["part"]], u, c["temperature_K"])
        near(f"{name}: power of {c['path']}, W", c["quantities"]["P"], by_law, rel=1e-9)
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
    """Grid power from utilisation: one tray of a kind stands for all, temperatures lie on a line between the solved idle and full
    load (they are corrections), resistances of bus and building by their loss at full load, constant loads as they are listed."""

    RAIL = {"gpu": ("vrm", "pdn"), "cpu": ("vrm-cpu", "pdn-cpu"), "nvswitch": ("vrm", "pdn")}

    def __init__(self, idle, full):
        self.idle, self.full = parts_by_path(idle), parts_by_path(full)
        self.rungs = {r["stage"]: r["loss_W"] for r in full["ladder"]}
        self.pumps = sum(c["loss_W"] for c in of_element(full, "pump")) + self.P("cdu.control", "power")
        self.shelf_fans = sum(self.P(c["path"]) for c in of_element(full, "power-load") if c["path"].startswith("shelf"))
        self.controllers = sum(self.P(c["path"], "loss_control") for c in of_element(full, "hot-swap"))
        self.bus_at_full = self.trays(1.0)[1]
        self.feed_at_full = {r["stage"]: r["input_W"] for r in full["ladder"]}["distribution"]

    def P(self, path, quantity="P"):
        return self.full[path]["quantities"][quantity]

    def T(self, path, u):
        return between(u, self.idle[path]["temperature_K"], self.full[path]["temperature_K"])

    def regulator(self, tray, chip, P, u):
        """What the regulator of a chip's rail takes from 12 V to give the chip P."""
        vrm, pdn = (f"{tray}[1].{x}[1]" for x in self.RAIL[chip])
        v, d = parts[self.full[vrm]["part"]], parts[self.full[pdn]["part"]]
        R = d["R_pdn"] * (1.0 + laws.COPPER_ALPHA_25 * (self.T(pdn, u) - laws.C25))
        I = P / v["V_set"]
        for _ in range(60):  # P = (V_set - R_LL I) I - R I^2
            I = P / (v["V_set"] - (v["R_LL"] + R) * I)
        n = v["phases"]
        while n > v["min_phases"] and I / (n - 1) <= v["I_shed"]:
            n -= 1
        q = {"active_phases": n, "I_out": I, "v_in": self.P(vrm, "v_in"), "T": self.T(vrm, u)}
        return (v["V_set"] - v["R_LL"] * I) * I + laws.vrm(v, q)

    def tray(self, tray, u):
        """Power of a tray's chips, and of the tray from the bus."""
        chips = plane = converters = 0.0
        for path, c in self.full.items():
            if not path.startswith(f"{tray}[1]."):
                continue
            name = path.split(".")[1].split("[")[0]
            if c["element"] == "chip":
                P = laws.chip(parts[c["part"]], u, self.T(path, u))
                chips += P
                plane += self.regulator(tray, name, P, u) if name in self.RAIL else P
            elif c["element"] == "power-load":
                plane += self.P(path) * (u if name == "memory" else 1.0)
            elif c["element"] == "fan":
                plane += c["loss_W"]
            converters += c["element"] == "dcdc"
        part, T = parts[self.full[f"{tray}[1].inlet.ibc[1]"]["part"]], self.T(f"{tray}[1].inlet.ibc[1]", u)
        return chips, plane + converters * laws.dcdc(part, {"P_out": plane / converters, "T": T})

    def trays(self, u):
        a, b = self.tray("tray", u), self.tray("switch", u)
        return 18 * a[0] + 9 * b[0], 18 * a[1] + 9 * b[1]

    def grid_to_chip(self, u):
        chips, bus = self.trays(u)
        ohmic = (self.rungs["busbar"] - self.controllers) * (bus / self.bus_at_full) ** 2
        bus += self.controllers + ohmic + self.shelf_fans
        supply = bus + 48 * laws.psu(parts["psu-hpr-5500"], {"p_out": bus / 48, "T": self.T("shelf[1].psu[1]", u)})
        feed = supply + self.pumps
        feed += self.rungs["distribution"] * (feed / self.feed_at_full) ** 2
        line = feed + 2 * laws.ups(parts["ups-200kVA"], {"p_out": feed / 2})
        rated = parts["tx-1000-oil-tier2"]
        q = {"v_primary": rated["U_primary"], "T": self.T("tx-a", u), "loading": line / 2 / 0.99 / rated["S_rated"]}
        return chips / (line + 2 * laws.transformer(rated, q))


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
        # one chip stands for all there, though the second on a path is 11 K warmer
        near(f"efficiency at {100 * u:.0f} %, against the chain of laws", eta, by_laws, within=2 * POINT)
        inside(f"audit at {100 * u:.0f} %", document["audit"]["energy"], 0.0, 1e-9)
    near_top = [k / 40 for k in range(4 * max(0, top - 1), 4 * min(10, top + 1) + 1)]
    fine = [(u, solve(RACK, *used(u))["efficiency"]["grid_to_chip"]) for u in near_top]
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
