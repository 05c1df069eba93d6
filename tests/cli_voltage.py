"""docs/voltage.md against the program: its tables, its explanations, and whether its chains compare at all."""
import importlib.util
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from books import check_ladder, check_liquid
from cli import SOURCE, equal, finish, inside, near, of_element, ok, solve

spec = importlib.util.spec_from_file_location("voltage", SOURCE / "scripts" / "voltage.py")
voltage = importlib.util.module_from_spec(spec)
spec.loader.exec_module(voltage)

page = (SOURCE / "docs" / "voltage.md").read_text(encoding="utf-8")
solved = {name: voltage.solve(*case) for name, case in voltage.CASES.items()}

new = voltage.filled(page, solved)
different = [f"{a} | {b}" for a, b in zip(page.split("\n"), new.split("\n")) if a != b]
equal("docs/voltage.md shows what the program finds (else run scripts/voltage.py)", different, [])
equal("stages more than half a point from the reference are explained, no others", voltage.explained(page),
      voltage.differing(solved))
wrong = re.sub(r"\+(\d)\.(\d\d) kW", r"+\1.99 kW", page, count=1)
ok(wrong != page and voltage.filled(wrong, solved) != wrong, "a wrong figure in the page is noticed")

first = solved["54 V, UPS"]
for name, document in solved.items():
    near(f"{name}: power of the chips, W, is that of the others", document["chips"]["power_W"], first["chips"]["power_W"],
         rel=1e-3)
    near(f"{name}: what is split and the chips add up to the grid's power, W", sum(voltage.split(document).values()),
         document["grid"]["power_W"] - document["chips"]["power_W"], within=1e-3)  # 1 mW: insulation of the ports
    inside(f"{name}: audit", document["audit"]["energy"], 0.0, 1e-9)
    check_ladder(name, document)
    check_liquid(name, document)
    etas, reference = voltage.stages(document), voltage.REFERENCE[name]
    near(f"{name}: points of the stages add up to the total's", sum(voltage.shares(etas, reference).values()),
         100 * (voltage.total(etas) - voltage.total(reference)), within=1e-9)
    for stage, eta in etas.items():
        inside(f"{name}: efficiency of {stage}", eta, 0.85, 1.0)

# Published: up to 5 % end to end (NVIDIA 800 V blog); 98.5 % or more for the MV rectifier; 97 % headline of double conversion,
# 99 % of eco modes.
grid = {name: d["grid"]["power_W"] for name, d in solved.items()}
best = grid["800 V to 12 V, BBU"]
near("800 V beside double conversion (NVIDIA: up to 5 %)", 1 - best / grid["54 V, UPS"], 0.05, within=0.005)
ok(best < grid["54 V, BBU"] < grid["54 V, UPS in eco mode"] < grid["54 V, UPS"], "each step of backup costs")
near("MV rectifier", voltage.stages(solved["800 V to 12 V, BBU"])["MV rectifier"], 0.985, within=0.001)
near("UPS, double conversion", voltage.stages(first)["UPS"], 0.97, within=0.005)
# Battery units: all of them idle, and what they take is booked under backup.
for name, n, standby in (("54 V, BBU", 5, 5 * 6 * 8.0), ("800 V to 12 V, BBU", 1, 6 * 31.25)):
    units = of_element(solved[name], "bbu")
    equal(f"{name}: units and their modes", [c["quantities"]["mode"] for c in units], [0] * n)
    near(f"{name}: standby, W", voltage.split(solved[name])["backup"], standby, rel=1e-6)
equal("54 V, BBU: there is no UPS", of_element(solved["54 V, BBU"], "ups"), [])
# On battery: below their rated power they last longer than the times printed for it, 90 s and 45 s.
for file, off, printed in (("racks/gb200-nvl72-bbu.xml", ["shelf.state=off"], 90.0),
                           ("racks/gb200-nvl72-800v.xml", ["rectifier-a.state=off", "rectifier-b.state=off"], 45.0)):
    document = solve(file, *[w for s in off for w in ("--set", s)])
    near(f"{file} on battery: power of the chips, W", document["chips"]["power_W"], first["chips"]["power_W"], rel=1e-3)
    for c in of_element(document, "bbu"):
        q = c["quantities"]
        near(f"{file}: {c['path']}: time left, s, by the law of its loss", q["time_left"],
             q["energy"] / (q["P"] + q["P"] / q["load"] * (0.008333 + 0.033333 * q["load"] ** 2)), rel=1e-6)
        ok(q["time_left"] > printed, f"{file}: {c['path']}: lasts longer than at its rated power, {q['time_left']:.1f} s")
near("UPS, eco mode", voltage.stages(solved["54 V, UPS in eco mode"])["UPS"], 0.99, within=0.005)
finish()
