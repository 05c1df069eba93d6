#!/usr/bin/env python3
"""`cmake --install` into a fresh prefix gives all that is promised; the installed program finds its catalogue there; a foreign project
(tests/foreign) builds against the library by CMake, shared and static, and by pkg-config, and uses all of racktwin.h; the library
shows that header's names only and prints nothing."""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
from cli import SOURCE, equal, finish, folder, near, ok  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD_DIR", SOURCE / "build" / "release"))
PROMISED = ["bin/racktwin", "include/racktwin.h", "{lib}/libracktwin.so", "{lib}/libracktwin.a", "{lib}/pkgconfig/racktwin.pc",
            "{lib}/cmake/racktwin/racktwinConfig.cmake", "share/racktwin/racktwin.xsd", "share/racktwin/racks/gb200-nvl72.xml",
            "share/racktwin/racks/parts/chips.xml", "share/racktwin/racks/examples/vrm.xml", "share/man/man1/racktwin.1",
            "share/man/man1/racktwin-solve.1", "share/man/man7/racktwin-elements.7", "share/bash-completion/completions/racktwin",
            "share/zsh/site-functions/_racktwin", "share/fish/vendor_completions.d/racktwin.fish"]


def run(*words, **how):
    environment = {k: v for k, v in os.environ.items() if k != "RACKTWIN_CATALOGUE"}
    environment.update(how.pop("env", {}))
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120, env=environment, **how)


def must(what, done):
    return ok(done.returncode == 0, f"{what}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def names_of(header):
    text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.S)
    return set(re.findall(r"^RACKTWIN_API [\w *]*?\b(racktwin_\w+)\(", text, re.M)), text


def check_header(prefix):
    names, text = names_of(prefix / "include" / "racktwin.h")
    ok(20 <= len(names) <= 25, f"racktwin.h has about 20 functions, not {len(names)}")
    lines = (prefix / "include" / "racktwin.h").read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        first = line.startswith("RACKTWIN_API") and not lines[i - 1].startswith("RACKTWIN_API")
        ok(not first or lines[i - 1].rstrip().endswith("*/"), f"racktwin.h explains {line}")
    return names


def check_names(library, names, *options):
    listed = run("nm", "--defined-only", *options, library)
    shown = {line.split()[-1] for line in listed.stdout.splitlines() if len(line.split()) == 3}
    equal(f"names that {library.name} shows", shown, names)


def check_program(prefix):
    done = run(prefix / "bin" / "racktwin", "solve", prefix / "share" / "racktwin" / "racks" / "gb200-nvl72.xml", "--json", cwd=prefix)
    if not ok(done.returncode == 0, f"the installed program solves the installed rack: {done.returncode} {done.stderr}"):
        return None
    shown = run(prefix / "bin" / "racktwin", "doc", "vrm", cwd=prefix).stdout
    ok(str(prefix / "share" / "racktwin" / "racks" / "examples" / "vrm.xml") in shown, "the installed program uses its own catalogue")
    return json.loads(done.stdout)


def use(prefix, program, document, **how):
    racks = prefix / "share" / "racktwin" / "racks"
    done = run(program, racks / "gb200-nvl72.xml", racks / "examples" / "pipe-run.xml", cwd=prefix, **how)
    equal(f"what {program.name} says", (done.returncode, done.stdout, done.stderr), (0, "", ""))
    done = run(program, racks / "gb200-nvl72.xml", "-", "json", cwd=prefix, **how)
    if document and ok(done.returncode == 0, f"{program.name} prints the document"):
        near(f"{program.name}: grid power", json.loads(done.stdout)["grid"]["power_W"], document["grid"]["power_W"], rel=1e-12)


def check_cmake(prefix, where, document):
    made = run("cmake", "-S", SOURCE / "tests" / "foreign", "-B", where, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    if not must("a foreign project finds racktwin with find_package", made):
        return
    if not must("it builds", run("cmake", "--build", where)):
        return
    use(prefix, where / "shared", document)
    use(prefix, where / "static", document)
    catalogue = pathlib.Path((where / "catalogue").read_text(encoding="utf-8"))
    ok((catalogue / "gb200-nvl72.xml").is_file(), f"racktwin_CATALOGUE is {catalogue}")


def check_pkg_config(prefix, lib, where, document):
    paths = {"PKG_CONFIG_PATH": str(lib / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "racktwin", env=paths)
    if not must("pkg-config knows racktwin", flags):
        return
    program = where / "by-pkg-config"
    built = run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE / "tests" / "foreign" / "main.c",
                *flags.stdout.split(), "-lm")
    if must("a foreign program builds with pkg-config", built):
        use(prefix, program, document, env={"LD_LIBRARY_PATH": str(lib)})


with folder() as name:
    place = pathlib.Path(name).resolve()
    prefix = place / "prefix"
    if must("cmake --install", run("cmake", "--install", BUILD, "--prefix", prefix)):
        (so,) = prefix.glob("**/libracktwin.so")
        for file in PROMISED:
            ok((prefix / file.format(lib=so.parent.relative_to(prefix))).is_file(), f"{file} is installed")
        names = check_header(prefix)
        check_names(so, names, "-D")
        check_names(so.with_suffix(".a"), names, "-g")
        solved = check_program(prefix)
        check_cmake(prefix, place / "foreign", solved)
        check_pkg_config(prefix, so.parent, place, solved)
finish()
