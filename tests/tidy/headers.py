"""Every public header compiles alone, and costs hardly more than the std headers it includes."""
import os
import re
import shutil
import subprocess

from includes import INCLUDE
from tree import Missing, Rule

RATIO = 1.3


def compiler():
    found = shutil.which(os.environ.get("CXX", "c++"))
    if not found:
        raise Missing("no C++ compiler (set CXX)")
    return found


def public_headers(tree):
    return [f for f in tree.cpp() if f.startswith("include/")]


def compile_text(tree, text, *arguments):
    return subprocess.run([compiler(), "-std=c++20", "-x", "c++", f"-I{tree.root}/include", *arguments, "-"], input=text,
                          capture_output=True, text=True, check=False)


def include_of(header):
    return f"#include <{header.removeprefix('include/')}>\n"


def compiles_alone(tree):
    complaints = []
    for header in public_headers(tree):
        done = compile_text(tree, include_of(header) * 2, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
        if done.returncode:
            complaints.append(f"{header}: does not compile alone:\n{done.stderr[:2000]}")
    return complaints


def foreign(tree, header, seen):
    """The headers that are not ours, of this header and of those of ours it includes."""
    if header in seen:
        return set()
    seen.add(header)
    found = set()
    for _, name in INCLUDE.findall(tree.read(header)):
        ours = f"include/{name}"
        found |= foreign(tree, ours, seen) if ours in tree.files else {name}
    return found


def preprocessed_lines(tree, text):
    done = compile_text(tree, text, "-E", "-P")
    return len(re.findall(r"\S.*", done.stdout)) if done.returncode == 0 else None


def light(tree):
    complaints = []
    for header in public_headers(tree):
        names = foreign(tree, header, set())
        whole = preprocessed_lines(tree, include_of(header))
        bare = preprocessed_lines(tree, "".join(f"#include <{name}>\n" for name in sorted(names)))
        if whole is None or bare is None:
            complaints.append(f"{header}: can't be preprocessed")
        elif bare and whole > RATIO * bare:
            complaints.append(f"{header}: {whole} lines preprocessed, {whole / bare:.2f} times its std headers "
                              f"(at most {RATIO})")
    return complaints


CLEAN = {
    "include/sagaflow/a.hpp": "#pragma once\n#include <cstdint>\nstruct a { std::uint8_t x; };\n",
    "include/sagaflow/b.hpp": "#pragma once\n#include <sagaflow/a.hpp>\n#include <string>\nstruct b : a {};\n",
}

RULES = [
    Rule("public_headers_compile_alone", compiles_alone, CLEAN, {
        "a missing include": {"include/sagaflow/c.hpp": "#pragma once\nstruct c { a x; };\n"},
        "no include guard": {"include/sagaflow/c.hpp": "struct c {};\n"},
    }),
    Rule("public_headers_are_light", light, CLEAN, {
        "more of ours than of std": {"include/sagaflow/c.hpp": "#pragma once\n#include <cstdint>\n" + "extern int x;\n" * 5000},
        "the same through another header": {
            "include/sagaflow/c.hpp": "#pragma once\n#include <sagaflow/d.hpp>\n",
            "include/sagaflow/d.hpp": "#pragma once\n#include <cstdint>\n" + "extern int x;\n" * 5000},
    }),
]
