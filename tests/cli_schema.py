"""racktwin schema: what it prints, and that every shipped file fits it and is accepted by check.

The long comparison of reader and schema is tests/test_schema.c; this is the program as a user calls it."""
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as tree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, call, equal, finish, folder, ok

XS = "{http://www.w3.org/2001/XMLSchema}"
SHIPPED = sorted([*(SOURCE / "racks").glob("**/*.xml"), *(SOURCE / "tests" / "validation").glob("*.xml")])
WRAPPER = """<racktwin xmlns="urn:racktwin:1" xmlns:xi="http://www.w3.org/2001/XInclude" version="1">
  <xi:include href="{}"/>
  <voltage-source id="source" voltage="1 V"/>
  <resistor id="load" R="1 ohm" fed-by="source"/>
  <ground id="ground"/>
  <connect from="load.b" to="ground.in"/>
</racktwin>
"""


def prints_a_schema():
    result = call("schema")
    equal("schema: exit", (result.returncode, result.stderr), (0, ""))
    equal("twice the same", call("schema").stdout, result.stdout)
    root = tree.fromstring(result.stdout)
    equal("root", (root.tag, root.get("targetNamespace")), (XS + "schema", "urn:racktwin:1"))
    listed = [line.split()[0] for line in call("list", "elements").stdout.splitlines()]
    named = {t.get("name"): t for t in root.findall(XS + "complexType")}
    ok(len(listed) > 50, f"{len(listed)} elements are listed")
    equal("elements without a type", [e for e in listed if e not in named], [])
    chip = {a.get("name"): a for a in named["chip"].iter(XS + "attribute")}
    equal("words of chip.kind", [e.get("value") for e in chip["kind"].iter(XS + "enumeration")][:3], ["gpu", "cpu", "cpx"])
    equal("type of chip.TDP", chip["TDP"].get("type"), "tw:quantity.power")
    # An attribute's default would be put before the figure of the element's part by tools that fill defaults in.
    filled = [a.get("name") for e in listed for a in named[e].iter(XS + "attribute") if a.get("default")]
    equal("parameters with default=", filled, [])
    undocumented = [(e, a.get("name")) for e in listed for a in named[e].iter(XS + "attribute")
                    if not a.findtext(f"{XS}annotation/{XS}documentation")]
    equal("attributes without documentation", undocumented, [])
    return result.stdout


def writes_a_file(text):
    with folder() as out:
        path = pathlib.Path(out) / "racktwin.xsd"
        result = call("schema", "-o", path)
        equal("schema -o: exit and output", (result.returncode, result.stdout, result.stderr), (0, "", ""))
        equal("schema -o: the same text", path.read_text(encoding="utf-8"), text)
        equal("schema -o: one file", [p.name for p in pathlib.Path(out).iterdir()], ["racktwin.xsd"])
        result = call("schema", "-o", f"{out}/no/such/folder.xsd")
        equal("schema -o into nowhere", result.returncode, 5)
        ok("folder.xsd" in result.stderr, f"names the file: {result.stderr!r}")
    equal("schema takes no file", call("schema", "x.xml").returncode, 2)


def root_of(path):
    return tree.parse(path).getroot().tag.partition("}")[2]


def check_accepts_what_is_shipped():
    models = [p for p in SHIPPED if root_of(p) == "racktwin"]
    catalogues = [p for p in SHIPPED if root_of(p) == "catalogue"]
    ok(len(models) > 100 and len(catalogues) >= 5, f"{len(models)} models, {len(catalogues)} catalogues")
    result = call("check", "-q", *models[:60])
    equal("check", (result.returncode, result.stderr), (0, ""))
    result = call("check", "-q", *models[60:])
    equal("check", (result.returncode, result.stderr), (0, ""))
    with folder() as out:
        for path in catalogues:
            shutil.copy(path, out)
            wrapper = pathlib.Path(out) / "model.xml"
            wrapper.write_text(WRAPPER.format(path.name), encoding="utf-8")
            result = call("check", "-q", wrapper)
            equal(f"check with {path.name}", (result.returncode, result.stderr), (0, ""))


def xmllint_accepts_what_is_shipped(text):
    xmllint = shutil.which("xmllint")
    if not xmllint:
        return  # tests/test_schema.c does the same through the library
    with folder() as out:
        path = pathlib.Path(out) / "racktwin.xsd"
        path.write_text(text, encoding="utf-8")
        result = subprocess.run([xmllint, "--noout", "--nonet", "--schema", path, *SHIPPED], capture_output=True, text=True, check=False)
        equal("xmllint", result.returncode, 0)
        refused = [line for line in result.stderr.splitlines() if not line.endswith(" validates")]
        equal("files that xmllint refuses", refused, [])


schema = prints_a_schema()
writes_a_file(schema)
check_accepts_what_is_shipped()
xmllint_accepts_what_is_shipped(schema)
finish()
