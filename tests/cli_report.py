"""report: one page that an XML parser reads, its figures and tables against the JSON and CSV, text escaped, nothing fetched, and no
half page when a write fails."""
import csv, html.parser, json, os, pty, re, subprocess, sys, tempfile
import xml.etree.ElementTree as ET

PROGRAM, SOURCE = os.environ["RACKTWIN"], os.environ["SOURCE_DIR"]
RACK = os.path.join(SOURCE, "racks", "gb200-nvl72.xml")
X, S = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
bad = 0


def check(what, good, got=""):
    global bad
    if not good:
        bad += 1
        print("FAILED:", what, got)


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True)


def rows(path):
    with open(path, newline="") as f:
        return list(csv.reader(f))


class Page:
    def __init__(self, folder):
        self.path = os.path.join(folder, "report.html")
        with open(self.path) as f:
            self.text = f.read()
        self.root = ET.fromstring(self.text.split("\n", 1)[1])
        self.ids = [e.get("id") for e in self.root.iter() if e.get("id")]
        self.figures = {f.get("id"): f for f in self.root.iter(X + "figure")}
        self.tables = {t.get("id"): t for t in self.root.iter(X + "table")}

    def data(self, figure):
        return json.loads(self.figures[figure].get("data-chart"))

    def cells(self, table):
        return [["".join(c.itertext()) for c in r] for r in self.tables[table].find(X + "tbody")]

    def by(self, table, column):
        return [float(r[column].get("data-by")) if r[column].get("data-by") else None for r in self.tables[table].find(X + "tbody")]


class Strict(html.parser.HTMLParser):
    """Tags as a browser sees them: how deep, and what would be fetched."""
    def __init__(self):
        super().__init__()
        self.fetched, self.scripts = [], 0

    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        for name, value in attributes:
            if name in ("src", "href", "action", "data", "poster", "srcset") and re.match(r"(?i)\s*(https?:)?//", value or ""):
                self.fetched.append((tag, value))


def near(a, b, rel=1e-6):
    return abs(a - b) <= rel * max(abs(a), abs(b), 1e-30)


def whole_page(tmp):
    out = os.path.join(tmp, "a")
    got = run("report", RACK, "-s", "load-step", "--every", "0.05s", "-V", "base", "-V", "idle", "-o", out)
    check("exit", got.returncode == 0, got.stderr)
    check("tells where", got.stdout == out + "/report.html\n", got.stdout)
    page, doc = Page(out), json.loads(run("solve", RACK, "--json").stdout)
    check("under 5 MB", os.path.getsize(page.path) < 5e6, os.path.getsize(page.path))
    check("ids once", len(page.ids) == len(set(page.ids)))
    for name in ("fig-oneline", "fig-sankey", "fig-waterfall", "fig-elevation", "fig-coolant", "fig-series-1", "fig-comparison"):
        check("figure " + name, name in page.figures)
    for name in ("tab-key", "tab-ladder", "tab-margins", "tab-coolant", "tab-provenance", "tab-solver", "tab-comparison", "tab-events"):
        check("table " + name, name in page.tables and page.cells(name))
    for name, figure in page.figures.items():
        check(name + ": caption and titles", figure.find(X + "figcaption").text and all(s.find(S + "title").text for s in figure.iter(S + "svg") if s.get("role")))
    reader = Strict()
    reader.feed(page.text)
    check("nothing fetched", not reader.fetched, reader.fetched)
    left = [e.text for e in page.root.iter(X + "li") if "ECharts" in e.text]
    check("no script but ours and ECharts with what calls it, or why it is not there", (reader.scripts, len(left)) in ((3, 0), (1, 1)), (reader.scripts, left))
    check("policy forbids it", "default-src 'none'" in page.text)
    check("light, dark and paper", "prefers-color-scheme: dark" in page.text and "@media print" in page.text)

    # Sankey: what leaves each node is what enters it, and the ends are the numbers of the JSON.
    s = page.data("fig-sankey")
    ins, outs, names = [0.0] * len(s["nodes"]), [0.0] * len(s["nodes"]), [n["name"] for n in s["nodes"]]
    for f in s["flows"]:
        outs[f["from"]] += f["amount"]
        ins[f["to"]] += f["amount"]
    for i, name in enumerate(names):
        check("Sankey balances at " + name, not (ins[i] and outs[i]) or near(ins[i], outs[i]), (ins[i], outs[i]))
    of = {n: i for i, n in enumerate(names)}
    for name, watt in (("to liquid", doc["heat"]["liquid_W"]), ("to air", doc["heat"]["air_W"]), ("upstream", doc["heat"]["upstream_W"]),
                       ("chips", doc["chips"]["power_W"])):
        check("Sankey " + name, near(ins[of[name]], watt), (ins[of[name]], watt))
    check("Sankey grid", near(outs[of["grid"]], doc["grid"]["power_W"]))

    # Waterfall: every step begins where the one before ends, the last is the chips; elevation: every place once.
    steps = page.data("fig-waterfall")["steps"]
    check("waterfall", all(a["after"] == b["before"] for a, b in zip(steps, steps[1:])) and near(steps[-1]["after"], doc["chips"]["power_W"]))
    boxes = page.data("fig-elevation")["boxes"]
    check("elevation", sum(b["name"].startswith(("tray[", "switch[")) for b in boxes) == 27 and len(boxes) == 35, len(boxes))
    for view in ("elevation-temperature", "elevation-power", "elevation-load"):
        view_of = next(e for e in page.root.iter(X + "div") if e.get("id") == view)
        check(view + ": a mark each", sum(g.get("class") == "box" for g in view_of.iter(S + "g")) == 35)

    # Coolant: a mark for each kind of part; the schedule's plates take up what the JSON's coolant carries away.
    schedule = rows(os.path.join(out, "coolant.csv"))
    head = {name: i for i, name in enumerate(schedule[0])}
    check("schedule on page and in file", len(page.cells("tab-coolant")) == len(schedule) - 1)
    heat = sum(float(r[head["heat [kW]"]] or 0) for r in schedule[1:] if r[0].startswith(("tray", "switch", "manifold", "hose")))
    check("heat of the branches", near(1e3 * heat, doc["coolant"][0]["heat_W"], 1e-4), (heat, doc["coolant"][0]["heat_W"]))
    plates = [r for r in schedule[1:] if re.match(r"tray\[3\]\.plate\[1\]\.site", r[0])]
    check("three sites of a plate in a row, but for what conduction along them carries", len(plates) == 3 and all(abs(float(a[head["T out [degC]"]]) - float(b[head["T in [degC]"]])) < 0.01 for a, b in zip(plates, plates[1:])), plates)

    # Key figures and margins.
    key = {r[0]: r[1] for r in page.cells("tab-key")}
    check("eight key figures", len(key) == 8, key)
    check("efficiency", key["Grid-to-chip efficiency"] == "%.2f %%" % (100 * doc["efficiency"]["grid_to_chip"]), key)
    limits = rows(os.path.join(out, "margins.csv"))
    shown = page.cells("tab-margins")
    check("every limit", [r[:2] for r in shown[:len(limits) - 1]] == [r[:2] for r in limits[1:]])
    rooms = [v for v in page.by("tab-margins", 5) if v is not None]
    check("tightest first", rooms == sorted(rooms) and len(rooms) == len(limits) - 1)
    sources = rows(os.path.join(out, "sources.csv"))
    check("sources", len(page.cells("tab-provenance")) == len(sources) - 1 > 300)
    estimates = sum(r[6] == "estimate" for r in sources[1:])
    check("count of estimates", " %d are estimates" % estimates in page.text and estimates > 50, estimates)

    # The run: every point of every line is a row of the CSV.
    series = rows(os.path.join(out, "run", "series.csv"))
    columns = {n.split(" [")[0]: i for i, n in enumerate(series[0])}
    lines = 0
    for name in page.figures:
        if not name.startswith("fig-series-"):
            continue
        chart = page.data(name)
        marks = [p for p in page.figures[name].iter(S + "path") if p.get("data-line")]
        check(name + ": a mark for each line", len(marks) == len(chart["lines"]) > 0)
        for line in chart["lines"]:
            column = columns[line["name"].split(",")[0]]
            wanted = {r[0]: r[column] for r in series[1:]}
            at = {float(t): float(v) for t, v in wanted.items()}
            lines += 1
            check(name + " " + line["name"], all(at[t] == v for t, v in line["points"]), name)
            check(name + ": fewer points than samples", len(line["points"]) <= 960 < len(at))
            check(name + " keeps the extremes", max(v for _, v in line["points"]) == max(at.values()) and min(v for _, v in line["points"]) == min(at.values()))
        check(name + ": events", chart["events"] and chart["events"][0]["t"] == 30.0 and any(e.get("class") == "event" for e in page.figures[name].iter(S + "line")))
    check("lines", lines >= 8, lines)
    check("thinning is named", "Of %d samples" % (len(series) - 1) in page.text)
    script = open(os.path.join(out, "run", "series.gp")).read()
    used = [(int(c), t) for c, t in re.findall(r"using 1:(\d+) with lines title '(.*?)'", script)]
    check("gnuplot script", len(used) >= lines and all(series[0][c - 1].split(" [")[0] == t.split(",")[0] for c, t in used))

    # The comparison is that of the verb.
    compared = json.loads(run("compare", RACK, "-V", "base", "-V", "idle", "--json").stdout)
    wanted = next(f for f in compared["figures"] if f["quantity"] == "grid_power")["values"]
    row = next(i for i, r in enumerate(page.cells("tab-comparison")) if r[1] == "grid power")
    bars = page.data("fig-comparison")
    vrm = next(f for f in compared["figures"] if f["quantity"] == "ladder.VRM.loss")["values"]
    check("bars", all(near(a, b, 1e-12) for a, b in zip(next(g for g in bars["groups"] if g["name"] == "VRM")["values"], vrm)), bars)
    marks = sum(r.get("class") == "bar" for r in page.figures["fig-comparison"].iter(S + "rect"))
    check("a bar each", marks == sum(v is not None for g in bars["groups"] for v in g["values"]), marks)
    check("comparison", [page.by("tab-comparison", k)[row] for k in (2, 3)] == wanted, wanted)
    for link in page.root.iter(X + "a"):
        address = link.get("href")
        check("link " + address, address[1:] in page.ids if address[0] == "#" else os.path.exists(os.path.join(out, address)))
    check("no part files", not [f for _, _, names in os.walk(out) for f in names if f.endswith(".part")])


BENCH = ('<racktwin xmlns="urn:racktwin:1" version="1"><title>&lt;script&gt;alert(1)&lt;/script&gt; "&amp;\'</title>'
         '<voltage-source id="source" voltage="54 V"/><resistor id="bus" R="1.2 mohm" fed-by="source" source="]]&gt;&lt;/script&gt;&lt;b&gt;"/>'
         '<power-load id="load" P="33 kW" V_nominal="54 V" v_min="10 V" fed-by="bus"/></racktwin>')


def small_page(tmp):
    bench, out = os.path.join(tmp, "bench.xml"), os.path.join(tmp, "b")
    with open(bench, "w") as f:
        f.write(BENCH)
    got = run("report", bench, "-q", "-o", out)
    check("bench exit", got.returncode == 0 and not got.stdout, (got.stdout, got.stderr))
    page = Page(out)
    reader = Strict()
    reader.feed(page.text)
    check("one script where nothing is drawn over time", reader.scripts == 1, reader.scripts)
    check("title as text", page.root.find(f".//{X}h1").text == '<script>alert(1)</script> "&\'', page.root.find(f".//{X}h1").text)
    check("no < in data", all("<" not in f.get("data-chart") for f in page.figures.values()))
    for name in ("fig-elevation", "fig-coolant", "fig-series-1"):
        check("bench has no " + name, name not in page.figures)
    left = "\n".join(e.text for e in page.root.iter(X + "li"))
    for what in ("elevation", "Coolant", "over time", "Comparison", "Sensitivities", "Margins", "Prices", "Facility"):
        check("says that it leaves out: " + what, what in left, left)

    # Failures: no folder given, a folder that cannot be made, a page that cannot be written, a full disk.
    check("needs -o", run("report", bench).returncode == 2)
    check("wrong scenario", run("report", bench, "-s", "no-such", "-o", os.path.join(tmp, "c")).returncode in (2, 3))
    got = run("report", bench, "-o", os.path.join(bench, "x"))
    check("unwritable", got.returncode == 5 and "bench.xml" in got.stderr, (got.returncode, got.stderr))
    blocked = os.path.join(tmp, "d")
    os.makedirs(os.path.join(blocked, "report.html"))
    got = run("report", bench, "-o", blocked)
    check("page cannot be written", got.returncode == 5 and "report.html" in got.stderr, (got.returncode, got.stderr))
    check("no half page", os.listdir(os.path.join(blocked, "report.html")) == [] and not [f for f in os.listdir(blocked) if f.endswith(".part")])
    full = os.path.join(tmp, "e")
    os.makedirs(full)
    os.symlink("/dev/full", os.path.join(full, "report.html.part"))
    got = run("report", bench, "-o", full)
    check("full disk", got.returncode == 5 and "No space" in got.stderr and not os.path.exists(os.path.join(full, "report.html")), (got.returncode, got.stderr))


DAY = ('<racktwin xmlns="urn:racktwin:1" version="1"><voltage-source id="source" voltage="54 V"/><power-load id="load" P="33 kW" V_nominal="54 V" fed-by="source"/>'
       '<scenario id="run" duration="%s"><event at="100 s" set="load.P" value="20 kW"/></scenario></racktwin>')


def long_runs(tmp):
    """The axis of time is in s, min or h, its ticks where their times are; data stay in s."""
    for duration, seconds, unit, per in (("90 s", 90, "s", 1), ("15 min", 900, "min", 60), ("24 h", 86400, "h", 3600)):
        file, out = os.path.join(tmp, "day.xml"), os.path.join(tmp, "day" + unit)
        with open(file, "w") as f:
            f.write(DAY % duration)
        check("long run: exit", run("report", file, "-s", "run", "-q", "-o", out, "--method", "sdirk", "--dynamics", "auto").returncode == 0)
        page = Page(out)
        chart, figure = page.data("fig-series-1"), page.figures["fig-series-1"]
        check("long run: unit", (chart["x"]["title"], chart["x"]["unit"], chart["x"]["per"]) == ("time [%s]" % unit, "s", per), chart["x"])
        check("long run: data in s", chart["lines"][0]["points"][-1][0] == seconds == chart["frame"]["range"][1], chart["frame"])
        ticks = [(float(t.get("x")), float(t.text)) for g in figure.iter(S + "g") if g.get("class") == "time" for t in g]
        frame = chart["frame"]
        check("long run: ticks", len(ticks) > 4 and all(abs(x - frame["left"] - v * per / seconds * frame["width"]) < 0.11 for x, v in ticks), ticks)


def broken_limits(tmp):
    out = os.path.join(tmp, "w")
    got = run("report", RACK, "-V", "warm-water", "-q", "-o", out)
    check("broken limits: exit", got.returncode == 1, (got.returncode, got.stderr))
    page, limits = Page(out), rows(os.path.join(out, "margins.csv"))
    head = {name: i for i, name in enumerate(limits[0])}
    broken = [r[:2] for r in limits[1:] if r[head["broken"]] == "yes"]
    check("broken limits are listed", broken and [r[:2] for r in page.cells("tab-limits")] == broken, len(broken))
    verdict = next(e for e in page.root.iter(X + "p") if e.get("id") == "verdict")
    check("verdict", verdict.get("class") == "broken" and str(len(broken)) in verdict.text, verdict.text)
    order = [i for i in page.ids if i in ("verdict", "tab-limits", "tab-key")]
    check("broken limits first", order == ["verdict", "tab-limits", "tab-key"], order)
    check("compared with the file itself", [r[0] for r in page.cells("tab-cases")] == ["base", "warm-water"], page.cells("tab-cases"))


def early_end(tmp):
    """A run that has no solution any more: the page shows how far it went, and why it ended."""
    out = os.path.join(tmp, "f")
    got = run("report", os.path.join(SOURCE, "tests", "mistakes", "current-without-path.xml"), "-s", "opening", "-o", out)
    check("early end: exit", got.returncode == 4 and "RT0708" in got.stderr, (got.returncode, got.stderr))
    page = Page(out)
    verdict = next(e for e in page.root.iter(X + "p") if e.get("id") == "verdict")
    last = float(rows(os.path.join(out, "run", "series.csv"))[-1][0])
    ended = re.search(r"The run ended at ([\d.]+) s of ([\d.]+) s", verdict.text)
    check("early end: verdict", verdict.get("class") == "broken" and ended and last <= float(ended[1]) < float(ended[2]), (verdict.text, last))
    folder = os.path.join(tmp, "g")
    got = run("report", os.path.join(SOURCE, "tests", "mistakes", "collapse-in-a-run.xml"), "-s", "growth", "-q", "-o", folder)
    verdict = next(e for e in Page(folder).root.iter(X + "p") if e.get("id") == "verdict")
    check("collapse: exit and verdict", got.returncode == 1 and verdict.get("class") == "broken" and "supply of 1 parts collapsed" in verdict.text, verdict.text)
    check("early end: no record of a whole run", not os.path.exists(os.path.join(out, "run", "run.json")) and "run/run.json" not in page.text)


def terminal(tmp):
    """--plot, and progress that a pipe does not get."""
    out = os.path.join(tmp, "p")
    long = ["run", RACK, "-s", "load-step", "--every", "0.02s", "--rtol", "1e-7"]
    check("--plot needs -o", run(*long, "--plot").returncode == 2)
    got = run("run", RACK, "-s", "load-step", "--every", "0.5s", "-o", out, "--plot")
    check("plot: exit", got.returncode == 0, got.stderr)
    table = rows(os.path.join(out, "series.csv"))
    power = [float(r[table[0].index("utility.power [W]")]) for r in table[1:]]
    first = got.stdout[got.stdout.index("power [W]"):].split("\n")
    check("plot: ends of the axis", float(first[1].split("|")[0]) == float("%.5g" % max(power)), first[1])
    check("plot: legend", "* utility.power" in got.stdout and max(len(l) for l in first) <= 120)
    piped = run(*long, "-q")
    check("nothing to a pipe", piped.stderr == "", piped.stderr)
    master, slave = pty.openpty()
    work = subprocess.Popen([PROGRAM, *long], stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    told = b""
    while True:
        try:
            block = os.read(master, 4096)
        except OSError: # the other end is closed
            break
        if not block:
            break
        told += block
    check("progress on a terminal", work.wait() in (0, 1) and b"of 120 s simulated" in told and b"s elapsed" in told, told)
    check("its line is cleared", told.endswith(b"\r\x1b[K"), told[-40:])


with tempfile.TemporaryDirectory() as folder:
    whole_page(folder)
    small_page(folder)
    long_runs(folder)
    broken_limits(folder)
    early_end(folder)
    terminal(folder)
sys.exit(1 if bad else 0)
