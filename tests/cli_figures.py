"""Figures of solve --svg: well-formed, one mark per instance, and the widths add up to the numbers of the JSON."""
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, finish, folder, ok

SVG = "{http://www.w3.org/2000/svg}"


def check(what, good, got=""):
    ok(good, f"{what} {got}")


def figures(folder):
    return {f[:-4]: ET.parse(os.path.join(folder, f)).getroot() for f in os.listdir(folder)}


def texts(root):
    return ["".join(t.itertext()) for t in root.iter(SVG + "text")]


def boxes(root):
    """Label and shown value of each box."""
    found = [g.findall(SVG + "text") for g in root.iter(SVG + "g") if g.get("class") == "box"]
    return [(t[0].text, t[1].text) for t in found]


with folder() as tmp:
    got = call("solve", RACK, "--json", "--svg", os.path.join(tmp, "a"))
    check("exit", got.returncode == 0, got.stderr)
    doc, fig = json.loads(got.stdout), figures(os.path.join(tmp, "a"))
    check("names", sorted(fig) == ["coolant", "elevation-load", "elevation-power", "elevation-temperature", "oneline", "sankey", "waterfall"], sorted(fig))
    for name, root in fig.items():
        check(name + ": title", root[0].tag == SVG + "title" and root[0].text)

    # Sankey: px per watt from the first band; each band's width is its amount.
    bands = {}
    for p in fig["sankey"].iter(SVG + "path"):
        y = [float(v) for v in re.findall(r"V([-\d.]+)", p.get("d"))]
        top = float(re.findall(r"([-\d.]+),([-\d.]+) V", p.get("d"))[0][1])
        name = p.find(SVG + "title").text.split(":")[0]
        bands[name] = y[0] - top
    grid, heat = doc["grid"]["power_W"], doc["heat"]
    scale = bands["grid to transformer"] / grid
    check("a watt has a width", scale > 1e-3)
    nodes = [float(n.get("height")) for n in fig["sankey"].iter(SVG + "rect")]
    check("the grid's node is as high as what leaves it", abs(nodes[0] - bands["grid to transformer"]) < 0.02, (nodes[0], bands["grid to transformer"]))
    for name, watt in (("cabinet to to liquid", heat["liquid_W"]), ("cabinet to to air", heat["air_W"])):
        check("sankey " + name, abs(bands[name] - scale * watt) < 0.02, (bands[name], scale * watt))
    upstream = sum(w for n, w in bands.items() if n.endswith(" to upstream"))
    check("sankey upstream", abs(upstream - scale * heat["upstream_W"]) < 0.1, (upstream, scale * heat["upstream_W"]))
    for rung in doc["ladder"]:
        lost = bands.get("%s to %s" % (rung["stage"], rung["stage"]))
        if rung["loss_W"] > 1.0 and rung["stage"] != "chip":
            check("sankey loss " + rung["stage"], lost and abs(lost - scale * rung["loss_W"]) < 0.02, lost)
    chips = [w for n, w in bands.items() if n.endswith(" to chips")]
    check("sankey chips", len(chips) == 1 and abs(chips[0] - scale * doc["chips"]["power_W"]) < 0.5, chips)

    # Waterfall: the bars' ends are the outputs.
    rects = list(fig["waterfall"].iter(SVG + "rect"))
    whole = float(rects[0].get("width")) + (float(rects[1].get("width")) if doc["ladder"][0]["loss_W"] else 0.0)
    check("waterfall rows", len(rects) == 2 * len(doc["ladder"]))
    for k, rung in enumerate(doc["ladder"]):
        check("waterfall " + rung["stage"], abs(float(rects[2 * k].get("width")) - whole * rung["output_W"] / grid) < 0.02)

    # Elevation: every tray and shelf once, in its unit; the power is the sum over its parts.
    for name in ("elevation-temperature", "elevation-power", "elevation-load"):
        labels = [label for label, _ in boxes(fig[name])]
        check(name + ": boxes", len(labels) == 8 + 18 + 9, len(labels))
        check(name + ": labels", len(set(labels)) == 35 and "tray[18]" in labels and "shelf[1]" in labels)
    power, shown = dict(boxes(fig["elevation-power"])), dict(boxes(fig["elevation-temperature"]))
    hottest = max(c["temperature_K"] for c in doc["components"] if c["path"].startswith("tray[3].") and c["temperature_K"])
    check("tray[3] hottest", shown["tray[3]"] == "%.1f degC" % (hottest - 273.15), (shown["tray[3]"], hottest))
    of = {c["path"]: c["quantities"] for c in doc["components"]}
    takes = of["tray[3].inlet.hotswap"]["I"] * (of["tray[3].inlet.ibc[1]"]["v_in"] + of["tray[3].inlet.hotswap"]["drop"])
    watt = float(power["tray[3]"].split()[0]) * {"W": 1.0, "kW": 1e3}[power["tray[3]"].split()[1]]
    check("tray[3] uses and loses what it takes from the bus", abs(watt - takes) <= 2e-3 * takes, (watt, takes))

    # Paths: a box per id with its count; nothing left out.
    line = texts(fig["oneline"])
    for name in ("utility", "tx-a", "ups-b", "feed-a", "shelf x 8", "bus", "cdu", "tray.gpu x 72", "switch.nvswitch x 18", "tray.ssd x 144"):
        check("one-line: " + name, name in line)
    cool = texts(fig["coolant"])
    for name in ("fws", "cdu", "manifold", "tray.plate x 36", "switch.plate x 9", "tray.qd-return x 18"):
        check("coolant: " + name, name in cool)
    check("coolant has no air", not any("fan" in t or "room" in t for t in cool))

    # A model without racks and coolant has neither figure; text is escaped.
    bench = os.path.join(tmp, "bench.xml")
    with open(bench, "w") as f:
        f.write('<racktwin xmlns="urn:racktwin:1" version="1"><title>&lt;script&gt;alert(1)&lt;/script&gt;</title>'
                '<voltage-source id="source" voltage="54 V"/><resistor id="bus" R="1.2 mohm" fed-by="source"/>'
                '<power-load id="load" P="33 kW" V_nominal="54 V" v_min="10 V" fed-by="bus"/></racktwin>')
    got = call("solve", bench, "-q", "--svg", os.path.join(tmp, "b"))
    check("bench exit", got.returncode == 0, got.stderr)
    check("bench figures", sorted(figures(os.path.join(tmp, "b"))) == ["oneline", "sankey", "waterfall"], os.listdir(os.path.join(tmp, "b")))

    # An id that begins like another is another place.
    alike = os.path.join(tmp, "alike.xml")
    with open(alike, "w") as f:
        f.write('<racktwin xmlns="urn:racktwin:1" version="1"><title>alike</title><voltage-source id="source" voltage="54 V"/>'
                '<rack id="rack" units="4"><power-load id="load" u="1" P="100 W" V_nominal="54 V" fed-by="source"/>'
                '<power-load id="load-b" u="3" P="300 W" V_nominal="54 V" fed-by="source"/></rack></racktwin>')
    got = call("solve", alike, "-q", "--svg", os.path.join(tmp, "c"))
    power = dict(boxes(figures(os.path.join(tmp, "c"))["elevation-power"]))
    check("ids that begin alike", power == {"load": "100 W", "load-b": "300 W"}, (power, got.stderr))

    # A folder that cannot be made: exit 5, nothing half written.
    got = call("solve", bench, "-q", "--svg", os.path.join(bench, "d"))
    check("unwritable folder", got.returncode == 5 and "bench.xml" in got.stderr, (got.returncode, got.stderr))
    check("nothing half written", not [f for _, _, names in os.walk(tmp) for f in names if f.endswith(".part")])

finish()
