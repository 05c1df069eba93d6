"""Checkpoints: a run killed at any moment and resumed gives the bytes of one that was not; what does not belong is refused."""
import fcntl
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, near, ok

OK, USAGE, SYSTEM = 0, 2, 5
SEEDS = range(int(os.environ.get("RACKTWIN_KILLS", 3)))
FILES = ("series.csv", "events.csv", "margins.csv", "summary.csv")

CHIP = """<voltage-source id="supply{k}" voltage="0.8 V" R="10 uohm"/><chip id="gpu{k}" kind="gpu" TDP="1 kW" P_idle="150 W"
  utilisation="80 %" leakage_share="10 %" V_nominal="0.8 V" T_throttle="75 degC" T_release="70 degC" T_max="120 degC"/>
  <heat-capacity id="plate{k}" C="1 kJ/K"/><thermal-resistance id="film{k}" R="0.03 K/W"/>
  <fixed-temperature id="coolant{k}" T="40 degC"/>
  <connect from="supply{k}.out" to="gpu{k}.power"/><connect from="gpu{k}.heat" to="plate{k}.heat"/>
  <connect from="plate{k}.heat" to="film{k}.a"/><connect from="film{k}.b" to="coolant{k}.heat"/>"""

# What a checkpoint must remember: phases of a workload, an event that takes a chip out of it, throttling, other events.
SMALL = f"""<racktwin version="1" xmlns="urn:racktwin:1">
  {CHIP.format(k=1)}{CHIP.format(k=2)}{CHIP.format(k=3)}
  <workload id="w"><phase duration="70 s" gpu="100 %"/><phase duration="37.5 s" gpu="20 %"/><repeat/></workload>
  <scenario id="s" duration="2000 s" every="0.5 s" workload="w"><event at="210 s" set="gpu2.utilisation" value="90 %"/>
    <event at="400 s" set="coolant2.T" value="55 degC"/><event at="700 s" set="coolant1.T" value="54 degC"/>
    <event at="1400 s" set="film3.R" value="0.05 K/W"/></scenario>
</racktwin>
"""

# And: a UPS between its states, a supply that waits to become a spare, fast states that follow at once.
STORES = """<racktwin version="1" xmlns="urn:racktwin:1">
  <parts><psu id="unit" P_rated="3 kW" V_no_load="51 V" V_full_load="50.5 V" loss_a="0.0057" loss_c="0.0287" V_in_min="180 V"
    V_in_max="305 V" hold_up="20 ms"/></parts>
  <grid id="g" voltage="415 V" short_circuit_power="1 GVA"/>
  <ups id="u" S_rated="20 kVA" V_nominal="415 V" loss_a="0.006" autonomy="60 s" t_return="37 s" t_walk_in="61 s"/>
  <power-shelf id="shelf" psus="6" psu="unit" connector_resistance="10 uohm" spares="2" spare_below="30 %" spare_above="60 %"
    t_spare="44 s"/>
  <vrm id="v" V_nominal="50 V" V_set="12 V" R_LL="1 mohm" I_rated="900 A" phases="6" f_sw="600 kHz" R_hs="3 mohm" R_ls="1 mohm"
    L="1 uH" C_out="10 mF"/><power-load id="l" P="8 kW" V_nominal="12 V"/>
  <connect from="g.out" to="u.in"/><connect from="u.out" to="shelf.a"/><connect from="shelf.out" to="v.in"/>
  <connect from="v.out" to="l.in"/>
  <scenario id="t" duration="900 s" every="0.2 s"><event at="55 s" set="g.state" value="off"/>
    <event at="101 s" set="g.state" value="on"/><event at="303 s" set="l.P" value="3 kW"/><event at="700 s" set="l.P" value="8 kW"/></scenario>
</racktwin>
"""


def words(file, scenario, every, out, *more):
    return ["run", str(file), "-s", scenario, "-o", f"{out}/run", "--checkpoint", f"{out}/ck", "--checkpoint-every", every, *more]


def figures(out):
    """Energies and counts of run.json, which do not depend on when it was run."""
    run = json.loads((pathlib.Path(out) / "run" / "run.json").read_text())["run"]
    resumed_at = run.pop("resumed_at", None)
    return run, resumed_at


def contents(out):
    return {name: (pathlib.Path(out) / "run" / name).read_bytes() for name in FILES}


def killed(command, after, number=signal.SIGKILL):
    """Runs and kills; whether it had come to its end before."""
    p = subprocess.Popen([PROGRAM, *command], cwd=SOURCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        p.wait(after)
    except subprocess.TimeoutExpired:
        p.send_signal(number)
        p.wait()
        return False
    return True


def check_kills(file, scenario, every, end, plain, *options):
    """plain: energies of the run without checkpoints, from which restarts may differ by the tolerance only."""
    with folder() as out:
        began = time.monotonic()
        whole = call(*words(file, scenario, every, out, *options))
        seconds = time.monotonic() - began
        ok(whole.returncode == OK, f"{scenario}: a run with checkpoints ends with {whole.returncode}: {whole.stderr}")
        want, (report, resumed) = contents(out), figures(out)
    equal(f"{scenario}: a run that was not resumed", resumed, None)
    for key in ("electric_in_J", "thermal_out_J"):
        near(f"{scenario}: {key} with checkpoints and without", report["energy"][key], plain["energy"][key], rel=1e-4)
    ok(len(want["events.csv"].splitlines()) > 4, f"{scenario}: chips throttle or events come")
    ok(report["restarts"] > plain["restarts"], f"{scenario}: every checkpoint is a restart")
    for seed in SEEDS:
        dice = random.Random(seed)
        with folder() as out:
            ended, kills, more = False, 0, []
            while not ended and kills < 4:
                command = words(file, scenario, every, out, "-q", *options, *more)
                ended = killed(command, dice.uniform(0.05, 0.8) * seconds)
                kills, more = kills + (not ended), ["--resume"]
            result = call(*words(file, scenario, every, out, *options, "--resume"))
            what = f"{scenario}, seed {seed}, {kills} kills"
            ok(result.returncode == OK, f"{what}: resumed: {result.returncode} {result.stderr}")
            for name, bytes_ in contents(out).items():
                ok(bytes_ == want[name], f"{what}: {name} is that of the run that was not killed")
            got, resumed = figures(out)
            equal(f"{what}: energies, steps and restarts", got, report)
            equal(f"{what}: the page", result.stdout, whole.stdout)
            if resumed is not None:
                ok(resumed == end or resumed % float(every[:-1]) == 0, f"{what}: resumed at a checkpoint, {resumed} s")
            left = sorted(p.name for p in (pathlib.Path(out) / "run").iterdir())
            equal(f"{what}: files", left, ["events.csv", "margins.csv", "run.json", "series.csv", "series.gp", "summary.csv"])


def check_twice(rack):
    """Equal options give equal bytes, of two runs and of a report, whose page differs in the seconds that it took only."""
    options = ["-s", "t", "-q", "--dynamics", "slow", "--rtol", "1e-6", "--every", "3s", "--select", "*"]
    with folder() as out:
        for name in ("a", "b"):
            equal(f"twice: exit of {name}", call("run", rack, *options, "-o", f"{out}/{name}/run").returncode, OK)
            equal(f"twice: exit of the report {name}", call("report", rack, *options, "-o", f"{out}/report-{name}").returncode, OK)
        want = contents(f"{out}/a")
        ok(len(want["events.csv"].splitlines()) > 4, "twice: something happens")
        for name in ("b", "report-a", "report-b"):
            for file, bytes_ in contents(f"{out}/{name}").items():
                ok(bytes_ == want[file], f"twice: {file} of {name}")
        pages = [(pathlib.Path(out) / f"report-{name}" / "report.html").read_text() for name in ("a", "b")]
        pages = [re.sub(r"[0-9.]+ m?s of computing", "", page) for page in pages]
        ok(pages[0] == pages[1], f"twice: pages: {[p for p in zip(*map(str.splitlines, pages)) if p[0] != p[1]][:2]}")


def check_small(rack):
    with folder() as out:
        plain = call("run", rack, "-s", "s", "-o", f"{out}/run", "-q")
        equal("small: exit", plain.returncode, OK)
        report, _ = figures(out)
    check_kills(rack, "s", "90s", 2000.0, report, "--aggregate", "min,mean,max", "--every", "4s")
    check_kills(rack, "s", "90s", 2000.0, report, "--method", "ida")


def check_stores(rack):
    with folder() as out:
        plain = call("run", rack, "-s", "t", "-o", f"{out}/run", "-q", "--dynamics", "slow")
        equal("stores: exit", plain.returncode, OK)
        report, _ = figures(out)
        told = (pathlib.Path(out) / "run" / "events.csv").read_text()
        for word in ("returning -> walk-in", "on -> spare", "spare -> on"):
            ok(word in told, f"stores: {word} happens")
    check_kills(rack, "t", "7s", 900.0, report, "--dynamics", "slow")


def check_whole_rack():
    with folder() as out:
        equal("rack: exit", call("run", RACK, "-s", "training-swing", "-o", f"{out}/run", "-q").returncode, OK)
        report, _ = figures(out)
    check_kills(RACK, "training-swing", "7s", 200.0, report)


def check_end(rack):
    """Resuming what has ended, and what was interrupted politely."""
    with folder() as out:
        first = call(*words(rack, "s", "300s", out))
        want, report = contents(out), figures(out)[0]
        again = call(*words(rack, "s", "300s", out, "--resume"))
        equal("resuming a finished run", (again.returncode, again.stdout), (OK, first.stdout))
        equal("resuming a finished run: files", contents(out), want)
        equal("resuming a finished run: no step more", figures(out), (report, 2000.0))
        third = call(*words(rack, "s", "300s", out))
        equal("without --resume a checkpoint is kept", third.returncode, SYSTEM)
        ok("--resume" in third.stderr, f"and it is said how to go on: {third.stderr}")
        equal("without --resume: files", contents(out), want)
        shutil.rmtree(f"{out}/run")
        os.remove(f"{out}/ck")
        killed(words(rack, "s", "300s", out), 0.15, signal.SIGINT)
        equal("after Ctrl-C: exit", call(*words(rack, "s", "300s", out, "--resume")).returncode, OK)
        equal("after Ctrl-C: files", contents(out), want)


def refused(what, says, *command, **how):
    result = call(*command, **how)
    equal(f"{what}: exit", result.returncode, SYSTEM)
    ok(says in result.stderr and result.stderr.count("\n") == 1, f"{what}: one message with {says!r}: {result.stderr!r}")


def half_way(rack, out, size, to=1000):
    """A run that was killed after its checkpoint at `to` s: the disk is full when the series gets there."""
    limit = int(to / 2000 * size)
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    result = call(*words(rack, "s", "50s", out), preexec_fn=small, restore_signals=False)
    equal("a disk that is full: exit", result.returncode, SYSTEM)
    ok("series.csv could not be written" in result.stderr, f"a disk that is full: {result.stderr!r}")
    ok((pathlib.Path(out) / "ck").exists(), "a disk that is full: the last checkpoint is there")


def check_refusals(rack):
    with folder() as out:
        equal("whole run", call(*words(rack, "s", "50s", out, "-q")).returncode, OK)
        want = contents(out)
    with folder() as out:
        half_way(rack, out, len(want["series.csv"]))
        command, ck = words(rack, "s", "50s", out, "--resume"), pathlib.Path(out) / "ck"
        series = pathlib.Path(out) / "run" / "series.csv.part"
        whole, rows = ck.read_bytes(), series.read_bytes()
        for n in (0, 10, 100, len(whole) // 2, len(whole) - 1):
            ck.write_bytes(whole[:n])
            refused(f"cut off after {n} bytes", str(ck), *command)
        dice = random.Random(1)
        for at in [3, 30, 90, *(dice.randrange(len(whole)) for _ in range(12))]:
            ck.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1:])
            refused(f"bit {at} flipped", str(ck), *command)
        ck.write_bytes(whole + b"x")
        refused("a byte more", "changed", *command)
        ck.write_bytes(whole)
        refused("another option", "--rtol 1e-06", *command, "--rtol", "1e-6")
        refused("another method", "--method ida", *command, "--method", "ida")
        refused("another interval", "--checkpoint-every 60", *words(rack, "s", "60s", out, "--resume"))
        refused("a setting", "there is now --set film3.R=1 K/W, without which it was made", *command, "--set", "film3.R=1 K/W")
        text = rack.read_text()
        rack.write_text(text.replace('C="1 kJ/K"', 'C="2 kJ/K"'))
        refused("another rack", f"{rack} has changed", *command)
        rack.write_text(text)
        series.write_bytes(rows[:50] + b"7" + rows[51:])
        refused("the series was changed", "series.csv cannot be resumed", *command)
        equal("and left alone", len(series.read_bytes()), len(rows))
        series.write_bytes(rows[:1000])
        refused("the series was cut", "series.csv cannot be resumed", *command)
        series.unlink()
        refused("the series is gone", "series.csv cannot be resumed: No such file", *command)
        series.write_bytes(rows)
        with series.open("r+b") as other:
            fcntl.lockf(other, fcntl.LOCK_EX)
            refused("another run writes the series", "series.csv cannot be resumed: another run is writing it", *command)
            refused("a new run where another one writes", "series.csv could not be written: another run is writing it",
                    *words(rack, "s", "50s", out)[:-4])
        equal("what the other run writes", series.read_bytes(), rows)
        equal("nothing of this touches the checkpoint", ck.read_bytes(), whole)
        with open("/dev/full", "w") as full:
            p = subprocess.run([PROGRAM, *command], cwd=SOURCE, stdout=full, stderr=subprocess.PIPE, text=True)
        equal("resumed > /dev/full", p.returncode, SYSTEM)
        ok("standard output" in p.stderr, f"resumed > /dev/full: {p.stderr!r}")
        equal("resumed at last", call(*command).returncode, OK)
        ok(contents(out) == want, "resumed at last: the bytes of the whole run")


def check_places(rack):
    with folder() as out:
        block = pathlib.Path(out) / "file"
        block.write_text("")
        at = lambda path: ["run", rack, "-s", "s", "--checkpoint", path, "--checkpoint-every", "100s"]
        refused("a folder that is a file", "could not be written", *at(block / "ck"))
        refused("a folder that is not there", "could not be written", *at(f"{out}/no/ck"))
        refused("a device", "not a regular file", *at("/dev/full"))
        refused("a folder", "not a regular file", *at(out))
        refused("a folder, resumed", "not a regular file", *at(out), "--resume")
        ok(not os.path.isfile("/dev/full"), "/dev/full is still what it was")
        equal("without -o", call(*at(f"{out}/ck"), "-q").returncode, OK)
        whole = pathlib.Path(f"{out}/ck").read_bytes()
        os.rename(f"{out}/ck", f"{out}/kept")
        small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) // 2, len(whole) // 2))
        refused("no room for the checkpoint", "could not be written", *at(f"{out}/ck"), preexec_fn=small, restore_signals=False)
        equal("no room for the checkpoint: what is left", sorted(os.listdir(out)), ["file", "kept"])
        command = [PROGRAM, *map(str, at(f"{out}/ck"))]
        p = subprocess.Popen(command, cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        p.stdout.close()
        said = p.stderr.read()
        equal("a closed pipe", p.wait(), SYSTEM)
        ok("standard output could not be written" in said, f"a closed pipe: {said!r}")
        equal("a closed pipe: resumed", call(*at(f"{out}/ck"), "--resume", "-q").returncode, OK)


def check_usage(rack):
    for more in (["--resume"], ["--checkpoint-every", "1s"], ["--checkpoint", "x"], ["--checkpoint", "x", "--checkpoint-every", "0s"]):
        result = call("run", rack, "-s", "s", *more)
        equal(f"{more}: exit", result.returncode, USAGE)
        ok("--checkpoint" in result.stderr, f"{more}: {result.stderr!r}")


with folder() as place:
    small_rack = pathlib.Path(place) / "small.xml"
    small_rack.write_text(SMALL)
    check_usage(small_rack)
    check_small(small_rack)
    stores = pathlib.Path(place) / "stores.xml"
    stores.write_text(STORES)
    check_twice(stores)
    check_stores(stores)
    check_whole_rack()
    check_end(small_rack)
    check_refusals(small_rack)
    check_places(small_rack)
finish()
