"""Price, mass, time to delivery and MTBF of parts: stored, inherited, shown, and summed into the mass of the cabinet."""
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, near, ok, table

# Two resistors and a load in an assembly, a resistor outside it; MASS and RACK are filled in.
MODEL = """<racktwin xmlns="urn:racktwin:1" version="1">
  <title>Parts with prices</title>
  <catalogue>
    <resistor id="bar" R="1 mohm" price="100 USD" mass="500 g" lead-time="2 weeks" source="list A" quality="datasheet"/>
    <resistor id="bar-offer" part="bar" price="90.5 EUR" mtbf="1e6 h" source="offer B" quality="estimate" basis="call"/>
  </catalogue>
  <assembly id="tray" {tray} source="scale" quality="measured">
    <port id="in" to="wire.a"/>
    <use id="wire" part="bar-offer"/>
    <power-load id="load" P="1 kW" V_nominal="54 V" {load}/>
    <connect from="wire.b" to="load.in"/>
  </assembly>
  <voltage-source id="source" voltage="54 V"/>
  <rack id="rack" units="10" {rack}>
    <resistor id="bus" part="bar" mass="4 lb"/>
    <use id="tray" assembly="tray" count="2" u="1 2"/>
  </rack>
  <connect from="source.out" to="bus.a"/>
  <connect from="bus.b" to="tray.in"/>
</racktwin>
"""
POUND = 0.45359237  # kg, exactly: international pound


def write(out, **attributes):
    file = pathlib.Path(out) / "model.xml"
    file.write_text(MODEL.format(**{"tray": "", "load": "", "rack": "", **attributes}))
    return file


def check_show():
    with folder() as out:
        file = write(out, tray='price="5000 USD"', load='mass="3 kg"')
        items = {i["path"]: i for i in json.loads(call("show", file, "--json").stdout)}
        bus, wire = items["bus"]["part_data"], items["tray[2].wire"]["part_data"]
        equal("own mass, price of the part", (bus["price"]["value"], bus["price"]["currency"]), (100, "USD"))
        near("mass of the instance, kg", bus["mass_kg"]["value"], 4 * POUND, rel=1e-15)
        near("two weeks, s", bus["lead_time_s"]["value"], 14 * 86400, rel=1e-15)
        equal("price of a part of a part", (wire["price"]["value"], wire["price"]["currency"]), (90.5, "EUR"))
        equal("source and quality of that price", (wire["price"]["source"], wire["price"]["quality"]), ("offer B", "estimate"))
        equal("mass inherited with its own source", (wire["mass_kg"]["value"], wire["mass_kg"]["source"]), (0.5, "list A"))
        near("MTBF, s", wire["mtbf_s"]["value"], 3.6e9, rel=1e-15)
        equal("basis", wire["basis"], "call")
        ok("part_data" not in items["source"], "what states nothing has no part data")
        equal("an assembly's price", items["tray[1]"]["part_data"]["price"]["value"], 5000)
        text = call("show", file).stdout
        for words in ("90.5 EUR", "offer B (estimate)", "4 lb", "1e6 h", "5000 USD"):
            ok(words in text, f"show prints {words!r}")


def mass_of(out, **attributes):
    result = call("solve", write(out, **attributes), "-q", "-o", out)
    equal("solve", result.returncode, 0)
    rows = {r["quantity"]: r["value"] for r in table((pathlib.Path(out) / "connection.csv").read_text())}
    return float(rows["mass"]) if rows["mass"] else None


def check_mass():
    with folder() as out:
        equal("nothing known of the loads, no rack's mass", mass_of(out), None)
        near("nothing known of the loads: the rack's mass", mass_of(out, rack='mass="900 kg"'), 900, rel=1e-15)
        every = 4 * POUND + 2 * (0.5 + 3)
        near("every part: their sum", mass_of(out, load='mass="3 kg"', rack='mass="900 kg"'), every, rel=1e-8)
        near("the assembly's mass covers what is in it", mass_of(out, tray='mass="7 kg"', load='mass="3 kg"'),
             4 * POUND + 2 * 7, rel=1e-8)


def check_mistakes():
    with folder() as out:
        for bad in ("80", "USD", "80 usd", "-1 USD", "80 USDX", "80 USD each", "80 kUSD"):
            result = call("check", write(out, tray=f'price="{bad}"'))
            equal(f"price {bad!r}: exit", result.returncode, 3)
            ok("model.xml:7:" in result.stderr and "[RT0209]" in result.stderr, f"price {bad!r}: {result.stderr}")
        for bad, code in (('mass="3"', "RT0201"), ('mass="-3 kg"', "RT0202"), ('lead-time="3 kg"', "RT0201"), ('mtbf="1 s"', "RT0202")):
            result = call("check", write(out, load=bad))
            ok(result.returncode == 3 and f"[{code}]" in result.stderr, f"{bad}: {result.stderr}")
        for good in ("80 USD", "80USD", " 0.5 CHF ", "1e3 JPY"):
            equal(f"price {good!r}", call("check", write(out, tray=f'price="{good}"')).returncode, 0)


for check in (check_show, check_mass, check_mistakes):
    check()
finish()
