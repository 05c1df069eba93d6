"""docs/failures.md: the cases in its tables and the figures beside those by hand, calculated again; and those by hand, from the
state before the failure."""
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SOURCE, equal, finish, inside, near, ok, solve

RACK = "racks/gb200-nvl72.xml"


def quantities(document, path):
    return next(c["quantities"] for c in document["components"] if c["path"] == path)


def check_page():
    done = subprocess.run([sys.executable, "scripts/failures.py", "--check"], cwd=SOURCE, capture_output=True, text=True)
    ok(done.returncode == 0, f"scripts/failures.py --check: {done.stdout[-3000:]}{done.stderr[-1000:]}")


def check_pump(before):
    """n^2 dp0 + dp2 Q^2 = dp (affinity): the loop as before, the check valve between the same drop (a spring) and 4 times it."""
    after = solve(RACK, "--set", "cdu.pump[1].state=failed")
    was, now, check = (quantities(d, p) for d, p in ((before, "cdu.pump[2]"), (after, "cdu.pump[2]"), (before, "cdu.check[2]")))
    flow = 2 * was["flow"]
    near("flow of the one pump", now["flow"], flow, rel=2e-3)  # what seeps back through the other's check valve
    speed = lambda head: ((head + 2e10 * flow ** 2) / 260e3) ** 0.5
    inside("its speed", now["speed"], speed(was["dp"]), speed(was["dp"] + 3 * check["dp"]))


def check_supplies(before):
    """One of 48 fails: each other one takes more than 48/47 of what it had or less, on the whole exactly that (the bus asks for a
    little more current at a lower voltage), and none more than 6/5. A feed fails: twice."""
    supplies = lambda d: {c["path"]: c["quantities"]["p_out"] for c in d["components"] if c["element"] == "psu"}
    had = supplies(before)
    equal("supplies", len(had), 48)
    has = supplies(solve(RACK, "--set", "shelf[1].psu[1].state=failed"))
    ratio = {p: has[p] / had[p] for p in had if p != "shelf[1].psu[1]"}
    near("the mean of the others", sum(ratio.values()) / 47, 48 / 47, rel=2e-3)
    inside("the others in the shelf", ratio["shelf[1].psu[2]"], 48 / 47, 6 / 5)
    inside("at the other end", ratio["shelf[8].psu[2]"], 1.0, 48 / 47)
    one_feed = supplies(solve(RACK, "--set", "feed-a.state=open"))
    fed = [p for p in had if one_feed[p] > 1.0]
    equal("supplies on the other feed", len(fed), 24)
    for p in fed:
        near(f"{p} with one feed", one_feed[p], 2 * had[p], rel=2e-2)


before = solve(RACK)
check_pump(before)
check_supplies(before)
check_page()
finish()
