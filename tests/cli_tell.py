"""What a run tells: first throttle and trip, energy served and not, grid power and its changes, lowest voltage, by closed forms;
the same figures on the page, in run.json, --json and summary.csv; what Ctrl-C leaves."""
import json
import math
import pathlib
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, RACK, SOURCE, call, equal, finish, folder, near, ok, table

OK, LIMIT, SYSTEM = 0, 1, 5
HEAD = '<racktwin version="1" xmlns="urn:racktwin:1">'

# 1 kW at full utilisation, nothing when idle, no leakage; its source has next to no resistance.
CHIP = """<chip id="gpu{k}" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V" {more}/>
  <thermal-resistance id="plate{k}" R="0.03 K/W"/><fixed-temperature id="coolant{k}" T="40 degC"/>
  <connect from="supply.out" to="gpu{k}.power"/><connect from="gpu{k}.heat" to="plate{k}.a"/>
  <connect from="plate{k}.b" to="coolant{k}.heat"/>"""
SUPPLY = '<voltage-source id="supply" voltage="50 V" R="1 uohm"/>'


def run(body, *options, codes=(OK,)):
    """Figures by name and path, the page, run.json and the document of --json."""
    with folder() as name:
        file = pathlib.Path(name) / "model.xml"
        file.write_text(f"{HEAD}{body}</racktwin>")
        page = call("run", file, "-s", "s", "-o", f"{name}/out", *options)
        ok(page.returncode in codes, f"exit {page.returncode}, expected {codes}: {page.stderr}")
        rows = table((pathlib.Path(name) / "out" / "summary.csv").read_text())
        record = json.loads((pathlib.Path(name) / "out" / "run.json").read_text())["run"]
        document = json.loads(call("run", file, "-s", "s", "--json", *options).stdout)
    figures = {(r["quantity"], r["path"]): (float(r["value"] or "nan"), float(r["time [s]"] or "nan"), r["unit"]) for r in rows}
    equal("rows of summary.csv, each once", len(figures), len(rows))
    for told in (record["figures"], document["figures"]):
        equal("figures of JSON and CSV", [(f["name"], f["path"] or "", f["unit"]) for f in told],
              [(r["quantity"], r["path"], r["unit"]) for r in rows])
        for f, r in zip(told, rows):
            ok((f["value"] is None) == (r["value"] == "") and (f["value"] is None or math.isclose(f["value"], float(r["value"]), rel_tol=1e-11, abs_tol=1e-11)),
               f"{f['name']} {f['path']}: {f['value']} in JSON, {r['value']!r} in CSV")
    return figures, page.stdout, record


def check_square_wave():
    """400 W for 0.7 s, 1000 W for 0.3 s: changes over windows by hand. Windows of whole periods see nothing fall; what they see rise
    is the end of a period over the steady state before the start, which is that of the first phase."""
    f, page, _ = run(f"""{SUPPLY}{CHIP.format(k=1, more='')}
      <workload id="w"><phase duration="0.7 s" gpu="40 %"/><phase duration="0.3 s" gpu="100 %"/><repeat/></workload>
      <scenario id="s" duration="20 s" every="0.1 s" workload="w"/>""")
    loss = 1e-6 * 20.0 ** 2  # W in the source at 1 kW: what "power given" may differ by
    near("lowest power", f["grid_power_min", ""][0], 400.0, within=loss)
    near("highest power", f["grid_power_max", ""][0], 1000.0, within=loss)
    near("mean power", f["grid_power_mean", ""][0], 0.7 * 400 + 0.3 * 1000, within=loss)
    near("dynamic range", f["grid_dynamic_range", ""][0], 0.6, within=1e-6)
    for window, seconds in (("10ms", 0.01), ("100ms", 0.1)):
        near(f"rise over {window}", f[f"grid_ramp_up_{window}", ""][0], 600.0 / seconds, rel=1e-6)
        near(f"fall over {window}", f[f"grid_ramp_down_{window}", ""][0], -600.0 / seconds, rel=1e-6)
    for window in ("1s", "10s"):
        near(f"fall over whole periods in {window}", f[f"grid_ramp_down_{window}", ""][0], 0.0, within=loss)
        near(f"rise over {window}", f[f"grid_ramp_up_{window}", ""][0], 600.0 / float(window[:-1]), rel=1e-6)
        equal(f"begin of the rise over {window}", f[f"grid_ramp_up_{window}", ""][1], 0.0)
    ok(math.isnan(f["grid_ramp_up_60s", ""][0]), "a window that is longer than the run has no figure")
    near("energy asked for", f["energy_asked", ""][0], 20 * 580.0, rel=1e-9)
    near("energy not served", f["energy_not_served", ""][0], 0.0, within=1e-6)
    ok("first throttled        never" in page and "mean 580 W" in page, f"the page: {page}")


def check_served():
    """Two racks and a chip in none: one is off from the start, one is switched off at 40 s of 100 s, one has half its voltage."""
    rack = '<rack id="{id}" units="4">{chip}</rack>'
    on = rack.format(id="a", chip='<chip id="gpu1" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V"/>')
    off = rack.format(id="b", chip='<chip id="gpu2" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V"/>'
                                   '<chip id="gpu3" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V" state="off"/>')
    ends = "".join(f'<fixed-temperature id="coolant{k}" T="40 degC"/><connect from="supply.out" to="gpu{k}.power"/>'
                   f'<connect from="gpu{k}.heat" to="coolant{k}.heat"/>' for k in (1, 2, 3))
    f, page, _ = run(f"""{SUPPLY}{on}{off}{CHIP.format(k=4, more='utilisation="60 %"')}{ends}
      <scenario id="s" duration="100 s"><event at="40 s" set="gpu2.state" value="off"/></scenario>""")
    for path, asked, served in (("", 1e5 + 1e5 + 6e4, 1e5 + 4e4 + 6e4), ("a", 1e5, 1e5), ("b", 1e5, 4e4)):
        near(f"asked for in {path!r}", f["energy_asked", path][0], asked, rel=1e-9)
        near(f"served in {path!r}", f["energy_served", path][0], served, rel=1e-9)
        near(f"share not served in {path!r}", f["share_not_served", path][0], 1 - served / asked, within=1e-9)
    ok("60 kJ (23.08 %) not served" in page, f"the page has the share: {page}")
    ok("  b " in page and "(60 %) not served" in page, f"the page has each rack: {page}")


def check_throttle_and_trip():
    """A plate of 1 kJ/K whose coolant warms from 40 to 100 degC at once: T = 100 + (70 - 100) exp(-t / 30 s) from 10 s on, so 75 degC
    after 30 ln(30 / 25) s; throttled to half it goes towards 115 - 15 degC and is at 95 degC where it trips."""
    body = f"""<voltage-source id="supply" voltage="50 V" R="1 uohm"/>
      <chip id="gpu1" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V" T_throttle="75 degC" T_release="60 degC"
        T_trip="95 degC" T_max="90 degC"/>
      <heat-capacity id="plate" C="1 kJ/K"/><thermal-resistance id="film" R="0.03 K/W"/><fixed-temperature id="coolant" T="40 degC"/>
      <connect from="supply.out" to="gpu1.power"/><connect from="gpu1.heat" to="plate.heat"/>
      <connect from="plate.heat" to="film.a"/><connect from="film.b" to="coolant.heat"/>
      <scenario id="s" duration="200 s"><event at="10 s" set="coolant.T" value="100 degC"/></scenario>"""
    f, page, _ = run(body, codes=(LIMIT,))
    throttle = 10 + 30 * math.log((130 - 70) / (130 - 75))
    at = lambda T: throttle + 30 * math.log((115 - 75) / (115 - T))
    near("first throttle", f["time_to_first_throttle", "gpu1"][0], throttle, within=1e-2)
    near("first limit", f["time_to_first_limit", "gpu1.T_junction"][0], at(90), within=0.05)  # straight over the step
    equal("the only limit", f["time_to_limit", "gpu1.T_junction"], f["time_to_first_limit", "gpu1.T_junction"])
    near("first trip", f["time_to_first_trip", "gpu1"][0], at(95), within=1e-2)
    served = throttle * 1000 + (at(95) - throttle) * 500
    near("energy served", f["energy_served", ""][0], served, rel=1e-3)
    near("energy asked for", f["energy_asked", ""][0], 200e3, rel=1e-9)
    ok(f"first tripped          at {f['time_to_first_trip', 'gpu1'][0]:.5g} s: gpu1" in page, f"the page: {page}")
    hot = body.replace('T="40 degC"', 'T="60 degC"')
    f, page, _ = run(hot, codes=(LIMIT,))
    equal("throttled from the start on", f["time_to_first_throttle", "gpu1"][:2], (0.0, 0.0))
    ok("first throttled        from the start on: gpu1" in page, f"the page: {page}")


def check_bus():
    """20 V of drop over 0.1 ohm in front of a bar: its lowest voltage by the quadratic, when the load is highest."""
    f, page, _ = run("""<voltage-source id="supply" voltage="50 V" R="0.1 ohm"/>
      <busbar id="bus" length="1 m" width="100 mm" thickness="10 mm" clip_resistance="1 uohm" feed_resistance="1 uohm"/>
      <chip id="gpu1" kind="gpu" TDP="1 kW" P_idle="0 W" leakage_share="0 %" V_nominal="50 V" utilisation="50 %"/>
      <fixed-temperature id="coolant" T="40 degC"/><connect from="gpu1.heat" to="coolant.heat"/>
      <connect from="supply.out" to="bus.feed"/><connect from="bus.tap" to="gpu1.power"/>
      <scenario id="s" duration="30 s"><event at="10 s" set="gpu1.utilisation" value="100 %"/>
      <event at="20 s" set="gpu1.utilisation" value="20 %"/></scenario>""")
    v = 25 + math.sqrt(25 ** 2 - 0.1 * 1000)
    near("lowest voltage", f["bus_voltage_min", "bus"][0], v, within=1e-3)  # 40 uohm of bar and clips at 21 A: 0.9 mV
    ok(10 <= f["bus_voltage_min", "bus"][1] <= 20, f"when: {f['bus_voltage_min', 'bus'][1]}")
    ok("lowest voltage" in page and "on bus" in page, f"the page: {page}")


def check_rack():
    """The whole rack: figures against its own series."""
    with folder() as name:
        equal("rack: exit", call("run", RACK, "-s", "load-step", "-o", name, "-q", "--every", "0.5s").returncode, OK)
        rows = {(r["quantity"], r["path"]): float(r["value"] or "nan") for r in table((pathlib.Path(name) / "summary.csv").read_text())}
        series = table((pathlib.Path(name) / "series.csv").read_text())
    power = [sum(float(v) for k, v in r.items() if k.endswith(".power [W]")) for r in series]
    ok(rows["grid_power_min", ""] <= min(power) + 1e-3 and rows["grid_power_max", ""] >= max(power) - 1e-3,
       "extremes of the run contain those of its samples")
    near("mean power", rows["grid_power_mean", ""], sum(power[:-1]) / (len(power) - 1), within=(max(power) - min(power)) * 0.5 / 120)
    steepest = max(b - a for a, b in zip(power, power[2:]))
    ok(rows["grid_ramp_up_1s", ""] >= steepest - 1e-3, f"largest change over 1 s {rows['grid_ramp_up_1s', '']} is at least that of samples {steepest}")
    equal("all is served", rows["share_not_served", ""], 0.0)
    ok(48 < rows["bus_voltage_min", "bus"] < 51, f"bus voltage {rows['bus_voltage_min', 'bus']}")


def check_interrupt():
    """SIGINT and SIGTERM in the middle: files up to there, run.json says so, exit code 5."""
    body = f"""{SUPPLY}{CHIP.format(k=1, more='')}
      <workload id="w"><phase duration="0.7 s" gpu="40 %"/><phase duration="0.3 s" gpu="100 %"/><repeat/></workload>
      <scenario id="s" duration="30 d" every="0.1 s" workload="w"/>"""
    for number in (signal.SIGINT, signal.SIGTERM):
        with folder() as name:
            file = pathlib.Path(name) / "model.xml"
            file.write_text(f"{HEAD}{body}</racktwin>")
            p = subprocess.Popen([PROGRAM, "run", str(file), "-s", "s", "-o", f"{name}/out"], cwd=SOURCE, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            series = pathlib.Path(name) / "out" / "series.csv.part"
            until = time.monotonic() + 60
            while time.monotonic() < until and not (series.exists() and series.stat().st_size > 10000):
                time.sleep(0.02)
            p.send_signal(number)
            out, err = p.communicate(timeout=60)
            equal(f"{number.name}: exit", p.returncode, SYSTEM)
            ok("interrupted at t = " in err and "energy of the chips" in out, f"{number.name}: page and message: {err}")
            names = sorted(p.name for p in (pathlib.Path(name) / "out").iterdir())
            equal(f"{number.name}: files", names, ["events.csv", "margins.csv", "run.json", "series.csv", "series.gp", "summary.csv"])
            record = json.loads((pathlib.Path(name) / "out" / "run.json").read_text())["run"]
            equal(f"{number.name}: run.json", record["interrupted"], True)
            rows = table((pathlib.Path(name) / "out" / "series.csv").read_text())
            ok(len(rows) > 100 and float(rows[-1]["time [s]"]) <= record["t_end_s"] < 30 * 86400, f"{number.name}: {len(rows)} rows")
            told = {f["name"]: f["value"] for f in record["figures"]}
            near(f"{number.name}: energy up to there", told["energy_served"], 580 * record["t_end_s"], within=600)
    _, _, record = run(body.replace("30 d", "2 s"))
    equal("a run that came to its end", record["interrupted"], False)


check_square_wave()
check_served()
check_throttle_and_trip()
check_bus()
check_rack()
check_interrupt()
finish()
