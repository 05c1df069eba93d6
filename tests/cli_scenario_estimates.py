"""docs/scenarios.md: its figures are those of the runs, and the runs are within the stated factors of the estimates by hand."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("SOURCE_DIR", pathlib.Path(__file__).resolve().parents[1]))
done = subprocess.run([sys.executable, "-B", str(ROOT / "scripts" / "scenarios.py"), "--check"], capture_output=True, text=True)
print(done.stdout + done.stderr or "docs/scenarios.md is what the program says")
sys.exit(done.returncode)
