"""Every part of racks/parts on a bench of its own: the figures that its source prints, reproduced.

tests/catalogue/figures.csv holds part, operating point, quantity, the printed figure (or a bound, "<= 0.009"), tolerance (the
precision of the source; SI) and where it is printed. "max q" is the highest q over load, "limit q" the limit that the program
watches. A part without a line must be an estimate whose source says what it is made of."""
import csv
import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import benches
import laws
from cli import SOURCE, call, equal, finish, folder, ok, parts_by_path

parts = laws.catalogue()
elements = laws.elements()
TWINS = {("uqd02", "uqdb02"), ("uqd04", "uqdb04")}  # the hand-mate and the blind-mate standard print the same minimum
# Not estimates, yet nothing is printed: id -> why.
UNPRINTED = {"switch-orifice": "sized here for the flow of a switch tray"}
LOADS = [0.02 * n for n in range(1, 51)]  # where a maximum is looked for


def figures_of(part):
    """The part's figures, with those of the part that it is made of."""
    f = parts[part]
    return f | {"of psu": parts[f["psu"]]} if "psu" in f else f


class Line:
    def __init__(self, row):
        self.part, self.printed, self.source = row["part"], row["printed"], row["source"]
        self.at = benches.operating_point(row["at"])
        self.tolerance, self.unit = float(row["tolerance"]), row["unit"]
        self.how, _, self.quantity = row["quantity"].rpartition(" ")
        self.name = f"{self.part} {row['at']} {row['quantity']}".replace("  ", " ")
        self.keys = []

    def points(self):
        return [self.at | {"load": x} for x in LOADS] if self.how == "max" else [self.at]

    def compare(self, got):
        sense, _, figure = self.printed.rpartition(" ")
        want = float(figure)
        fine = {"": abs(got - want) <= self.tolerance, "<=": got <= want, ">=": got >= want}[sense]
        ok(fine, f"{self.name}: {got:.6g} {self.unit}, printed is {self.printed} within {self.tolerance:g} ({self.source})")


def subject(path, by_path):
    """Quantities of the part (of its first child of that name) and of all its children."""
    inner = {name[len(path) + 1:]: c for name, c in by_path.items() if name.startswith(path + ".")}
    return by_path.get(path), inner


def found(line, key, at, by_path):
    own, inner = subject(key, by_path)
    child, _, name = line.quantity.rpartition(".")
    component = inner.get(child) or inner.get(child + "[1]") if child else own
    if line.how == "limit":
        return [m["limit"] for m in component["margins"] if m["quantity"] == name][0]
    if name in benches.DERIVED and not (own and name in own["quantities"]):
        quantities = {k: c["quantities"] for k, c in inner.items()}
        return benches.DERIVED[name](figures_of(line.part), at, own["quantities"] if own else None, quantities)
    return component["quantities"][name]


def solve_all(element, lines):
    """One model of one element: a bench per operating point, all independent of each other."""
    body, at = [], {}
    for line in lines:
        for point in line.points():
            k = len(at)
            at[f"x{k}"] = point
            line.keys.append(f"x{k}")
            body.append(benches.BENCHES[element](k, line.part, figures_of(line.part), point))
    includes = "".join(f'<xi:include href="parts/{f.name}"/>' for f in sorted((SOURCE / "racks" / "parts").glob("*.xml")))
    with folder() as name:
        file = pathlib.Path(name) / f"{element}.xml"
        file.write_text('<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">'
                        f'<title>Benches of {element}</title>{includes}{"".join(body)}</racktwin>')
        result = call("solve", file, "--json")
    if not ok(result.returncode in (0, 1), f"the benches of <{element}> are solved, exit {result.returncode}: {result.stderr}"):
        return
    by_path = parts_by_path(json.loads(result.stdout))
    for line in lines:
        values = [found(line, key, at[key], by_path) for key in line.keys]
        line.compare(max(values))


def check_coverage(lines):
    printed = {line.part for line in lines}
    equal("figures for parts that are not in the catalogue", printed - set(parts), set())
    for part, figures in parts.items():
        quality, source = figures.get("quality"), figures.get("source", "")
        ok(len(source) >= 8, f"{part} says where its figures come from: \"{source}\"")
        ok(part in printed or part in UNPRINTED or quality == "estimate",
           f"{part} is of quality {quality}, but no printed figure of it is checked (tests/catalogue/figures.csv)")


def check_twins():
    """No two parts of one element with the same figures."""
    seen = {}
    for part, figures in parts.items():
        same = (elements[part], *sorted((k, str(v)) for k, v in figures.items() if k not in laws.LABELS))
        ok(same not in seen or tuple(sorted((part, seen[same]))) in TWINS,
           f"{part} and {seen.get(same)} are the same part under two names")
        seen[same] = part


with open(SOURCE / "tests" / "catalogue" / "figures.csv", newline="") as file:
    all_lines = [Line(row) for row in csv.DictReader(file)]
check_coverage(all_lines)
check_twins()
for kind in sorted({elements[line.part] for line in all_lines if line.part in elements}):
    solve_all(kind, [line for line in all_lines if elements.get(line.part) == kind])
print(f"{len(all_lines)} printed figures of {len({line.part for line in all_lines})} parts; {len(parts)} parts")
finish()
