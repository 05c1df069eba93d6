#!/usr/bin/env python3
"""Heat that nothing carries off: the answer names what has stopped, where the coolant stands still and which loads hang on it,
in figures that exist, with exit 4 and no result; with one pump of two there is one."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, ok  # noqa: E402

GB200, CPX = "racks/gb200-nvl72.xml", "racks/vr-nvl144-cpx.xml"
TRAY = r"tray\[1\]\.[a-z-]+(\[\d\])?"
# file, what fails, part that is named, coolant, how many loads at least, which of them may be the hottest
CASES = [
    (GB200, ["cdu.pump.state=failed"], "cdu.pump[1] failed and cdu.pump[2] failed", "pg25", 72 + 36 + 18, r"(tray|switch)\[\d+\]\..*"),
    (GB200, ["fws.state=lost"], "fws lost", "water", 72 + 36 + 18, r"(tray|switch)\[\d+\]\..*"),
    (GB200, ["tray[1].qd-supply.state=disconnected"], "tray[1].qd-supply disconnected", "pg25", 4 + 2, TRAY),
    (GB200, ["tray[1].fan.state=failed"], "tray[1].fan failed", "air", 1, TRAY),
    (GB200, ["tray[1].qd-supply.state=disconnected", "tray[1].qd-return.state=disconnected"],
     "tray[1].qd-supply disconnected and tray[1].qd-return disconnected", "pg25", 4 + 2, TRAY),
    (GB200, ["cdu.pump[1].state=failed", "feed-b.state=open"], "cdu.pump[1] failed and cdu.pump[2] without voltage", "pg25", 126,
     r"(tray|switch)\[\d+\]\..*"),
    (CPX, ["cdu.pump.state=failed"], "cdu.pump[1] failed and cdu.pump[2] failed", "pg25", 144, r"(tray|switch)\[\d+\]\..*"),
    (CPX, ["tray[9].qd-return.state=disconnected"], "tray[9].qd-return disconnected", "pg25", 4, r"tray\[9\]\..*"),
]
SAYS = re.compile(r"(?:with (?P<cause>.*?), )?(?P<medium>\S+) stands still in (?P<parts>\d+) parts?; (?P<loads>\d+) loads? cooled through it "
                  r"\((?:the hottest )?(?P<hottest>\S+)\) finds? no steady temperature within (?P<lo>-?[\d.]+) \.\. (?P<hi>[\d.]+) degC")

for file, settings, cause, medium, loads, hottest in CASES:
    what = f"{file} {' '.join(settings)}"
    done = call("solve", file, "--csv", *[word for s in settings for word in ("--set", s)])
    equal(f"{what}: exit", done.returncode, 4)
    equal(f"{what}: no figures", done.stdout, "")
    said = SAYS.search(done.stderr)
    if not ok(said is not None and "[RT0705]" in done.stderr, f"{what}: told {done.stderr!r}"):
        continue
    equal(f"{what}: cause", said["cause"], cause)
    equal(f"{what}: coolant", said["medium"], medium)
    ok(int(said["loads"]) >= loads, f"{what}: {said['loads']} loads, at least {loads} hang on it")
    ok(re.fullmatch(hottest, said["hottest"]) is not None, f"{what}: hottest is {said['hottest']}")
    told = [float(number) for number in re.findall(r"(-?[\d.]+) degC", done.stderr)]
    ok(all(-100 <= number <= 150 for number in told), f"{what}: temperatures {told}")

# without a difference of pressure nothing has failed, and the water stands all the same
done = call("solve", GB200, "--csv", "--set", "fws.dp=0 Pa")
equal("no pressure from the building: exit", done.returncode, 4)
ok("fws: no steady state: water stands still" in done.stderr, f"no pressure from the building: told {done.stderr!r}")

# what flows is not said to stand still: much too hot for other reasons
done = call("solve", GB200, "--csv", "--set", "cdu.T_sensor.state=dead")
equal("dead sensor: exit", done.returncode, 4)
ok("far above 100.0 degC with a flow of" in done.stderr, f"dead sensor: told {done.stderr!r}")

done = call("solve", GB200, "--csv", "--set", "cdu.pump[1].state=failed")
ok(done.returncode in (0, 1) and done.stdout, f"one pump of two: exit {done.returncode}, {done.stderr!r}")
finish()
