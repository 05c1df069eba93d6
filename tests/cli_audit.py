"""The books of every shipped model: racks with all their variants, and the example of every element."""
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, call, equal, finish, inside, ok

NAMESPACE = "{urn:racktwin:1}"
ALLOWED = 1e-9  # of throughput, or of the largest flow


def check(file, variant):
    name = f"{file} {variant or ''}".strip()
    result = call("solve", file, "--json", *(["-V", variant] if variant else []))
    if not ok(result.returncode in (0, 1), f"{name} is solved, exit {result.returncode}: {result.stderr}"):
        return
    document = json.loads(result.stdout)
    for book in ("energy", "mass", "charge"):
        inside(f"{name}: {book} that does not balance", document["audit"][book], 0.0, ALLOWED)
    equal(f"{name}: exit code with {len(document['findings'])} findings", result.returncode, 1 if document["findings"] else 0)
    for finding in document["findings"]:
        ok(finding["source"], f"{name}: the broken limit of {finding['path']} {finding['quantity']} has a source")
    equal(f"{name}: messages", result.stderr, "")


examples = sorted((SOURCE / "racks" / "examples").glob("*.xml"))
racks = sorted((SOURCE / "racks").glob("*.xml"))
elements = {line.split()[0] for line in call("list", "elements").stdout.splitlines()}
equal("elements without an example, examples without an element", elements ^ {f.stem for f in examples}, set())
ok(len(racks) >= 1, "there is a rack")
for file in racks + examples:
    name = str(file.relative_to(SOURCE))
    check(name, None)
    for variant in ET.parse(file).getroot().iter(f"{NAMESPACE}variant"):
        check(name, variant.attrib["id"])
finish()
