"""The classic cases of racks/scenarios on both racks: each ends, its energy closes, and what was done is told by word."""
import json
import math
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, folder, inside, ok, table

RACKS = ("racks/gb200-nvl72.xml", "racks/vr-nvl144-cpx.xml")
# scenario: path and words of an event that it must tell, at 2 s
CASES = {
    "load-step": None, "training-swing": None,
    "psu-failure": ("shelf[1].psu[1]", "state: on -> failed"), "shelf-failure": ("shelf[1]", "state: on -> failed"),
    "feed-loss": ("feed-b", "state: closed -> open"), "pump-trip": ("cdu.pump[1]", "state: on -> failed"),
    "pump-trip-no-spare": ("cdu.pump[2]", "state: on -> failed"),
    "facility-water-loss": ("fws", "-> 0 Pa over 10 s"),
    "clogged-disconnect": ("tray[1].qd-supply", "clogging: 1 -> 50 over 5 s"),
    "tray-removed": ("tray[1].qd-return", "state: connected -> disconnected"), "brown-out": ("utility", "voltage: 20 kV -> 10 kV")}

for rack in RACKS:
    for name, expected in CASES.items():
        with folder() as out:
            result = call("run", rack, "-s", name, "-o", out, "-q")
            what = f"{rack} {name}"
            if not ok(result.returncode in (0, 1), f"{what}: exit {result.returncode}: {result.stderr[:300]}"):
                continue
            report = json.loads((pathlib.Path(out) / "run.json").read_text())
            rows = (pathlib.Path(out) / "series.csv").read_text().split()
            events = table((pathlib.Path(out) / "events.csv").read_text())
        ok(not any("nan" in row.lower() or "inf" in row.lower() for row in rows[-1:]), f"{what}: a number that is none")
        inside(f"{what}: energy that does not balance", report["run"]["energy"]["imbalance"], 0.0, 10 * report["solver"]["rtol"])
        if expected:
            path, words = expected
            told = [e for e in events if e["path"] == path and words in e["what"]]
            if ok(len(told) == 1, f"{what}: {path} {words} is told {len(told)} times"):
                equal(f"{what}: when", float(told[0]["time [s]"]), 2.0)
                ok(told[0]["cause"].startswith(f"event ({name}, line "), f"{what}: cause {told[0]['cause']!r}")
        ok(math.isfinite(report["run"]["t_end_s"]), f"{what}: end")
finish()
