#!/usr/bin/env python3
"""Fills the tables of docs/failures.md with what `racktwin fail --n-1` finds, minutes for each rack. With --again only the cases
that stand in a table are calculated, and the figures beside those by hand; with --check these are compared with the page."""
import json, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("RACKTWIN", os.path.join(ROOT, "build/release/racktwin"))
PAGE = os.path.join(ROOT, "docs/failures.md")
RACKS = ("gb200-nvl72", "vr-nvl144-cpx")
HEAD = ["part and its state", "cases", "hottest", "supply", "flow", "kept", "limit", "hottest, settled", "kept, settled",
        "comes to"]
UNITS = ["", "", "degC", "degC", "kg/s", "%", "s", "degC", "%", ""]


def racktwin(*words, codes=(0, 1)):
    done = subprocess.run([PROGRAM, *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"racktwin {' '.join(words)} ends with {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def show(value, digits, offset=0.0, factor=1.0):
    return "-" if value is None else f"{(value - offset) * factor:.{digits}f}"


def row(c, alike):
    time, settled = c["in_time"], c["settled"]
    limit = (time.get("limit") or {}).get("first_broken_s")
    return [f"{c['case']} {c['state']}" if "case" in c else "(nothing fails)", str(alike),
            show(time.get("hottest_K"), 1, 273.15), show(time.get("supply_K"), 1, 273.15), show(time.get("flow_kg_s"), 3),
            show(time.get("kept"), 1, factor=100), "-" if limit is None else f"{limit:.3g}",
            show(settled.get("hottest_K"), 1, 273.15), show(settled.get("kept"), 1, factor=100), c["verdict"]]


def rows(document):
    """One row for the cases of parts that differ by their indices only and come to the same: the worst, which is the first."""
    groups = {}
    for c in document["cases"]:
        groups.setdefault((re.sub(r"\[\d+\]", "", c["case"]), c["rank"]), []).append(c)
    return [row(document["intact"], 1)] + [row(g[0], len(g)) for g in groups.values()]


def table(body):
    text = "\n".join("| " + " | ".join(r) + " |" for r in [HEAD, ["---"] * len(HEAD), UNITS] + body)
    n, through = (sum(int(r[1]) for r in body[1:] if r[-1] == verdict or not verdict) for verdict in (None, "rides through"))
    return f"{text}\n\n{n} cases, of which {through} ride through.\n"


def whole(name):
    """The table of all cases."""
    return table(rows(racktwin("fail", rack(name), "--n-1", "--json", "-j", "2")))


def again(name, text):
    """The table that stands in the text, its cases calculated again; how many each stands for is taken over."""
    lines = [line for line in text.splitlines() if line[:1] == "|"][3:]
    stated = dict([cell.strip() for cell in line.strip("|").split(" | ")][:2] for line in lines)
    words = [w for part in list(stated)[1:] for w in ("--case", part.rsplit(" ", 1)[0])]
    document = racktwin("fail", rack(name), "--n-1", "--json", "-j", "2", *words)
    found = [row(document["intact"], 1)] + [row(c, 1) for c in document["cases"]]
    return table([r[:1] + [stated[r[0]]] + r[2:] for r in found if r[0] in stated])


def between(text, mark):
    """What stands between <!-- mark --> and <!-- end -->: start and end of it."""
    start = text.index(f"<!-- {mark} -->\n") + len(f"<!-- {mark} -->\n")
    return start, text.index("<!-- end -->", start)


def rack(name):
    return f"racks/{name}.xml"


# ---- figures beside the hand figures -----------------------------------------------------------------------------------------

def quantity(document, path, name):
    return next(c["quantities"][name] for c in document["components"] if c["path"] == path)


def hand():
    """What the program says in the cases that are estimated by hand."""
    file = rack("gb200-nvl72")
    solve = lambda *sets: racktwin("solve", file, "--json", *[w for s in sets for w in ("--set", s)])
    before, pump, supply, feed, shelf = (solve(*s) for s in (
        (), ("cdu.pump[1].state=failed",), ("shelf[1].psu[1].state=failed",), ("feed-a.state=open",), ("shelf[1].state=failed",)))
    power = lambda d, k: quantity(d, f"shelf[{(k - 1) // 6 + 1}].psu[{(k - 1) % 6 + 1}]", "p_out")
    bus = lambda d: max(c["quantities"]["i_abs"] for c in d["components"] if c["path"].startswith("bus.segment"))
    return "\n".join([
        "| what | before | after |", "|---|---|---|",
        f"| speed of cdu.pump[2] with pump 1 failed | {quantity(before, 'cdu.pump[2]', 'speed'):.4f} | "
        f"{quantity(pump, 'cdu.pump[2]', 'speed'):.4f} |",
        f"| head of cdu.pump[2], kPa | {quantity(before, 'cdu.pump[2]', 'dp') / 1e3:.1f} | "
        f"{quantity(pump, 'cdu.pump[2]', 'dp') / 1e3:.1f} |",
        f"| output of shelf[1].psu[2] with psu 1 failed, kW | {power(before, 2) / 1e3:.3f} | {power(supply, 2) / 1e3:.3f} |",
        f"| output of shelf[8].psu[2] with psu 1 of shelf 1 failed, kW | {power(before, 44) / 1e3:.3f} | "
        f"{power(supply, 44) / 1e3:.3f} |",
        f"| output of shelf[1].psu[4] with feed A open, kW | {power(before, 4) / 1e3:.3f} | {power(feed, 4) / 1e3:.3f} |",
        f"| highest current of the busbar with shelf 1 failed, A | {bus(before):.0f} | {bus(shelf):.0f} |"]) + "\n"


# ---- main ---------------------------------------------------------------------------------------------------------------------

TIMES = re.compile(r"(from|ends at) [\d.e+-]+ s")


def same(old, new, column):
    """The last digit may turn; a time is that of the end of a step, which other steps move."""
    if old == new or TIMES.sub("", old) == TIMES.sub("", new):
        return True
    try:
        a, b = float(old), float(new)
    except ValueError:
        return False
    digit = 10.0 ** -len(old.partition(".")[2])
    return abs(a - b) <= (0.3 * abs(a) + 0.1 if column == HEAD.index("limit") else 1.5 * digit)


def check(text, new):
    wrong = 0
    old_lines, new_lines = text.splitlines(), new.splitlines()
    for old, line in zip(old_lines, new_lines):
        cells, others = old.strip("|").split(" | "), line.strip("|").split(" | ")
        if len(cells) != len(others) or not all(same(a.strip(), b.strip(), k) for k, (a, b) in enumerate(zip(cells, others))):
            print(f"the page has\n  {old}\nand it is\n  {line}")
            wrong += 1
    sys.exit(f"{wrong} lines differ: run scripts/failures.py" if wrong or len(old_lines) != len(new_lines) else 0)


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else "all"
    with open(PAGE) as f:
        text = new = f.read()
    for name in RACKS:
        start, end = between(new, name)
        new = new[:start] + (whole(name) if mode == "all" else again(name, new[start:end])) + new[end:]
    start, end = between(new, "hand")
    new = new[:start] + hand() + new[end:]
    if mode == "--check":
        check(text, new)
    with open(PAGE, "w") as f:
        f.write(new)


main()
