"""`sweep`: rows against closed forms and against `solve`, the same bytes however the cases are shared or interrupted."""
import hashlib
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, near, ok, solve, table

OK, LIMIT, USAGE, INPUT, NO_SOLUTION, SYSTEM = range(6)
LOAD = "racks/examples/power-load.xml"
PRINTED = 1e-11  # 12 digits are written


def sweep(code, *words, says="", **how):
    result = call("sweep", *words, **how)
    line = f"sweep {' '.join(map(str, words))}"
    ok(result.returncode == code, f"{line}: exit {result.returncode}, expected {code}: {result.stderr[:300]}")
    ok(says in result.stderr, f"{line}: says {says!r}: {result.stderr[:300]}")
    if code in (USAGE, INPUT):
        equal(f"{line}: stdout", result.stdout, "")
    return table(result.stdout)


def check_closed_form():
    """A constant power behind a resistance: R I^2 - E I + P = 0, the smaller root; no solution beyond E^2 / 4R = 607.0 kW. R is
    that of the bus and of the source, whose power is that at its terminals."""
    inner = 1e-6
    R = 1.2e-3 + inner
    rows = sweep(NO_SOLUTION, LOAD, "-P", "load.P=100:700:100 kW", "-L", "source.voltage=54 V,52 V", says="14 cases")
    equal("rows", len(rows), 14)
    for k, row in enumerate(rows):
        P, E = (1 + k // 2) * 1e5, (54.0, 52.0)[k % 2]
        equal("case", row["case"], str(k + 1))
        equal("load.P", row["load.P [kW]"], str(100 * (1 + k // 2)))
        equal("source.voltage", row["source.voltage [V]"], ("54", "52")[k % 2])
        if P > E * E / (4 * R):
            equal(f"exit at {P} W, {E} V", row["exit"], "4")
            ok("RT0702" in row["reason"] and "load: no steady state" in row["reason"], f"reason at {P} W: {row['reason']}")
            equal(f"grid power at {P} W, {E} V", row["grid_power [W]"], "")
        else:
            current = (E - math.sqrt(E * E - 4 * R * P)) / (2 * R)
            near(f"power at {P} W, {E} V", float(row["grid_power [W]"]), (E - inner * current) * current, rel=1e-9)
            equal(f"exit at {P} W, {E} V", (row["exit"], row["reason"]), ("0", ""))


def check_values():
    """Decimals as written, units once or with each number, downwards, with differences of temperature, words and units mixed."""
    def column(name, *words, code=OK):
        return [row[name] for row in sweep(code, *words)]
    tenths = column("load.utilisation", LOAD, "-P", "load.utilisation=0:0.5:0.1")
    equal("tenths", tenths, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"])
    equal("downwards", column("load.P [kW]", LOAD, "-P", "load.P=30 kW:10 kW:-10 kW"), ["30", "20", "10"])
    equal("step in another unit", column("load.P [kW]", LOAD, "-P", "load.P=1 kW:2 kW:500 W"), ["1", "1.5", "2"])
    equal("not a whole number of steps", column("load.P [kW]", LOAD, "-P", "load.P=1:2:0.4 kW"), ["1", "1.4", "1.8"])
    cold = "racks/examples/thermal-resistance.xml"
    equal("kelvins from degC", column("coolant.T [degC]", cold, "-P", "coolant.T=20 degC:30 degC:5 K"), ["20", "25", "30"])
    equal("fahrenheit steps", column("coolant.T [degF]", cold, "-P", "coolant.T=32 degF:50 degF:5 K"), ["32", "41", "50"])
    equal("first unit rules", column("coolant.T [degC]", cold, "-L", "coolant.T=20 degC,300.15 K"), ["20", "27"])
    equal("words", column("load.state", LOAD, "-L", "load.state=on,off"), ["on", "off"])
    rows = sweep(OK, cold, "-P", "coolant.T=20:60:20 degC", "--select", "contact.*", "--select", "film.dT")
    near("kelvins over the contact", float(rows[2]["contact.dT [delta K]"]), 30.0, within=1e-8)  # leakage: 1e-9 W/K
    ok("grid_power [W]" not in rows[0] and "film.dT [delta K]" in rows[0], f"--select replaces the columns: {list(rows[0])}")


def check_same_as_solve():
    rows = sweep(LIMIT, RACK, "-P", "cdu.T_supply=30:40:10 degC", "-L", "variant=base,half,row-cdu", "-j", "2")
    for row in rows:
        options = ["--set", f"cdu.T_supply={row['cdu.T_supply [degC]']} degC", "-V", row["variant"]]
        one = solve(RACK, *options)
        what = f"cdu at {row['cdu.T_supply [degC]']} degC, {row['variant']}: "
        gpu = max(c["temperature_K"] for c in one["components"] if c["element"] == "chip" and ".gpu[" in c["path"])
        for name, want in {"grid_power [W]": one["grid"]["power_W"], "chip_power [W]": one["chips"]["power_W"],
                           "grid_to_chip_efficiency [1]": one["efficiency"]["grid_to_chip"],
                           "heat_liquid [W]": one["heat"]["liquid_W"],
                           "coolant_flow [kg/s]": one["coolant"][0]["flow_kg_s"],
                           "coolant_return [degC]": one["coolant"][0]["return_K"] - 273.15,
                           "hottest_gpu [degC]": gpu - 273.15, "limits_broken": len(one["findings"])}.items():
            near(what + name, float(row[name]), want, rel=PRINTED, within=1e-9 if "degC" in name else 0.0)
        equal(what + "exit", row["exit"], str(one["exit"]))


def check_structure():
    """Counts change which parts there are: every case has the columns of all."""
    rows = sweep(OK, RACK, "-P", "cdu.pumps=2:4:1", "--select", "cdu.pump[*].power", "-j", "2")
    columns = [name for name in rows[0] if name.startswith("cdu.pump[")]
    equal("pumps with a column", columns, [f"cdu.pump[{k}].power [W]" for k in (1, 2, 3, 4)])
    equal("pumps that each case has", [[row[f"cdu.pump[{k}].power [W]"] != "" for k in (1, 2, 3, 4)] for row in rows],
          [[True, True, False, False], [True, True, True, False], [True, True, True, True]])


NESTED = """<racktwin xmlns="urn:racktwin:1" version="1">
  <parts>
    <psu id="psu" P_rated="5.5 kW" V_no_load="50 V" V_full_load="49 V" loss_a="0.0057" loss_c="0.0287" power_factor="0.99"
         V_in_min="180 V" V_in_max="305 V"/>
  </parts>
  <assembly id="shelf"><power-shelf id="shelf" psus="2" psu="psu" connector_resistance="40 uohm"/>
    <port id="a" to="shelf.a"/><port id="out" to="shelf.out"/></assembly>
  <assembly id="one"><use id="row" assembly="shelf"/>
    <port id="a" to="row.a"/><port id="out" to="row.out"/></assembly>
  <assembly id="pair"><use id="row" assembly="shelf" count="2"/>
    <port id="a" to="row.a"/><port id="out" to="row.out"/></assembly>
  <grid id="feed" voltage="415 V" short_circuit_power="10 MVA"/>
  <use id="x" assembly="one"/>
  <power-load id="load" P="4 kW" V_nominal="50 V"/>
  <connect from="feed.out" to="x.a"/>
  <connect from="x.out" to="load.in"/>
  <variant id="two"><replace use="x" assembly="pair"/></variant>
</racktwin>
"""


def check_nested_structure():
    """The third PSU of the second shelf is there only with both the variant and the larger count."""
    with folder() as name:
        file = pathlib.Path(name) / "rack.xml"
        file.write_text(NESTED)
        rows = sweep(OK, file, "-L", "variant=base,two", "-L", "x.row.shelf.psus=2,3", "--select", "*psu*.p_out")
        equal("rows", len(rows), 4)
        for row, psus in zip(rows, (2, 3, 4, 6)):
            power = [float(value) for name, value in row.items() if name.endswith("p_out [W]") and value]
            equal("PSUs with a column", len(power), psus)
            near("what they give, W, without the connectors", sum(power), 4000.0, rel=1e-3)


GRID = ["-P", "cdu.T_supply=30:37.8:0.2 degC", "-L", "fws.T_supply=20 degC,25 degC"]  # 80 cases


def check_sharing():
    with folder() as name:
        out = pathlib.Path(name)
        sweep(LIMIT, RACK, *GRID, "-o", out / "one.csv", says="80 cases")
        whole = (out / "one.csv").read_bytes()
        sweep(LIMIT, RACK, *GRID, "-o", out, "-j", "3")
        ok((out / "sweep.csv").read_bytes() == whole, "three processes give the same bytes as one")
        ok(call("sweep", RACK, *GRID).stdout.encode() == whole, "stdout gets the same bytes")
        exits = [sweep_exit(out, k) for k in (1, 2, 3)]
        ok(set(exits) <= {OK, LIMIT}, f"exit codes of shards: {exits}")
        shards = [out / f"sweep-{k}-of-3.csv" for k in (3, 1, 2)]
        sweep(LIMIT, "--merge", *shards, "-o", out / "merged.csv")
        ok((out / "merged.csv").read_bytes() == whole, "merged shards give the same bytes")
        records = [json.loads((out / f"{n}.json").read_text()) for n in ("one", "merged")]
        equal("record of the merged table", records[1], records[0])
        equal("digest in the record", records[0]["sha256"], hashlib.sha256(whole).hexdigest())
        equal("what else is left", [p.name for p in out.iterdir() if p.suffix not in (".csv", ".json")], [])
        check_merge_refusals(out, shards)


def sweep_exit(out, k):
    return call("sweep", RACK, *GRID, "-o", out, "--shard", f"{k}/3").returncode


def check_merge_refusals(out, shards):
    target = out / "refused.csv"
    sweep(INPUT, "--merge", *shards[:2], "-o", target, says="is in none of the files")
    sweep(INPUT, "--merge", *shards, shards[0], "-o", target, says="another file has")
    call("sweep", RACK, *GRID[:3], "fws.T_supply=20 degC,26 degC", "-o", out / "other.csv", "--shard", "3/3")
    sweep(INPUT, "--merge", out / "other.csv", *shards[1:], "-o", target, says="another sweep")
    text = shards[0].read_text()
    shards[0].write_text(text.replace("30", "31", 1))
    sweep(INPUT, "--merge", *shards, "-o", target, says="changed since")
    shards[0].write_text(text)
    shards[0].with_suffix(".json").unlink()
    sweep(INPUT, "--merge", *shards, "-o", target, says="no record")
    sweep(USAGE, "--merge", *shards, says="-o")
    ok(not target.exists(), "a refused merge writes nothing")


def begin(out, *words, rows=5, file=RACK, after=None):
    """A sweep in the background, once its journal has some rows."""
    process = subprocess.Popen([PROGRAM, "sweep", file, *GRID, "-o", out, *words], cwd=SOURCE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    journal = pathlib.Path(f"{out}.journal")
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") > rows:
            break
        time.sleep(0.005)
    return process, journal


def check_interruption():
    with folder() as name:
        where = pathlib.Path(name)
        call("sweep", RACK, *GRID, "-o", where / "whole.csv")
        whole = (where / "whole.csv").read_bytes()
        for number, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, SYSTEM), (signal.SIGTERM, SYSTEM)):
            out = where / f"{number.name}.csv"
            process, journal = begin(out, "-j", "2")
            process.send_signal(number)
            stderr = process.communicate()[1]
            equal(f"exit code after {number.name}", process.returncode, code)
            ok(number == signal.SIGKILL or "--resume" in stderr, f"what is said after {number.name}: {stderr}")
            ok(not out.exists() and journal.exists(), f"after {number.name} there is a journal and no table")
            time.sleep(0.2)  # workers end with their case
            kept = journal.read_text().split("\n")[1:-1]
            ok(5 <= len(kept) < 80, f"{len(kept)} rows kept after {number.name}")
            rows = whole.decode().split("\n")
            texts = [line.split(" ", 2)[2] for line in kept]
            whole_rows = all(text == rows[int(text.split(",")[0])] for text in texts)
            ok(whole_rows, f"rows kept after {number.name} are whole rows")
            sweep(SYSTEM, RACK, *GRID, "-o", out, says="--resume")
            with journal.open("a") as f:
                f.write("0 150 79,30,2")  # as if it had been killed in the middle of a row
            process, _ = begin(out, "--resume", rows=len(kept) + 3)
            process.send_signal(number)
            process.communicate()
            time.sleep(0.2)
            sweep(LIMIT, RACK, *GRID, "-o", out, "--resume", "-j", "2", says="80 cases")
            ok(out.read_bytes() == whole, f"resumed after {number.name}: the same bytes")
            ok(not journal.exists(), "the journal goes when the table is there")


def check_resume_does_the_rest_only():
    with folder() as name:
        out = pathlib.Path(name) / "a.csv"
        process, journal = begin(out)
        process.kill()
        process.communicate()
        lines = journal.read_text().split("\n")
        code, _, row = lines[1].split(" ", 2)
        marked = row + "from the journal"
        journal.write_text("\n".join([lines[0], f"{code} {len(marked) + 1} {marked}", *lines[2:]]))
        sweep(SYSTEM, RACK, *GRID, "-o", out, "--resume", says="damaged")
        journal.write_text("\n".join([lines[0], f"{code} {len(marked)} {marked}", *lines[2:]]))
        sweep(LIMIT, RACK, *GRID, "-o", out, "--resume")
        equal("rows taken from the journal", sum(row["reason"] == "from the journal" for row in table(out.read_text())), 1)
        sweep(LIMIT, RACK, *GRID, "-o", out, "--resume", says="80 cases")  # nothing to go on with: from the beginning


def check_changed_inputs():
    with folder() as name:
        where = pathlib.Path(name)
        rack = where / "rack.xml"
        shutil.copy(SOURCE / RACK, rack)
        out = where / "a.csv"
        process, journal = begin(out, file=rack)
        process.kill()
        process.communicate()
        before = journal.read_bytes()
        sweep(SYSTEM, rack, *GRID, "-o", out, "--resume", "--set", "fws.dp=81 kPa", says="another sweep")
        sweep(SYSTEM, rack, *GRID[:2], "-o", out, "--resume", says="another sweep")
        text = rack.read_text()
        rack.write_text(text.replace('id="fws"', ' id="fws"'))
        sweep(SYSTEM, rack, *GRID, "-o", out, "--resume", says="has changed since")
        ok(journal.read_bytes() == before, "a refused --resume leaves the journal as it is")
        rack.write_text(text)
        sweep(LIMIT, rack, *GRID, "-o", out, "--resume")
        out.unlink()
        process, journal = begin(out, file=rack)
        rack.write_text(text.replace('id="fws"', ' id="fws"'))
        stderr = process.communicate()[1]
        equal("exit code when a file changes meanwhile", process.returncode, SYSTEM)
        ok("has changed while" in stderr and not out.exists() and not journal.exists(), f"a file changes meanwhile: {stderr}")


def children(pid):
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def check_crash():
    """A process that is killed costs its case only."""
    with folder() as name:
        out = pathlib.Path(name) / "a.csv"
        process, _ = begin(out, "-j", "2")
        os.kill(children(process.pid)[0], signal.SIGKILL)
        process.communicate()
        rows = table(out.read_text())
        lost = [row for row in rows if row["exit"] == "5"]
        equal("rows", len(rows), 80)
        equal("cases lost", len(lost), 1)
        ok("Killed" in lost[0]["reason"] and lost[0]["grid_power [W]"] == "", f"the row of a lost case: {lost[0]}")
        equal("exit code with a case lost", process.returncode, SYSTEM)


def check_mistakes():
    sweep(USAGE, LOAD, says="-P")
    sweep(USAGE, LOAD, "-P", "load.P", says="PATH=FROM:TO:STEP")
    sweep(USAGE, LOAD, "-P", "load.P=1:2", says="PATH=FROM:TO:STEP")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:x", says="PATH=FROM:TO:STEP")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:0 kW", says="step")
    sweep(USAGE, LOAD, "-P", "load.P=2:1:1 kW", says="step")
    sweep(USAGE, LOAD, "-P", "load.P=1 kW:2 m:1 kW", says="units")
    sweep(USAGE, LOAD, "-P", "load.P=0:1e9:1 W", says="million")
    sweep(USAGE, LOAD, "-P", "load.P=1:9e3:1 W", "-P", "source.voltage=1:900:1 V", says="million")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "-L", "load.P=3 kW", says="twice")
    sweep(USAGE, LOAD, "-L", "load.P=1 kW,,2 kW", says="empty")
    sweep(USAGE, RACK, "-L", "variant=base,half", "-V", "idle", says="-V")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "-j", "0", says="whole number")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "--shard", "3/2", "-o", "/tmp", says="--shard")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "--shard", "1/2", says="-o")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "--resume", says="-o")
    sweep(USAGE, LOAD, "-P", "load.P=1:2:1 kW", "--select", "nothing*", says="--select")
    with folder() as name:
        out = f"{name}/a.csv"
        sweep(INPUT, LOAD, "-P", "lode.P=1:2:1 kW", "-o", out, says="lode")
        sweep(INPUT, LOAD, "-P", "load.P=1:2:1 m", "-o", out, says="is a")
        sweep(INPUT, LOAD, "-P", "load.P=1:2:1", "-o", out, says="unit")
        sweep(INPUT, LOAD, "-P", "load.utilisation=0:20:4", "-o", out, says="outside")
        sweep(INPUT, LOAD, "-L", "load.state=on,orf", "-o", out, says="off")
        sweep(INPUT, RACK, "-L", "variant=base,hafl", "-o", out, says="half")
        equal("what wrong input leaves behind", os.listdir(name), [])
        sweep(SYSTEM, LOAD, "-P", "load.P=1:2:1 kW", "-o", "/proc/nowhere/a.csv", says="could not be written")


check_closed_form()
check_values()
check_same_as_solve()
check_structure()
check_nested_structure()
check_sharing()
check_interruption()
check_resume_does_the_rest_only()
check_changed_inputs()
check_crash()
check_mistakes()
finish()
