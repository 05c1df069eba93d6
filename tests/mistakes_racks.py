"""Wrong racks: each gets one message, at its place, in the user's words, and leaves nothing behind.

tests/mistakes/expected.csv: file, verb and options that show the mistake, exit code, code, line and column, path of the component
(empty where it is of none), and what the message says."""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, call, equal, finish, folder, ok, table

MISTAKES = SOURCE / "tests" / "mistakes"
MESSAGE = re.compile(r"^(?:(?P<file>[^:\n]+):(?P<line>\d+):(?P<column>\d+): |racktwin: )(?:error|warning): (?P<text>.+) "
                     r"\[(?P<code>RT\d{4})\]$", re.M)
# Words of solvers and programmers that tell a user nothing.
FOREIGN = re.compile(r"KIN|IDA|SUN|KLU|(?i:singular|jacobian|residual|newton|convergence|matrix|segmentation|\bnull\b|"
                     r"\bnan %|-nan|errno|0x[0-9a-f]+|line search|failed with|returned -?\d|tolerance|iteration)")


# Mistakes in what hangs together, each with the file that makes it.
STRUCTURAL = {
    "no ground": "no-ground.xml", "loop without pressure reference": "loop-without-pressure.xml",
    "ideal sources in a loop": "ideal-sources-in-a-loop.xml", "floating island": "floating-bus.xml",
    "two writers of a signal": "two-writers.xml", "inertance cut-set": "inertias-in-series.xml",
    "dangling port": "no-feed.xml", "medium mixed": "two-media.xml", "branch without return": "branch-without-return.xml",
    "thermal node without path": "heat-without-way-out.xml", "two pressure references": "two-vessels.xml",
    "cut-set of given flows": "flows-that-fight.xml", "two controllers of one quantity": "two-controllers.xml"}
# Codes that no file can show, and where they are tested.
NOT_BY_A_FILE = {
    "RT0408": "no composite of the program has a port with nothing behind it; test_reader_mistakes.c makes one up",
    "RT0707": "a balance that does not close is a defect of the program; cli_audit.py and test_audit.c seed one"}


def check(row):
    name, file = row["file"], f"tests/mistakes/{row['file']}"
    with folder() as out:
        words = [row["verb"], file, *row["options"].split(), "-o", f"{out}/results", "--json"]
        result = call(*words)
        # A run that stops on its way leaves the samples until then, and nothing that looks finished.
        written = {f.name for f in pathlib.Path(out).rglob("*") if f.is_file()}
        allowed = {"events.csv", "series.csv"} if row["code"] in ("RT0708", "RT0710") else set()
        ok(row["exit"] in "01" or written <= allowed, f"{name}: writes {written}")
    equal(f"{name}: exit", result.returncode, int(row["exit"]))
    if row["exit"] not in "01":
        equal(f"{name}: stdout", result.stdout[:100], "")
    found = [m.groupdict() for m in MESSAGE.finditer(result.stderr)]
    if not ok(len(found) == 1, f"{name}: one message, found {len(found)}:\n{result.stderr[:900]}"):
        return
    message = found[0]
    equal(f"{name}: code", message["code"], row["code"])
    equal(f"{name}: place", (message["file"], message["line"], message["column"]), (file, row["line"], row["column"]))
    ok(not row["path"] or message["text"].startswith(row["path"] + ": "), f"{name}: {message['text']!r} is of {row['path']}")
    ok(row["says"] in message["text"], f"{name}: says {message['text']!r}, expected {row['says']!r} in it")
    foreign = FOREIGN.search(message["text"])
    ok(not foreign, f"{name}: {foreign and foreign[0]!r} is no word for a user: {message['text']!r}")
    if row["exit"] == "3" and row["verb"] == "solve" and not row["options"]:
        checked = call("check", file)
        equal(f"{name}: check tells the same", (checked.returncode, checked.stderr), (3, result.stderr))


rows = table((MISTAKES / "expected.csv").read_text())
good = call("solve", "tests/mistakes/good.xml", "-q")
equal("the rack that they get wrong is right", (good.returncode, good.stderr), (0, ""))
ok(len(rows) >= 60, f"{len(rows)} wrong racks")
files = {row["file"] for row in rows}
equal("files without an expectation, expectations without a file", {f.name for f in MISTAKES.glob("*.xml")} ^ files, {"good.xml"})
for mistake, file in STRUCTURAL.items():
    ok(file in files, f"{mistake}: {file} has no expectation")
known = set(re.findall(r"^RT\d{4}", call("list", "errors").stdout, re.M))
shown = {row["code"] for row in rows}
ok(len(known) > 50, f"{len(known)} codes are listed")
equal("codes that no file shows", known - shown, set(NOT_BY_A_FILE))
equal("codes that do not exist", shown - known, set())
for row in rows:
    check(row)
finish()
