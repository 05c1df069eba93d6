"""Pages as a program without ECharts writes them, in a real browser."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from report_looks import BUILD, look_at_pages

look_at_pages(BUILD / "racktwin_plain", False)
