"""Rectifiers and converters of the high-voltage direct-current chain: the published figure of each part of racks/parts/hvdc.xml,
and unbalanced +-400 V rails against the closed form of a droop line and a constant power."""
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, parts_by_path, solve

HEAD = ('<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">'
        '<xi:include href="parts/hvdc.xml"/>')


def model(folder_name, body):
    file = pathlib.Path(folder_name) / "model.xml"
    file.write_text(f"{HEAD}{body}</racktwin>")
    return file


def quantities(body, *options):
    with folder() as name:
        document = solve(model(name, body), *options)
    for book in ("energy", "charge"):
        ok(document["audit"][book] < 1e-6, f"{book} closes: {document['audit'][book]}")
    return {path: part["quantities"] for path, part in parts_by_path(document).items()}, document


# ---- AC to DC: id, mains, rated power, pole voltages, printed efficiency at full load --------------------------------------
RECTIFIERS = [
    ("mv-rectifier-3500kW", "13.8 kV", 3.5e6, 800.0, 0.9999 * 800.0, 0.985),  # white paper: 98.5 % or more
    ("sst-7500kW", "34.5 kV", 7.5e6, 800.0, 0.9999 * 800.0, 0.985),
    ("sidecar-diablo-480V", "480 V", 0.8e6, 410.0, 400.0, 0.97),              # Diablo 400: 97 % at 480 V
    ("sidecar-diablo-415V", "415 V", 1.1e6, 410.0, 400.0, 0.965)]             # 96.5 % at 415 V
for part, mains, rated, no_load, full_load, eta in RECTIFIERS:
    got, _ = quantities(f'''<grid id="g" voltage="{mains}" short_circuit_power="100 GVA"/><rectifier id="r" part="{part}"/>
        <power-load id="l" P="{rated} W" V_nominal="{full_load} V"/>
        <connect from="g.out" to="r.in"/><connect from="r.out" to="l.in"/>''')
    near(f"{part}: efficiency at full load", got["r"]["efficiency"], eta, within=5e-6)
    near(f"{part}: voltage at full load", got["r"]["v_out"], full_load, rel=1e-9)
    near(f"{part}: voltage without load", quantities(f'''<grid id="g" voltage="{mains}" short_circuit_power="100 GVA"/>
        <rectifier id="r" part="{part}"/><power-load id="l" P="0 W" V_nominal="{full_load} V"/>
        <connect from="g.out" to="r.in"/><connect from="r.out" to="l.in"/>''')[0]["r"]["v_out"], no_load,
         within=0.005 * (no_load - full_load))  # the corner is rounded over 0.5 %

# ---- DC to DC: id, power of the printed point, efficiency there ------------------------------------------------------------
CONVERTERS = [
    ("dcx-800-12-PMP41037", 634.0, 0.980), ("dcx-800-50-10kW", 10e3, 0.980), ("dcx-800-50-10kW", 4480.0, 0.985),
    ("dcx-800-50-class", 0.6 * 8e3, 0.982), ("dcx-800-50-class", 8e3, 0.980), ("dcx-800-12-6kW", 0.63 * 6e3, 0.975)]
TOLERANCE = {0.980: 2e-5, 0.985: 2e-5, 0.982: 5e-4, 0.975: 5e-4}  # fits to 5e-6; a figure of a class to its last digit
for part, power, eta in CONVERTERS:
    within = 5e-4 if "class" in part else TOLERANCE[eta]
    got, _ = quantities(f'''<voltage-source id="s" voltage="800 V"/><dcdc id="c" part="{part}"/>
        <power-load id="l" P="{power} W" V_nominal="12 V" v_min="3 V"/>
        <connect from="s.out" to="c.in"/><connect from="c.out" to="l.in"/>''')
    near(f"{part}: efficiency at {power} W", got["c"]["efficiency"], eta, within=within)
for part, ratio, R in (("dcx-800-12-PMP41037", 66.667, 1.5e-3), ("dcx-800-6-6kW", 128.0, 0.03e-3)):
    got, _ = quantities(f'''<voltage-source id="s" voltage="800 V"/><dcdc id="c" part="{part}"/>
        <power-load id="l" P="500 W" V_nominal="12 V" v_min="3 V"/>
        <connect from="s.out" to="c.in"/><connect from="c.out" to="l.in"/>''')
    E = 800.0 / ratio
    near(f"{part}: output voltage", got["c"]["v_out"], (E + math.sqrt(E * E - 4 * R * 500.0)) / 2, rel=1e-6)

# ---- unbalanced rails ------------------------------------------------------------------------------------------------------
NO_LOAD, FULL, RATED, A, C = 410.0, 400.0, 850e3, 0.0070, 0.0239
R_POLE = (NO_LOAD - FULL) * FULL / (RATED / 2)


def pole(power):
    """Voltage, current and loss of one pole with a constant power on its droop line."""
    v = (NO_LOAD + math.sqrt(NO_LOAD**2 - 4 * R_POLE * power)) / 2
    return v, power / v, RATED / 2 * (A + C * (power / (RATED / 2)) ** 2)


def rails(plus, minus, more=""):
    return f'''<grid id="g" voltage="480 V" short_circuit_power="50 MVA"/>
        <rectifier id="r" kind="sidecar" P_rated="50 kW" modules="17" V_no_load="410 V" V_full_load="400 V"
                   loss_a="{A}" loss_c="{C}" V_in_min="432 V" V_in_max="528 V" {more}/>
        <power-load id="p" P="{plus} W" V_nominal="400 V"/><power-load id="m" P="{minus} W" V_nominal="400 V"/>
        <connect from="g.out" to="r.in"/><connect from="r.out" to="p.in"/><connect from="r.out_minus" to="m.in"/>'''


for plus, minus in ((300e3, 280e3), (280e3, 300e3), (400e3, 40e3), (425e3, 425e3)):
    got, document = quantities(rails(plus, minus))
    (v, i, loss), (u, j, lost) = pole(plus), pole(minus)
    r, name = got["r"], f"rails {plus:g} and {minus:g} W"
    near(f"{name}: v_out", r["v_out"], v, rel=1e-9)
    near(f"{name}: v_out_minus", r["v_out_minus"], -u, rel=1e-9)
    near(f"{name}: i_neutral", r["i_neutral"], i - j, within=1e-9 * i)
    near(f"{name}: loss", r["loss_conduction"] + r["loss_conversion"], loss + lost, rel=1e-6)
    near(f"{name}: input", r["p_in"], plus + minus + loss + lost, rel=1e-8)
    near(f"{name}: the loaded pole", r["load_pole"], max(plus, minus) / (RATED / 2), rel=1e-8)
    near(f"{name}: spare modules", r["spare"], 17 - (plus + minus) / 50e3, within=1e-6)
    rung = next(s for s in document["ladder"] if s["stage"] == "power supply")
    near(f"{name}: stage of the ladder", rung["loss_W"], loss + lost, rel=1e-6)

# ---- a converter that hangs between the rails --------------------------------------------------------------------------
got, _ = quantities(rails(300e3, 280e3) + '''<dcdc id="c" mode="fixed-ratio" N="16" V_nominal="800 V" R_out="0.1 mohm"
        P_rated="60 kW" loss_a="0.005" loss_c="0.015"/><power-load id="b" P="50 kW" V_nominal="50 V"/>
        <connect from="r.out" to="c.in"/><connect from="r.out_minus" to="c.in_minus"/><connect from="c.out" to="b.in"/>''')
taken = 50e3 + 60e3 * (0.005 + 0.015 * (got["c"]["P_out"] / 60e3) ** 2)
near("between rails: input voltage", got["c"]["v_in"], got["r"]["v_out"] - got["r"]["v_out_minus"], rel=1e-12)
near("between rails: power taken", got["c"]["P_in"], taken, rel=1e-7)
near("between rails: one current on both", got["r"]["i_out"] - 300e3 / got["r"]["v_out"], taken / got["c"]["v_in"], rel=1e-6)
near("between rails: and back", got["r"]["i_out_minus"] + 280e3 / got["r"]["v_out_minus"], taken / got["c"]["v_in"], rel=1e-6)
near("between rails: nothing in the neutral but the difference of the loads", got["r"]["i_neutral"],
     300e3 / got["r"]["v_out"] + 280e3 / got["r"]["v_out_minus"], rel=1e-6)

# ---- redundancy, and a current limit ---------------------------------------------------------------------------------------
got, document = quantities(rails(420e3, 400e3, 'running="17" spare_min="1"'))
equal("820 kW on 17 modules of 50 kW is not N+1", [f["quantity"] for f in document["findings"]], ["spare"])
got, document = quantities(rails(300e3, 280e3, 'running="12"'))
near("12 of 17 modules: no-load loss of 12", got["r"]["loss_conversion"], 600e3 * A, rel=1e-6)
near("12 of 17 modules: steeper droop", got["r"]["v_out"],
     (NO_LOAD + math.sqrt(NO_LOAD**2 - 4 * R_POLE * 17 / 12 * 300e3)) / 2, rel=1e-9)
LIMITED = '''<grid id="g" voltage="480 V" short_circuit_power="50 MVA"/>
    <rectifier id="r" P_rated="100 kW" V_no_load="800 V" loss_a="0.005" I_limit="100 A" V_in_min="432 V" V_in_max="528 V"/>
    <resistor id="l" R="4 ohm"/><ground id="e"/><connect from="g.out" to="r.in"/><connect from="r.out" to="l.a"/>
    <connect from="l.b" to="e.in"/>'''
got, _ = quantities(LIMITED)
near("4 ohm at a limit of 100 A: current", got["r"]["i_out"], 100.0, rel=1e-2)
BLEED = 1e-9  # S, at each output
near("4 ohm at a limit of 100 A: voltage", got["r"]["v_out"], got["r"]["i_out"] / (1 / 4 + BLEED), rel=1e-9)
with folder() as name:
    result = call("solve", model(name, LIMITED.replace('<resistor id="l" R="4 ohm"/><ground id="e"/>',
                                                        '<power-load id="l" P="90 kW" V_nominal="800 V"/>')
                                 .replace("l.a", "l.in").replace('<connect from="l.b" to="e.in"/>', "")))
equal("90 kW at 100 A and 800 V: no solution", result.returncode, 4)
finish()
