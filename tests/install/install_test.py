#!/usr/bin/env python3
"""Uses sagaflow from a project outside its tree: installed, by pkg-config, and as a subdirectory.

install_test.py --build DIR --work DIR --compiler C++ STEP
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONSUMER = HERE / "consumer"
EXPECTED = (CONSUMER / "expected.txt").read_text()


class Failure(Exception):
    pass


def run(*command, env=None, fails=False):
    """The output of a command. It must succeed, or with `fails` it must not."""
    done = subprocess.run([str(c) for c in command], env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if (done.returncode != 0) != fails:
        raise Failure(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-6000:]}")
    return done.stdout


class Test:
    def __init__(self, build, work, compiler):
        self.build, self.work, self.compiler = pathlib.Path(build), pathlib.Path(work), compiler
        self.prefix = self.work / "prefix"
        self.libraries = self.prefix / "lib"

    def fresh(self, name):
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def configure(self, source, folder, *options, fails=False):
        return run("cmake", "-S", source, "-B", folder, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={self.compiler}",
                   f"-DCMAKE_PREFIX_PATH={self.prefix}", *options, fails=fails)

    def project(self, name, text, fails=False):
        """Configures a project of these lines, without compiling anything."""
        folder = self.fresh(name)
        (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(user CXX)\n" + text)
        return self.configure(folder, folder / "build", fails=fails)

    def saga(self, program, folder):
        output = run(program, folder / "orders.db", env={"LD_LIBRARY_PATH": str(self.libraries)})
        if output != EXPECTED:
            raise Failure(f"expected:\n{EXPECTED}\ngot:\n{output}")

    def install(self):
        shutil.rmtree(self.prefix, ignore_errors=True)
        run("cmake", "--install", self.build, "--prefix", self.prefix)
        if not (self.prefix / "include/sagaflow/sagaflow.hpp").is_file():
            raise Failure("include/sagaflow/sagaflow.hpp was not installed")

    def runs_a_saga_by_find_package(self):
        folder = self.fresh("find_package")
        self.configure(CONSUMER, folder / "build")
        run("cmake", "--build", folder / "build")
        self.saga(folder / "build/order", folder)

    def runs_a_saga_by_pkg_config(self):
        folder = self.fresh("pkg_config")
        paths = ":".join(str(p.parent) for p in self.prefix.rglob("sagaflow.pc"))
        flags = run("pkg-config", "--static", "--cflags", "--libs", "sagaflow-sqlite", "sagaflow-json",
                    env={"PKG_CONFIG_PATH": paths}).split()
        run(self.compiler, "-std=c++20", CONSUMER / "order.cpp", "-o", folder / "order", *flags)
        self.saga(folder / "order", folder)

    def runs_a_saga_by_add_subdirectory(self):
        folder = self.fresh("add_subdirectory")
        self.configure(CONSUMER, folder / "build", f"-DSAGAFLOW_SOURCE={ROOT}", "-DBUILD_SHARED_LIBS=ON",
                       "-DCMAKE_UNITY_BUILD=ON")
        run("cmake", "--build", folder / "build")
        self.saga(folder / "build/order", folder)

    def loads_only_what_the_components_need(self):
        said = self.project("core_only", 'find_package(sagaflow 0.1 CONFIG REQUIRED)\n'
                            'message(STATUS "targets: [${sagaflow_FOUND}] [${SQLite3_FOUND}] [${yaml-cpp_FOUND}]")\n'
                            'if(NOT TARGET sagaflow::sagaflow OR TARGET sagaflow::sqlite)\n'
                            '  message(FATAL_ERROR "wrong targets")\nendif()\n')
        if "targets: [1] [] []" not in said:
            raise Failure(said)

    def names_a_missing_component(self):
        said = self.project("missing", "find_package(sagaflow 0.1 CONFIG REQUIRED COMPONENTS sqlite telepathy)\n", fails=True)
        if "installed without the component telepathy" not in " ".join(said.split()):
            raise Failure(said)
        self.project("optional", "find_package(sagaflow 0.1 CONFIG REQUIRED OPTIONAL_COMPONENTS telepathy)\n"
                     "if(sagaflow_telepathy_FOUND)\n  message(FATAL_ERROR found)\nendif()\n")

    def refuses_another_minor_version(self):
        self.project("version", "find_package(sagaflow 0.2 CONFIG REQUIRED)\n", fails=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--build", "--work", "--compiler"):
        parser.add_argument(name, required=True)
    parser.add_argument("step", choices=[n for n in vars(Test) if not n.startswith("_")])
    args = parser.parse_args()
    try:
        getattr(Test(args.build, args.work, args.compiler), args.step)()
    except Failure as why:
        print(why)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
