"""Sizes: a function, a file, anything checked in."""
import ast
import re

from tree import Rule

FUNCTION_LINES = 70
FILE_LINES = 500
FILE_BYTES = 200 * 1024

CODE = r"(\.(cpp|hpp|c|h|py|js|mjs|css|html|cmake|sh|sql)|CMakeLists\.txt)$"
SCOPE = re.compile(r"^(?:(?:public|protected|private): |inline )*(?:namespace|class|struct|union|enum|extern)\b")
TEMPLATE = re.compile(r"\btemplate ?<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>")
NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z])\'(?:\\.|[^\'\\\n])+\'|'
    r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.DOTALL | re.MULTILINE)


def without_noise(text):
    """Comments, literals and preprocessor lines blanked; lines stay where they are."""
    return NOISE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def cpp_functions(text):
    """(first line, lines, head) of each outermost block at namespace or class level that is a function's body."""
    text = without_noise(text)
    stack, parentheses, line, head = [], 0, 1, []  # stack: (kind, line, head)
    for c in text:
        if c == "\n":
            line += 1
        in_function = any(kind == "function" for kind, _, _ in stack)
        if c in "([":
            parentheses += 1
        elif c in ")]":
            parentheses -= 1
        if c == "{" and parentheses == 0:
            words = TEMPLATE.sub("", " ".join("".join(head).split())).strip()
            if in_function:
                kind = "inner"
            elif SCOPE.search(words):
                kind = "scope"
            elif ")" in words or not words or words.startswith(","):
                kind = "function"
            else:
                kind = "inner"
            stack.append((kind, line, words))
            head = []
        elif c == "}" and parentheses == 0 and stack:
            kind, first, words = stack.pop()
            if kind == "function":
                yield first, line - first + 1, words
            head = []
        elif c == ";" and parentheses == 0:
            head = []
        else:
            head.append(c)


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1, node.name


def short_functions(tree):
    complaints = []
    for file in tree.matching(r"\.(cpp|hpp|py)$"):
        functions = python_functions if file.endswith(".py") else cpp_functions
        for first, lines, head in functions(tree.read(file)):
            if lines > FUNCTION_LINES:
                complaints.append(f"{file}:{first}: a function of {lines} lines (at most {FUNCTION_LINES}): {head[-80:]}")
    return complaints


def short_files(tree):
    complaints = []
    for file in tree.matching(CODE):
        lines = tree.read(file).count("\n")
        if lines > FILE_LINES:
            complaints.append(f"{file}: {lines} lines (at most {FILE_LINES}): split it by concept")
    return complaints


def small_files(tree):
    return [f"{file}: over {FILE_BYTES // 1024} KiB" for file in tree.files
            if (tree.root / file).stat().st_size > FILE_BYTES]


def lines(count):
    return "    x += 1;\n" * count


CLEAN = {
    "src/a.cpp": "namespace n {\nstruct s {\n    int x{0};\n    s() : x{1} {\n" + lines(60) + "    }\n" + lines(20) +
                 "};\nint f(int a) {\n" + lines(68) + "}\nconst int table[] = {\n" + "    1,\n" * 80 + "};\n"
                 'const char* brace = "{(";\n}  // namespace n {\n',
    "tests/a.py": "def f():\n" + "    pass\n" * 69,
}

RULES = [
    Rule("functions_are_short", short_functions, CLEAN, {
        "a long function": {"src/b.cpp": "int f() {\n" + lines(70) + "}\n"},
        "a long member after an initializer list": {
            "src/b.cpp": "struct s {\n    s() : a{1}, b{2} {\n" + lines(70) + "    }\n};\n"},
        "a long member template": {
            "src/b.cpp": "struct s {\n    template <class F, std::vector<int> x>\n    int f(F f) const {\n" + lines(70) +
                         "    }\n};\n"},
        "a long test": {"src/b.cpp": "namespace {\nTEST(a, b) {\n" + lines(70) + "}\n}\n"},
        "a long lambda in a call": {"src/b.cpp": "void f() {\n    g([&] {\n" + lines(70) + "    });\n}\n"},
        "a long function in Python": {"a.py": "def f():\n" + "    pass\n" * 70},
    }),
    Rule("files_are_short", short_files, CLEAN, {
        "a long file": {"src/b.cpp": "int x;\n" * 501},
        "a long script": {"b.js": "x;\n" * 501},
    }),
    Rule("nothing_is_large", small_files, CLEAN, {"a large file": {"docs/picture.svg": "x" * (FILE_BYTES + 1)}}),
]
