"""Nothing left lying about: reminders, paths of one machine, sources that no build compiles."""
import fnmatch
import posixpath
import re

from tree import Rule, line_of

# Put together here so that this file keeps its own rule.
REMINDER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.~$}/-])/(?:(?:" + "|".join(("ho" + "me", "Us" + "ers")) + r")/[\w.]+/|(?:" +
                          "|".join(("ro" + "ot", "wo" + "rk")) + r")/\w)")
TEXT = r"(?:^|/)[^/]*$"


def lines_matching(tree, pattern, what):
    complaints = []
    for file in tree.matching(TEXT):
        text = tree.read(file)
        for found in pattern.finditer(text):
            complaints.append(f"{file}:{line_of(text, found.start())}: {what}: {found.group()}")
    return complaints


def reminders(tree):
    return lines_matching(tree, REMINDER, "do it, or write it into the issue")


def machine_paths(tree):
    return lines_matching(tree, MACHINE_PATH, "a path of one machine")


def built_files(tree):
    """What the CMakeLists name, by path or by file(GLOB …)."""
    patterns = set()
    for cmake in tree.matching(r"(^|/)CMakeLists\.txt$|\.cmake$"):
        folder = posixpath.dirname(cmake)
        for word in re.findall(r"[\w./*${}-]+\.cpp\b", tree.read(cmake)):
            word = re.sub(r"^\$\{(CMAKE_CURRENT_SOURCE_DIR|CMAKE_CURRENT_LIST_DIR)\}/", "", word)
            if word.startswith("${"):
                patterns.add(re.sub(r"^\$\{\w+\}/", "", word))
            else:
                patterns.add(posixpath.normpath(posixpath.join(folder, word)))
    return patterns


def all_built(tree):
    patterns = built_files(tree)
    # A `*` of file(GLOB) stays within its folder.
    def built(file):
        return any(p == file or ("*" in p and p.count("/") == file.count("/") and fnmatch.fnmatch(file, p))
                   for p in patterns)
    return [f"{file}: no CMakeLists.txt names it, so nothing compiles it"
            for file in tree.matching(r"\.cpp$") if not built(file)]


def all_added(tree):
    complaints = []
    for cmake in tree.matching(r"/CMakeLists\.txt$"):
        # A project of its own is built by whoever uses it.
        if re.search(r"^project\(", tree.read(cmake), re.MULTILINE):
            continue
        folder = posixpath.dirname(cmake)
        above, found = folder, False
        while above and not found:
            above = posixpath.dirname(above)
            parent = posixpath.join(above, "CMakeLists.txt")
            name = re.escape(posixpath.relpath(folder, above or "."))
            found = parent in tree.files and re.search(rf"add_subdirectory\((\S*/)?{name}[\s)]", tree.read(parent))
        if not found:
            complaints.append(f"{cmake}: no CMakeLists.txt above adds this folder, so nothing builds it")
    return complaints


CLEAN = {
    "CMakeLists.txt": "project(x)\nadd_subdirectory(src)\nadd_subdirectory(tests)\n",
    "tests/user/CMakeLists.txt": "project(user)\n",
    "src/CMakeLists.txt": "file(GLOB core core/*.cpp)\nlib(${core} http/a.cpp ../stores/m/s.cpp)\n",
    "src/core/machine.cpp": "// see /usr/include, build/work/x, ${root}/home/x/y, the pointer /home/x; hackers, xxx\n",
    "src/http/a.cpp": "",
    "stores/m/s.cpp": "",
    "tests/CMakeLists.txt": "test(NAME a SOURCES core/t.cpp\n  b.cpp)\n",
    "tests/core/t.cpp": "",
    "tests/b.cpp": "",
}

RULES = [
    Rule("no_reminders_are_left", reminders, CLEAN, {
        "in a source": {"src/a.cpp": "// TO" + "DO: later\n"},
        "in a document": {"docs/a.md": "FIX" + "ME\n"},
    }),
    Rule("no_machine_paths", machine_paths, CLEAN, {
        "a home folder": {"docs/a.md": "see /ho" + "me/ada/x\n"},
        "in a script": {"run": "cd /wo" + "rk/main\n"},
    }),
    Rule("every_folder_is_built", all_added, CLEAN, {
        "a folder that is not added": {"tests/kill/CMakeLists.txt": "add_test(NAME kill)\n"},
    }),
    Rule("every_source_is_built", all_built, CLEAN, {
        "a test that no build knows": {"tests/core/new.cpp": ""},
        "a source in a folder that no glob reaches": {"src/core/deeper/new.cpp": ""},
    }),
]
