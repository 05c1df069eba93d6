"""The swaps of racks/gb200-nvl72.xml, one line each: every instance is the new part and keeps its published law; nothing else is
replaced. Each of them balances (cli_audit)."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import laws
from cli import RACK, equal, finish, near, ok, parts_by_path, solve

parts = laws.catalogue()
# variant: path of the instances (without index), new part, how many of them
SWAPS = {
    "shelf-titanium": ("shelf.psu", "psu-titanium-5500", 48), "shelf-72kW": ("shelf.psu", "psu-hpr-v2-12000", 48),
    "psu-ruby": ("shelf.psu", "psu-ruby-5500", 48), "ibc-best": ("tray.inlet.ibc", "ibc-4to1-best-1600W", 144),
    "ibc-regulated": ("tray.inlet.ibc", "ibc-regulated-1600W", 144), "stage-90A": ("tray.vrm", "vrm-gpu", 72),
    "inductor-150nH": ("tray.vrm", "vrm-gpu", 72), "plate-measured": ("tray.plate.site", "plate-ocp-oam", 72),
    "plate-split-flow": ("tray.plate.site", "plate-splitflow-4000W", 72), "coupling-06": ("tray.qd-supply", "uqdb06", 18),
    "cdu-200kW": ("cdu.pump", "pump-cdu200", 2), "transformer-dry": ("tx", "tx-1000-dry-tier2", 2),
    "ups-eco": ("ups", "ups-200kVA-eco", 2), "bus-700A": (None, None, 0)}
WITHIN = {"shelf-titanium": "shelf", "shelf-72kW": "shelf", "coupling-06": "tray.qd-", "cdu-200kW": "cdu"}  # may touch
NAMED = {"stage-90A": "stage", "inductor-150nH": "inductor"}


def plain(path):
    """Without indices; the two sides of the building are one."""
    words = [word.split("[")[0] for word in path.split(".")]
    words[0] = words[0].removesuffix("-a").removesuffix("-b")
    return ".".join(words)


def law(variant, new, c):
    """Loss of the new part by its law; None for an efficiency curve and for what the laws do not know."""
    figures = parts[new]
    if variant in NAMED:
        figures = figures | {k: v for k, v in parts[variant].items() if k not in laws.LABELS}
    known = {"psu": laws.psu, "dcdc": laws.dcdc, "vrm": laws.vrm}.get(c["element"])
    return known(figures, c["quantities"]) if known and "efficiency" not in figures else None


base = parts_by_path(solve(RACK))
for variant, (path, new, n) in SWAPS.items():
    document = solve(RACK, "-V", variant)
    by_path = parts_by_path(document)
    swapped = [c for name, c in by_path.items() if new and plain(name) == path and c["part"] == new]
    equal(f"{variant}: {path} that are {new}", len(swapped), n)
    for c in swapped:
        by_law = law(variant, new, c)
        if by_law is not None:
            near(f"{variant}: loss of {c['path']}, W", c["loss_W"], by_law, rel=1e-6, within=1e-3)
    other = {plain(name) for name, c in by_path.items() if name in base and c["part"] != base[name]["part"]}
    within = WITHIN.get(variant, path or "bus")
    equal(f"{variant}: what is another part now", {p for p in other if p != within and not p.startswith(within)}, set())
    loss = sum(c["loss_W"] or 0.0 for c in by_path.values())
    ok(abs(loss - sum(c["loss_W"] or 0.0 for c in base.values())) > 1.0, f"{variant}: it changes the losses")
    print(f"{variant:17} loss {loss / 1e3:8.3f} kW, grid to chip {100 * document['efficiency']['grid_to_chip']:.2f} %, "
          f"{len(document['findings'])} broken limits")
overloaded = {f["path"].split("[")[0] for f in solve(RACK, "-V", "bus-700A")["findings"]}
equal("broken limits of the 700 A bar", overloaded, {"bus.segment"})
finish()
