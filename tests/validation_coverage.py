#!/usr/bin/env python3
"""Every published scalar of tests/validation/expected.csv has a case that holds it at least as tightly, or says why not.

Column `by`: empty, a row of tests/validation/*.inc expects this value (in W or kW, Pa or kPa) within this tolerance; "row
QUANTITY VALUE", the case is run the other way round, and that row expects VALUE; "test NAME", a test of its own in
validation_cases.c; "not run", the case is a row of tests/validation/notes.md, with the reason."""
import csv
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, equal, finish, ok  # noqa: E402

FOLDER = SOURCE / "tests" / "validation"
ROUNDING = 1.1  # a tolerance of 1e-6 of the value, printed to one digit
cases = (SOURCE / "tests" / "validation_cases.c").read_text(encoding="utf-8")
notes = (FOLDER / "notes.md").read_text(encoding="utf-8")


def expectations():
    """(case, model, quantity, value, absolute tolerance) of every row of the tables."""
    for file in sorted(FOLDER.glob("*.inc")):
        text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
        for body in re.findall(r"^\{(.*?)\},\s*$", text, re.S | re.M):
            words = re.findall(r'"([^"]*)"', body)
            value, tolerance, kind = [part.strip() for part in body.split(",")[-3:]]
            strings = [w for w in words if re.match(r"[a-z0-9\[\]-]+\.\w", w) and "=" not in w]
            quantity = strings[0] if strings else ""
            allowed = float(tolerance) * (abs(float(value)) if kind == "REL" else 1.0)
            yield words[0], words[1], quantity, float(value), allowed


ROWS = list(expectations())
equal("rows of the tables read", len(ROWS), sum(f.read_text(encoding="utf-8").count('{"O-') for f in FOLDER.glob("*.inc")))


def held(case, value, tolerance):
    return any(c == case and abs(v * s - value) <= tolerance and a * s <= ROUNDING * tolerance
               for c, _, _, v, a in ROWS for s in (1.0, 1e3, 1e-3))


def held_as(case, quantity, value):
    return any((c, q) == (case, quantity) and abs(v - value) <= 1e-12 * abs(value) for c, _, q, v, _ in ROWS)


scalars = list(csv.DictReader((FOLDER / "expected.csv").open(encoding="utf-8")))
ok(len(scalars) >= 60, f"{len(scalars)} scalars are listed")
for s in scalars:
    name, kind, *rest = f"{s['case']} {s['quantity']}", *(s["by"].split() or [""])
    if kind == "":
        ok(held(s["case"], float(s["value"]), float(s["tol_abs"])), f"{name}: no row expects {s['value']} within {s['tol_abs']}")
    elif kind == "row":
        ok(held_as(s["case"], rest[0], float(rest[1])), f"{name}: no row of {rest[0]} expects {rest[1]}")
    elif kind == "test":
        ok(f"cmocka_unit_test({rest[0]})" in cases, f"{name}: no test {rest[0]}")
    else:
        ok(s["by"] == "not run" and f"| {s['case']} " in notes, f"{name}: the notes do not say why it is not run")
        ok(all(c != s["case"] for c, *_ in ROWS), f"{name}: the notes call it not run, but it has rows")

# The notes tell no lies: every case they name as a whole is without rows.
for case in re.findall(r"^\| (O-\w+) ", notes, re.M):
    whole = re.search(rf"^\| {case}(,)?", notes, re.M)
    ok(whole.group(1) or all(c != case for c, *_ in ROWS), f"{case} is in the notes as not run, but has rows")
finish()
