"""Random but plausible variations of the shipped racks, each solved from cold: utilisation by kind of chip, temperatures and
pressures of the water, voltage of the grid, clogging, and in most of them something that has failed. Each case is solved, with
its balances closed, or refused with a reason that names a part."""
import json
import random
import re
import time

from cli import call

GB200, BBU = "racks/gb200-nvl72.xml", "racks/gb200-nvl72-bbu.xml"
HVDC, CPX = "racks/gb200-nvl72-800v.xml", "racks/vr-nvl144-cpx.xml"
SHELVES = ["shelf[1].state=failed", "shelf[2].psu[3].state=failed", "shelf[1].connector.state=open", "bus.feed[2].state=open"]
SHARED = ["bus.tap[5].state=open", "feed-a.state=open", "feed-b.state=open", "cdu.pump[1].state=failed",
          "cdu.pump[2].state=failed", "cdu.pump.state=failed", "fws.state=lost", "cdu.T_sensor.state=dead",
          "cdu.dp_sensor.state=dead", "cdu.valve.state=stuck", "tray[4].qd-supply.state=disconnected",
          "tray[1].vrm[2].state=failed", "switch[1].qd-return.state=disconnected"]
FANS = ["tray[3].fan.state=failed", "switch[2].fan.state=failed"]
RACKS = {  # what may fail; temperatures of water and coolant as shipped
    GB200: (SHELVES + SHARED + FANS + ["ups-a.mode=off", "ups-b.mode=off"], 25.0, 30.0),
    BBU: (SHELVES + SHARED + FANS + ["battery[2].state=failed"], 25.0, 30.0),
    HVDC: (SHARED + FANS + ["rectifier-a.state=off", "rectifier-b.state=off"], 25.0, 30.0),
    CPX: (SHELVES + SHARED + ["ups-a.mode=off"], 32.0, 40.0),
}
NAMED = re.compile(r"(?m)^\S+: error: [^\s:]+: (.*\[RT07(02|04|05|06|09)\]$|no steady state: the heat that comes to)")


def paths(show):
    return set(re.findall(r"(?m)^(\S+)  <", show))


def describe(number, shown, kinds):
    """(file, settings) of a case; the same for the same number."""
    r = random.Random(f"cold {number}")
    file = r.choice(list(RACKS))
    failures, water, supply = RACKS[file]
    if file not in shown:
        text = call("show", file).stdout
        shown[file] = paths(text)
        chips = re.findall(r"(?m)^(\S+)  <chip>", text)
        kinds[file] = sorted({re.sub(r"\[\d+\]", "", path) for path in chips})
        level = re.search(r"(?ms)^utility  <.*?^\s+voltage\s+([\d.]+) (\S+)", text)
        kinds[file, "voltage"] = float(level[1]) * {"kV": 1e3, "V": 1.0}[level[2]]
    same = r.random() < 0.5
    level = r.uniform(0, 100)
    settings = [f"{kind}.utilisation={level if same else r.uniform(0, 100):.1f} %" for kind in kinds[file]]
    if r.random() < 0.5:
        settings.append(f"fws.T_supply={water + r.uniform(-10, 12):.1f} degC")
    if r.random() < 0.5:
        settings.append(f"cdu.T_supply={supply + r.uniform(-5, 10):.1f} degC")
    if r.random() < 0.4:
        settings.append(f"fws.dp={r.uniform(20, 200):.0f} kPa")
    if r.random() < 0.4:
        settings.append(f"cdu.dp_set={r.uniform(40, 130):.0f} kPa")
    if r.random() < 0.5:
        settings.append(f"utility.voltage={kinds[file, 'voltage'] * r.uniform(0.9, 1.1):.0f} V")
    if r.random() < 0.3:
        settings.append(f"tray[2].qd-supply.clogging={10 ** r.uniform(0, 3):.1f}")
    if r.random() < 0.3:
        settings.append(f"cdu.strainer.clogging={10 ** r.uniform(0, 2):.1f}")
    for _ in range(r.choice((0, 1, 1, 1, 2))):
        failure = r.choice(failures)
        if failure.rsplit(".", 1)[0] in shown[file] or failure == "cdu.pump.state=failed":
            settings.append(failure)
    return file, settings


def check(first, last, ok):
    """Cases first .. last - 1; one line per case that took long, and a count."""
    shown, kinds, counts, slowest = {}, {}, {"solved": 0, "refused": 0}, 0.0
    for number in range(first, last):
        file, settings = describe(number, shown, kinds)
        began = time.monotonic()
        done = call("solve", file, "--json", "-q", *[word for s in settings for word in ("--set", s)])
        took = time.monotonic() - began
        slowest = max(slowest, took)
        what = f"case {number}: solve {file} " + " ".join(f"--set '{s}'" for s in settings)
        if done.returncode in (0, 1):
            counts["solved"] += 1
            answer = json.loads(done.stdout)
            ok(max(answer["audit"].values()) <= 1e-9, f"{what}: balances {answer['audit']}")
            if answer["solver"]["iterations"] > 30:
                print(f"{answer['solver']['iterations']} iterations, {answer['solver']['method']}: {what}")
        elif ok(done.returncode == 4 and not done.stdout, f"{what}: exit {done.returncode}, {done.stderr[-300:]!r}"):
            counts["refused"] += 1
            ok(NAMED.search(done.stderr), f"{what}: refused with {done.stderr[:400]!r}")
        if took > 5.0:
            print(f"{took:.1f} s: {what}")
    print(f"{counts['solved']} solved, {counts['refused']} refused by name, slowest {slowest:.2f} s")
    return counts
