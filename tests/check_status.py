"""docs/status.md: every test that it names exists, and no capability stands twice, as a merge that keeps both sides leaves it."""
import os
import pathlib
import re
import sys

source = pathlib.Path(os.environ.get("SOURCE_DIR", pathlib.Path(__file__).resolve().parents[1]))
rows = [line.strip().strip("|").split(" | ") for line in (source / "docs" / "status.md").read_text().splitlines() if line.startswith("| ")][1:]
prefixes = "test|contract|validation|mistakes|cli|soak|check|browser|peers"
known = {file.stem for file in (source / "tests").iterdir() if re.match(f"({prefixes})_", file.name)}
known |= {f"{program}_{variant}" for program, variant in re.findall(r"(browser)_(\w+)", (source / "cmake" / "tests.cmake").read_text())}
wrong, seen = [], {}
for row in rows:
    for name in re.findall(rf"\b(?:{prefixes})_\w+", row[-1]):
        if name not in known:
            wrong.append(f"there is no test {name}: {row[0][:80]}")
    key = re.sub(r"[^a-z]", "", row[0].lower())[:60]
    if key in seen:
        wrong.append(f"stands twice: {row[0][:80]}")
    seen[key] = row
if len(rows) < 50:
    wrong.append(f"only {len(rows)} rows are read")
print("\n".join(wrong) or f"{len(rows)} rows, each once, and their tests exist")
sys.exit(1 if wrong else 0)
