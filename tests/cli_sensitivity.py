"""report --sensitivity: closed forms of a source, a resistor and a chip; the GB200 rack against single solves; what is refused."""
import csv
import json
import math
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, equal, finish, folder, near, ok

X, S = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
POWER, CHIP, EFFICIENCY = "grid power at %s [W]", "hottest chip at %s [K]", "efficiency at %s [%%-points]"
BENCH = """<racktwin xmlns="urn:racktwin:1" version="1"><title>bench</title>
  <voltage-source id="source" voltage="54 V" R="0.1 mohm"/>
  <resistor id="bus" R="1.2 mohm" fed-by="source"/>
  <chip id="chip" kind="gpu" TDP="20 kW" P_idle="5 kW" utilisation="80 %" V_nominal="54 V" fed-by="bus" T_max="{}"/>
  <thermal-resistance id="plate" R="2 K/kW"/>
  <fixed-temperature id="coolant" T="40 degC"/>
  <connect from="chip.heat" to="plate.a"/>
  <connect from="plate.b" to="coolant.heat"/>
</racktwin>
"""


def report(out, *words):
    return call("report", *words, "-q", "-o", out)


def table(out):
    with open(os.path.join(out, "sensitivity.csv"), newline="") as f:
        return {r["figure"]: r for r in csv.DictReader(f)}


def bench(E=54.0, R=1.2e-3, TDP=20e3, Rth=2e-3, T=40.0):
    """Grid power, temperature and efficiency: a chip that takes P from E behind R + 0.1 mohm, on a plate of Rth over T."""
    P, R = 5e3 + 0.8 * (TDP - 5e3), R + 0.1e-3
    I = (E - math.sqrt(E * E - 4 * R * P)) / (2 * R)
    E_inside = E - 0.1e-3 * I  # the source's own resistance is inside of it: what it delivers is counted
    return E_inside * I, T + Rth * P, 100 * P / (E_inside * I)


def closed_forms(tmp):
    file, out = os.path.join(tmp, "bench.xml"), os.path.join(tmp, "a")
    pathlib.Path(file).write_text(BENCH.format("200 degC"))
    got = report(out, file, "--sensitivity", "bus.R,chip.TDP,plate.R,coolant.T", "--sensitivity", "source.voltage=50 V,60 V")
    equal("exit", got.returncode, 0)
    found, base = table(out), bench()
    wanted = {"bus.R": ({"R": 1.08e-3}, {"R": 1.32e-3}), "chip.TDP": ({"TDP": 18e3}, {"TDP": 22e3}),
              "plate.R": ({"Rth": 1.8e-3}, {"Rth": 2.2e-3}), "coolant.T": ({"T": 35.0}, {"T": 45.0}),
              "source.voltage": ({"E": 50.0}, {"E": 60.0})}
    equal("figures", set(found), set(wanted))
    for path, ends in wanted.items():
        for end, how in zip(("low", "high"), ends):
            for column, a, b, noise in zip((POWER, CHIP, EFFICIENCY), bench(**how), base, (1e-3, 1e-5, 1e-5)):
                near(f"{path}, {column % end}", float(found[path][column % end]), a - b, rel=1e-6, within=noise)
    equal("from, low, high", [found["bus.R"][k] for k in ("now", "low", "high")], ["1.2 mohm", "1.08 mohm", "1.32 mohm"])
    widths = [max(abs(float(r[POWER % e])) for e in ("low", "high")) for r in found.values()]
    equal("the widest first", widths, sorted(widths, reverse=True))

    # The page: a row of the table each, and bars in proportion to the changes, on the side of their sign.
    root = ET.fromstring((pathlib.Path(out) / "report.html").read_text().split("\n", 1)[1])
    figures = {f.get("id"): f for f in root.iter(X + "figure")}
    for name, column in (("power", POWER), ("chip", CHIP), ("efficiency", EFFICIENCY)):
        rows = json.loads(figures["fig-tornado-" + name].get("data-chart"))["rows"]
        moving = [r for r in found.values() if any(float(r[column % e]) for e in ("low", "high"))]
        equal(name + ": figures that change it", sorted(r["name"] for r in rows), sorted(r["figure"] for r in moving))
        for row in rows:
            for k, end in enumerate(("low", "high")):
                near(f"{name}: {row['name']} {end}", row["change"][k], float(found[row["name"]][column % end]), rel=1e-9, within=1e-9)
        bars = [(float(r.get("x")), float(r.get("width")), r.find(S + "title").text) for r in figures["fig-tornado-" + name].iter(S + "rect")
                if r.get("class") == "swing"]
        line = next(float(e.get("x1")) for e in figures["fig-tornado-" + name].iter(S + "line"))
        changes = [c for r in rows for c in r["change"]]
        equal(name + ": a bar each", len(bars), len(changes))
        most = max(map(abs, changes))
        longest = max(w for _, w, _ in bars)
        for (x, w, text), c in zip(bars, changes):
            near(f"{name}: length of the bar {text}", w, max(0.75, longest * abs(c) / most), within=0.02)
            near(f"{name}: it begins at the line", x + w if c < 0 else x, line, within=0.2)
    equal("table", len(next(t for t in root.iter(X + "table") if t.get("id") == "tab-sensitivity").find(X + "tbody")), 5)

    # A limit that breaks at one end only, and an end without solution: the nose is at E^2 / 4R = 560 kW.
    pathlib.Path(file).write_text(BENCH.format("75 degC"))
    got = report(out, file, "--sensitivity", "chip.TDP,bus.R=1 mohm,50 mohm")
    equal("a comma after values", got.returncode, 2)
    got = report(out, file, "--sensitivity", "chip.TDP", "--sensitivity", "bus.R=1 mohm,50 mohm")
    equal("exit with a limit that a swing breaks", got.returncode, 0)
    found = table(out)
    equal("limits broken", [found["chip.TDP"]["limits broken at " + e] for e in ("low", "high")], ["0", "1"])  # 74 degC, 77.2
    ok(found["bus.R"][POWER % "high"] == "" and "no result at high" in found["bus.R"]["remark"], f"no solution: {found['bus.R']}")
    near("its other end", float(found["bus.R"][POWER % "low"]), bench(R=1e-3)[0] - base[0], rel=1e-6)
    text = (pathlib.Path(out) / "report.html").read_text()
    ok("1 are not in the pictures" in text, "an end without solution is counted")


def rack(tmp):
    """Every instance of a part together, one figure at a time: the same as solve --set; a UPS that leaves the grid is told."""
    out = os.path.join(tmp, "b")
    got = report(out, RACK, "--sensitivity", "tray.vrm.f_sw,cdu.T_supply,tray.plate.site.A", "--sensitivity", "ups-a.V_nominal")
    equal("rack: exit", got.returncode, 0)
    found = table(out)

    def solved(*words):
        doc = json.loads(call("solve", RACK, "--json", *words).stdout)
        return doc["grid"]["power_W"], 100 * doc["efficiency"]["grid_to_chip"]

    base = solved()
    for path, low, high in (("tray.vrm.f_sw", "540 kHz", "660 kHz"), ("cdu.T_supply", "25 degC", "35 degC")):
        for end, value in (("low", low), ("high", high)):
            a = solved("--set", f"{path}={value}")
            near(f"{path} {end}", float(found[path][POWER % end]), a[0] - base[0], within=0.01)
            near(f"{path} {end}, efficiency", float(found[path][EFFICIENCY % end]), a[1] - base[1], within=1e-5)
    equal("instances", found["tray.vrm.f_sw"]["parts"], "72")
    site = found["tray.plate.site.A"]
    equal("parts that differ", [site[k] for k in ("parts", "now", "low", "high")], ["108", "several values", "each 10 % less", "each 10 % more"])
    ok(float(site[CHIP % "low"]) < 0 < float(site[CHIP % "high"]), f"a worse film is hotter: {site}")
    ups = found["ups-a.V_nominal"]
    ok("at low ups-a is in another state" in ups["remark"] and "high" not in ups["remark"], f"a UPS on its battery: {ups['remark']}")
    text = (pathlib.Path(out) / "report.html").read_text()
    figure = re.search(r'<figure id="fig-tornado-power".*?</figure>', text, re.S)[0]
    ok("ups-a" not in figure and "tray.vrm.f_sw" in figure, "it is not in the picture")


def estimates(tmp):
    file, out = os.path.join(tmp, "bench.xml"), os.path.join(tmp, "e")
    text = BENCH.format("200 degC").replace('fed-by="source"/>', 'fed-by="source" source="a guess" quality="estimate"/>')
    pathlib.Path(file).write_text(text.replace('T="40 degC"/>', 'T="40 degC" source="here" quality="measured"/>'))
    equal("estimates: exit", report(out, file, "--sensitivity", "plate.R,estimates").returncode, 0)
    equal("estimates: what was named, and what is one", set(table(out)), {"plate.R", "bus.R"})


def refused(tmp):
    file, out = os.path.join(tmp, "bench.xml"), os.path.join(tmp, "c")
    pathlib.Path(file).write_text(BENCH.format("200 degC"))
    for words, exit, told in ((["bus.RR"], 3, "bus.R"), (["bus.R=1 mohm"], 2, "LOW,HIGH"), (["bus.R=1 A,2 A"], 3, "ohm"),
                              (["bus.R,bus.R"], 2, "twice"), (["chip.kind"], 2, "no number"), (["bus.R=-1 mohm,2 mohm"], 3, "bus")):
        got = report(out, file, *(w for word in words for w in ("--sensitivity", word)))
        equal(f"{words}: exit", got.returncode, exit)
        ok(told in got.stderr, f"{words}: told: {got.stderr!r}")
        ok(not os.path.exists(os.path.join(out, "report.html")), f"{words}: nothing is written")
    equal("solve takes none", call("solve", file, "--sensitivity", "bus.R").returncode, 2)


with folder() as tmp:
    closed_forms(tmp)
    rack(tmp)
    estimates(tmp)
    refused(tmp)
finish()
