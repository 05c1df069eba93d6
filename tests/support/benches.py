"""Test benches in XML for parts of the catalogue, one per element: the part, its feed and its load, at one operating point.

A bench is a function (k, part, figures, at) -> XML; k makes its ids unique, figures are the part's own (SI), at is the operating
point of one line of tests/catalogue/figures.csv. The part stands in it as x<k>."""
import math

from cli import number

SQRT3 = math.sqrt(3.0)
GPM = 3.785411784 / 6e4  # m3/s, US gallon per minute
PSI = 6894.757


def grid(k, line_to_line, what):
    return (f'<grid id="g{k}" voltage="{line_to_line!r} V" short_circuit_power="100 GVA"/>'
            f'<connect from="g{k}.out" to="x{k}.{what}"/>')


def dc_load(k, watts, volts, port="out"):
    return f'<power-load id="l{k}" P="{watts!r} W" V_nominal="{volts!r} V"/><connect from="x{k}.{port}" to="l{k}.in"/>'


def held(k, kelvin):
    return f'<fixed-temperature id="t{k}" T="{kelvin!r} K"/><connect from="x{k}.heat" to="t{k}.heat"/>'


def psu(k, part, f, at):
    return (f'<psu id="x{k}" part="{part}"/>' + grid(k, at.get("voltage", 240.0) * SQRT3, "in")
            + dc_load(k, at.get("load", 1.0) * f["P_rated"], f["V_full_load"]) + held(k, f.get("T_ref", 298.15)))


def power_shelf(k, part, f, at):
    psus = f["psus"] * f["of psu"]["P_rated"]
    return (f'<power-shelf id="x{k}" part="{part}"/>' + grid(k, 240.0 * SQRT3, "a")
            + dc_load(k, at.get("load", 1.0) * psus, f["V_nominal"]))


def dcdc(k, part, f, at):
    out = f["V_set"] if f["mode"] == "regulated" else f["V_nominal"] / f["N"]
    return (f'<dcdc id="x{k}" part="{part}" R_th="1e-5 K/W"/>'
            f'<voltage-source id="s{k}" voltage="{at.get("voltage", f["V_nominal"])!r} V" R="1 uohm"/>'
            f'<connect from="s{k}.out" to="x{k}.in"/>' + dc_load(k, at.get("load", 1.0) * f["P_rated"], out)
            + held(k, f.get("T_ref", 298.15)))


def vrm(k, part, f, at):
    return (f'<vrm id="x{k}" part="{part}"/><voltage-source id="s{k}" voltage="{f["V_nominal"]!r} V" R="1 uohm"/>'
            f'<connect from="s{k}.out" to="x{k}.in"/>'
            + dc_load(k, at.get("load", 1.0) * f["I_rated"] * f["V_set"], f["V_set"]) + held(k, 298.15))


def power_stage(k, part, f, at):
    """One phase, 12 to 0.8 V at 600 kHz, with the class's inductor, at 85 degC; 0.05 W of the controller falls to it."""
    return (f'<vrm id="x{k}" V_nominal="12 V" V_set="0.8 V" I_rated="100 A" phases="1" f_sw="600 kHz" P_control="50 mW"'
            f' R_th="1e-5 K/W" stage="{part}" inductor="inductor-120nH"/><voltage-source id="s{k}" voltage="12 V" R="1 uohm"/>'
            f'<connect from="s{k}.out" to="x{k}.in"/>' + dc_load(k, at["current"] * 0.8, 0.8) + held(k, 358.15))


def transformer(k, part, f, at):
    """Windings at the temperature of the load loss; power factor 0.8 where the impedance is looked for."""
    load = at.get("load", 1.0) * f["S_rated"]
    pf = at.get("pf", 1.0)
    oil = "" if f.get("cooling") in ("AN", "AF") else 'top_oil_rise="0 K" '
    return (f'<transformer id="x{k}" part="{part}" rated_rise="0 K" {oil}hot_spot_gradient="0 K"/>'
            + grid(k, f["U_primary"], "primary")
            + f'<ac-load id="l{k}" power="{load * pf!r} W" power_factor="{pf}" voltage="{f["U_secondary"]!r} V"/>'
            f'<connect from="x{k}.secondary" to="l{k}.in"/>' + held(k, f.get("T_ref", 348.15)))


def ups(k, part, f, at):
    return (f'<ups id="x{k}" part="{part}"/>' + grid(k, f["V_nominal"], "in")
            + f'<ac-load id="l{k}" power="{at.get("load", 1.0) * f["P_rated"]!r} W" voltage="{f["V_nominal"]!r} V"/>'
            f'<connect from="x{k}.out" to="l{k}.in"/>')


def line(k, part, f, at, element, metres):
    U = 400.0
    amperes = at.get("current", 0.1)
    return (f'<{element} id="x{k}" part="{part}" length="{metres} m"/>' + grid(k, U, "a")
            + f'<ac-load id="l{k}" power="{SQRT3 * U * amperes!r} W" voltage="{U} V"/><connect from="x{k}.b" to="l{k}.in"/>'
            + held(k, at.get("T", 20.0) + 273.15))


def cable(k, part, f, at):
    return line(k, part, f, at, "cable", 1000).replace("/>", ' ampacity="1 kA"/>', 1)  # as installed: not the part's


def busway(k, part, f, at):
    bare = 'length="1 m" joint_resistance="0 ohm" tap_resistance="0 ohm"'
    return line(k, part, f, at, "busway", 1).replace('length="1 m"', bare)


def busbar_segment(k, part, f, at):
    return (f'<busbar-segment id="x{k}" part="{part}" length="{at.get("length", 1.0)} m"/>'
            f'<current-source id="s{k}" current="{at["current"]} A"/><ground id="e{k}"/><connect from="s{k}.out" to="x{k}.a"/>'
            f'<connect from="x{k}.b" to="e{k}.in"/>' + held(k, at.get("T", 40.0) + 273.15))


def busbar(k, part, f, at):
    return (f'<busbar id="x{k}" part="{part}" length="2 m"/><voltage-source id="s{k}" voltage="50 V" R="1 uohm"/>'
            f'<connect from="s{k}.out" to="x{k}.feed"/>' + dc_load(k, at.get("current", 1.0) * 50.0, 50.0, "tap[1]"))


def water(k, at, medium):
    return (f'<flow-boundary id="w{k}" T="{at.get("T", 15.0)} degC" flow="{at["flow"] / 6e4!r} m3/s" medium="{medium}"/>'
            f'<pressure-boundary id="o{k}" p="300 kPa" T="{at.get("T", 15.0)} degC"/>'
            f'<connect from="w{k}.a" to="x{k}.a"/><connect from="x{k}.b" to="o{k}.a"/>')


def quick_disconnect(k, part, f, at):
    return f'<quick-disconnect id="x{k}" part="{part}"/>' + water(k, at, "water")


def plate_channel(k, part, f, at):
    return (f'<plate-channel id="x{k}" part="{part}"/>' + water(k, {"T": 40.0} | at, "pg25")
            + f'<heat-source id="h{k}" P="{at.get("heat", 1000.0)} W"/><connect from="h{k}.heat" to="x{k}.plate"/>')


def pump(k, part, f, at):
    return (f'<pressure-boundary id="i{k}" p="300 kPa" T="20 degC" medium="water"/><pump id="x{k}" part="{part}"/>'
            f'<flow-source id="f{k}" flow="{at["flow"]!r} m3/s"/><pressure-boundary id="o{k}" p="300 kPa" T="20 degC"/>'
            f'<connect from="i{k}.a" to="x{k}.a"/><connect from="x{k}.b" to="f{k}.a"/><connect from="f{k}.b" to="o{k}.a"/>'
            + grid(k, 400.0, "power"))


def cdu(k, part, f, at):
    """Rated flows on both sides, rated heat; primary valve open, as the set point asks for the impossible."""
    cold = f.get("T_primary_rated", 303.15)
    return (f'<cdu id="x{k}" part="{part}" T_supply="{cold + 0.5 * f["approach_rated"]!r} K"'
            f' dp_set="{at.get("head", 100.0)} kPa"/>'
            f'<facility-water id="w{k}" T_supply="{cold!r} K" flow="{f["flow_primary_rated"]!r} m3/s" medium="water"/>'
            f'<connect from="w{k}.supply" to="x{k}.primary_in"/><connect from="x{k}.primary_out" to="w{k}.return"/>'
            f'<flow-source id="f{k}" flow="{f["flow_rated"]!r} m3/s"/>'
            f'<pipe id="p{k}" length="100 m" bore="500 mm" roughness="0 mm" heat_loss="10 kW/(m K)"/>'
            f'<heat-source id="h{k}" P="{f["Q_rated"]!r} W"/><connect from="h{k}.heat" to="p{k}.heat"/>'
            f'<connect from="x{k}.supply" to="p{k}.a"/><connect from="p{k}.b" to="f{k}.a"/>'
            f'<connect from="f{k}.b" to="x{k}.return"/>'
            + grid(k, 400.0, "power"))


def chip(k, part, f, at):
    return (f'<chip id="x{k}" part="{part}" V_nominal="0.8 V" utilisation="{at["use"]}"/>'
            f'<voltage-source id="s{k}" voltage="0.8 V" R="1 nohm"/><connect from="s{k}.out" to="x{k}.power"/>' + held(k, 353.15))


BENCHES = {"psu": psu, "power-shelf": power_shelf, "dcdc": dcdc, "vrm": vrm, "power-stage": power_stage,
           "transformer": transformer, "ups": ups, "cable": cable,
           "busway": busway, "busbar-segment": busbar_segment, "busbar": busbar, "quick-disconnect": quick_disconnect,
           "plate-channel": plate_channel, "pump": pump, "cdu": cdu, "chip": chip}


# ---- figures that a source prints but the program does not list: from what it lists --------------------------------------


def impedance(f, q):
    """Short-circuit impedance in the rated one: the reactance with which the listed secondary voltage follows from 1 per unit."""
    r, i, v = f["Pk"] / f["S_rated"], q["loading"], q["v_secondary"] / f["U_secondary"]
    current = i * complex(0.8, -0.6)
    lo, hi = 0.0, 0.5
    for _ in range(60):
        x = 0.5 * (lo + hi)
        lo, hi = (x, hi) if abs(v + current * complex(r, x)) < 1.0 else (lo, x)
    return math.hypot(r, x)


DERIVED = {
    "Pk": lambda f, at, q, sub: q["loss_load"] / q["loading"] ** 2,
    "u_k": lambda f, at, q, sub: impedance(f, q),
    "Cv": lambda f, at, q, sub: q["flow"] / GPM / math.sqrt(q["dp"] / PSI),
    "R_inlet": lambda f, at, q, sub: (q["T_wall"] - at.get("T", 40.0) - 273.15) / q["heat"],
    "R_per_metre": lambda f, at, q, sub: q["R"],
    "approach": lambda f, at, q, sub: sub["exchanger"]["approach"] * f["Q_rated"] / sub["exchanger"]["heat"],
    "power": lambda f, at, q, sub: sum(v["power"] for name, v in sub.items() if name.startswith("pump["))
    + (sub["control"]["power"] if "control" in sub else 0.0)}


def operating_point(text):
    """"load=0.5 T=20" -> {"load": 0.5, "T": 20.0}"""
    return {name: float(number(value)) for name, value in (word.split("=") for word in text.split())}
