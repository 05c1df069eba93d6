"""What must hold of every solved rack: heat to the coolant from the published correlation, and the rungs of the ladder."""
from cli import near, of_element, ok

# CoolProp INCOMP::APG (ASHRAE data, Skovrup 2013) at 25 volume %: powers of t = T - 305.65 K, from -35 to 100 degC.
APG_BASE = 305.65
APG_CP = (3.943720e3, 2.468062, 5.969110e-6, 5.646000e-8)        # J/kgK
APG_DENSITY = (1.018236e3, -4.825965e-1, -2.537255e-3, -2.775822e-9)  # kg/m3
T_REF = 298.15  # where the one density of the p/rho term is taken


def density(T):
    return sum(c * (T - APG_BASE) ** k for k, c in enumerate(APG_DENSITY))


def heat_content(T1, T2):
    """Integral of cp from T1 to T2, J/kg."""
    return sum(c / (k + 1) * ((T2 - APG_BASE) ** (k + 1) - (T1 - APG_BASE) ** (k + 1)) for k, c in enumerate(APG_CP))


def check_liquid(name, document):
    """m_dot (h_return - h_supply), h = integral of cp dT + p/rho_ref, from the published correlation."""
    total = 0.0
    for c in document["coolant"]:
        total += c["flow_kg_s"] * (heat_content(c["supply_K"], c["return_K"]) - c["dp_Pa"] / density(T_REF))
        T, V = 0.5 * (c["supply_K"] + c["return_K"]), c["flow_m3_s"]
        cp = sum(k * (T - APG_BASE) ** n for n, k in enumerate(APG_CP))
        by_hand = density(c["supply_K"]) * V * cp * (c["return_K"] - c["supply_K"]) - V * c["dp_Pa"]
        near(f"{name}: {c['path']} heat, W, by rho V cp dT - V dp", c["heat_W"], by_hand, rel=1e-4)
    near(f"{name}: heat to liquid, W, against m_dot (h_return - h_supply)", document["heat"]["liquid_W"], total, rel=1e-6)
    heat = document["heat"]
    near(f"{name}: heat that leaves the cabinet, W", heat["liquid_W"] + heat["air_W"], heat["cabinet_electric_W"], rel=1e-6)
    whole = heat["cabinet_electric_W"] + heat["upstream_W"]
    near(f"{name}: cabinet and upstream, W", whole, document["grid"]["power_W"], rel=1e-6)


def check_ladder(name, document):
    ladder = document["ladder"]
    near(f"{name}: first input, W", ladder[0]["input_W"], document["grid"]["power_W"], rel=1e-12)
    for above, below in zip(ladder, ladder[1:]):
        near(f"{name}: input of {below['stage']}, W", below["input_W"], above["output_W"], rel=1e-12)
    for rung in ladder:
        where = f"{name}: {rung['stage']}"
        near(f"{where}: input - output, W", rung["input_W"] - rung["output_W"], rung["loss_W"], within=1e-9 * rung["input_W"])
        near(f"{where}: efficiency", rung["efficiency"], rung["output_W"] / rung["input_W"], rel=1e-12)
        ok(rung["loss_W"] >= 0.0, f"{where}: loss is not negative, {rung['loss_W']}")
        lossless = rung["stage"] in ("grid", "auxiliary", "chip")
        near(f"{where}: loss by kind, W", sum(rung["loss_by_kind_W"].values()), 0.0 if lossless else rung["loss_W"], rel=1e-9)
    chips = document["chips"]["power_W"]
    near(f"{name}: last output is what the chips take, W", ladder[-1]["output_W"], chips, rel=1e-6)
    near(f"{name}: power of all chips, W", sum(c["quantities"]["P"] for c in of_element(document, "chip")), chips, rel=1e-9)
    near(f"{name}: grid to chip", document["efficiency"]["grid_to_chip"], chips / document["grid"]["power_W"], rel=1e-12)
    losses = sum(c["loss_W"] for c in document["components"])
    used = sum(c["quantities"].get("P", c["quantities"].get("power", 0.0)) for c in of_element(document, "power-load", "ac-load"))
    near(f"{name}: losses of all parts in the ladder, W", sum(r["loss_W"] for r in ladder), losses + used, rel=1e-9)
