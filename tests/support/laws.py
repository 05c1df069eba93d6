"""The published loss laws of the parts in racks/parts, written down a second time from their sources.

Each law takes the figures of the catalogue (part), what the solution lists for the instance (q, SI) and `warm`: with False the
loss at the temperature of the figures, so that the difference is the temperature correction. Values that the catalogue leaves to
a standard or to a default of the element stand here with their source."""
import math
import xml.etree.ElementTree as ET

from cli import SOURCE, number

COPPER_RHO, COPPER_ALPHA = 1.7241e-8, 0.00393  # IEC 60028, at 20 degC
COPPER_ALPHA_25 = 0.00385                      # the same line, referred to 25 degC
CONTACT_ALPHA = 0.0026                         # Holm, Electric Contacts: two thirds of the bulk's
MOSFET_ALPHA = 0.004                           # 1/K, class value of the on resistance
C20, C25, C75 = 293.15, 298.15, 348.15
AIR_R = 8.314462618 / 0.0289647                # J/kgK, dry air


LABELS = {"id", "title", "source", "quality", "manufacturer", "part", "price", "mass", "lead-time", "mtbf", "basis"}


def catalogue():
    """Part id -> its attributes as numbers in SI, its curves as lists of points in SI; with all that it inherits by part=."""
    own = {}
    for file in sorted((SOURCE / "racks" / "parts").glob("*.xml")):
        for element in ET.parse(file).getroot():
            if "id" not in element.attrib or element.tag.endswith("}assembly"):
                continue
            part = own[element.attrib["id"]] = {name: number(text) for name, text in element.attrib.items()}
            for curve in element:
                x, y = (number("1 " + curve.attrib[k]) for k in ("x-unit", "y-unit"))
                pairs = [p.split() for p in curve.attrib["points"].split(";")]
                part[curve.tag.split("}")[1]] = [(float(a) * x, float(b) * y) for a, b in pairs]

    def whole(part):
        part = (whole(own[part["part"]]) if "part" in part else {}) | part
        named = [own[part[k]] for k in ("stage", "inductor") if k in part]  # what a regulator does not state itself
        return {k: v for other in named for k, v in other.items() if k not in LABELS} | part

    return {name: whole(part) for name, part in own.items()}


def elements():
    """Part id -> its element."""
    files = sorted((SOURCE / "racks" / "parts").glob("*.xml"))
    return {e.attrib["id"]: e.tag.split("}")[1] for f in files for e in ET.parse(f).getroot() if "id" in e.attrib}


def over(points, x):
    """Straight lines between the points, the end values beyond them."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def transformer(part, q, warm=True):
    """IEC 60076-1: P0 with the voltage squared, Pk with the current squared; ohmic part up, stray part down with temperature."""
    hot = (235.0 + q["T"] - 273.15) / (235.0 + 75.0) if warm else 1.0  # copper
    stray = part["stray_fraction"]
    scale = (1.0 - stray) * hot + stray / hot
    return part["P0"] * (q["v_primary"] / part["U_primary"]) ** 2 + part["Pk"] * q["loading"] ** 2 * scale


def ups(part, q, warm=True):
    x = q["p_out"] / part["P_rated"]
    return part["P_rated"] * (part["loss_a"] + part["loss_b"] * x + part["loss_c"] * x * x)


def psu(part, q, warm=True):
    x = q["p_out"] / part["P_rated"]
    k = 1.0 + part["alpha"] * (q["T"] - part["T_ref"]) if warm else 1.0
    return part["P_rated"] * (part["loss_a"] + part["loss_c"] * k * x * x)


def dcdc(part, q, warm=True):
    x = q["P_out"] / part["P_rated"]
    k = 1.0 + part.get("alpha", 0.0) * (q["T"] - part.get("T_ref", C25)) if warm else 1.0
    return part["P_rated"] * (part["loss_a"] + part.get("loss_b", 0.0) * x + part["loss_c"] * k * x * x)


def vrm(part, q, warm=True):
    """Erickson and Maksimovic, Fundamentals of Power Electronics: multiphase buck, phase by phase."""
    n, I, V_in, f = q["active_phases"], q["I_out"], q["v_in"], part["f_sw"]
    V = part["V_set"] - part["R_LL"] * I
    D = V / V_in
    ripple = V * (1.0 - D) / (part["L"] * f)
    per_phase = I / n
    rms2 = per_phase ** 2 + ripple ** 2 / 12.0
    rise = q["T"] - C25 if warm else 0.0
    fets = (D * part["R_hs"] + (1.0 - D) * part["R_ls"]) * (1.0 + MOSFET_ALPHA * rise)
    copper = part["DCR"] * (1.0 + COPPER_ALPHA_25 * rise)
    overlap = 0.5 * V_in * per_phase * (part["t_r"] + part["t_f"]) * f
    charge = (0.5 * part["C_oss"] * V_in ** 2 + part["Q_rr"] * V_in) * f
    dead = part["V_f"] * part["t_dead"] * per_phase * f
    gate = part["Q_g"] * part["V_gs"] * f
    return n * (rms2 * (fets + copper) + overlap + charge + dead + gate + part["P_core"]) + part["P_control"]


def pdn(part, q, warm=True):
    return q["I"] ** 2 * part["R_pdn"] * (1.0 + COPPER_ALPHA_25 * (q["T"] - C25) if warm else 1.0)


def hot_swap(part, q, warm=True):
    k = 1.0 + MOSFET_ALPHA * (q["T"] - C25) if warm else 1.0
    return q["I"] ** 2 * (part["R_on"] * k + part["R_sense"]) + part["P_control"]


def contact(R, q, warm=True):
    return q["i"] ** 2 * R * (1.0 + CONTACT_ALPHA * (q["T"] - C20) if warm else 1.0)


def busbar_segment(part, length, q, warm=True):
    R = 2.0 * COPPER_RHO * length / (part["width"] * part["thickness"])  # feed and return
    return q["i"] ** 2 * R * (1.0 + COPPER_ALPHA * (q["T"] - C20) if warm else 1.0)


def busway(part, q, warm=True):
    k = 1.0 + COPPER_ALPHA * (q["T"] - C20) if warm else 1.0
    joints = part["length"] / 3.0 * part["joint_resistance"]  # one per section of 3 m
    return 3.0 * q["i"] ** 2 * (part["R20"] * part["length"] * k + joints + part["tap_resistance"])


def switchgear(part, q, warm=True):
    k = 1.0 + COPPER_ALPHA * (q["T"] - C20) if warm else 1.0
    return 3.0 * q["i"] ** 2 * (part["R20"] * k + part["contact_resistance"])


def fan(part, q, T_in):
    """Fan laws (AMCA 201): power with the cube of the speed and the density of the air."""
    return part["fans"] * part["P_rated"] * q["speed"] ** 3 * (101325.0 / (AIR_R * T_in)) / 1.2


def pump(part, q):
    """Hydraulic power over the efficiencies; the pump's own at the flow that full speed would have (affinity laws)."""
    eta = over(part["efficiency"], q["flow"] / q["speed"]) * part["motor_efficiency"] * part["drive_efficiency"]
    return q["dp"] * q["flow"] / eta


def chip(part, u, T):
    """Power between idle and TDP, both with their leakage at T_leak_ref; leakage exponential in temperature."""
    share = part.get("leakage_share", 0.0)
    extra = share * part["TDP"] * (math.exp(part["leakage_exponent"] * (T - part["T_leak_ref"])) - 1.0) if share else 0.0
    return part["P_idle"] + u * (part["TDP"] - part["P_idle"]) + extra
