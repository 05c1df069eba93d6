#!/usr/bin/env python3
"""bench/page.py SECTION COMMAND ...: what the command prints becomes that section of docs/bench-time.md, and is shown."""
import pathlib, re, subprocess, sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "bench-time.md"


def main():
    section, command = sys.argv[1], sys.argv[2:]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    block = f"<!-- {section} -->\n{text.strip()}\n<!-- end -->\n"
    page, n = re.subn(rf"<!-- {section} -->\n.*?<!-- end -->\n", lambda _: block, PAGE.read_text(encoding="utf-8"), flags=re.S)
    if n != 1:
        sys.exit(f"{PAGE} has {n} sections {section}")
    PAGE.write_text(page, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
