"""The files of a checkout, and what a rule is."""
import dataclasses
import os
import pathlib
import re
import typing


class Missing(Exception):
    """What a rule needs is not on this machine."""


@dataclasses.dataclass
class Rule:
    name: str
    check: typing.Callable  # (Tree) -> complaints, each a line `file:line: what is wrong`
    clean: dict  # a small folder that keeps the rule: path -> content
    violations: dict  # what is wrong -> the files that make it so


class Tree:
    """Every file that belongs to the project: build folders, caches and version control left out."""

    SKIPPED = re.compile(r"^(build|build-.*|\.git|\.cache|__pycache__)$")

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(f for f in folders if not self.SKIPPED.match(f))
            here = pathlib.Path(folder).relative_to(self.root)
            self.files += [str(here / name) for name in sorted(names) if not self.SKIPPED.match(name)]

    def matching(self, pattern):
        return [f for f in self.files if re.search(pattern, f)]

    def read(self, file):
        return (self.root / file).read_text(errors="replace")

    def cpp(self):
        return self.matching(r"\.(cpp|hpp)$")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
