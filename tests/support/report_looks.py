"""report.html in a real browser: nothing is said on the console or fetched, figures are drawn, the pointer and the keys read the values
of the CSV, tables sort, the map switches, charts zoom, nothing is cut on paper, and axe-core finds no serious fault."""
import csv
import os
import pathlib
import re
import sys
import tempfile

import cli
from browser import CHROMIUM, Browser
from cli import RACK, equal, finish, inside, near, ok

BUILD = pathlib.Path(os.environ["BUILD_DIR"])
LIBRARIES = BUILD / "page-libraries"
MM = 96 / 25.4  # pixels of CSS
SHEET = (297 - 2 * 12, 210 - 2 * 12)  # mm of A4 landscape within the margins of report.css


def rows(path):
    with open(path, newline="") as f:
        return list(csv.reader(f))


def table(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def report(out, *words):
    got = cli.call("report", *words, "-q", "-o", out)
    ok(got.returncode in (0, 1), f"report {' '.join(map(str, words))} gives {got.returncode}: {got.stderr}")
    return pathlib.Path(out) / "report.html"


def quiet(browser, what, page):
    equal(what + ": said on the console", browser.said, [])
    equal(what + ": addresses asked for", [a for a in browser.asked if not a.startswith("data:")], [page.as_uri()])
    equal(what + ": resources", browser.run("return performance.getEntriesByType('resource').map(e => e.name)"), [])


def figures(browser, what, wanted):
    """Each figure has a picture of some size with marks in it, whether it is an SVG of ours or of ECharts."""
    shown = browser.run("""return [...document.querySelectorAll('main figure')].map(f => {
      const svg = [...f.querySelectorAll('svg')].filter(s => !s.closest('.keys') && s.getClientRects().length && !s.parentNode.closest('svg'));
      const box = svg.length === 1 ? svg[0].getBoundingClientRect() : {width: 0, height: 0};
      return [f.id, box.width, box.height, svg.length ? svg[0].querySelectorAll('path, rect, line, text').length : 0];
    })""")
    names = [s[0] for s in shown]
    for name in wanted:
        ok(name in names, f"{what}: there is a figure {name}")
    for name, width, height, marks in shown:
        ok(width > 100 and height > 60 and marks > 5, f"{what}: {name} is drawn: {width} x {height} with {marks} marks")


def tip(browser, figure):
    """Text of what is shown beside the pointer, or by the keys."""
    return browser.run("""const f = document.getElementById(arguments[0]);
      return [...f.querySelectorAll('.tip, .canvas > div')].filter(e => !e.querySelector('svg') && getComputedStyle(e).visibility !== 'hidden'
        && getComputedStyle(e).display !== 'none' && getComputedStyle(e).opacity !== '0').map(e => e.innerText).join('\\n').trim()""", figure)


def read_tip(text):
    """{line: value} and time of a tip over time; every value must carry a unit."""
    lines = text.split("\n")
    at = re.fullmatch(r"t = (\S+) s(?: \(\S+ (?:min|h)\))?", lines[0])
    values = {m[1]: (float(m[2]), m[3]) for m in (re.fullmatch(r"(.*): (\S+) (\S+)", l) for l in lines[1:]) if m}
    return (float(at[1]) if at else None), values


def against_series(what, text, series):
    head = {re.fullmatch(r"(.*?)(?: \[(.*)\])?", n).groups()[0]: (i, n) for i, n in enumerate(series[0])}
    t, values = read_tip(text)
    row = next((r for r in series[1:] if t is not None and abs(float(r[0]) - t) <= 1e-8 * max(1.0, t)), None)
    if not ok(row and values, f"{what}: the tip names a time of the CSV and values: {text!r}"):
        return None
    for name, (value, unit) in values.items():
        column, title = head[name.split(",")[0]]
        near(f"{what}: {name} at {t} s", value, float(row[column]), rel=1e-8)  # the tip has nine digits
        ok(title.endswith(f"[{unit}]"), f"{what}: unit of {name} is {unit}, in the CSV {title}")
    return t


def time_charts(browser, what, out, zoomable):
    series = rows(out / "run" / "series.csv")
    names = browser.run("return [...document.querySelectorAll('figure[data-chart]')].map(f => f.id).filter(n => n.startsWith('fig-series-'))")
    ok(len(names) > 2, f"{what}: charts over time: {names}")
    for name in names:
        browser.box("#" + name)  # it comes alive when it is about to be seen
        left, top, width, height = browser.box(f"#{name} " + (".canvas" if zoomable else "svg"))
        browser.move(left + 0.6 * width, top + 0.5 * height)
        against_series(f"{what}: {name}", tip(browser, name), series)
        browser.move(1, 1)
    name = names[0]
    left, top, width, height = browser.box(f"#{name} " + (".canvas" if zoomable else "svg"))
    browser.run("document.getElementById(arguments[0]).focus()", name)
    browser.key("Home")
    for _ in range(20):
        browser.key("ArrowRight")
    first = against_series(what + ": keys", tip(browser, name), series)
    browser.key("ArrowRight")
    second = against_series(what + ": keys", tip(browser, name), series)
    ok(first is not None and second is not None and second > first, f"{what}: the arrow goes on from {first} to {second}")
    said = browser.run("return document.querySelector('#' + arguments[0] + ' [role=status]').textContent", name)
    equal(what + ": what a screen reader hears", read_tip(said)[0], second)
    if not zoomable:
        return
    last = float(series[-1][0])

    def seen():  # smallest and largest time that the pointer can reach
        ends = []
        for x in (90, width - 30):
            browser.move(left + x, top + 0.5 * height)
            ends.append(read_tip(tip(browser, name))[0])
        return ends

    inside(what + ": the whole reaches to", seen()[1], 0.9 * last, last)
    browser.drag(left + 84 + 0.25 * (width - 108), left + 84 + 0.5 * (width - 108), top + 0.5 * height)
    from_, to = seen()
    inside(what + ": zoom begins", from_, 0.2 * last, 0.3 * last)
    inside(what + ": zoom ends", to, 0.45 * last, 0.55 * last)
    browser.click(f"#{name} .canvas", times=2)
    inside(what + ": a double click shows the whole again, to", seen()[1], 0.9 * last, last)
    browser.run("document.getElementById(arguments[0]).focus()", name)
    browser.key("End")
    browser.key("+")
    inside(what + ": the key + zooms, to", seen()[0], 0.3 * last, 0.7 * last)
    browser.key("Escape")
    inside(what + ": Escape shows the whole again, from", seen()[0], 0.0, 0.1 * last)


def line_keys(browser, what, name):
    """The keys above a chart leave a line out and bring it back."""
    lines = "return document.querySelectorAll('#' + arguments[0] + ' .canvas svg path').length"
    browser.move(1, 1)
    before = browser.run(lines, name)
    browser.click(f"#{name} .keys button")
    ok(browser.run(lines, name) < before, f"{what}: a line is left out by its key")
    browser.click(f"#{name} .keys button")
    equal(what + ": and brought back", browser.run(lines, name), before)


def marks_with_titles(browser, what, out):
    """The elevation and the Sankey say under the pointer what the page's data say, and the comparison what compare.csv says."""
    browser.box("#fig-elevation .view-1 .box rect")
    boxes = browser.run("return JSON.parse(document.getElementById('fig-elevation').dataset.chart).boxes")
    for k in (0, len(boxes) // 2, len(boxes) - 1):
        left, top, width, height = browser.box("#fig-elevation .view-1 .box rect", k)
        browser.move(left + width / 2, top + height / 2)
        equal(f"{what}: elevation, box {k}", tip(browser, "fig-elevation"), f"{boxes[k]['name']}: {boxes[k]['shown']}")
    hottest = max(float(r["value"]) for r in table(out / "summary.csv")
                  if r["path"].startswith("tray[1].") and r["unit"] == "degC")
    tray = next(k for k, b in enumerate(boxes) if b["name"] == "tray[1]")
    left, top, width, height = browser.box("#fig-elevation .view-1 .box rect", tray)
    browser.move(left + width / 2, top + height / 2)
    shown = re.fullmatch(r"tray\[1\]: ([\d.]+) degC", tip(browser, "fig-elevation"))
    near(what + ": the tray's hottest part, as in summary.csv", float(shown[1]) if shown else None, hottest, within=0.051)
    browser.move(1, 1)
    equal(what + ": gone with the pointer", tip(browser, "fig-elevation"), "")


def switch(browser, what):
    """The three views of the elevation: other colours, another legend, one at a time."""
    views = []
    for k in range(3):
        browser.click("#fig-elevation input[type=radio]", k)
        views.append(browser.run("""return [...document.querySelectorAll('#fig-elevation .view')].filter(v => v.getClientRects().length)
          .map(v => [v.id, v.querySelector('text').textContent, [...v.querySelectorAll('.box rect')].map(r => r.getAttribute('fill')).join()])"""))
    ok(all(len(v) == 1 for v in views), f"{what}: one view at a time")
    for part, name in enumerate(("view", "legend", "colours")):
        equal(f"{what}: {name} that differ", len({v[0][part] for v in views}), 3)
    browser.click("#fig-elevation input[type=radio]", 0)
    browser.key("ArrowRight")
    equal(what + ": the arrow key switches too", browser.run("return document.querySelector('#view-2').checked"), True)


def sorting(browser, what):
    column = "return [...document.querySelector('#tab-ladder').tBodies[0].rows].map(r => [r.cells[0].textContent, Number(r.cells[2].dataset.by)])"
    head = "return document.querySelectorAll('#tab-ladder th')[2].ariaSort"
    before = browser.run(column)
    for expected in ("ascending", "descending"):
        browser.click("#tab-ladder th button", 2)
        after = browser.run(column)
        equal(f"{what}: {expected}", [v for _, v in after], sorted((v for _, v in before), reverse=expected == "descending"))
        equal(f"{what}: rows are the same", sorted(map(tuple, after)), sorted(map(tuple, before)))
        equal(f"{what}: said to readers", browser.run(head), expected)
    browser.run("document.querySelectorAll('#tab-ladder th button')[0].focus()")
    browser.key("Enter")
    names = [n for n, _ in browser.run(column)]
    ok(names != [n for n, _ in after] and sorted(names) == sorted(n for n, _ in before), f"{what}: Enter sorts by name: {names}")


def keyboard(browser, what):
    """Tab reaches every link, button, switch, long table and chart, and shows where it is."""
    controls = browser.run("""scrollTo(0, 0); document.activeElement.blur();
      return [...document.querySelectorAll('a[href], button, input:checked, [tabindex="0"]')].filter(e => e.getClientRects().length).length""")
    reached, invisible = 0, []
    browser.run("window.reached = new Set()")
    for _ in range(controls + 2):
        browser.command("Input.dispatchKeyEvent", type="keyDown", key="Tab", windowsVirtualKeyCode=9)
        browser.command("Input.dispatchKeyEvent", type="keyUp", key="Tab", windowsVirtualKeyCode=9)
        reached, outline = browser.run("""const e = document.activeElement; if (e !== document.body) reached.add(e);
          return [reached.size, e === document.body ? '' : getComputedStyle(e).outlineStyle === 'none' ? e.outerHTML.slice(0, 80) : '']""")
        invisible += [outline] if outline else []
    equal(what + ": controls reached by Tab", reached, controls)
    equal(what + ": controls whose focus does not show", invisible, [])


def paper(browser, what):
    """On A4 no figure is higher or wider than a sheet, none is broken over two, and what only a screen can do is gone."""
    browser.command("Emulation.setDeviceMetricsOverride", width=round(SHEET[0] * MM), height=round(SHEET[1] * MM), deviceScaleFactor=1, mobile=False)
    browser.media("print")
    boxes = browser.run("""return [...document.querySelectorAll('main figure')].map(f => {
      const b = f.getBoundingClientRect(), s = getComputedStyle(f);
      const inner = [...f.querySelectorAll('svg[role=img]')].filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect());
      return [f.id, b.width, b.height, s.breakInside, inner.length, Math.max(...inner.map(r => r.right)) - b.right, Math.max(...inner.map(r => r.bottom)) - b.bottom];
    })""")
    for name, width, height, rule, pictures, right, below in boxes:
        ok(width <= SHEET[0] * MM + 1 and height <= SHEET[1] * MM and rule == "avoid", f"{what}: {name} fits a sheet: {width} x {height} {rule}")
        ok(pictures >= 1 and right <= 1 and below <= 1, f"{what}: {name}: {pictures} pictures, {right} and {below} px beyond it")
    gone = browser.run("return [...document.querySelectorAll('nav, .switch, .canvas, .keys, .tip')].filter(e => e.getClientRects().length).length")
    equal(what + ": controls on paper", gone, 0)
    sheets = browser.pdf()
    found = len(re.findall(rb"/Type\s*/Page\b", sheets))
    inside(what + ": sheets", found, 3, 60)
    ok(sheets.startswith(b"%PDF-"), what + ": a PDF")
    browser.command("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    browser.media()


def accessible(browser, what):
    axe = LIBRARIES / "axe.js"
    if not axe.exists():
        return
    # Rows are all alike, and thousands of them would take axe minutes: the first of each table stand for the others.
    browser.run("document.querySelectorAll('tbody tr:nth-child(n+4)').forEach(r => r.remove())")
    browser.run(axe.read_text() + "; return 1")
    for scheme in ("light", "dark"):
        browser.media(scheme=scheme)
        faults = browser.run("""return axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
          .filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).slice(0, 3).join(' | ')))""")
        equal(f"{what}: serious faults, {scheme}", faults, [])
    browser.media()


def rack(browser, what, folder, zoomable):
    out = folder / "rack"
    page = report(out, RACK)
    browser.open(page)
    figures(browser, what, ("fig-oneline", "fig-sankey", "fig-waterfall", "fig-elevation", "fig-coolant"))
    marks_with_titles(browser, what, out)
    switch(browser, what)
    sorting(browser, what)
    keyboard(browser, what)
    paper(browser, what)
    accessible(browser, what)
    quiet(browser, what, page)


def pump_trip(browser, what, folder, zoomable):
    out = folder / "trip"
    page = report(out, RACK, "-s", "pump-trip", "--every", "0.02 s")  # 3000 samples: thinned, as those of a day would be
    inside(what + ": bytes", os.path.getsize(page), 1e5, 5e6)
    inside(what + ": seconds until the page is there", browser.open(page), 0.0, 3.0)
    equal(what + ": charts are of ECharts", browser.run("return typeof echarts"), "object" if zoomable else "undefined")
    figures(browser, what, ("fig-series-1", "fig-series-2"))
    for scheme in ("dark", "light"):
        browser.media(scheme=scheme)
        time_charts(browser, f"{what}, {scheme}", out, zoomable)
    browser.media()
    if zoomable:
        line_keys(browser, what, "fig-series-1")
    keyboard(browser, what)
    paper(browser, what)
    accessible(browser, what)
    quiet(browser, what, page)


DAY = """<racktwin xmlns="urn:racktwin:1" version="1"><title>A day</title>
  <voltage-source id="source" voltage="54 V" R="0.1 mohm"/>
  <resistor id="bus" R="1.2 mohm" fed-by="source"/>
  <power-load id="load" P="33 kW" V_nominal="54 V" fed-by="bus"/>
  <scenario id="day" duration="24 h" every="5 min"><event at="6 h" set="load.P" value="20 kW"/></scenario>
</racktwin>"""


def day(browser, what, folder, zoomable):
    """An axis in hours: values are still those of the CSV at its seconds, and the event stands at 6 h."""
    (folder / "day.xml").write_text(DAY)
    page = report(folder / "day", folder / "day.xml", "-s", "day")
    browser.open(page)
    time_charts(browser, what, folder / "day", zoomable)
    picture = browser.run("return document.querySelector('#fig-series-1 ' + arguments[0]).textContent", ".canvas svg" if zoomable else "svg")
    ok("time [h]" in picture and "86400" not in picture, f"{what}: the axis is in hours: {picture}")
    browser.box("#fig-series-1")
    left, top, width, height = browser.box("#fig-series-1 " + (".canvas" if zoomable else ".plot"))
    left, width = (left + 84, width - 108) if zoomable else (left, width)
    browser.move(left + 0.25 * width, top + 0.5 * height)
    shown = tip(browser, "fig-series-1")
    near(what + ": a quarter of the width is 6 h", read_tip(shown)[0] or 0.0, 21600.0, within=600.0)
    ok("h)" in shown.split("\n")[0] and "load" in shown.split("\n")[-1], f"{what}: hours and the event are told: {shown!r}")
    quiet(browser, what, page)


def comparison(browser, what, folder, zoomable):
    out = folder / "both"
    page = report(out, RACK, "-V", "base", "-V", "idle", "--sensitivity", "tray.vrm.f_sw,cdu.T_supply")
    browser.open(page)
    figures(browser, what, ("fig-comparison", "fig-tornado-power", "fig-tornado-chip", "fig-tornado-efficiency"))
    swings = browser.run("return JSON.parse(document.getElementById('fig-tornado-power').dataset.chart).rows")
    changes = {r["figure"]: r for r in table(out / "sensitivity.csv")}
    for k, (row, end) in enumerate((row, end) for row in swings for end in ("low", "high")):
        left, top, width, height = browser.box("#fig-tornado-power .swing", k)
        browser.move(left + width / 2, top + height / 2)
        found = re.fullmatch(r"(\S+) = (.*): ([-+][\d.]+) (k?W)", tip(browser, "fig-tornado-power"))
        if ok(found, f"{what}: bar {k} of the tornado says {tip(browser, 'fig-tornado-power')!r}"):
            line = changes[row["name"]]
            equal(f"{what}: figure and value of bar {k}", (found[1], found[2]), (row["name"], line[end]))
            near(f"{what}: change of bar {k}", float(found[3]) * {"W": 1.0, "kW": 1e3}[found[4]], float(line[f"grid power at {end} [W]"]), rel=5e-4)
    bars = browser.run("return JSON.parse(document.getElementById('fig-comparison').dataset.chart)")
    losses = {r["variant"]: float(r["value"]) for r in table(out / "compare.csv") if r["quantity"] == "ladder.VRM.loss"}
    group = [g["name"] for g in bars["groups"]].index("VRM")
    for case in range(2):
        left, top, width, height = browser.box("#fig-comparison .bar", 2 * group + case)
        browser.move(left + width / 2, top + height / 2)
        found = re.match(r"(\w+): ([\d.]+) (k?W)", tip(browser, "fig-comparison"))
        if ok(found, f"{what}: bar {case} says {tip(browser, 'fig-comparison')!r}"):
            equal(f"{what}: case of bar {case}", found[1], bars["cases"][case])
            near(f"{what}: loss of bar {case}", float(found[2]) * {"W": 1.0, "kW": 1e3}[found[3]], losses[found[1]], rel=5e-4)  # four digits
    paper(browser, what)
    accessible(browser, what)
    quiet(browser, what, page)


def skip(why):
    print("SKIPPED:", why)
    sys.exit(77)


def look_at_pages(program, zoomable):
    """All looks at the pages that a program writes; zoomable: it was built with ECharts. Ends the test."""
    if not CHROMIUM:
        skip("no chromium, which scripts/setup.sh --tests installs")
    if not (LIBRARIES / "axe.js").exists():
        print("axe-core was not there: npm could not fetch it when this build was configured")
    cli.PROGRAM = str(program)
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        for look in (rack, pump_trip, day, comparison):
            look(browser, look.__name__, pathlib.Path(folder), zoomable)
    finish()
