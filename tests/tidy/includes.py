"""The arrows of the house: who may include whom."""
import posixpath
import re

from tree import Rule, line_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Folder -> what of ours it may include (patterns of the path's beginning). A folder not named here may include anything
# (tests, benchmarks).
MAY_INCLUDE = [
    (r"include/", [r"include/"]),
    (r"src/core/", [r"include/", r"src/core/", r"src/text/"]),
    (r"src/runtime/", [r"include/", r"src/core/", r"src/runtime/"]),
    (r"src/testing/", [r"include/", r"src/core/", r"src/testing/"]),
    (r"src/http/", [r"include/", r"src/http/"]),
    (r"src/(?P<component>\w+)/", [r"include/", r"src/{component}/", r"src/text/"]),
    (r"(?P<part>transports|stores)/(?P<component>\w+)/", [r"include/", r"{part}/{component}/", r"{part}/shared/", r"{part}/[^/]+$"]),
    (r"(?P<part>transports|stores)/", [r"include/", r"{part}/[^/]+$"]),
    (r"examples/(?P<component>\w+)/", [r"include/", r"examples/{component}/", r"examples/common/"]),
]
# A transport or a store knows its interface, not who uses it.
USERS_OF_INTERFACES = r"^include/sagaflow/(engine|participant|saga|stages|step|sagaflow|testing|http\w*)\.hpp$"
# The core decides: it does no I/O, reads no clock, starts no thread, draws no random number.
NOT_IN_CORE_INCLUDES = re.compile(
    r"^(thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|semaphore|latch|barrier|random|fstream|"
    r"iostream|cstdio|stdio\.h|filesystem|unistd\.h|sys/.*|pthread\.h|sqlite3\.h|boost/(asio|beast).*)$")
NOT_IN_CORE_WORDS = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b|\bstd::(?:rand|random_device|mt19937\w*|jthread|"
    r"thread|mutex)\b|\bgetenv\b|\btime\((?:nullptr|NULL|0|&\w+)\)|\bclock_gettime\b")
# Everything else that is foreign stays out of the public headers.
STD_HEADER = re.compile(r"^[a-z_0-9]+$")
WITH_BOOST = ("include/sagaflow/json.hpp", "include/sagaflow/asio.hpp")
# The suites that implementers run are GoogleTest's.
WITH_GTEST = re.compile(r"^include/sagaflow/testing/\w+_conformance\.hpp$")


def includes(tree, file):
    """(line, bracket, name, file of ours or None) of each include."""
    text = tree.read(file)
    known = set(tree.files)
    for found in INCLUDE.finditer(text):
        bracket, name = found.groups()
        candidates = [f"include/{name}"] if bracket == "<" else [
            posixpath.normpath(posixpath.join(posixpath.dirname(file), name)), f"src/{name}", name, f"include/{name}"]
        yield line_of(text, found.start()), bracket, name, next((c for c in candidates if c in known), None)


def allowed_for(file):
    for pattern, targets in MAY_INCLUDE:
        found = re.match(pattern, file)
        if found:
            return [t.format(**found.groupdict()) for t in targets]
    return None


def arrows(tree):
    complaints = []
    for file in tree.cpp():
        allowed = allowed_for(file)
        if allowed is None:
            continue
        for line, _, name, target in includes(tree, file):
            if target and not any(re.match(a, target) for a in allowed):
                complaints.append(f"{file}:{line}: includes {name}; it may include only {', '.join(allowed)}")
            if target and re.match(r"(transports|stores)/", file) and re.match(USERS_OF_INTERFACES, target):
                complaints.append(f"{file}:{line}: a transport or a store knows only its interface, not {name}")
    return complaints


def pure_core(tree):
    complaints = []
    for file in tree.cpp():
        if not file.startswith("src/core/"):
            continue
        for line, _, name, _ in includes(tree, file):
            if NOT_IN_CORE_INCLUDES.match(name):
                complaints.append(f"{file}:{line}: the core does no I/O and knows no clock, thread or chance: <{name}>")
        text = tree.read(file)
        for found in NOT_IN_CORE_WORDS.finditer(text):
            complaints.append(f"{file}:{line_of(text, found.start())}: the core may not use {found.group()}")
    return complaints


def foreign_headers(tree):
    complaints = []
    for file in tree.cpp():
        if not file.startswith("include/"):
            continue
        for line, bracket, name, _ in includes(tree, file):
            ours = bracket == "<" and name.startswith("sagaflow/")
            boost = name.startswith("boost/") and file in WITH_BOOST
            gtest = bracket == "<" and name == "gtest/gtest.h" and WITH_GTEST.match(file)
            if not ours and not boost and not gtest and not (bracket == "<" and STD_HEADER.match(name)):
                complaints.append(f"{file}:{line}: a public header includes only std headers and <sagaflow/…>: {name}")
    return complaints


CLEAN = {
    "include/sagaflow/store.hpp": "#pragma once\n#include <string>\n",
    "include/sagaflow/engine.hpp": "#pragma once\n#include <sagaflow/store.hpp>\n",
    "include/sagaflow/json.hpp": "#pragma once\n#include <boost/json.hpp>\n",
    "src/core/machine.hpp": "#pragma once\n#include <chrono>\n#include <sagaflow/store.hpp>\n",
    "src/runtime/loop.hpp": '#pragma once\n#include "core/machine.hpp"\n#include <thread>\n',
    "src/http/server.cpp": "#include <boost/asio.hpp>\n#include <sagaflow/engine.hpp>\n",
    "stores/sqlite/store.cpp": '#include <sagaflow/store.hpp>\n#include "statement.hpp"\n#include <sqlite3.h>\n',
    "stores/sqlite/statement.hpp": "#pragma once\n",
    "examples/hello/hello.cpp": "#include <sagaflow/engine.hpp>\n",
}

RULES = [
    Rule("includes_point_one_way", arrows, CLEAN, {
        "core includes runtime": {"src/core/a.cpp": '#include "runtime/loop.hpp"\n'},
        "core includes a store": {"src/core/a.cpp": '#include "../../stores/sqlite/statement.hpp"\n'},
        "runtime includes a store": {"src/runtime/a.cpp": '#include "stores/sqlite/statement.hpp"\n'},
        "http includes the core": {"src/http/a.cpp": '#include "core/machine.hpp"\n'},
        "a public header includes the core": {"include/sagaflow/a.hpp": '#include "core/machine.hpp"\n'},
        "a store includes the core": {"stores/sqlite/a.cpp": '#include "core/machine.hpp"\n'},
        "a store includes the engine": {"stores/sqlite/a.cpp": "#include <sagaflow/engine.hpp>\n"},
        "a transport includes a store": {"transports/m/a.cpp": '#include "stores/sqlite/statement.hpp"\n'},
        "an example includes the core": {"examples/hello/a.cpp": '#  include "core/machine.hpp"\n'},
    }),
    Rule("core_is_pure", pure_core, CLEAN, {
        "a thread": {"src/core/a.cpp": "#include <thread>\n"},
        "a clock": {"src/core/a.cpp": "auto t = std::chrono::system_clock::now();\n"},
        "the C clock": {"src/core/a.cpp": "#include <ctime>\nauto t = std::time(nullptr);\n"},
        "chance": {"src/core/a.cpp": "#include <random>\n"},
        "Asio": {"src/core/a.cpp": "#include <boost/asio/post.hpp>\n"},
    }),
    Rule("public_headers_are_std_only", foreign_headers, CLEAN, {
        "Boost elsewhere": {"include/sagaflow/a.hpp": "#include <boost/json.hpp>\n"},
        "a C header of a library": {"include/sagaflow/a.hpp": "#include <sqlite3.h>\n"},
        "fmt": {"include/sagaflow/a.hpp": "#include <fmt/core.h>\n"},
        "a private header": {"include/sagaflow/a.hpp": '#include "detail.hpp"\n'},
    }),
]
