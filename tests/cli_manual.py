#!/usr/bin/env python3
"""The manual that the program writes about itself: every element says what it is for, its equations, where they hold and where they
come from; every parameter, port, quantity and limit stands on its page beside the solved example and its characteristic; pages are
well formed and their links lead somewhere; man pages are clean; completion completes."""
import math
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, call, equal, finish, folder, ok, parts_by_path, solve  # noqa: E402

H = "{http://www.w3.org/1999/xhtml}"
S = "{http://www.w3.org/2000/svg}"


def text(node):
    return " ".join("".join(node.itertext()).split())


def cells(page, title):
    """Rows of the table under the heading `title`, as lists of texts."""
    body = page.find(f"{H}body")
    for heading, below in zip(body, list(body)[1:]):
        if heading.tag == H + "h2" and text(heading) == title and below.tag == H + "table":
            return [[text(c) for c in row] for row in below.find(f"{H}tbody")]
    return []


def check_about(name, page):
    about = dict(zip((text(n) for n in page.iter(H + "dt")), (text(n) for n in page.iter(H + "dd"))))
    law = "What it does" if "What it does" in about else "Equations"
    for title in ("What it is for", law, "Where it holds", "Source"):
        said = about.get(title, "")
        ok(len(said.split()) >= 2 and said.endswith("."), f"{name}: \"{title}\" is a sentence, not {said!r}")


def check_tables(name, page):
    for title, columns in (("Parameters", (0, 3, 4)), ("Ports", (0, 1, 2)), ("Reported quantities", (0, 1, 2)), ("Limits", (0, 1))):
        for row in cells(page, title):
            ok(all(row[c] for c in columns), f"{name}: {title}: a cell is empty in {row}")
    for row in cells(page, "Parameters"):
        ok(row[2], f"{name}: parameter {row[0]} has no range")


def points(path):
    return [tuple(map(float, pair.split(","))) for pair in re.findall(r"[ML](-?[\d.]+,-?[\d.]+)", path.get("d"))]


def check_example(name, page):
    shown = [n.text for n in page.iter(H + "pre")]
    file = SOURCE / "racks" / "examples" / f"{name}.xml"
    ok(len(shown) == 2 and shown[0] == file.read_text(encoding="utf-8"), f"{name}: its page shows racks/examples/{name}.xml")
    ok(len(shown) == 2 and "Audit: energy" in shown[1], f"{name}: its page shows the solved example")
    curves = [n for n in page.iter(S + "path")]
    why = [text(n) for n in page.iter(H + "p") if text(n).startswith("No characteristic curve: ")]
    ok(curves or why, f"{name}: a characteristic is drawn, or why there is none")
    for curve in curves:
        ok(len(points(curve)) >= 30, f"{name}: at least half of the characteristic has a solution")


def check_element(name, html):
    page = tree.parse(html / f"element-{name}.html").getroot()
    check_about(name, page)
    check_tables(name, page)
    check_example(name, page)
    said = call("doc", name)
    equal(f"exit code of doc {name}", said.returncode, 0)
    for title in ("Parameters", "Ports", "Limits"):
        for row in cells(page, title):
            word = row[0].removesuffix("[]")
            ok(word in said.stdout, f"doc {name} names {word}")
    ok(f"examples/{name}.xml" in said.stdout, f"doc {name} names its example")


def check_links(html):
    for file in sorted(html.glob("*.html")):
        try:
            page = tree.parse(file)
        except tree.ParseError as mistake:
            ok(False, f"{file.name} is well formed: {mistake}")
            continue
        for link in page.iter(H + "a"):
            ok((html / link.get("href")).is_file(), f"{file.name} links to {link.get('href')}, which is there")


def check_curve_is_solved(html):
    """One point of a drawn curve against `solve --set`: R_th over flow, right end of the first curve."""
    page = tree.parse(html / "element-orifice.html").getroot()
    (curve,) = page.iter(S + "path")
    x, y = points(curve)[-1]
    ticks = [(float(t.get("y")) - 4.0, float(t.text)) for t in page.iter(S + "text") if t.get("x") == "78"]
    (y0, v0), (y1, v1) = ticks[0], ticks[-1]
    drawn = v0 + (y - y0) / (y1 - y0) * (v1 - v0)
    part = parts_by_path(solve("racks/examples/orifice.xml", "--set", "inlet.p=300 kPa"))["orifice"]
    solved = part["quantities"]["dp"] / 1e3
    ok(math.isclose(drawn, solved, abs_tol=0.005 * (v1 - v0)), f"the last point of the orifice is drawn at {drawn} kPa, solved {solved} kPa")
    ok(x > 600, "the last point of the orifice is at the right end")


def check_man(man, verbs, elements):
    pages = {p.name for p in man.iterdir()}
    equal("man pages", pages, {"racktwin.1", "racktwin-elements.7"} | {f"racktwin-{v}.1" for v in verbs})
    requests = {".TH", ".SH", ".SS", ".TP", ".nf", ".fi"}
    for name in sorted(pages):
        lines = (man / name).read_text(encoding="utf-8").splitlines()
        ok(lines[0].startswith(".TH") and lines[1] == ".SH NAME", f"{name} begins as a man page does")
        for line in lines:
            ok(line[:1] not in (".", "'") or line.split()[0] in requests, f"{name}: no request but the plain ones: {line!r}")
            ok(not re.search(r"\\(?!f[BIR]|-|e|&)", line), f"{name}: no stray backslash: {line!r}")
        if shutil.which("groff"):
            said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", man / name], capture_output=True, text=True)
            equal(f"what groff says of {name}", said.stderr, "")
    for verb in verbs:
        page = (man / f"racktwin-{verb}.1").read_text(encoding="utf-8")
        described = re.search(r"\.SH DESCRIPTION\n(.*)\n", page).group(1)
        ok(len(described.split()) >= 8, f"the man page of {verb} says more than a summary: {described!r}")
    all_elements = (man / "racktwin-elements.7").read_text(encoding="utf-8")
    for element in elements:
        ok(f".SH {element}\n".replace("-", "\\-") in all_elements, f"racktwin-elements(7) describes {element}")


def complete(script, *words):
    """What bash offers for the last of the words."""
    line = " ".join(f"'{w}'" for w in words)
    program = f"source {script}; COMP_WORDS=(racktwin {line}); COMP_CWORD={len(words)}; _racktwin; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=SOURCE)
    return done.stdout.split()


def check_completion(where, verbs):
    for shell in ("bash", "zsh", "fish"):
        script = call("completion", shell)
        equal(f"exit code of completion {shell}", script.returncode, 0)
        (where / shell).write_text(script.stdout, encoding="utf-8")
        if shutil.which(shell):
            equal(f"what {shell} says of its completion", subprocess.run([shell, "-n", where / shell], capture_output=True, text=True).stderr, "")
    bash = where / "bash"
    equal("bash completes verbs", set(complete(bash, "")), set(verbs))
    equal("bash completes a verb's beginning", complete(bash, "so"), ["solve"])
    equal("bash completes elements", complete(bash, "doc", "busb"), ["busbar", "busbar-segment"])
    equal("bash completes an option's words", complete(bash, "solve", "--units", ""), ["si", "us"])
    ok("--select" in complete(bash, "run", "--s") and "--select" not in complete(bash, "solve", "--s"), "bash completes the options of the verb")
    ok("racks/gb200-nvl72.xml" in complete(bash, "solve", "racks/g"), "bash completes files")
    equal("exit code of completion of no shell", call("completion", "csh").returncode, 2)


def main():
    elements = [line.split()[0] for line in call("list", "elements").stdout.splitlines()]
    listed = re.search(r"^Verbs:\n(.*?)\n\n", call("--help").stdout, re.S | re.M).group(1)
    verbs = [line.split()[0] for line in listed.splitlines()]
    with folder() as name:
        where = pathlib.Path(name)
        html, man = where / "html", where / "man"
        for kind in ("html", "man"):
            made = call("doc", f"--{kind}", "-o", where / kind)
            equal(f"exit code of doc --{kind}", made.returncode, 0)
            equal(f"what doc --{kind} says", made.stdout + made.stderr, "")
        check_links(html)
        for element in elements:
            check_element(element, html)
        equal("pages", {p.name for p in html.iterdir()},
              {"index.html", "commands.html", "units.html", "diagnostics.html"} | {f"element-{e}.html" for e in elements})
        check_curve_is_solved(html)
        check_man(man, verbs, elements)
        check_completion(where, verbs)
    equal("exit code of doc without an element", call("doc").returncode, 2)
    equal("exit code of doc --html without -o", call("doc", "--html").returncode, 2)
    ok("did you mean vrm" in call("doc", "vrn").stderr, "doc of a misspelt element names the nearest")
    finish()


main()
