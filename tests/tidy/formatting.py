"""C++ is laid out by clang-format, as .clang-format says."""
import pathlib
import shutil
import subprocess

from tree import Missing, Rule


def formatted(tree):
    tool = shutil.which("clang-format")
    if not tool:
        raise Missing("clang-format is not installed")
    files = tree.cpp()
    if not files:
        return []
    done = subprocess.run([tool, "--dry-run", "-Werror", "--style=file", *files], cwd=tree.root, capture_output=True,
                          text=True, check=False)
    return [line for line in done.stderr.splitlines() if "error:" in line]


STYLE = (pathlib.Path(__file__).resolve().parents[2] / ".clang-format").read_text()

RULES = [
    Rule("sources_are_formatted", formatted, {".clang-format": STYLE, "src/a.cpp": "int x = 1;\n"}, {
        "a space too many": {"src/b.cpp": "int  x =1;\n"},
    }),
]
