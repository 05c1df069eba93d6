#!/usr/bin/env python3
"""300 random variations of the shipped racks from cold, beyond the 60 of every test run. FIRST and LAST choose others:
soak_cold_cases.py [FIRST LAST]."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import finish, ok  # noqa: E402
from cold_cases import check  # noqa: E402

first, last = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (60, 360)
check(first, last, ok)
finish()
