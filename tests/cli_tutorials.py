#!/usr/bin/env python3
"""The tutorials do what they say: their files are written, their commands run in order in one folder, and what they print is what
stands there. In a ```console block a line "$ ..." is a command and the lines below are its output, of both streams; "..." alone
stands for any lines, "..." within a line for any text; numbers may differ by 2 %, because parts of the catalogue are improved."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import PROGRAM, SECONDS, SOURCE, finish, folder, ok  # noqa: E402

WITHIN = 0.02
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def blocks(text):
    """(language, file name, body) of each fenced block."""
    return re.findall(r"^```(\w+) ?([\w.-]*)\n(.*?)^```$", text, re.S | re.M)


def same_words(want, got):
    """One line: words alike, numbers within 2 %; "..." matches any text."""
    pieces = [piece.split() for piece in want.split("...")]
    words = got.split()
    if len(pieces) == 1:
        return len(words) == len(pieces[0]) and all(map(same_word, pieces[0], words))
    head, tail = pieces[0], pieces[-1]
    return (len(words) >= len(head) + len(tail) and all(map(same_word, head, words)) and
            all(map(same_word, tail, words[len(words) - len(tail):])))


def same_word(want, got):
    a, b = NUMBER.findall(want), NUMBER.findall(got)
    if NUMBER.sub("#", want) != NUMBER.sub("#", got) or len(a) != len(b):
        return False
    return all(abs(float(x) - float(y)) <= max(WITHIN * abs(float(x)), last_digit(x)) for x, y in zip(a, b))


def last_digit(number):
    """One in the last place of a decimal fraction; 0 of a whole number, which is exact within the 2 %."""
    digits = number.partition(".")[2]
    return 10.0 ** -len(digits) if digits else 0.0


def matches(want, got):
    """All lines in order; "..." stands for any number of lines."""
    if not want:
        return not got
    if want[0].strip() == "...":
        return any(matches(want[1:], got[skip:]) for skip in range(len(got) + 1))
    return bool(got) and same_words(want[0], got[0]) and matches(want[1:], got[1:])


def lines_of(text):
    return [line.rstrip() for line in text.strip("\n").split("\n")] if text.strip() else []


def run_console(name, body, where):
    for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.M):
        environment = dict(os.environ, PATH=f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}")
        done = subprocess.run(["sh", "-c", command], cwd=where, env=environment, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        ok(matches(lines_of(printed), lines_of(done.stdout)), f"{name}: {command} prints\n{done.stdout}where the page says\n{printed}")


def run_page(name):
    text = (SOURCE / "docs" / name).read_text(encoding="utf-8")
    found = blocks(text)
    ok(sum(language == "console" for language, _, _ in found) >= 3, f"{name} has commands to run")
    with folder() as where:
        for language, file, body in found:
            if language == "console":
                run_console(name, body, where)
            elif file:
                (pathlib.Path(where) / file).write_text(body, encoding="utf-8")
    return found


def check_matcher():
    """The comparison sees a difference."""
    ok(matches(["a 10 kW", "...", "end"], ["a 10.1 kW", "x", "y", "end"]), "the comparison takes what is alike")
    for want, got in ((["a 10 kW"], ["a 11 kW"]), (["a"], ["a", "b"]), (["a ... b"], ["a x c"]), (["a"], ["b"])):
        ok(not matches(want, got), f"the comparison tells {want} from {got}")


check_matcher()
rack = [body for language, file, body in run_page("tutorial-rack.md") if file == "my-rack.xml"][0]
ok(len(rack.splitlines()) == 30, f"the tutorial's rack has 30 lines, not {len(rack.splitlines())}")
run_page("tutorial-part.md")
finish()
