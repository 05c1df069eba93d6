"""Wrong racks: each gets one message, at its place, in the user's words, and leaves nothing behind.

tests/mistakes/expected.csv: file, verb and options that show the mistake, exit code, code (empty: any), line and column (empty
where there is no place), and what the message says."""
import os
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


def check(row):
    name, file = row["file"], f"tests/mistakes/{row['file']}"
    with folder() as out:
        words = [row["verb"], file, *row["options"].split(), "-o", f"{out}/results", "--json"]
        result = call(*words)
        equal(f"{name}: written", os.listdir(out), [])
    equal(f"{name}: exit", result.returncode, int(row["exit"]))
    equal(f"{name}: stdout", result.stdout[:100], "")
    found = [m.groupdict() for m in MESSAGE.finditer(result.stderr)]
    if not ok(len(found) == 1, f"{name}: one message, found {len(found)}:\n{result.stderr[:900]}"):
        return
    message = found[0]
    place = (row["line"], row["column"]) if row["line"] else (None, None)
    told = (message["line"], message["column"])
    ok(row["code"] in ("", message["code"]), f"{name}: {message['code']}, expected {row['code']}: {result.stderr[:400]}")
    there = told == place and message["file"] in (file, None)
    ok(there, f"{name}: at {message['file']} {told}, expected {place}: {result.stderr[:400]}")
    ok(row["says"] in message["text"], f"{name}: says {message['text']!r}, expected {row['says']!r} in it")
    foreign = FOREIGN.search(message["text"])
    ok(not foreign, f"{name}: {foreign and foreign[0]!r} is no word for a user: {message['text']!r}")
    if row["exit"] == "3" and row["verb"] == "solve" and not row["options"]:
        checked = call("check", file)
        equal(f"{name}: check tells the same", (checked.returncode, checked.stderr), (3, result.stderr))


rows = table((MISTAKES / "expected.csv").read_text())
good = call("solve", "tests/mistakes/good.xml", "-q")
equal("the rack that they get wrong is right", (good.returncode, good.stderr), (0, ""))
ok(len(rows) >= 25, f"{len(rows)} wrong racks")
equal("files without an expectation, expectations without a file",
      {f.name for f in MISTAKES.glob("*.xml")} ^ {row["file"] for row in rows}, {"good.xml"})
for row in rows:
    check(row)
finish()
