"""Traces: rows of a file drive the chips, the file is read row by row, and what is wrong in it is told with its place."""
import bisect
import csv
import json
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SOURCE, call, equal, finish, folder, inside, near, ok

OK, INPUT = 0, 3
IDLE, TDP = 150.0, 1000.0  # W of the chips below, without leakage: P = IDLE + u (TDP - IDLE)
CHIP = ('<chip id="{id}" {count} kind="{kind}" TDP="1 kW" P_idle="150 W" leakage_share="0 %" V_nominal="0.8 V"'
        ' T_throttle="195 degC" T_release="190 degC" T_max="220 degC" utilisation="80 %"/><connect from="supply.out" to="{id}.power"/>'
        '<connect from="{id}.heat" to="plate.heat"/>')


def rack(place, trace, duration="40 s", every="1 s"):
    path = pathlib.Path(place) / "rack.xml"
    path.write_text('<racktwin version="1" xmlns="urn:racktwin:1"><voltage-source id="supply" voltage="0.8 V" R="1 uohm"/>'
                    + CHIP.format(id="gpu", kind="gpu", count='count="2"') + CHIP.format(id="nic", kind="nic", count="")
                    + '<heat-capacity id="plate" C="1 kJ/K"/><thermal-resistance id="film" R="0.02 K/W"/>'
                      '<fixed-temperature id="coolant" T="40 degC"/><connect from="plate.heat" to="film.a"/>'
                      '<connect from="film.b" to="coolant.heat"/>\n'
                      f'<workload id="w">{trace}</workload>\n<scenario id="s" duration="{duration}" every="{every}" workload="w"/>'
                      '</racktwin>\n')
    return path


def run(file, out, *more, scenario="s"):
    result = call("run", file, "-s", scenario, "-o", out, "-q", *more)
    equal(f"run {more}: exit {result.stderr}", result.returncode, OK)
    with open(pathlib.Path(out) / "series.csv", newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    return {name: [float(row[k]) for row in rows[1:]] for k, name in enumerate(rows[0])}


def at(t, times, values, hold, period):
    local = t % period if period else t
    k = bisect.bisect_right(times, local) - 1
    if k + 1 == len(times) or hold:
        return values[k]
    return values[k] + (values[k + 1] - values[k]) * (local - times[k]) / (times[k + 1] - times[k])


TIMES = [0.0, 5.0, 7.5, 10.0, 15.0]
GPU, NIC = [0.1, 0.5, 1.0, 0.2, 0.2], [0.0, 0.2, 0.4, 1.0, 0.0]


def check_rules():
    for hold in (False, True):
        for repeat in (False, True):
            with folder() as place:
                (pathlib.Path(place) / "u.csv").write_text("time [min],gpu [%],nic.utilisation,gpu[2].utilisation [1]\n" + "".join(
                    f"{t / 60!r},{100 * g:g},{n},{g / 2:g}\n" for t, g, n in zip(TIMES, GPU, NIC)))
                rule, again = "hold" if hold else "linear", "yes" if repeat else "no"
                file = rack(place, f'<trace csv="u.csv" rule="{rule}" repeat="{again}"/>')
                s = run(file, f"{place}/out", "--aggregate", "mean", "--rtol", "1e-7", "--select", "*.utilisation", "--select", "*.P")
                period, what, fine = TIMES[-1] if repeat else 0.0, f"hold={hold} repeat={repeat}", 200
                for name, values in (("gpu[1]", GPU), ("gpu[2]", [g / 2 for g in GPU]), ("nic", NIC)):
                    for k in range(1, 41):
                        mean = sum(at(k - 1 + (i + 0.5) / fine, TIMES, values, hold, period) for i in range(fine)) / fine
                        near(f"{what}: {name} over {k - 1} .. {k} s", s[f"{name}.utilisation.mean [1]"][k], mean, within=2e-3)
                        near(f"{what}: power of {name} over {k - 1} .. {k} s", s[f"{name}.P.mean [W]"][k],
                             IDLE + mean * (TDP - IDLE), within=2.0)


def check_own_series():
    """What a run has written drives another one: of= chooses among its columns."""
    with folder() as place:
        (pathlib.Path(place) / "u.csv").write_text("time [s],all [%]\n0,10\n10,90\n25,30\n40,60\n")
        first = run(rack(place, '<trace csv="u.csv"/>'), f"{place}/a", "--select", "*")
        os.rename(f"{place}/a/series.csv", f"{place}/log.csv")
        again = run(rack(place, '<trace csv="log.csv" of="gpu.utilisation" time-column="time"/>'), f"{place}/b", "--select", "*.utilisation")
        for k in (1, 2):
            for i, value in enumerate(first[f"gpu[{k}].utilisation [1]"]):
                near(f"gpu[{k}] at {i} s, replayed", again[f"gpu[{k}].utilisation [1]"][i], value, within=1e-6)
        equal("what of= leaves out keeps its own utilisation", set(again["nic.utilisation [1]"]), {0.8})
        refused(place, '<trace csv="log.csv"/>', None, "of=", "log.csv:1:")


def refused(place, trace, text, *says):
    if text is not None:
        (pathlib.Path(place) / "u.csv").write_text(text)
    result = call("run", rack(place, trace), "-s", "s", "-o", f"{place}/never")
    equal(f"{text!r} {trace}: exit", result.returncode, INPUT)
    for words in says:
        ok(words in result.stderr, f"{text!r} {trace}: says {words!r}: {result.stderr!r}")
    ok(not os.path.exists(f"{place}/never"), f"{text!r}: nothing is written")


def check_mistakes():
    plain = '<trace csv="u.csv"/>'
    with folder() as place:
        for text, *says in (
                ("time [s],gpu [%]\n0,10\n5,abc\n9,1\n", "u.csv:3:3", "not a decimal number"),
                ("time [s],gpu [%]\n0,10\n5,\n9,1\n", "u.csv:3:3", "missing"),
                ("time [s],gpu [%]\n0,10\n5,nan\n", "u.csv:3:3", "not a decimal number"),
                ("time [s],gpu [%],nic\n0,10,0\n5,50,1.01\n", "u.csv:3:6", "\"nic\"", "0 .. 1"),
                ("time [s],gpu [%]\n0,10\n5,-1\n", "u.csv:3:3", "0 .. 1"),
                ("time [s],gpu [%]\n0,10\n5,20\n5,30\n", "u.csv:4:1", "increases"),
                ("time [s],gpu [%]\n1,10\n5,20\n", "u.csv:2:1", "starts at 0"),
                ("time [s],gpu [%]\n0,10\n5,20,3\n", "u.csv:3:1", "3 fields"),
                ("time [s],gpu [W]\n0,10\n5,20\n", "u.csv:1:10", "gpu"),
                ("time [W],gpu [%]\n0,10\n5,20\n", "u.csv:1:1", "time"),
                ("time [s],gpus [%]\n0,10\n5,20\n", "u.csv:1:10", "did you mean \"gpu\""),
                ("time [s],nik.utilisation\n0,1\n5,0\n", "u.csv:1:10", "did you mean \"nic\""),
                ("time [s],gpu[3].utilisation\n0,1\n5,0\n", "u.csv:1:10", "gpu[3]"),
                ("time [s],gpu[1].TDP\n0,1\n5,0\n", "u.csv:1:10", "not the utilisation"),
                ("time [s],film.utilisation\n0,1\n5,0\n", "u.csv:1:10", "not the utilisation"),
                ("time [s],gpu.utilisation,gpu[2].utilisation\n0,1,1\n5,0,1\n", "u.csv:1:26", "gpu[2]", "another column"),
                ("time [s],gpu [%]\n0,10\n", "u.csv:1:1", "two rows"),
                ("time [s]\n0\n5\n", "u.csv:1:1", "two rows"),
                ("time [s],gpu [%]\n0,10\n5,\"2", "u.csv:3:3", "quote"),
                ("", "u.csv:1:1", "header")):
            refused(place, plain, text, *says)
        good = "time [s],gpu [%]\n0,10\n5,20\n"
        refused(place, '<trace csv="u.csv" of="gpu.TDP"/>', good, "rack.xml:2:", "utilisation")
        refused(place, '<trace csv="u.csv" of="nic.utilisation"/>', good, "rack.xml:2:", "no column")
        refused(place, '<trace csv="u.csv" time-column="tine"/>', good, "did you mean \"time\"")
        refused(place, '<trace csv="u.csv" rule="cubic"/>', good, "linear", "hold")
        refused(place, '<trace csv="no.csv"/>', good, "no.csv")
        long = "time [s],gpu [%]\n" + "".join(f"{k},50\n" for k in range(20000))
        refused(place, plain, long + "20000,120\n", "u.csv:20002:7", "0 .. 1")


# A process begins with the memory mark of the one that it came from: this one is small.
LAUNCHER = "import os,sys;_,s,u=os.wait4(os.posix_spawn(sys.argv[1],sys.argv[1:],os.environ),0);print(u.ru_maxrss,s)"


def peak(*words):
    """Largest memory of a call, KiB."""
    command = [sys.executable, "-S", "-E", "-c", LAUNCHER, PROGRAM, *map(str, words)]
    most, status = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True).stdout.split()
    equal("a long run: exit", os.waitstatus_to_exitcode(int(status)), OK)
    return int(most)


def check_memory():
    """Ten times the time, ten times the file: the same memory. To hold the file would take 4 MB more as text, 6 MB as numbers."""
    for rule in ("linear", "hold"):
        got = {}
        for hours in (2, 20):
            with folder() as place:
                with open(pathlib.Path(place) / "u.csv", "w") as out:
                    out.write("time [s],gpu.utilisation [%]," + ",".join(f"x{k}.y" for k in range(50)) + "\n")
                    for k in range(hours * 720 + 1):
                        out.write(f"{5 * k},{20 + k * 37 % 60}" + ",0.125" * 50 + "\n")
                file = rack(place, f'<trace csv="u.csv" of="gpu.utilisation" rule="{rule}"/>', f"{hours} h", "5 s")
                got[hours] = peak("run", file, "-s", "s", "-o", f"{place}/out", "-q")
        print(f"{rule}: largest memory of a run of 2 h: {got[2]} KiB, of 20 h: {got[20]} KiB")
        inside(f"{rule}: memory of 20 h more than of 2 h, KiB", got[20] - got[2], -4096, 2048)  # a large page is 2 MiB


REGULATOR = ('<racktwin version="1" xmlns="urn:racktwin:1"><voltage-source id="supply" voltage="12 V" R="1 mohm"/>'
             '<vrm id="vrm" V_nominal="12 V" V_set="0.8 V" R_LL="100 uohm" I_rated="1 kA" phases="16" min_phases="2" I_add="36 A"'
             ' I_shed="20 A" f_sw="500 kHz" R_hs="3 mohm" R_ls="1 mohm" L="150 nH" DCR="0.3 mohm" t_r="5 ns" t_f="5 ns"/>'
             + CHIP.format(id="gpu", kind="gpu", count="").replace("supply.out", "vrm.out")
             + '<connect from="supply.out" to="vrm.in"/><heat-capacity id="plate" C="1 kJ/K"/><thermal-resistance id="film" R="0.02 K/W"/>'
               '<fixed-temperature id="coolant" T="40 degC"/><connect from="vrm.heat" to="plate.heat"/>'
               '<connect from="plate.heat" to="film.a"/><connect from="film.b" to="coolant.heat"/>'
               '<workload id="w"><phase duration="0.5 s" all="50 %"/><phase duration="0.5 s" all="0 %"/><repeat/></workload>'
               '<scenario id="s" duration="{seconds} s" every="100 s" workload="w"/></racktwin>')


def check_many_events():
    """100 000 changes of a state or 10 000, with all that a run keeps account of: the same memory. Each of them kept would be 10 MB."""
    got = {}
    for events in (10000, 100000):
        with folder() as place:
            file = pathlib.Path(place) / "rack.xml"
            file.write_text(REGULATOR.format(seconds=events // 2))
            got[events] = peak("run", file, "-s", "s", "-o", f"{place}/out", "-q", "--spectrum", "--aggregate", "min,mean,max",
                               "--checkpoint", f"{place}/ck", "--checkpoint-every", "1000s")
            with open(f"{place}/out/events.csv", encoding="utf-8") as lines:
                equal("events told", sum(" -> " in line for line in lines), events - 1)  # none at the end
    print(f"largest memory with 10 000 events: {got[10000]} KiB, with 100 000: {got[100000]} KiB")
    inside("memory of 100 000 events more than of 10 000, KiB", got[100000] - got[10000], -4096, 2048)


def check_whole_rack():
    """Every GPU its own column."""
    with folder() as place:
        names = [f"tray[{t}].gpu[{g}]" for t in range(1, 19) for g in range(1, 5)]
        with open(SOURCE / "racks" / "gb200-nvl72.xml") as text:
            model = text.read()
        end = model.rindex("</racktwin>")
        load = '<workload id="own"><trace csv="own.csv" rule="hold"/></workload>'
        scenario = '<scenario id="own" duration="5 s" every="1 s" workload="own"/>'
        os.symlink(SOURCE / "racks" / "parts", f"{place}/parts")
        (pathlib.Path(place) / "rack.xml").write_text(model[:end] + load + scenario + model[end:])
        value = lambda k, row: round((k * 7 + row * 13) % 60 / 100 + 0.2, 2)
        (pathlib.Path(place) / "own.csv").write_text("time [s]," + ",".join(f"{n}.utilisation" for n in names) + "\n" + "".join(
            f"{row}," + ",".join(str(value(k, row)) for k in range(72)) + "\n" for row in range(6)))
        s = run(f"{place}/rack.xml", f"{place}/out", "--select", "tray*.gpu*.utilisation", scenario="own")
        equal("columns", list(s)[1:], [f"{n}.utilisation [1]" for n in names])
        for k, n in enumerate(names):  # a sample at a step shows the value before it
            equal(f"{n}", s[f"{n}.utilisation [1]"], [value(k, 0)] + [value(k, row) for row in range(5)])


def check_resume():
    with folder() as place:
        (pathlib.Path(place) / "u.csv").write_text("time [s],gpu [%]\n" + "".join(f"{3 * k},{k * 37 % 100}\n" for k in range(400)))
        for rule in ("hold", "linear"):
            file = rack(place, f'<trace csv="u.csv" rule="{rule}" repeat="yes"/>', "5000 s")
            command = lambda name, *more: ["run", str(file), "-s", "s", "-q", "-o", f"{place}/{name}", "--checkpoint",
                                           f"{place}/{name}.ck", "--checkpoint-every", "100s", *more]
            equal("whole", call(*command("whole")).returncode, OK)
            for after in (0.05, 0.1):
                p = subprocess.Popen([PROGRAM, *command("part", *(["--resume"] if after > 0.05 else []))], stderr=subprocess.DEVNULL)
                try:
                    p.wait(after)
                except subprocess.TimeoutExpired:
                    p.send_signal(signal.SIGKILL)
                    p.wait()
            equal("resumed", call(*command("part", "--resume")).returncode, OK)
            whole, part = (pathlib.Path(place) / name / "series.csv" for name in ("whole", "part"))
            ok(whole.read_bytes() == part.read_bytes(), f"{rule}: a trace goes on where it was")
            report = json.loads((pathlib.Path(place) / "part" / "run.json").read_text())
            ok(any(i["file"].endswith("u.csv") for i in report["inputs"]), "run.json names the trace")
            for name in ("whole", "part"):
                os.remove(f"{place}/{name}.ck")


check_rules()
check_own_series()
check_mistakes()
check_memory()
check_many_events()
check_whole_rack()
check_resume()
finish()
