#!/usr/bin/env python3
"""Compiles one case: it must fail with the messages that it expects, and succeed with CONTROL defined.

compile_fail.py --compiler g++ --include DIR CASE.cpp
compile_fail.py --compiler g++ --include DIR --self-test    shows that each way of going wrong is noticed
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile


def compile_case(compiler, include, case, *arguments):
    return subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", *arguments, str(case)],
                          capture_output=True, text=True, check=False)


def faults(compiler, include, case):
    expected = re.findall(r"^// expect: (.+)$", pathlib.Path(case).read_text(), re.MULTILINE)
    if not expected:
        return ["names no message: add a line `// expect: <regular expression>`"]
    found = []
    control = compile_case(compiler, include, case, "-DCONTROL")
    if control.returncode:
        found.append(f"does not compile even with CONTROL defined:\n{control.stderr[:3000]}")
    wrong = compile_case(compiler, include, case)
    if not wrong.returncode:
        return found + ["compiles, and must not"]
    # Compilers break long messages and quote them differently; the words count.
    said = " ".join(wrong.stderr.split())
    found += [f"the message lacks /{e}/:\n{wrong.stderr[:3000]}" for e in expected if not re.search(e, said)]
    return found


GOOD = '// expect: deliberately\nint main() {\n#ifndef CONTROL\n    static_assert(sizeof(int) == 0, "deliberately");\n#endif\n}\n'
BAD = {
    "a case that compiles": GOOD.replace("== 0", "> 0"),
    "another message": GOOD.replace("expect: deliberately", "expect: on purpose"),
    "no expectation": GOOD.replace("// expect", "//"),
    "a mistake elsewhere": GOOD.replace("int main", "in main"),
}


def self_test(compiler, include):
    missed = []
    with tempfile.TemporaryDirectory(prefix="sagaflow-compile-fail-") as folder:
        case = pathlib.Path(folder, "case.cpp")
        case.write_text(GOOD)
        missed += [f"a good case: {fault}" for fault in faults(compiler, include, case)]
        for what, text in BAD.items():
            case.write_text(text)
            if not faults(compiler, include, case):
                missed.append(f"does not notice {what}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("case", nargs="?")
    args = parser.parse_args()
    if args.self_test:
        found = self_test(args.compiler, args.include)
    else:
        found = [f"{args.case}: {fault}" for fault in faults(args.compiler, args.include, args.case)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
