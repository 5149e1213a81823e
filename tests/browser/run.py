#!/usr/bin/python3
"""Runs the browser tests: run.py [--service COMMAND [--broker kafka|amqp]] [test_file …]. Without a command, against the fake service.

Screenshots go to the folder SAGAFLOW_SCREENSHOTS (default: build/screenshots).
"""
import argparse
import os
import sys
import unittest
from pathlib import Path


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--service", help="the command that starts the user sign-up; gets --port, --data and --flow")
    options.add_argument("--broker", choices=("kafka", "amqp"),
                         help="start a broker and a program for each service instead; --service is user_signup beside them")
    options.add_argument("tests", nargs="*", help="files, classes or tests, as unittest names them")
    chosen = options.parse_args()
    if chosen.service:
        os.environ["SAGAFLOW_SIGNUP"] = chosen.service
    if chosen.broker:
        os.environ["SAGAFLOW_BROKER"] = chosen.broker
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    here = str(Path(__file__).resolve().parent)
    sys.path.insert(0, here)
    sys.dont_write_bytecode = True
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(chosen.tests) if chosen.tests else loader.discover(here)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
