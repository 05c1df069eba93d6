#!/usr/bin/env python3
"""docs/first-rack.md is a transcript: a small rack from nothing, ten typical mistakes and what the program answers, the result.
The rack stands in the document; this test makes each mistake in it and compares the answer with the transcript.
With --write it writes the answers."""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.environ.get("SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("RACKTWIN", os.path.join(ROOT, "build/release/racktwin"))
DOCUMENT = os.path.join(ROOT, "docs/first-rack.md")
NOISE = re.compile(r"^(Audit|Solved by)")

MISTAKES = [  # title, what stands in the rack, what is typed instead, exit code
    ("a wrong prefix", 'clip_resistance="0.2 mohm"', 'clip_resistance="0.2 kohm"', 3),
    ("a unit forgotten", 'TDP="1000 W"', 'TDP="1000"', 3),
    ("the unit of something else", 'V_full_load="49 V"', 'V_full_load="49 A"', 3),
    ("C for degrees Celsius", 'T_supply="25 degC"', 'T_supply="25 C"', 3),
    ("an element misspelt", "<quick-disconnect id=\"qd-in\"", "<quick-disconect id=\"qd-in\"", 3),
    ("a parameter misspelt", 'dp_ref="10 kPa"', 'dp_reff="10 kPa"', 3),
    ("a name that is not there", 'fed-by="bus" cooled-by="manifold"', 'fed-by="buss" cooled-by="manifold"', 3),
    ("the coolant connection forgotten", 'fed-by="bus" cooled-by="manifold"', 'fed-by="bus"', 3),
    ("two trays in one unit", 'u="4 5"', 'u="4 4"', 3),
    ("a connection of two kinds", '<connect from="gpu.heat" to="package.die"/>', '<connect from="gpu.heat" to="vrm.out"/>', 3),
]


def run(rack, *more):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "first.xml"), "w", encoding="utf-8") as out:
            out.write(rack)
        done = subprocess.run([PROGRAM, "solve", "first.xml", *more], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr + done.stdout


def block(text):
    return "```text\n" + "".join(line.rstrip() + "\n" for line in text.rstrip().split("\n")) + "```\n"


def transcript(rack):
    parts = [f"## Ten mistakes\n\nEach is made alone, in the rack above; `racktwin solve first.xml` answers, writes nothing and ends with 3.\n"]
    failed = []
    for k, (title, old, new, expected) in enumerate(MISTAKES, 1):
        if rack.count(old) < 1:
            failed.append(f"mistake {k}: the rack does not hold {old}")
        code, text = run(rack.replace(old, new, 1))
        if code != expected:
            failed.append(f"mistake {k} ({title}): exit {code}, expected {expected}")
        parts.append(f"### {k}. {title[0].upper()}{title[1:]}: `{new}`\n\n{block(text)}")
    code, text = run(rack)
    if code != 0:
        failed.append(f"the rack itself: exit {code}")
    parts.append(f"## Solved\n\n`racktwin solve first.xml`:\n\n{block(text)}")
    return "\n".join(parts), failed


def main():
    with open(DOCUMENT, encoding="utf-8") as source:
        document = source.read()
    rack = re.search(r"```xml\n(.*?)```", document, re.S).group(1)
    lines = len(rack.strip().split("\n"))
    text, failed = transcript(rack)
    if lines >= 60:
        failed.append(f"the rack has {lines} lines, expected less than 60")
    head = document[: document.index("## Ten mistakes")]
    if "--write" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8") as out:
            out.write(head + text)
    quiet = lambda s: [re.sub(r"[0-9.e+-]+", "#", line) if NOISE.match(line) else line for line in s.split("\n")]
    if "--write" not in sys.argv and quiet(head + text) != quiet(document):
        failed.append("docs/first-rack.md shows other answers than the program gives; run tests/cli_first_rack.py --write")
    for line in failed:
        print("FAILED:", line)
    print(f"{len(MISTAKES) + 2 - len(failed)} checks passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


main()
