#!/usr/bin/env python3
"""Fills the tables of docs/scenarios.md from the program, or with --check says whether they are still true.

Each row is a figure of a run beside an estimate by hand: a formula of one line with figures of the steady page and of the
catalogue, as the page tells it; beside each scenario stands the factor within which both must agree."""
import concurrent.futures, csv, functools, json, math, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("RACKTWIN", os.path.join(ROOT, "build/release/racktwin"))
PAGE = os.path.join(ROOT, "docs/scenarios.md")
RACKS = {"GB200": "gb200-nvl72", "GB200, BBU": "gb200-nvl72-bbu", "GB200, 800 V": "gb200-nvl72-800v", "VR CPX": "vr-nvl144-cpx"}
SHELVES = [name for name in RACKS if "800" not in name]

# ---- of the catalogue -----------------------------------------------------------------------------------------------------
COOLANT = 4.02e6  # J/(m3 K): PG25 at 45 degC, 1016 kg/m3 times 3.95 kJ/(kg K)
COAST = 2.0       # s: coast_time of a pump
GB200 = {
    "hottest": "tray[18].gpu[2]", "vrm": "tray[18].vrm[2]",
    "C_gpu": 60 + 155 + 30e-6 * COOLANT + 150,  # J/K: die, plate, coolant in it, regulator
    "R_lid": 0.010, "C_die": 60.0, "dP": 1000.0, "T_throttle": 100.0, "T_trip": 105.0,
    # J/K: vessel of 12 L; 72 GPUs; 36 CPUs and 18 switches with plate, coolant and regulator; both headers of 2.1 m; hoses
    "C_loop": 12e-3 * COOLANT + 72 * 486 + 36 * (40 + 155 + 121 + 40) + 18 * (90 + 155 + 121 + 60)
              + 2 * 2.1 * math.pi / 4 * 0.038**2 * COOLANT + 27 * 2 * 0.6 * math.pi / 4 * 0.010**2 * COOLANT,
    "psus": 48, "per_shelf": 6, "P_psu": 5500.0, "I_limit": 134.7, "V_no_load": 50.0, "droop": 1.0, "trays": 18}
CPX = GB200 | {
    "C_gpu": 120 + 310 + 60e-6 * COOLANT + 300, "T_throttle": 105.0, "T_trip": 110.0,
    "C_loop": 150e-3 * COOLANT + 72 * 971 + 144 * (40 + 155 + 121 + 100) + 36 * (40 + 155 + 121 + 40) + 36 * (90 + 155 + 121 + 60)
              + 2 * 2.1 * math.pi / 4 * 0.075**2 * COOLANT + 18 * (310 + 60e-6 * COOLANT) * 2 + 3000,
    "dP": 2029.0 - 335.0, "C_die": 120.0, "psus": 30, "P_psu": 18330.0, "I_limit": 503.0, "V_no_load": 52.0}
FIGURES = {name: CPX if "CPX" in name else GB200 for name in RACKS}


# ---- runs -----------------------------------------------------------------------------------------------------------------
def call(words, folder=None):
    done = subprocess.run([PROGRAM, *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"racktwin {' '.join(words)} ends with {done.returncode}\n{done.stderr}")
    return done.stdout


@functools.cache
def steady(name, variant=None):
    document = json.loads(call(["solve", f"racks/{RACKS[name]}.xml", "--json", *(["-V", variant] if variant else [])]))
    return document | {"part": {c["path"]: c["quantities"] for c in document["components"]}}


EARLY = ("--set", "tray.gpu.T_throttle=87 degC", "--set", "tray.gpu.T_release=80 degC", "--set", "tray.gpu.T_trip=93 degC")
IDLE = ("-V", "idle")


def run(name, scenario, options=()):
    return ran(name, scenario, options)


@functools.cache
def ran(name, scenario, options):
    with tempfile.TemporaryDirectory() as folder:
        selected = ["shelf[*].psu[*].load", "shelf[*].psu[*].v_out", "cdu.strainer.flow", "tray[1].qd-supply.flow",
                    "utility.power", FIGURES[name]["hottest"] + ".T_junction"]
        call(["run", f"racks/{RACKS[name]}.xml", "-s", scenario, "-q", "-o", folder, *options,
              *[w for s in selected for w in ("--select", s)]])
        rows = list(csv.DictReader(open(os.path.join(folder, "series.csv"))))
        events = list(csv.DictReader(open(os.path.join(folder, "events.csv"))))
        report = json.load(open(os.path.join(folder, "run.json")))
    return {"rows": rows, "events": events, "report": report}


def when(name, scenario, path, words, options=()):
    """Seconds from the cause at 2 s to the first event of these words, None where there is none."""
    times = [float(e["time [s]"]) for e in run(name, scenario, options)["events"]
             if re.fullmatch(path, e["path"]) and words in e["what"]]
    return min(times) - 2.0 if times else None


def highest_at_end(name, scenario, pattern, options=()):
    return max(float(v) for k, v in run(name, scenario, options)["rows"][-1].items() if re.match(pattern, k))


def grid_at_end(name, scenario, options=()):
    return float(run(name, scenario, options)["rows"][-1]["utility.power [W]"])


# ---- by hand --------------------------------------------------------------------------------------------------------------
def celsius(kelvin):
    return kelvin - 273.15


def first_throttle(name, limit=None):
    """C dT = P (1 - q/q0) dt with q/q0 = 1 / (1 + a t), a = n0 / coast time: dT = P/C (t - ln(1 + a t) / a)."""
    f, part = FIGURES[name], steady(name)["part"]
    rise = (limit or f["T_throttle"]) - celsius(part[f["hottest"]]["T_junction"])
    a, rate, t = part["cdu.pump[1]"]["speed"] / COAST, part[f["vrm"]]["P_in"] / f["C_gpu"], 0.0
    while rate * (t - math.log(1 + a * t) / a) < rise:
        t += 1e-3
    return t


def throttle_to_trip(name):
    """Half the way to idle: the die falls by dP R_lid, then what is left heats at P / C."""
    f, part = FIGURES[name], steady(name)["part"]
    P, chip = part[f["vrm"]]["P_in"], part[f["hottest"]]["P"]
    drop = 0.5 * chip * (1 - 1 / 6)  # idle is a sixth of TDP, throttle_to 50 %
    return (f["T_trip"] - f["T_throttle"] + drop * f["R_lid"]) * f["C_gpu"] / (P - drop * P / chip)


def loop_throttle(name):
    """The water is gone in about its 10 s; then the loop heats at P / C until the hottest GPU throttles."""
    f, document = FIGURES[name], steady(name)
    rise = f["T_throttle"] - celsius(document["part"][f["hottest"]]["T_junction"])
    return 10.0 + f["C_loop"] * rise / sum(c["heat_W"] for c in document["coolant"])


def mean_load(name, left):
    """Of the supplies when only so many are left: all they gave before, shared."""
    f, part = FIGURES[name], steady(name)["part"]
    given = sum(q["p_out"] for p, q in part.items() if re.fullmatch(r"shelf\[\d+\]\.psu\[\d+\]", p))
    return given / (left * f["P_psu"])


def collapse(name):
    """When the shelf fails (every 2 s from 2 s on) without which n I_limit V is below what the bus takes."""
    f = FIGURES[name]
    shelves = f["psus"] // f["per_shelf"]
    for lost in range(1, 6):
        if mean_load(name, 1) * f["P_psu"] > (shelves - lost) * f["per_shelf"] * f["I_limit"] * (f["V_no_load"] - f["droop"]):
            return 2.0 * (lost - 1)
    return None


def tray_power(name):
    """What the tray takes from the bus, over the efficiency from grid to bus."""
    part = steady(name)["part"]
    inlet = next(p for p in ("tray[1].inlet.hotswap", "tray[1].hotswap") if p in part)
    bus = sum(abs(q["I"]) for p, q in part.items() if p.endswith("hotswap"))
    return steady(name)["grid"]["power_W"] * 0.99 * part[inlet]["I"] / bus


def clogged_flow(name):
    """The share f of the coupling in the pressure drop of its tray becomes 50 f: q / q0 = 1 / sqrt(1 + 49 f)."""
    part = steady(name)["part"]
    return 1 / math.sqrt(1 + 49 * part["tray[1].qd-supply"]["dp"] / steady(name)["coolant"][0]["dp_Pa"])


def swing_of_die(name):
    """The die, C and R to a plate that hardly moves, under a square wave dP of half period h: dP R tanh(h / (2 R C))."""
    f, half = FIGURES[name], 1.0
    return f["dP"] * f["R_lid"] * math.tanh(half / (2 * f["R_lid"] * f["C_die"]))


def middle(name):
    """Between full load and idle, half the time each."""
    part = lambda document: celsius(document[FIGURES[name]["hottest"]]["T_junction"])
    return (part(steady(name)["part"]) + part(steady(name, "idle")["part"])) / 2


def bus_after_step(name):
    f = FIGURES[name]
    return f["V_no_load"] - f["droop"] * mean_load(name, f["psus"])


# ---- the page -------------------------------------------------------------------------------------------------------------
def hotswaps(name, scenario):
    return when(name, scenario, r".*hotswap", "-> tripped")


def flow_kept(name):
    rows = run(name, "clogged-disconnect")["rows"]
    q = [float(r["tray[1].qd-supply.flow [m3/s]"]) for r in rows]
    return q[-1] / q[0]


def grid_less(name):
    rows = run(name, "tray-removed")["rows"]
    return float(rows[0]["utility.power [W]"]) - float(rows[-1]["utility.power [W]"])


def junction(name, of):
    """Of the last ten periods of the swing."""
    return of([float(r[FIGURES[name]["hottest"] + ".T_junction [degC]"]) for r in run(name, "swing")["rows"][-80:]])


def pump_flow(name):
    rows = run(name, "pump-trip")["rows"]
    return float(rows[-1]["cdu.strainer.flow [m3/s]"]) / float(rows[0]["cdu.strainer.flow [m3/s]"])


GPU = r".*\.gpu\[\d+\]"
PSU = r"shelf\[\d+\]\.psu\[\d+\]\."
# scenario: factor, racks, rows of (what, unit, of the run, by hand)
SCENARIOS = {
    "pump-trip-no-spare": (2.0, list(RACKS), [
        ("first GPU throttles after", "s", lambda n: when(n, "pump-trip-no-spare", GPU, "-> throttled"), first_throttle),
        ("it trips after another", "s", lambda n: when(n, "pump-trip-no-spare", GPU, "-> tripped")
         - when(n, "pump-trip-no-spare", GPU, "-> throttled"), throttle_to_trip)]),
    "pump-trip-no-spare, early": (2.0, ["GB200"], [
        ("first GPU throttles after", "s", lambda n: when(n, "pump-trip-no-spare", GPU, "-> throttled", EARLY),
         lambda n: first_throttle(n, 87.0))]),
    "facility-water-loss": (2.0, list(RACKS), [
        ("first GPU throttles after", "s", lambda n: when(n, "facility-water-loss", GPU, "-> throttled"), loop_throttle)]),
    "pump-trip": (1.1, list(RACKS), [("flow kept by the pump that is left", "1", pump_flow, lambda n: 1.0)]),
    "clogged-disconnect": (1.5, list(RACKS), [("flow that the tray keeps", "1", flow_kept, clogged_flow)]),
    "psu-failure": (1.05, SHELVES, [
        ("mean load of the supplies that are left", "1", lambda n: carried(n, "psu-failure"),
         lambda n: mean_load(n, FIGURES[n]["psus"] - 1))]),
    "shelf-failure": (1.05, SHELVES, [
        ("mean load of the supplies that are left", "1", lambda n: carried(n, "shelf-failure"),
         lambda n: mean_load(n, FIGURES[n]["psus"] - FIGURES[n]["per_shelf"]))]),
    "feed-loss": (1.05, SHELVES, [
        ("mean load of the supplies that are left", "1", lambda n: carried(n, "feed-loss"),
         lambda n: mean_load(n, FIGURES[n]["psus"] // 2))]),
    "shelves-lost": (1.0, SHELVES, [("trays let go after", "s", lambda n: hotswaps(n, "shelves-lost"), collapse)]),
    "tray-removed": (1.1, list(RACKS), [
        ("less power from the grid", "kW", lambda n: grid_less(n) / 1e3, lambda n: tray_power(n) / 1e3)]),
    "brown-out": (1.001, ["GB200", "VR CPX"], [
        ("UPS back on line after", "s", lambda n: when(n, "brown-out", r"ups-a", "-> on-line"), lambda n: 0.5 + 5.0 + 10.0)]),
    "swing": (1.25, list(RACKS), [
        ("hottest GPU swings by", "K", lambda n: junction(n, max) - junction(n, min), swing_of_die),
        ("around", "degC", lambda n: junction(n, lambda v: sum(v) / len(v)), middle)]),
    "load-step-1ms": (1.01, SHELVES, [
        ("voltage of the supplies after it", "V", lambda n: highest_at_end(n, "load-step-1ms", PSU + "v_out", IDLE),
         bus_after_step)]),
    "load-step-1ms, grid": (1.02, list(RACKS), [
        ("power from the grid two minutes later", "kW", lambda n: grid_at_end(n, "load-step-1ms", IDLE) / 1e3,
         lambda n: steady(n)["grid"]["power_W"] / 1e3)]),
}


def carried(name, scenario):
    loads = [float(v) for k, v in run(name, scenario)["rows"][-1].items() if re.match(PSU + "load ", k)]
    carry = [x for x in loads if x > 0.01]
    return sum(carry) / len(carry)


def row(*cells):
    return "| " + " | ".join(cells) + " |\n"


def number(x):
    return "does not" if x is None else f"{x:.3g}" if abs(x) < 100 else f"{x:.1f}"


def close(theirs, ours, factor):
    if theirs is None or ours is None:
        return theirs is None and ours is None
    return abs(theirs - ours) <= 0.05 or max(theirs / ours, ours / theirs) <= factor


def job(title, name):
    """What is run for a table: rack, scenario, options."""
    return name, title.split(",")[0], IDLE if title.startswith("load-step-1ms") else EARLY if title.endswith("early") else ()


def table(scenario):
    factor, racks, rows = SCENARIOS[scenario]
    text, wrong = row("rack", "what", "run", "by hand", "energy that does not balance"), []
    text += row("---", "---", "---:", "---:", "---:")
    for name in racks:
        done = run(*job(scenario, name))["report"]
        imbalance, rtol = done["run"]["energy"]["imbalance"], done["solver"]["rtol"]
        if any(cell in ("nan", "inf", "-inf") for r in run(*job(scenario, name))["rows"] for cell in r.values()):
            wrong.append(f"{scenario} on {name}: a number of the series is none")
        if not imbalance <= 10 * rtol:
            wrong.append(f"{scenario} on {name}: energy that does not balance is {imbalance:.2g}")
        for what, unit, of_run, by_hand in rows:
            theirs, ours = of_run(name), by_hand(name)
            u = "" if unit == "1" else f" {unit}"
            text += row(name, what, *[number(x) + (u if x is not None else "") for x in (theirs, ours)],
                        "at most 1e-5" if imbalance <= 1e-5 else "at most 1e-4")
            if not close(theirs, ours, factor):
                wrong.append(f"{scenario} on {name}: {what} is {number(theirs)} in the run and {number(ours)} by hand, "
                             f"apart by more than {factor}")
    return text, wrong


def main():
    page, wrong = open(PAGE, encoding="utf-8").read(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name in RACKS:
            pool.submit(steady, name)
        list(pool.map(lambda j: run(*j), [job(s, n) for s, (_, racks, _) in SCENARIOS.items() for n in racks]))
    new = page
    for scenario in SCENARIOS:
        text, bad = table(scenario)
        wrong += bad
        block = f"<!-- table {scenario} -->\n{text}<!-- end -->\n"
        new, n = re.subn(rf"<!-- table {scenario} -->\n.*?<!-- end -->\n", lambda _: block, new, flags=re.S)
        if n != 1:
            sys.exit(f"docs/scenarios.md has {n} places for the table {scenario}")
    if "--check" not in sys.argv:
        open(PAGE, "w", encoding="utf-8").write(new)
    elif new != page:
        sys.exit("docs/scenarios.md shows other figures than the program; run scripts/scenarios.py")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
