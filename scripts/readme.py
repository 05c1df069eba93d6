#!/usr/bin/env python3
"""Fills the outputs of README.md from the program itself, or with --check says whether they are still true.

The text of README.md stands between the outputs; each output block is marked in the source below by the command that makes it.
Lines that hold times or rounding noise are compared without their numbers."""
import re, subprocess, sys, os, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("RACKTWIN", os.path.join(ROOT, "build/release/racktwin"))
NOISE = re.compile(r"^\s*(Audit|Solved by)")


def output(args, text=None):
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            path = os.path.join(folder, "bench.xml")
            open(path, "w", encoding="utf-8").write(text)
            args = args + ["bench.xml"]
        done = subprocess.run([PROGRAM] + args, cwd=folder if text is not None else ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr


def blocks(readme):
    bench = re.search(r"```xml\n(.*?)```", readme, re.S).group(1)
    return {
        "RACK": output(["solve", "racks/gb200-nvl72.xml"]),
        "RACKS": output(["list", "racks"]),
        "BENCH": output(["solve"], bench),
        "MISTAKE": output(["solve"], bench.replace('R="1.2 mohm"', 'R="1.2 mohms"')),
    }


def render(name, text):
    body = "".join("    " + line.rstrip() + "\n" if line.strip() else "\n" for line in text.rstrip().split("\n"))
    return f"<!-- output {name} -->\n{body}<!-- end -->\n"


def main():
    path = os.path.join(ROOT, "README.md")
    readme = open(path, encoding="utf-8").read()
    new = readme
    for name, text in blocks(readme).items():
        block = render(name, text)
        new = new.replace(f"@{name}@\n", block + "\n")
        new = re.sub(rf"<!-- output {name} -->\n.*?<!-- end -->\n", lambda _: block, new, flags=re.S)
    quiet = lambda s: [re.sub(r"[0-9.e+-]+", "#", l) if NOISE.match(l) else l for l in s.split("\n")]
    if "--check" in sys.argv:
        if quiet(new) != quiet(readme):
            sys.exit("README.md shows other output than the program prints; run scripts/readme.py")
        print("README.md shows what the program prints")
        return
    open(path, "w", encoding="utf-8").write(new)


main()
