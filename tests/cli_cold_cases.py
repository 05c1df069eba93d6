#!/usr/bin/env python3
"""60 random variations of the shipped racks from cold: solved, or refused with a reason that names a part."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import finish, ok  # noqa: E402
from cold_cases import check  # noqa: E402

counts = check(0, 60, ok)
ok(counts["solved"] > 30 and counts["refused"] > 5, f"both are met: {counts}")
finish()
