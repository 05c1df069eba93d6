"""<busbar> at 54 V, 800 V and +-400 V by resistivity and geometry. Loads of constant current give the current of each piece
beforehand, a fixed film coefficient its temperature in closed form; so nothing of the program is in what it is held to."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import equal, finish, folder, inside, near, ok, parts_by_path, solve

RHO, ALPHA, T20 = 1.7241e-8, 0.00393, 293.15  # ohm m, 1/K, K: IEC 60028, copper
ALPHA_CONTACT = 0.0026                        # 1/K: Holm, two thirds of the bulk's
AIR, FILM = 298.15, 8.0                       # K, W/(m2 K)
HAND = 0.01                                   # what a calculation by hand is good for


def bar(name, width, thickness, length, conductors, clip):
    return (f'<busbar id="{name}" width="{width} m" thickness="{thickness} m" length="{length} m" conductors="{conductors}" '
            f'film="{FILM} W/(m2 K)" clip_resistance="{clip} ohm" feed_resistance="{clip / 10} ohm"/>')


def loads(name, currents, bus):
    return "".join(f'<current-load id="{name}-{k}" I="{i} A"/><connect from="{bus}.tap[{k}]" to="{name}-{k}.in"/>'
                   for k, i in enumerate(currents, 1))


def model(body):
    with folder() as name:
        file = pathlib.Path(name) / "model.xml"
        file.write_text(f'<racktwin xmlns="urn:racktwin:1" version="1"><title>Bars</title>{body}</racktwin>')
        document = solve(file)
    for book in ("energy", "charge"):
        inside(f"{book} that does not balance", document["audit"][book], 0.0, 1e-9)
    return parts_by_path(document)


def check_bar(name, part, bus, currents, width, thickness, length, conductors, clip):
    """The feed, then the taps, divide the length equally; fed at one end, a piece carries what hangs on the taps behind it."""
    piece = length / len(currents)
    drop, by_hand, solved = 0.0, 0.0, 0.0
    for k in range(1, len(currents) + 1):
        i, R20 = sum(currents[k - 1:]), conductors * RHO * piece / (width * thickness)
        carried = FILM * conductors * 2 * (width + thickness) * piece  # W/K to the air
        heated = i * i * R20
        T = (carried * AIR + heated * (1 - ALPHA * T20)) / (carried - heated * ALPHA)
        R = R20 * (1 + ALPHA * (T - T20))
        c = part[f"{bus}.segment[{k}]"]
        near(f"{name}, {bus}.segment[{k}]: loss, W, by hand", c["loss_W"], i * i * R, rel=HAND)
        near(f"{name}, {bus}.segment[{k}]: temperature, K, by hand", c["temperature_K"], T, within=HAND * (T - AIR))
        drop, by_hand, solved = drop + i * R, by_hand + i * i * R, solved + c["loss_W"]
        of_clip = currents[k - 1] ** 2 * clip * (1 + ALPHA_CONTACT * (AIR - T20))
        near(f"{name}, {bus}.tap[{k}]: loss, W, by hand", part[f"{bus}.tap[{k}]"]["loss_W"], of_clip, rel=HAND)
    ok(f"{bus}.segment[{len(currents) + 1}]" not in part, f"{name}, {bus}: a piece between neighbours, no others")
    near(f"{name}, {bus}: loss of the bar, W, by hand", solved, by_hand, rel=HAND)
    print(f"{name}, {bus}: bar {solved:.4g} W, by hand {by_hand:.4g} W, {sum(currents):g} A, drop {drop * 1e3:.3g} mV")
    return drop


def one_rail(name, voltage, currents, *geometry):
    part = model(f'<voltage-source id="s" voltage="{voltage} V"/>{bar("bus", *geometry)}<connect from="s.out" to="bus.feed[1]"/>'
                 + loads("l", currents, "bus"))
    drop = check_bar(name, part, "bus", currents, *geometry)
    contacts = (sum(currents) / 10 + currents[-1]) * geometry[-1] * (1 + ALPHA_CONTACT * (AIR - T20))
    ends = [part[path]["quantities"]["v"] for path in ("s", f"l-{len(currents)}")]
    near(f"{name}: drop to the farthest load, V, by hand", ends[0] - ends[1], drop + contacts, rel=HAND)
    return part


# The same 65 kW: 1200 A at 54 V, 81 A at 800 V.
low = one_rail("54 V", 54.0, [150.0] * 7 + [140.0, 10.0], 61.8e-3, 10e-3, 1.6, 2, 1e-4)
high = one_rail("800 V", 800.0, [10.125] * 8, 20e-3, 5e-3, 1.2, 2, 2e-4)
ratio = [sum(c["loss_W"] for p, c in part.items() if p.startswith("bus.")) for part in (low, high)]
ok(ratio[1] < ratio[0] / 20, f"800 V loses less in its bar, {ratio[1]:.3g} W against {ratio[0]:.3g} W")


# +-400 V: a bar of one conductor for each pole, loads between pole and ground; the neutral carries the difference.
def rails(plus, minus):
    geometry = (20e-3, 5e-3, 1.2, 1, 1e-4)
    part = model('<grid id="g" voltage="480 V" short_circuit_power="50 MVA"/>'
                 '<rectifier id="r" kind="sidecar" P_rated="100 kW" V_no_load="410 V" V_full_load="400 V" loss_a="0.0077" '
                 'loss_c="0.0232" V_in_min="432 V" V_in_max="528 V"/>'
                 f'{bar("plus", *geometry)}{bar("minus", *geometry)}'
                 '<connect from="g.out" to="r.in"/><connect from="r.out" to="plus.feed[1]"/>'
                 '<connect from="r.out_minus" to="minus.feed[1]"/>' + loads("p", plus, "plus") + loads("m", minus, "minus"))
    name, q = f"+-400 V, {sum(plus):g} A and {sum(minus):g} A", part["r"]["quantities"]
    check_bar(name, part, "plus", plus, *geometry)
    check_bar(name, part, "minus", minus, *geometry)
    for bus, sign, currents in (("plus", 1, plus), ("minus", -1, minus)):
        near(f"{name}: current of {bus}, A", part[f"{bus}.segment[1]"]["quantities"]["i"], sign * sum(currents), rel=1e-9)
    near(f"{name}: current of the neutral, A", q["i_neutral"], sum(plus) - sum(minus), within=1e-6)
    return part


even = rails([15.0] * 8, [15.0] * 8)
rails([15.0] * 8, [5.0] * 8)
rails([2.0, 10.0, 3.0], [30.0, 20.0, 25.0])
equal("equal rails, equal bars", *[round(sum(c["loss_W"] for p, c in even.items() if p.startswith(f"{bus}.")), 9)
                                   for bus in ("plus", "minus")])
finish()
