"""What the tests of the program share: run it as a user does, collect checks, read its output.

A check that fails is printed with what was expected; finish() ends the test with exit code 1 if there was any."""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("RACKTWIN", str(SOURCE / "build" / "release" / "racktwin"))
RACK = "racks/gb200-nvl72.xml"
SECONDS = 120  # no call of these tests may take longer

count = {"passed": 0, "failed": 0}


def ok(condition, text):
    """One check; text says what is demanded and, where it helps, what was found."""
    if condition:
        count["passed"] += 1
    else:
        count["failed"] += 1
        print("FAILED:", text)
    return bool(condition)


def near(what, got, want, rel=0.0, within=0.0):
    allowed = within + rel * abs(want)
    fine = got is not None and abs(got - want) <= allowed
    return ok(fine, f"{what} is {got!r}, expected {want!r} within {allowed:.3g}")


def inside(what, got, lo, hi):
    return ok(got is not None and lo <= got <= hi, f"{what} is {got!r}, expected {lo} .. {hi}")


def equal(what, got, want):
    return ok(got == want, f"{what} is {got!r}, expected {want!r}")


def finish():
    print(f"{count['passed']} checks passed, {count['failed']} failed")
    sys.exit(1 if count["failed"] or not count["passed"] else 0)


def call(*words, **how):
    """Runs racktwin; result has returncode, stdout, stderr (text)."""
    how.setdefault("cwd", SOURCE)
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL, **how)


def settings(pairs):
    """--set options of a mapping path -> value."""
    return [word for path, value in pairs.items() for word in ("--set", f"{path}={value}")]


def solve(file, *options, codes=(0, 1)):
    """The JSON document of a steady state; its exit code is in ["exit"]. Stops the test when there is none."""
    result = call("solve", file, "--json", *options)
    if result.returncode not in codes:
        ok(False, f"solve {file} {' '.join(options)} ends with {result.returncode}:\n{result.stderr}")
        finish()
    document = json.loads(result.stdout)
    document["exit"] = result.returncode
    return document


def parts_by_path(document):
    return {c["path"]: c for c in document["components"]}


def of_element(document, *elements):
    return [c for c in document["components"] if c["element"] in elements]


def table(text):
    """Rows of a CSV with a header as dictionaries."""
    return list(csv.DictReader(io.StringIO(text)))


def folder():
    """A temporary folder: with folder() as name."""
    return tempfile.TemporaryDirectory(prefix="racktwin-test-")


UNITS = {
    "1": 1.0, "%": 0.01, "V": 1.0, "kV": 1e3, "A": 1.0, "W": 1.0, "kW": 1e3, "VA": 1.0, "kVA": 1e3, "MVA": 1e6, "K": 1.0,
    "ohm": 1.0, "mohm": 1e-3, "uohm": 1e-6, "mohm/m": 1e-3, "1/K": 1.0, "K/W": 1.0, "W/K": 1.0, "J/K": 1.0, "H": 1.0,
    "nH": 1e-9, "nF": 1e-9, "nC": 1e-9, "ns": 1e-9, "Hz": 1.0, "kHz": 1e3, "m": 1.0, "mm": 1e-3, "Pa": 1.0, "kPa": 1e3,
    "L/min": 1 / 6e4, "m3/s": 1.0, "s": 1.0}


def number(text):
    """"4.5 mohm" -> 0.0045; temperatures to kelvin; what is no number with a known unit stays text."""
    value, _, unit = text.strip().partition(" ")
    try:
        v = float(value)
    except ValueError:
        return text
    if unit == "degC":
        return v + 273.15
    return v * UNITS[unit] if unit in UNITS else v if not unit else text
