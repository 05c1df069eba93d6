"""Pages with charts by ECharts in a real browser; skipped where npm could not fetch it when the build was configured."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM
from report_looks import LIBRARIES, look_at_pages, skip

if not (LIBRARIES / "echarts.js").exists():
    skip("this build has no ECharts: npm was not there, or could not fetch it")
look_at_pages(PROGRAM, True)
