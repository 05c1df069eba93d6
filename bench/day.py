#!/usr/bin/env python3
"""A simulated day of a rack with a row a second for every GPU and CPU: what memory, files and time it takes.

    bench/day.py PROGRAM RACK.xml [HOURS]: prints a section of docs/bench-time.md.

Even hours are those of a training job (the load of bench/transient.c: 93 % but for an exchange of 2 s every 45 s and a checkpoint of
20 s at 35 % every 600 s), odd ones have its noise only. A checkpoint an hour; when it is written, /proc tells the memory. A quiet
hour is then run on its own, since run.json counts a whole run."""
import csv, json, os, pathlib, re, resource, shutil, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOUR = 3600
TOLD = (1, 6, 12, 18, 24)
NOISE, MODULUS, FACTOR = 0.015, 2147483647, 48271  # Park and Miller's generator, CACM 31 (1988) 1192


def chips(program, rack):
    """Paths of the GPUs and CPUs: what has a core regulator of its own."""
    page = json.loads(subprocess.run([program, "solve", rack, "--json"], capture_output=True, text=True).stdout)
    return [c["path"] for c in page["components"] if re.search(r"(gpu|cpu|cpx)\[\d+\]$", c["path"]) and c["element"] == "chip"]


def load_at(second, quiet):
    return 0.93 if quiet else 0.35 if second % 600 >= 580 else 0.5 if second % 45 >= 43 else 0.93


def write_trace(path, names, seconds, quiet):
    """Every chip its own noise, a byte of numbers at a time: a row is text of fixed width."""
    seeds = [k + 1 for k in range(len(names))]
    with open(path, "w", encoding="ascii") as out:
        out.write("time [s]," + ",".join(f"{n}.utilisation" for n in names) + "\n")
        for second in range(seconds + 1):
            base = load_at(second, quiet(second))
            seeds = [s * FACTOR % MODULUS for s in seeds]
            out.write(f"{second}," + ",".join([f"{base + NOISE * (2.0 * s / MODULUS - 1.0):.4f}" for s in seeds]) + "\n")


def write_model(folder, rack, names, seconds, quiet):
    """The rack with a workload and a scenario of its own, beside copies of what it includes."""
    text = pathlib.Path(rack).read_text(encoding="utf-8")
    write_trace(folder / "day.csv", names, seconds, quiet)
    for name in ("parts", "scenarios"):
        shutil.copytree(pathlib.Path(rack).resolve().parent / name, folder / name)
    end = text.rindex("</racktwin>")
    own = ('<workload id="bench-day"><trace csv="day.csv"/></workload>'
           f'<scenario id="bench-day" duration="{seconds} s" every="1 s" workload="bench-day"/>')
    (folder / "rack.xml").write_text(text[:end] + own + text[end:], encoding="utf-8")


def memory_of(pid):
    """Highest and present resident memory of a process, MiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{key}:\s+(\d+) kB", status).group(1)) / 1024.0 for key in ("VmHWM", "VmRSS")]


def follow(process, checkpoint):
    """Memory at each checkpoint, by its number."""
    seen, last = {}, None
    while process.poll() is None:
        try:
            now = os.stat(checkpoint).st_ino
            if now != last:
                last = now
                seen[len(seen) + 1] = memory_of(process.pid)
        except (FileNotFoundError, AttributeError):
            pass
        time.sleep(0.05)
    return seen


def run(program, folder):
    checkpoint = folder / "out.ck"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([program, "run", folder / "rack.xml", "-s", "bench-day", "-q", "-o", folder / "out",
                                "--checkpoint", checkpoint, "--checkpoint-every", "1h"])
    seen = follow(process, checkpoint)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        sys.exit(f"racktwin ends with {process.returncode}")
    report = json.loads((folder / "out" / "run.json").read_text())
    sizes = {name: (folder / "out" / name).stat().st_size for name in ("series.csv", "events.csv")}
    return {"memory": seen, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "run": report["run"],
            "rtol": report["solver"]["rtol"], "sizes": sizes | {"day.csv": (folder / "day.csv").stat().st_size,
                                                               "out.ck": checkpoint.stat().st_size}}


def ran(program, rack, names, hours, quiet):
    with tempfile.TemporaryDirectory(prefix="racktwin-day-") as place:
        folder = pathlib.Path(place)
        write_model(folder, rack, names, hours * HOUR, quiet)
        return run(program, folder)


def bar(what, value, most, kept):
    return f"| {what} | {value} | {most} | {'yes' if kept else 'no'} |"


def section(rack, hours, names, day, quiet):
    memory, imbalance, restless = day["memory"], day["run"]["energy"]["imbalance"], day["run"]["restarts"] - hours
    told = [h for h in TOLD if h in memory]
    growth = memory[hours][0] - memory[told[0]][0]
    quiet_growth = quiet["run"]["factorisations"]
    kib = lambda name: f"{day['sizes'][name] / 1e6:.3g} MB"
    return "\n".join([
        f"`bench/day.py` on {rack}: {hours} h, a row a second for each of {len(names)} GPUs and CPUs, odd hours with noise only; rows of "
        f"the default columns each second, a checkpoint an hour, rtol {day['rtol']:g}.", "",
        "| after | " + " | ".join(f"{h} h" for h in told) + " |", "|---" * (len(told) + 1) + "|",
        "| highest memory MiB | " + " | ".join(f"{memory[h][0]:.1f}" for h in told) + " |",
        "| memory MiB | " + " | ".join(f"{memory[h][1]:.1f}" for h in told) + " |", "",
        "| quantity | value | bar | kept |", "|---|---|---|---|",
        bar(f"growth of the highest memory from {told[0]} h to {hours} h", f"{growth:.2f} MiB", "<= 1", growth <= 1.0),
        bar("energy that does not balance", f"{imbalance:.2g}", f"<= {10 * day['rtol']:g}", imbalance <= 10 * day["rtol"]),
        bar("a quiet hour, factorisations", quiet_growth, "<= 20", quiet_growth <= 20),
        f"| a quiet hour, restarts | {quiet['run']['restarts']} | | |", f"| a quiet hour, CPU time | {quiet['cpu']:.3g} s | | |",
        f"| the day, CPU time | {day['cpu']:.3g} s | | |", f"| the day over its CPU time | {hours * HOUR / day['cpu']:.0f} | | |",
        f"| the day, steps, restarts, factorisations | {day['run']['steps']}, {restless}, {day['run']['factorisations']} | | |",
        f"| trace, series, events, checkpoint | {kib('day.csv')}, {kib('series.csv')}, {kib('events.csv')}, {kib('out.ck')} | | |", ""])


def main():
    program, rack = sys.argv[1:3]
    hours = int(sys.argv[3]) if len(sys.argv) > 3 else 24
    program = os.path.abspath(program)
    names = chips(program, rack)
    quiet = ran(program, rack, names, 1, lambda second: True)
    day = ran(program, rack, names, hours, lambda second: second // HOUR % 2 == 1)
    print(section(rack, hours, names, day, quiet))


if __name__ == "__main__":
    main()
