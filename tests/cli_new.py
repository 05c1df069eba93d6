#!/usr/bin/env python3
"""`racktwin new`: CONTRIBUTING's component in 20 minutes, run as it stands there in a copy of the source tree; a skeleton that
compiles without a warning; nothing overwritten; a part's coefficients found again from points made with them."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SOURCE, call, equal, finish, folder, near, ok  # noqa: E402

FLAGS = "-std=c11 -D_XOPEN_SOURCE=700 -ffp-contract=off -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only".split()


def shell(command, where, **environment):
    return subprocess.run(["bash", "-c", command], cwd=where, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=280, env=dict(os.environ, **environment))


def copy_of_the_tree(where):
    tree = where / "tree"
    shutil.copytree(SOURCE, tree, ignore=shutil.ignore_patterns("build", "out", ".git", ".ci", "docs"))
    made = shell("cmake --preset release -DTW_CHARTS=OFF -DCMAKE_C_FLAGS_RELEASE=-O0", tree) # quick to build
    ok(made.returncode == 0, f"the copy of the source tree is configured:\n{made.stdout}")
    shutil.copy(PROGRAM, tree / "build" / "release" / "racktwin")
    return tree


def check_commands(tree):
    text = (SOURCE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^## A component in 20 minutes\n.*?^```sh\n(.*?)^```$", text, re.S | re.M)
    (element,) = re.findall(r"^build/release/racktwin new ([\w-]+)", block, re.M)
    printed = ""
    for command in block.strip().splitlines():
        done = shell(command, tree, SOURCE_DIR=str(tree), BUILD_DIR=str(tree / "build" / "release"))
        printed += done.stdout
        ok(done.returncode == 0, f"CONTRIBUTING: {command} ends with {done.returncode}:\n{done.stdout[-2000:]}")
    warned = [line for line in printed.splitlines() if "warning:" in line and element.replace("-", "_") in line]
    equal("warnings about the skeleton", warned, [])
    for text in ("PASSED", "Audit: energy", "What it is for"):
        ok(text in printed, f"CONTRIBUTING's commands print {text}")
    ok("1 test(s)." in printed or "2 test(s)." in printed, "contract_components runs the new element alone")
    return tree / "components" / f"{element.replace('-', '_')}.c"


def check_skeleton(file):
    for compiler in filter(shutil.which, ("gcc", "clang")):
        for more in ([], ["-DTW_COMPLEX_STEP"]):
            done = subprocess.run([compiler, *FLAGS, *more, file], capture_output=True, text=True)
            equal(f"{compiler} {' '.join(more)} says of the skeleton", done.stderr, "")
    longest = max(map(len, file.read_text(encoding="utf-8").splitlines()))
    ok(longest <= 130, f"the skeleton's lines have at most 130 columns, not {longest}")


def check_refusals(where):
    again = where / "again"
    equal("exit code of new", call("new", "my-part", "-o", again).returncode, 0)
    file = again / "components" / "my_part.c"
    file.write_text("mine", encoding="utf-8")
    equal("exit code of new where the file exists", call("new", "my-part", "-o", again).returncode, 5)
    equal("what stands in the file", file.read_text(encoding="utf-8"), "mine")
    for name in ("psu", "Psu", "a_b", "a--b", "-a", "a-", "9a", "a.b", "../a", "x" * 70):
        equal(f"exit code of new {name}", call("new", "--", name, cwd=where).returncode, 2)
    equal("exit code of new outside of the source tree", call("new", "my-part", cwd=where).returncode, 2)


def coefficients(text):
    return [float(value) for value in re.findall(r'loss_[abc]="([^"]*)"', text)]


def check_fit(where):
    a, b, c = 0.006, 0.004, 0.02
    points = where / "points.csv"
    for columns in ("load [%],efficiency [%]", "load [1],efficiency [1]", "power [kW],loss [W]"):
        rows = [columns]
        for x in (0.05, 0.1, 0.2, 0.4, 0.7, 1.0):
            loss = a + b * x + c * x * x
            eta = x / (x + loss)
            rows.append(f"{x * 3},{loss * 3000}" if "loss" in columns else f"{100 * x},{100 * eta}" if "%" in columns else f"{x},{eta}")
        points.write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = call("new", "part", "dcdc", "own", "--points", points, "--set", "P_rated=3 kW")
        equal(f"exit code of new part with {columns}", done.returncode, 0)
        for what, got, want in zip("abc", coefficients(done.stdout), (a, b, c)):
            near(f"loss_{what} from {columns}", got, want, rel=1e-3)
    # A loss that bends downwards asks for c < 0: it is held at 0, and no other choice of signs fits better.
    points.write_text("load [1],loss [W]\n0.1,20\n0.4,50\n1,80\n", encoding="utf-8")
    done = call("new", "part", "dcdc", "own", "--points", points, "--set", "P_rated=1 kW")
    ok(min(coefficients(done.stdout)) == 0.0 and "held at 0" in done.stdout, "a negative coefficient is held at 0, and said to be")
    for wrong in ("load [%],efficiency [%]\n10,90\n20,95\n", "load [%],efficiency [%]\n10,90\n20,95\n30,105\n", "load [%]\n10\n20\n30\n",
                  "load [A],efficiency [%]\n10,90\n20,95\n30,96\n", "load [%],efficiency [%]\n0,0\n20,95\n30,96\n"):
        points.write_text(wrong, encoding="utf-8")
        done = call("new", "part", "--points", points)
        ok(done.returncode == 3 and done.stdout == "" and "[RT02" in done.stderr, f"new part refuses {wrong!r}: {done.returncode} {done.stderr}")


with folder() as name:
    place = pathlib.Path(name)
    check_refusals(place)
    check_fit(place)
    check_skeleton(check_commands(copy_of_the_tree(place)))
finish()
