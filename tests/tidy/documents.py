"""What the documents show is what the build runs, and what they point at exists."""
import importlib.machinery
import importlib.util
import pathlib
import posixpath
import re

from tree import Rule, line_of

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w+-]*)[^\n]*\n(?P<body>.*?)^(?P=indent)```[ \t]*$",
                   re.DOTALL | re.MULTILINE)
# What a reader types or sees, rather than what a compiler reads.
TRANSCRIPTS = ("text", "console", "sh", "http", "diff")
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\((?P<target>[^)\s]+)\)")


def embed_examples():
    """scripts/embed_examples as a module: one definition of what a block holds."""
    path = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "embed_examples"
    loader = importlib.machinery.SourceFileLoader("embed_examples", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("embed_examples", loader))
    loader.exec_module(module)
    return module


def code_comes_from_files(tree):
    complaints = []
    embed = embed_examples()
    for path in embed.documents(tree.root):
        file, text = str(path.relative_to(tree.root)), path.read_text()
        embedded = {found.end(): found for found in embed.BLOCK.finditer(text)}
        for fence in FENCE.finditer(text):
            at = f"{file}:{line_of(text, fence.start())}"
            found = embedded.get(fence.end())
            if not found:
                if fence["language"] not in TRANSCRIPTS:
                    complaints.append(f"{at}: a code block must come from a file: put `<!-- from: path#region -->` before "
                                      f"it, or call it one of {', '.join(TRANSCRIPTS)}")
                continue
            try:
                if embed.filled(tree.root, found.group()) != found.group():
                    complaints.append(f"{at}: differs from {found['file']}: run scripts/embed_examples")
            except ValueError as fault:
                complaints.append(f"{at}: {fault}")
    return complaints


def links_lead_somewhere(tree):
    complaints = []
    for file in tree.matching(r"\.md$"):
        text = tree.read(file)
        for found in LINK.finditer(re.sub(FENCE, lambda m: re.sub(r"[^\n]", " ", m.group()), text)):
            target = found["target"].split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            if not (tree.root / posixpath.join(posixpath.dirname(file), target)).exists():
                complaints.append(f"{file}:{line_of(text, found.start())}: there is no {target}")
    return complaints


ROW = re.compile(r"^\|.*\|(?P<tests>[^|]*`\w+`[^|]*)\|$", re.MULTILINE)


def failure_matrix_names_tests(tree):
    """The last column of the table in docs/guarantees.md that names tests: each is somewhere under tests/ or in a suite."""
    complaints = []
    sources = {file: tree.read(file) for file in tree.matching(r"^(tests|include/sagaflow/testing)/.*\.(cpp|hpp|py)$")}
    for file in tree.matching(r"^docs/guarantees\.md$"):
        text = tree.read(file)
        for row in ROW.finditer(text[text.index("| test |"):] if "| test |" in text else ""):
            for name in re.findall(r"`(\w+)`", row["tests"]):
                if not any(re.search(rf"\b{name}\b", content) or pathlib.Path(path).stem == name
                           for path, content in sources.items()):
                    complaints.append(f"{file}: there is no test {name}")
    return complaints


RULE_ROW = re.compile(r"^\| (?P<rule>[RBF]\d+) \|", re.MULTILINE)
TEST_NAME = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*\w+,\s*(?P<name>\w+)\)", re.MULTILINE)


def rules_have_tests(tree):
    """Each rule of docs/guarantees.md has a test that carries its number, and no test carries the number of none."""
    names = {name: file for file in tree.matching(r"^(tests|include/sagaflow/testing)/.*\.(cpp|hpp)$")
             for name in TEST_NAME.findall(tree.read(file))}
    tested = {number: name for name in names for number in re.findall(r"(?:^|_)([RBF]\d+)(?=_)", name)}
    rules = [r for file in tree.matching(r"^docs/guarantees\.md$") for r in RULE_ROW.findall(tree.read(file))]
    return [f"docs/guarantees.md: no test carries the number {r}" for r in rules if r not in tested] + [
        f"{names[name]}: {name}: there is no rule {number}" for number, name in tested.items() if number not in rules]


BLOCK = "<!-- from: examples/a.cpp#start -->\n```cpp\nint x;\n```\n"
CLEAN = {
    "README.md": f"# A\n\n```console\n$ ./demo\n```\n\n{BLOCK}\n[guide](docs/guide.md#x) [site](https://example.org)\n",
    "docs/guide.md": "# X\n<!-- from: examples/a.cpp -->\n```cpp\nint main() {\n    int x;\n}\n```\n[up](../README.md)\n",
    "examples/a.cpp": "int main() {\n    // [start]\n    int x;\n    // [/start]\n}\n",
}

RULES = [
    Rule("code_in_documents_comes_from_files", code_comes_from_files, CLEAN, {
        "a block out of the air": {"README.md": "```cpp\nint y;\n```\n"},
        "a block without a language": {"README.md": "```\nint y;\n```\n"},
        "a block that differs": {"README.md": BLOCK.replace("int x", "int y")},
        "a region that is gone": {"README.md": BLOCK.replace("#start", "#end")},
        "a file that is gone": {"README.md": BLOCK.replace("a.cpp", "b.cpp")},
        "in a folder below docs": {"docs/decisions/1.md": "```yaml\na: 1\n```\n"},
    }),
    Rule("failure_matrix_names_tests", failure_matrix_names_tests,
         {"docs/guarantees.md": "| what | happens | test |\n|---|---|---|\n| a disk | waits | `it_waits` |\n",
          "tests/disk_test.cpp": "TEST(disk, it_waits) {}\n"},
         {"a test that is gone": {"tests/disk_test.cpp": "TEST(disk, waits) {}\n"}}),
    Rule("rules_have_tests", rules_have_tests,
         {"docs/guarantees.md": "| | |\n|---|---|\n| R1 | It stays |\n| B2 | It goes |\n",
          "tests/a_test.cpp": "TEST(a, R1_B2_stays_and_goes) {}\nTEST_F(b, knows_IDR9_and_R) {}\n"},
         {"a rule without a test": {"tests/a_test.cpp": "TEST(a, R1_stays) {}\n"},
          "only a test that looks alike": {"tests/a_test.cpp": "TEST(a, R1_B2_x) {}\n",
                                           "docs/guarantees.md": "| R1 | a |\n| R10 | b |\n| B2 | c |\n"},
          "a test of no rule": {"tests/b_test.cpp": "TYPED_TEST_P(suite, R3_flies) {}\n"}}),
    Rule("links_in_documents_lead_somewhere", links_lead_somewhere, CLEAN, {
        "a file that is gone": {"docs/guide.md": "[x](gone.md)\n"},
    }),
]
