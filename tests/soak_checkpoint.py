"""The kills of cli_checkpoint, many more of them."""
import os
import pathlib
import runpy

os.environ.setdefault("RACKTWIN_KILLS", "30")
runpy.run_path(str(pathlib.Path(__file__).resolve().parent / "cli_checkpoint.py"), run_name="__main__")
