#!/usr/bin/env python3
"""Transformer heat beyond its temperatures (those are O-T1): the energy that a load step stores is the heat capacity that the
guide implies times the rise, limits of hot spot and top oil are watched, and a dead transformer is cold."""
import csv
import io
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import call, equal, finish, near, ok, settings  # noqa: E402

OIL, DRY = "tests/validation/o-t1.xml", "tests/validation/o-t1-dry.xml"


def solve(model, **sets):
    done = call("solve", model, "--csv", *settings({k.replace("__", "."): v for k, v in sets.items()}))
    rows = csv.DictReader(io.StringIO(done.stdout))
    return done.returncode, {r["quantity"]: float(r["value"]) for r in rows if r["path"] == "tx" and r["value"]}


def run(model):
    return json.loads(call("run", model, "-s", "step", "--rtol", "1e-7", "--json").stdout)


# From steady 0.7 to 1.2 of rated load over 600 min. IEC 60076-7: C = k11 tau_o P_r / dT_or; top oil by the case, O-T1.
C = 1.0 * 180 * 60 * (1 + 8) / 55
energy = run(OIL)["energy"]
near("oil: stored", energy["stored_J"], C * (90.2782 - 53.9266), within=C * 0.02)

# Dry: C = tau Pk / rise, of the hot spot. Natural air, class 155: 125 K, 30 min.
C = 30 * 60 * 8 / 125
hot = 125 * (1.2 ** 1.6 - 0.7 ** 1.6)
near("dry: stored", run(DRY)["energy"]["stored_J"], C * hot, within=C * 0.02)

# At 1.3 of rated load, steady.
oil = 20 + 55 * ((1 + 8 * 1.3 ** 2) / 9) ** 0.8
hot = oil + 15.95 * 1.3 ** 1.6
for limit, value, broken in (("T_hot_spot_max", hot - 0.1, 1), ("T_hot_spot_max", hot + 0.1, 0), ("T_top_oil_max", oil - 0.1, 1),
                             ("T_top_oil_max", oil + 0.1, 0)):
    status, got = solve(OIL, load__power="1300 kW", **{f"tx__{limit}": f"{value!r} degC"})
    equal(f"{limit} = {value:.1f} degC: exit", status, broken)
    near("hot spot", got["T_hot_spot"], hot, within=0.01)
    near("top oil", got["T_top_oil"], oil, within=0.01)

# Mean winding: mean oil plus gradient; the ohmic loss is that of copper at this temperature (IEC 60076-1, annex E).
T = 20 + (65 - 14.5) * ((1 + 8 * 1.3 ** 2) / 9) ** 0.8 + 14.5 * 1.3 ** 1.6
near("mean winding", got["T"], T, within=0.01)
near("load loss at its temperature", got["loss_load"], 8 * 1.3 ** 2 * (235 + T) / (235 + 75), rel=1e-4)

# Switched off it is as warm as its surroundings, and ages a thousandth as fast as rated or less.
status, got = solve(OIL, grid__state="off")
for name in ("T", "T_top_oil", "T_hot_spot"):
    near(f"dead: {name}", got[name], 20.0, within=0.02)
near("dead: loss", got["loss_no_load"] + got["loss_load"], 0.0, within=1e-9)
ok(0.0 < got["ageing_rate"] < 1e-3, f"dead: ageing {got['ageing_rate']}")

# Hardly any load: the core alone warms the oil.
status, got = solve(OIL, load__power="10 kW")
near("1 % of load: top oil", got["T_top_oil"], 20 + 55 * ((1 + 8e-4) / 9) ** 0.8, within=0.01)
near("1 % of load: hot spot", got["T_hot_spot"], got["T_top_oil"], within=0.02)
finish()
