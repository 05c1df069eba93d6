#!/usr/bin/env python3
"""`solve -v -o` tells where the time went: every phase, none negative, together no more than the process took."""
import os, re, subprocess, sys, tempfile, time

PHASES = ["reading", "checks", "network", "structure", "solver", "solve", "results", "lost-feed solves", "writing"]
source, program = os.environ["SOURCE_DIR"], os.environ["RACKTWIN"]

with tempfile.TemporaryDirectory() as folder:
    began = time.monotonic()
    done = subprocess.run([program, "solve", os.path.join(source, "racks/gb200-nvl72.xml"), "-v", "-o", folder],
                          capture_output=True, text=True)
    whole = 1e3 * (time.monotonic() - began)
assert done.returncode == 0, done.stderr
line = done.stderr.strip().splitlines()[-1]
assert line.endswith(" ms"), line
times = dict(re.match(r"(.*) (-?[0-9.]+)$", part).groups() for part in line[:-3].split(", "))
assert list(times) == PHASES, line
values = [float(v) for v in times.values()]
assert min(values) >= 0.0, line
assert float(times["lost-feed solves"]) > 0.0 and float(times["reading"]) > 0.0, line
assert sum(values) <= whole + 0.05 * len(values), (line, whole)
