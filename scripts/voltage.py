#!/usr/bin/env python3
"""Fills the tables of docs/voltage.md from the program, or with --check says whether they are still true.

Five ways from medium voltage to the chips of a GB200 NVL72, stage by stage. The efficiency of a stage is the power out of its
parts over the power into them; what by-passes a stage does not count in it. REFERENCE is a planner's figure for each stage."""
import json, math, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("RACKTWIN", os.path.join(ROOT, "build/release/racktwin"))
PAGE = os.path.join(ROOT, "docs/voltage.md")
EXPLAINED_ABOVE = 0.5  # points

CASES = {
    "54 V, UPS": ("racks/gb200-nvl72.xml", "v54-ups"),
    "54 V, UPS in eco mode": ("racks/gb200-nvl72.xml", "v54-eco"),
    "54 V, BBU": ("racks/gb200-nvl72-bbu.xml", None),
    "800 V to 12 V, BBU": ("racks/gb200-nvl72-800v.xml", None),
    "800 V to 50 V to 12 V, BBU": ("racks/gb200-nvl72-800v.xml", "two-stage"),
}
STAGES = ["transformer", "UPS", "AC distribution", "DC feeder", "MV rectifier", "power supply", "BBU", "rack bus",
          "800 to 50 V", "to 12 V", "VRM", "PDN"]
TOTAL = "grid to chip rail"
REFERENCE = {
    "54 V, UPS": {"transformer": 0.993, "UPS": 0.969, "AC distribution": 0.995, "power supply": 0.972, "rack bus": 0.997,
                  "to 12 V": 0.978, "VRM": 0.89, "PDN": 0.98},
    "800 V to 12 V, BBU": {"MV rectifier": 0.985, "DC feeder": 1.0, "BBU": 1.0, "rack bus": 0.999, "to 12 V": 0.975, "VRM": 0.89,
                           "PDN": 0.98},
}
REFERENCE["54 V, UPS in eco mode"] = REFERENCE["54 V, UPS"] | {"UPS": 0.99}
REFERENCE["54 V, BBU"] = {s: eta for s, eta in REFERENCE["54 V, UPS"].items() if s != "UPS"} | {"BBU": 1.0}
REFERENCE["800 V to 50 V to 12 V, BBU"] = REFERENCE["800 V to 12 V, BBU"] | {"800 to 50 V": 0.98, "to 12 V": 0.978}

# Element -> what a saving in it is called. Loads that are no chips (fans of shelves, boards, memory) are "other".
SPLIT = {"ups": "backup", "bbu": "backup", "transformer": "conversion", "rectifier": "conversion", "psu": "conversion",
         "dcdc": "conversion", "vrm": "conversion", "busway": "conductors", "switchgear": "conductors", "dc-cable": "conductors",
         "contact": "conductors", "busbar-segment": "conductors", "hot-swap": "conductors", "pdn": "conductors"}
KINDS = ["backup", "conversion", "conductors", "other"]


def solve(file, variant):
    words = [PROGRAM, "solve", file, "--json"] + (["-V", variant] if variant else [])
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)} ends with {done.returncode}: a broken limit or no solution\n{done.stderr}")
    return json.loads(done.stdout)


def stage_of(c):
    """Stage of a component on the way from the grid to the chips' rails, None of any other."""
    e = c["element"]
    if e == "dcdc":
        return "800 to 50 V" if c["path"].endswith(".dcx") else "to 12 V"
    return {"transformer": "transformer", "ups": "UPS", "busway": "AC distribution", "switchgear": "AC distribution",
            "rectifier": "MV rectifier", "psu": "power supply", "dc-cable": "DC feeder", "busbar-segment": "rack bus",
            "contact": "rack bus", "hot-swap": "rack bus", "bbu": "BBU", "vrm": "VRM", "pdn": "PDN"}.get(e)


def stages(document):
    """Efficiency of each stage."""
    quantity = lambda c, *names: next(c["quantities"][n] for n in names if n in c["quantities"])
    lost, out = {}, {}
    ladder = {r["stage"]: r for r in document["ladder"]}
    dc = any(c["element"] == "rectifier" for c in document["components"])
    for c in document["components"]:
        s = stage_of(c)
        if s is None or (dc and s in ("transformer", "AC distribution")):
            continue
        lost[s] = lost.get(s, 0.0) + c["loss_W"]
        if s in ("power supply", "MV rectifier", "to 12 V", "800 to 50 V", "VRM"):
            out[s] = out.get(s, 0.0) + quantity(c, "p_out", "P_out")
    out["PDN"] = out["VRM"] - lost["PDN"]
    if dc:
        out["DC feeder"] = out["MV rectifier"] - lost["DC feeder"]
    for s, rung in (("transformer", "transformer"), ("UPS", "UPS"), ("AC distribution", "distribution"), ("rack bus", "busbar")):
        if s in lost:
            out[s] = ladder[rung]["output_W"]
    if "BBU" in lost:
        out["BBU"] = out["rack bus"] + lost["rack bus"]
    return {s: out[s] / (out[s] + lost[s]) for s in STAGES if s in lost}


def split(document):
    """Everything between grid and chips, W, by what it is."""
    sums = dict.fromkeys(KINDS, 0.0)
    for c in document["components"]:
        used = c["quantities"].get("P", c["quantities"].get("power", 0.0)) if c["element"] in ("power-load", "ac-load") else 0.0
        sums[SPLIT.get(c["element"], "other")] += c["loss_W"] + used
    return sums


def total(etas):
    product = 1.0
    for eta in etas.values():
        product *= eta
    return product


def row(*cells):
    return "| " + " | ".join(cells) + " |\n"


def table(*head):
    return row(*head) + row("---", *["---:"] * (len(head) - 1))


def stage_table(name, etas):
    reference = REFERENCE[name]
    text = table(f"{name}: stage", "ours", "reference", "points")
    for s in [s for s in STAGES if s in etas]:
        text += row(s, f"{100 * etas[s]:.2f} %", f"{100 * reference[s]:.1f} %", f"{100 * (etas[s] - reference[s]):+.2f}")
    return text + row(TOTAL, f"{100 * total(etas):.2f} %", f"{100 * total(reference):.1f} %",
                      f"{100 * (total(etas) - total(reference)):+.2f}")


def shares(etas, reference):
    """Points of the total's difference that each stage makes. Exact: ln of a product is a sum, and the logarithmic mean of the
    two totals turns it back into their difference."""
    ours, theirs = total(etas), total(reference)
    mean = ours if ours == theirs else (ours - theirs) / math.log(ours / theirs)
    return {s: 100 * mean * math.log(etas[s] / reference[s]) for s in etas}


def shares_table(etas):
    by_chain = {n: shares(e, REFERENCE[n]) for n, e in etas.items()}
    text = table("points of the total from", *etas)
    for s in STAGES:
        text += row(s, *[f"{by_chain[n][s]:+.2f}" if s in by_chain[n] else "" for n in etas])
    return text + row(TOTAL, *[f"{sum(by_chain[n].values()):+.2f}" for n in etas])


def differing(solved):
    """Stages, and the total, that are more than EXPLAINED_ABOVE from the reference in any case."""
    found = set()
    for name, document in solved.items():
        etas, reference = stages(document), REFERENCE[name]
        pairs = {s: (eta, reference[s]) for s, eta in etas.items()} | {TOTAL: (total(etas), total(reference))}
        found |= {s for s, (ours, theirs) in pairs.items() if 100 * abs(ours - theirs) > EXPLAINED_ABOVE}
    return found


def blocks(solved):
    etas = {name: stages(d) for name, d in solved.items()}
    grid, best = {n: d["grid"]["power_W"] for n, d in solved.items()}, "800 V to 12 V, BBU"
    totals = table("chain", "from the grid", "chips", "grid to chip", "grid to chip rail", "beside 54 V, UPS")
    for n, d in solved.items():
        totals += row(n, f"{grid[n] / 1e3:.2f} kW", f"{d['chips']['power_W'] / 1e3:.2f} kW",
                      f"{100 * d['efficiency']['grid_to_chip']:.2f} %", f"{100 * total(etas[n]):.2f} %",
                      f"{100 * (grid[n] / grid['54 V, UPS'] - 1):+.2f} %")
    gain = table("less power from the grid with 800 V to 12 V than with", *KINDS, "chips", "together")
    for n in list(solved)[:3]:
        a, b = split(solved[n]), split(solved[best])
        parts = [a[k] - b[k] for k in KINDS] + [solved[n]["chips"]["power_W"] - solved[best]["chips"]["power_W"]]
        gain += row(n, *[f"{p / 1e3:+.2f} kW" for p in parts],
                    f"{(grid[n] - grid[best]) / 1e3:.2f} kW ({100 * (grid[n] - grid[best]) / grid[n]:.1f} %)")
    return {"totals": totals, "gain": gain, "shares": shares_table(etas)} | {n: stage_table(n, etas[n]) for n in solved}


def filled(page, solved):
    for name, text in blocks(solved).items():
        mark = re.escape(name)
        block = f"<!-- table {name} -->\n{text}<!-- end -->\n"
        page, n = re.subn(rf"<!-- table {mark} -->\n.*?<!-- end -->\n", lambda _: block, page, flags=re.S)
        if n != 1:
            sys.exit(f"docs/voltage.md has {n} places for the table {name}")
    return page


def explained(page):
    return set(re.findall(r"^- \*\*(.+?)\*\*", page, re.M))


def main():
    page = open(PAGE, encoding="utf-8").read()
    solved = {name: solve(*case) for name, case in CASES.items()}
    new = filled(page, solved)
    if "--check" not in sys.argv:
        open(PAGE, "w", encoding="utf-8").write(new)
    elif new != page:
        sys.exit("docs/voltage.md shows other figures than the program; run scripts/voltage.py")
    if explained(new) != differing(solved):
        sys.exit(f"docs/voltage.md explains {sorted(explained(new))}; more than {EXPLAINED_ABOVE} points apart are "
                 f"{sorted(differing(solved))}")


if __name__ == "__main__":
    main()
