"""compare: cases side by side. Money, differences and rank are computed again here from the JSON of single solves and the prices in
the model; the workbook is read as the XML that it is, and its formulas are worked out again."""
import hashlib
import json
import math
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ET
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import RACK, call, equal, finish, folder, near, ok, solve, table

OK, LIMIT, USAGE, INPUT, NO_SOLUTION, SYSTEM = range(6)
PSU = ('<psu id="{}" P_rated="5.5 kW" V_no_load="50 V" V_full_load="49 V" loss_a="{}" loss_c="{}" V_in_min="180 V" '
       'V_in_max="305 V" {} source="made up &amp; &lt;tested&gt;" quality="estimate"/>')
PRICES = {"psu-a": 400.0, "psu-b": 512.5}  # USD each; two of them stand in the model
MODEL = """<racktwin xmlns="urn:racktwin:1" version="1">
  <title>Two supplies and a chip</title>
  <parts>
    {parts}
  </parts>
  <grid id="utility" voltage="415 V" short_circuit_power="10 MVA" source="utility" quality="datasheet"/>
  <use id="psu" part="psu-a" count="2"/>
  <chip id="gpu" kind="gpu" TDP="8 kW" P_idle="1 kW" V_nominal="50 V" T_max="90 degC" source="class" quality="datasheet"/>
  <thermal-resistance id="plate" R="0.005 K/W"/>
  <fixed-temperature id="water" T="40 degC"/>
  <connect from="utility.out" to="psu.in"/>
  <connect from="psu.out" to="gpu.power"/>
  <connect from="gpu.heat" to="plate.a"/>
  <connect from="plate.b" to="water.heat"/>
  <variant id="better"><replace use="psu" part="psu-b"/></variant>
  <variant id="no-price"><replace use="psu" part="psu-c"/></variant>
  <variant id="euro"><replace use="psu" part="psu-d"/></variant>
  <variant id="hot"><set at="water.T" value="60 degC"/></variant>
  <variant id="half"><set at="gpu.utilisation" value="50 %"/></variant>
  <variant id="collapse"><set at="gpu.TDP" value="900 kW"/></variant>
</racktwin>
""".format(parts="\n    ".join([
    PSU.format("psu-a", "0.0057", "0.0287", 'price="400 USD" mass="4 kg" lead-time="3 weeks" mtbf="2e5 h"'),
    PSU.format("psu-b", "0.0040", "0.0200", 'price="512.50 USD"'),
    PSU.format("psu-c", "0.0040", "0.0200", ""),
    PSU.format("psu-d", "0.0040", "0.0200", 'price="480 EUR"')]))
BAR = """<racktwin xmlns="urn:racktwin:1" version="1">
  <title>A bar of no part</title>
  <voltage-source id="source" voltage="50 V"/>
  <busbar id="bar" width="60 mm" thickness="10 mm" length="1 m" clip_resistance="0.1 mohm"/>
  <power-load id="load" P="4 kW" V_nominal="50 V" count="3"/>
  <connect from="source.out" to="bar.feed"/>
  <connect from="bar.tap" to="load.in"/>
</racktwin>
"""
SHELF = """<racktwin xmlns="urn:racktwin:1" version="1">
  <title>A shelf with one price</title>
  <parts>
    {}
    {}
    <power-shelf id="shelf-a" psus="6" psu="psu-a" connector_resistance="40 uohm" connector_rating="700 A" rated_power="27.5 kW"
                 fan_power="60 W" price="9000 USD" source="class" quality="estimate"/>
    <power-shelf id="shelf-b" part="shelf-a" psu="psu-b" price="9900 USD"/>
    <power-shelf id="shelf-c" part="shelf-a" psu="psu-b" price="9900 EUR"/>
  </parts>
  <grid id="feed-a" voltage="415 V" short_circuit_power="10 MVA"/>
  <grid id="feed-b" voltage="415 V" short_circuit_power="10 MVA"/>
  <use id="shelf" part="shelf-a"/>
  <power-load id="load" P="24 kW" V_nominal="50 V"/>
  <connect from="feed-a.out" to="shelf.a"/>
  <connect from="feed-b.out" to="shelf.b"/>
  <connect from="shelf.out" to="load.in"/>
  <variant id="b"><replace use="shelf" part="shelf-b"/></variant>
  <variant id="other-psu"><set at="shelf.psu" value="psu-b"/></variant>
</racktwin>
""".format(PSU.format("psu-a", "0.0057", "0.0287", 'price="400 USD"'), PSU.format("psu-b", "0.0040", "0.0200", 'price="500 USD"'))


def write(out, text=MODEL, name="model.xml"):
    file = pathlib.Path(out) / name
    file.write_text(text)
    return file


def compare(*words, code=OK):
    result = call("compare", *words, "--json")
    equal(f"compare {' '.join(map(str, words[1:]))}: exit ({result.stderr.strip()[:200]})", result.returncode, code)
    return json.loads(result.stdout) if result.stdout else None


def values(document, quantity, **keys):
    found = [f for f in document["figures"] if f["quantity"] == quantity and all(f[k] == v for k, v in keys.items())]
    ok(len(found) == 1, f"{quantity} {keys}: {len(found)} rows")
    return found[0]["values"] if found else [None] * len(document["cases"])


def check_figures():
    """Each case has the figures of its own solve, and differences are plain subtraction."""
    with folder() as out:
        file = write(out)
        both = compare(file, "-V", "base", "-V", "better", "-V", "half")
        alone = [solve(file, "-V", v) for v in ("base", "better", "half")]
        for k, one in enumerate(alone):
            equal(f"grid power of case {k}, W", values(both, "grid_power")[k], one["grid"]["power_W"])
            equal(f"efficiency of case {k}", values(both, "grid_to_chip_efficiency")[k], one["efficiency"]["grid_to_chip"])
            for rung in one["ladder"]:
                equal(f"loss of {rung['stage']} of case {k}", values(both, f"ladder.{rung['stage']}.loss")[k], rung["loss_W"])
            chip = next(c for c in one["components"] if c["path"] == "gpu")
            equal(f"hottest gpu of case {k}", values(both, "hottest.gpu")[k], chip["temperature_K"])
            margin = next(m for m in chip["margins"] if m["quantity"] == "T_junction")
            equal(f"its margin in case {k}", values(both, "margin.T_junction.max")[k], margin["margin"])
            losses = [c["loss_W"] for c in one["components"] if c["loss_W"] is not None]
            for section in ("part.loss", "group.loss"):
                total = sum(f["values"][k] or 0 for f in both["figures"] if f["quantity"] == section)
                near(f"{section} of case {k} adds up, W", total, math.fsum(losses), rel=1e-12)
        psu = [sum(c["loss_W"] for c in one["components"] if c["element"] == "psu") for one in alone]
        near("loss of psu-b", values(both, "part.loss", part="psu-b")[1], psu[1], rel=1e-12)
        near("loss of the place psu in all", max(abs(a - b) for a, b in zip(values(both, "group.loss", path="psu"), psu)), 0, within=1e-9)
        ok(psu[1] < psu[0], "the better supply loses less")
        for f in both["figures"]:
            base = f["values"][0]
            equal(f"first difference of {f['quantity']}", f["differences"][0], None)
            for v, d in zip(f["values"][1:], f["differences"][1:]):
                if v is None or base is None:
                    equal(f"difference of {f['quantity']} where a case has none", d, None)
                else:  # JSON has 15 digits
                    near(f"difference of {f['quantity']}", d, v - base, within=4e-15 * max(abs(v), abs(base)))
        equal("settings that differ", both["differing_settings"], [{"name": "gpu.utilisation", "values": ["100 %", "100 %", "50 %"]}])
        same = compare(file, "-V", "half", "-V", "half")
        equal("the same case: settings that differ", same["differing_settings"], [])
        equal("names of a case that is there twice", [c["name"] for c in same["cases"]], ["half", "half#2"])
        ok(all(f["differences"][1] == 0 for f in same["figures"] if f["values"][0] is not None), "the same case: differences are 0")
        equal("the same case: parts that differ", same["differing_parts"], [])
        one = compare(file, "-V", "better")
        equal("one variant is compared with the file itself", [c["name"] for c in one["cases"]], ["base", "better"])


def check_money():
    with folder() as out:
        file = write(out)
        for profile, points in ((None, None), ("100%:0.7,35%:0.3", [(1.0, 0.7), (0.35, 0.3)])):
            options = ["--hours", "8000", "--tariff", "0.08 USD/kWh", "--demand-charge", "10 USD/kW/month", "--discount", "5 %"]
            options += ["--profile", profile] if profile else []
            document = compare(file, "-V", "base", "-V", "better", *options)
            totals = []
            for k, (variant, part) in enumerate((("base", "psu-a"), ("better", "psu-b"))):
                powers = [(solve(file, "-V", variant, "--set", f"gpu.utilisation={u}")["grid"]["power_W"], s)
                          for u, s in points or [(1.0, 1.0)]]
                kwh = 8000 * sum(p * s for p, s in powers) / 1000
                annual = 0.08 * kwh + 120 * max(p for p, _ in powers) / 1000
                parts = 2 * PRICES[part]
                total = {n: parts + annual * sum(1.05 ** -y for y in range(1, n + 1)) for n in (5, 10)}
                near("energy per year, J", values(document, "energy_per_year")[k], 3.6e6 * kwh, rel=1e-9)
                near("energy cost", values(document, "energy_cost")[k], 0.08 * kwh, rel=1e-9)
                near("cost per year", values(document, "annual_cost")[k], annual, rel=1e-9)
                equal("price of the parts that differ", values(document, "price_of_differing_parts")[k], parts)
                for n in (5, 10):
                    near(f"total of {n} years", values(document, f"total_{n}_years")[k], total[n], rel=1e-9)
                totals.append(total[10])
            equal("ranked by", document["ranked_by"], "total over 10 years")
            equal("rank", values(document, "rank"), [1 + (totals[0] > totals[1]), 1 + (totals[1] > totals[0])])
        plain = compare(file, "-V", "better", "--tariff", "80 USD/MWh")
        near("MWh and kWh: cost, USD/a", values(plain, "energy_cost")[0], 0.08 * 8760 * values(plain, "grid_power")[0] / 1000, rel=1e-12)
        near("no discount: 10 years are ten times one", values(plain, "total_10_years")[0] - 800, 10 * values(plain, "annual_cost")[0], rel=1e-12)
        none = compare(file, "-V", "better")
        ok(not any(f["quantity"] in ("energy_cost", "total_10_years") for f in none["figures"]), "no tariff, no cost")
        equal("no tariff: ranked by", none["ranked_by"], "energy per year")
        text = call("compare", file, "-V", "better").stdout
        ok("as it describes itself" in text and "8760 hours" in text and "no --tariff" in text, "the page states hours, load and tariff")


def check_missing_prices():
    with folder() as out:
        file = write(out)
        for variant, part, why in (("no-price", "psu-c", "no price"), ("euro", "psu-d", "EUR")):
            document = compare(file, "-V", variant, "--tariff", "0.1 USD/kWh")
            missing = document["cases"][1]["missing_prices"]
            ok(missing and f"2 x {part}" in missing and why in missing, f"{variant}: {missing!r}")
            equal(f"{variant}: the base lacks nothing", document["cases"][0]["missing_prices"], None)
            equal(f"{variant}: price and total of the case", (values(document, "price_of_differing_parts")[1],
                                                             values(document, "total_10_years")[1]), (None, None))
            equal(f"{variant}: ranked by", document["ranked_by"], "cost per year")
            page = call("compare", file, "-V", variant, "--tariff", "0.1 USD/kWh").stdout
            ok(part in page and "prices are missing" in page, f"{variant}: the page names it")
        settings = compare(file, "-V", "half", "--tariff", "0.1 USD/kWh")
        equal("settings only: price of what differs", values(settings, "price_of_differing_parts"), [0, 0])
        shelf = write(out, SHELF, "shelf.xml")
        whole = compare(shelf, "-V", "b", "--tariff", "0.1 USD/kWh")
        equal("a shelf's price covers its supplies", values(whole, "price_of_differing_parts"), [9000, 9900])
        equal("rows of parts", [(p["part"], p["count"]) for p in whole["differing_parts"]], [("shelf-a", [1, 0]), ("shelf-b", [0, 1])])
        one = {c["path"]: c["loss_W"] for c in solve(shelf)["components"] if c["path"].startswith("shelf.") and c["loss_W"] is not None}
        own = math.fsum(v for p, v in one.items() if not p.startswith("shelf.psu"))
        ok(own > 0, "the shelf loses something outside its supplies")
        near("loss of the shelf without its supplies, W", values(whole, "part.loss", part="shelf-a")[0], own, rel=1e-12)
        near("loss of its supplies, W", values(whole, "part.loss", part="psu-a")[0], math.fsum(one.values()) - own, rel=1e-12)
        inner = compare(shelf, "-V", "other-psu", "--tariff", "0.1 USD/kWh")
        ok("inside differs" in (inner["cases"][1]["missing_prices"] or ""), f"a shelf with other supplies has no price: "
           f"{inner['cases'][1]['missing_prices']!r}")
        ok(all(f["quantity"] != "total_10_years" for f in inner["figures"]), "and no total")
        equal("that setting", inner["differing_settings"], [{"name": "shelf.psu", "values": ["psu-a", "psu-b"]}])
        idle = compare(shelf, "-V", "b", "--profile", "50%:1", code=LIMIT)
        ok("no chip" in idle["cases"][0]["not_ranked_because"], "a profile that reaches nothing is refused")
        two = compare(shelf, write(out), "--tariff", "0.1 USD/kWh")
        equal("several files: names", [c["name"] for c in two["cases"]], ["shelf", "model"])
        ok("gpu" in two["cases"][1]["missing_prices"], "several files: what stands in one only is named")
        bars = [write(out, BAR.replace("10 mm", mm), f"bar-{mm[:2]}.xml") for mm in ("10 mm", "12 mm")]
        rows = compare(*bars, "--tariff", "0.1 USD/kWh")["differing_parts"]
        equal("a composite without part is one piece, not what it emits", [(p["element"], p["count"]) for p in rows],
              [("busbar", [1, 1])])


def check_limits():
    with folder() as out:
        file = write(out)
        document = compare(file, "-V", "half", "-V", "hot", "-V", "base", code=LIMIT)
        equal("limits broken", values(document, "limits_broken"), [0, 1, 0])
        equal("a case that breaks a limit comes last", values(document, "rank"), [1, 3, 2])
        finding = document["cases"][1]["findings"][0]
        equal("finding", (finding["path"], finding["quantity"]), ("gpu", "T_junction"))
        busy = compare(file, "-V", "half", "-V", "hot", "--set", "gpu.utilisation=10 %", "--profile", "10%:0.5,100%:0.5", code=LIMIT)
        equal("a limit broken at a point of the profile only", (values(busy, "limits_broken"), values(busy, "rank")), ([0, 0], [1, 2]))
        result = call("compare", file, "-V", "base", "-V", "collapse", "--json")
        equal("one case without solution: exit", result.returncode, LIMIT)
        document = json.loads(result.stdout)
        equal("it is told", (document["cases"][1]["solved"], document["cases"][0]["solved"]), (False, True))
        ok(document["cases"][1]["not_ranked_because"] and "collapse" in result.stderr, f"with its reason: {result.stderr[:300]}")
        equal("and not ranked", values(document, "rank"), [1, None])
        ok("NOT RANKED" in call("compare", file, "-V", "base", "-V", "collapse").stdout, "the page says so")
        first = call("compare", file, "-V", "collapse", "-V", "base")
        ok(first.returncode == LIMIT and "no differences" in first.stdout, "a first case without solution: no differences")
        compare(file, "-V", "collapse", "-V", "collapse", code=NO_SOLUTION)


def check_mistakes():
    with folder() as out:
        file, target = write(out), pathlib.Path(out) / "results"
        for words, code, says in (
                ([file], USAGE, "two cases"), ([file, "-V", "a", "-V", "better"], INPUT, ""), ([file, "-V", "bettr"], INPUT, "better"),
                ([file, file, "-V", "a", "-V", "b", "-V", "c"], USAGE, "one for each"),
                ([file, "-V", "half", "--tariff", "0.08"], USAGE, "USD/kWh"), ([file, "-V", "half", "--tariff", "0.08 USD/kW"], USAGE, "USD/kWh"),
                ([file, "-V", "half", "--tariff", "-1 USD/kWh"], USAGE, "USD/kWh"), ([file, "-V", "half", "--tariff", "8 ct/kWh"], USAGE, "USD/kWh"),
                ([file, "-V", "half", "--demand-charge", "10 USD/kWh"], USAGE, "USD/kW/a"),
                ([file, "-V", "half", "--tariff", "0.1 EUR/kWh", "--demand-charge", "10 USD/kW/a"], USAGE, "currency"),
                ([file, "-V", "half", "--profile", "100%:0.7"], USAGE, "add up to 1"),
                ([file, "-V", "half", "--profile", "120%:1"], USAGE, "100%:0.7"), ([file, "-V", "half", "--profile", "1"], USAGE, "100%:0.7"),
                ([file, "-V", "half", "--hours", "9000"], USAGE, "8784"), ([file, "-V", "half", "--discount", "5"], USAGE, "5 %")):
            result = call("compare", *words, "-o", target)
            what = " ".join(map(str, words[1:]))
            equal(f"{what}: exit", result.returncode, code)
            ok(says in result.stderr and not result.stdout, f"{what}: says {result.stderr.strip()[:200]!r}")
        ok(not target.exists(), "a mistake writes nothing")
        block = pathlib.Path(out) / "file"
        block.write_text("")
        equal("a folder that cannot be made", call("compare", file, "-V", "half", "-o", block).returncode, SYSTEM)


def check_csv():
    with folder() as out:
        file = write(out)
        options = ["-V", "base", "-V", "better", "--tariff", "0.08 USD/kWh"]
        result = call("compare", file, *options, "-o", out, "--csv")
        text = (pathlib.Path(out) / "compare.csv").read_text()
        equal("--csv is what compare.csv has", result.stdout, text)
        rows = table(text)
        equal("columns", list(rows[0]), "variant,scenario,path,element,part,quantity,unit,value".split(","))
        equal("files", sorted(p.name for p in pathlib.Path(out).iterdir()), ["compare.csv", "compare.xlsx", "model.xml", "run.json"])
        record = json.loads((pathlib.Path(out) / "run.json").read_text())
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        equal("run.json: inputs", [(i["file"], i["sha256"]) for i in record["inputs"]], [(str(file), digest)])
        equal("run.json: terms and cases", (record["terms"]["tariff_per_kWh"], [c["name"] for c in record["cases"]]),
              (0.08, ["base", "better"]))
        document = compare(file, *options)
        cells = {(r["variant"], r["path"], r["element"], r["part"], r["quantity"]): r for r in rows}
        equal("no row is there twice", len(cells), len(rows))
        for f in document["figures"]:
            for k, name in enumerate(("base", "better")):
                v = f["values"][k]
                if v is None:
                    continue
                cell = cells[name, f["path"], f["element"], f["part"], f["quantity"]]
                si = float(cell["value"]) * {"kWh": 3.6e6}.get(cell["unit"], 1) + (273.15 if cell["unit"] == "degC" else 0)
                near(f"compare.csv: {f['quantity']}", si, v, rel=1e-12, within=1e-12)
                d = f["differences"][k]
                if d is not None:
                    cell = cells[name, f["path"], f["element"], f["part"], f"difference.{f['quantity']}"]
                    near(f"compare.csv: difference of {f['quantity']}", float(cell["value"]) * {"kWh": 3.6e6}.get(cell["unit"], 1), d,
                         rel=1e-12, within=1e-15)


# ---- the workbook: cells as they are stored, and a small calculator of its formulas ----------------------------------------------

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_book(path):
    """Sheet -> cell -> (formula or None, value)."""
    with zipfile.ZipFile(path) as z:
        equal("the archive is whole", z.testzip(), None)
        strings = ["".join(t.text or "" for t in s.iter(f"{{{NS['m']}}}t")) for s in ET.fromstring(z.read("xl/sharedStrings.xml"))]
        names = [s.get("name") for s in ET.fromstring(z.read("xl/workbook.xml")).find("m:sheets", NS)]
        book = {}
        for k, name in enumerate(names):
            cells = book[name] = {}
            for c in ET.fromstring(z.read(f"xl/worksheets/sheet{k + 1}.xml")).iter(f"{{{NS['m']}}}c"):
                f, v = c.find("m:f", NS), c.find("m:v", NS)
                value = None if v is None else strings[int(v.text)] if c.get("t") == "s" else v.text if c.get("t") == "str" else float(v.text)
                cells[c.get("r")] = (f.text if f is not None else None, value)
        return book


class Area(list):
    """A range of cells; comparisons and sums go cell by cell, as in SUMPRODUCT."""
    def each(self, other, f):
        others = other if isinstance(other, Area) else [other] * len(self)
        return Area(f(a, b) for a, b in zip(self, others))

    def __add__(self, o): return self.each(o, lambda a, b: a + b)
    def __mul__(self, o): return self.each(o, lambda a, b: a * b)
    def __lt__(self, o): return self.each(o, lambda a, b: number(a) and number(b) and a < b)
    def __gt__(self, o): return self.each(o, lambda a, b: number(a) and number(b) and a > b)
    def __eq__(self, o): return self.each(o, lambda a, b: (a if a is not None else "") == b)


def number(v):
    return isinstance(v, (int, float))


def calculator(book, sheet):
    """Value of a formula, worked out from the cells' stored numbers and other formulas."""
    def cell(reference, of=sheet):
        reference = reference.replace("$", "")
        formula, value = book[of].get(reference, (None, None))
        return calculator(book, of)(formula) if formula is not None else value

    def area(first, last, of=sheet):
        (a, i), (b, j) = (re.match(r"([A-Z]+)(\d+)", x.replace("$", "")).groups() for x in (first, last))
        index = lambda letters: sum((ord(ch) - 64) * 26 ** k for k, ch in enumerate(reversed(letters)))
        name = lambda n: (name((n - 1) // 26) if n > 26 else "") + chr(65 + (n - 1) % 26)
        return Area(cell(f"{name(c)}{r}", of) for r in range(int(i), int(j) + 1) for c in range(index(a), index(b) + 1))

    def run(formula):
        reference = r"(?:(Inputs|Parts)!)?(\$?[A-Z]{1,2}\$?\d+)(?::(\$?[A-Z]{1,2}\$?\d+))?"

        def python(m):
            of = f", {m[1]!r}" if m[1] else ""
            return f"area({m[2]!r}, {m[3]!r}{of})" if m[3] else f"cell({m[2]!r}{of})"
        pieces = re.split(r'("[^"]*")', formula)
        text = "".join(p if p.startswith('"') else re.sub(reference, python, p).replace("^", "**") for p in pieces)
        text = re.sub(r'(?<![<>=])=(?!=)', "==", text)
        return eval(lazy(text.lstrip("=")), {}, {
            "cell": cell, "area": area, "AND": lambda *a: all(a), "ISNUMBER": number,
            "N": lambda v: v if number(v) else 0, "MAX": max, "COUNT": lambda a: sum(map(number, a)), "SUMPRODUCT": sumproduct})
    return run


def sumproduct(*areas):
    return math.fsum(math.prod(v if number(v) else 0 for v in row) for row in zip(*areas))


def lazy(text):
    """IF(c,a,b) as (a if c else b): only the branch that holds is worked out."""
    at = text.find("IF(")
    if at < 0:
        return text
    depth, quoted, starts, end = 0, False, [at + 3], at + 2
    while True:
        ch = text[end]
        quoted ^= ch == '"'
        depth += (ch == "(") - (ch == ")") if not quoted else 0
        if not depth:
            break
        if ch == "," and depth == 1 and not quoted:
            starts.append(end + 1)
        end += 1
    c, a, b = (lazy(text[i:j - 1]) for i, j in zip(starts, [*starts[1:], end + 1]))
    return f"{text[:at]}(({a}) if ({c}) else ({b})){lazy(text[end + 1:])}"


def check_book():
    with folder() as out:
        file = write(out, MODEL.replace("<title>Two", '<title>A &amp; B &lt;1&gt; "q" Two'))
        for options, variants in ((["--tariff", "0.08 USD/kWh", "--demand-charge", "120 USD/kW/a", "--profile", "100%:0.7,35%:0.3", "--discount",
                                    "5 %"], ["base", "better", "half"]), ([], ["half", "hot", "no-price"]),
                                  (["--tariff", "0.08 USD/kWh"], ["base", "collapse", "no-price"])):
            words = [w for v in variants for w in ("-V", v)]
            call("compare", file, *words, *options, "-o", out)
            document = json.loads(call("compare", file, *words, *options, "--json").stdout)
            book = read_book(pathlib.Path(out) / "compare.xlsx")
            equal("sheets", list(book), ["Inputs", "Comparison", "Losses", "Margins", "Parts"])
            check_formulas(book)
            check_values(book["Comparison"], document)
            if variants[1] == "better":
                texts = [v for _, v in book["Parts"].values() if isinstance(v, str)]
                ok("made up & <tested>" in texts, "texts are escaped and read back as they were")
                change_tariff(book)


def check_book_without_its_library():
    with folder() as out:
        file = write(out)
        (pathlib.Path(out) / "libxlsxwriter.so.4").write_text("")  # found first, and no library
        lost = call("compare", file, "-V", "half", "-q", "-o", out, env={**os.environ, "LD_LIBRARY_PATH": str(out)})
        equal("no library: system error", lost.returncode, SYSTEM)
        ok("compare.xlsx could not be written" in lost.stderr and "shared library" in lost.stderr, f"it says why: {lost.stderr}")
        ok(not list(pathlib.Path(out).glob("compare.xlsx*")), "no book is left")


def check_formulas(book):
    formulas = 0
    for sheet, cells in book.items():
        for name, (formula, value) in cells.items():
            if formula is None:
                continue
            formulas += 1
            got = calculator(book, sheet)(formula)
            if number(value):
                near(f"{sheet}!{name} ={formula}", got, value, rel=1e-12, within=1e-9)
            else:
                equal(f"{sheet}!{name} ={formula}", str(got), value or "")
    ok(formulas > 40, f"the workbook has formulas: {formulas}")


def rows_of(cells):
    return {v: int(n[1:]) for n, (_, v) in cells.items() if re.fullmatch(r"A\d+", n)}


def check_values(cells, document):
    """The stored values are those of the JSON document."""
    rows = rows_of(cells)
    n = len(document["cases"])
    pairs = {"grid_power": ("grid_power", 1), "energy_per_year": ("energy_per_year", 3.6e6), "energy_cost": ("energy_cost", 1),
             "annual_cost": ("annual_cost", 1), "price_of_differing_parts": ("price_of_differing_parts", 1),
             "total over the second years": ("total_10_years", 1), "rank": ("rank", 1)}
    for label, (quantity, scale) in pairs.items():
        figure = next((f for f in document["figures"] if f["quantity"] == quantity), None)
        for k in range(n):
            formula, value = cells.get(f"{'FGH'[k]}{rows[label]}", (None, None))
            want = figure["values"][k] if figure else None
            if want is not None:
                near(f"Comparison: {label} of case {k}", value if number(value) else None, want / scale, rel=1e-14)
            else:
                ok(not number(value), f"Comparison: {label} of case {k} is {value!r}, not a number")
            ok(label == "grid_power" or formula or document["cases"][k]["not_ranked_because"], f"Comparison: {label} is a formula")


def change_tariff(book):
    """With another tariff in its cell the costs follow."""
    cells = book["Comparison"]
    rows = rows_of(cells)
    before = cells[f"F{rows['energy_cost']}"][1]
    book["Inputs"]["B3"] = (None, 2 * book["Inputs"]["B3"][1])
    after = calculator(book, "Comparison")(cells[f"F{rows['energy_cost']}"][0])
    near("twice the tariff, twice the cost of energy", after, 2 * before, rel=1e-12)


def check_rack():
    document = compare(RACK, "-V", "row-cdu", "--tariff", "0.08 USD/kWh")
    ok(any("cdu" in (p["part"] or "") for p in document["differing_parts"]), "the other CDU is among the parts that differ")
    page = call("compare", RACK, "-V", "row-cdu").stdout
    lost = compare(RACK, "-V", "shelf-lost", code=LIMIT if solve(RACK, "-V", "shelf-lost")["exit"] else OK)
    equal("one of several instances is set", lost["differing_settings"], [{"name": "shelf[1].state", "values": ["on", "off"]}])
    half = compare(RACK, "-V", "half")["differing_settings"]
    ok({"name": "tray.gpu.utilisation (72)", "values": ["100 %", "50 %"]} in half, f"72 of 72 are set: {half}")
    stage = compare(RACK, "-V", "stage-90A")
    (vrm,) = [e for e in stage["estimates_only"] if e["stage"] == "VRM"]
    ok(vrm["differs"], "another power stage: the cases differ in the stage of regulators")
    makers = "MPS, Infineon, Renesas, ADI, TI, Vicor, Delta print no loss as numbers"
    equal("sources of both power stages name the makers", sum(makers in s for s in vrm["sources"]), 2)
    ok(not any("fan" in e["stage"] and e["differs"] for e in stage["estimates_only"]), "fans are estimates, but the same")
    page_stage = call("compare", RACK, "-V", "stage-90A").stdout
    equal("the page names them, too", len(re.findall(f"    VRM: .*{makers}", page_stage)), 2)
    feeds = {f["path"]: f["values"] for f in stage["figures"] if f["quantity"] == "current_other_feed_lost"}
    equal("feeds", sorted(feeds), ["feed-a", "feed-b"])
    with folder() as out:
        call("solve", RACK, "-q", "-o", out)
        lost = {r["path"]: float(r["value"]) for r in table((pathlib.Path(out) / "connection.csv").read_text())
                if r["quantity"] == "current_other_feed_lost"}
    for path, amperes in feeds.items():
        near(f"{path}: current with the other feed lost, A, as connection.csv has it", amperes[0], lost[path], rel=1e-6)
        ok(amperes[0] > 1.9 * [f["values"][0] for f in stage["figures"] if (f["path"], f["quantity"]) == (path, "current")][0],
           f"{path} carries the other one's load, too")
    one = solve(RACK, "-V", "half")
    chips = [m["margin"] for c in one["components"] if c["element"] == "chip" for m in c["margins"] if m["quantity"] == "T_junction"]
    both = compare(RACK, "-V", "half")
    equal("the tightest of all chips' margins, K", values(both, "margin.T_junction.max", element="chip")[1], min(chips))
    ok(max(chips) > min(chips) + 1, "chips whose margins differ")
    for words in ("Power and efficiency", "Loss by stage", "Coolant", "Hottest chip", "Tightest margins", "estimates only", "Connection",
                  "Energy per year", "Rank by energy per year"):
        ok(words in page, f"the page has {words!r}")


for check in (check_figures, check_money, check_missing_prices, check_limits, check_mistakes, check_csv, check_book,
              check_book_without_its_library, check_rack):
    check()
finish()
