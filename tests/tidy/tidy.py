#!/usr/bin/env python3
"""The house rules, as tests.

tidy.py --rules                    their names
tidy.py RULE --root FOLDER         holds the rule against a checkout: prints what breaks it, exit 1
tidy.py RULE --self-test           shows that the rule bites: it accepts a clean folder, and complains about each of the
                                   violations planted in one

Exit 77: what the rule needs is not installed.
"""
import argparse
import pathlib
import sys
import tempfile

import cpp_structure
import documents
import formatting
import headers
import includes
import leftovers
from tree import Missing, Tree

RULES = {
    rule.name: rule
    for module in (includes, cpp_structure, headers, leftovers, documents, formatting)
    for rule in module.RULES
}


def planted(files):
    folder = tempfile.TemporaryDirectory(prefix="sagaflow-tidy-")
    for path, content in files.items():
        file = pathlib.Path(folder.name, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


def self_test(rule):
    faults = []
    with planted(rule.clean) as folder:
        faults += [f"complains about a clean folder: {c}" for c in rule.check(Tree(folder))]
    for what, files in rule.violations.items():
        with planted({**rule.clean, **files}) as folder:
            if not rule.check(Tree(folder)):
                faults.append(f"does not notice: {what}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rule", nargs="?", choices=RULES)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--root")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if args.rules:
        print("\n".join(RULES))
        return 0
    rule = RULES[args.rule]
    try:
        complaints = self_test(rule) if args.self_test else rule.check(Tree(args.root))
    except Missing as what:
        print(f"skipped: {what}")
        return 77
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
