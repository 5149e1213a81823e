#!/usr/bin/python3
"""Runs these tests: run.py --service PROGRAM [--broker kafka|amqp] [test_file …]"""
import argparse
import os
import sys
import unittest
from pathlib import Path


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--service", required=True, help="the program user_signup")
    options.add_argument("--broker", choices=("kafka", "amqp"), help="for test_over_broker; its address: SAGAFLOW_SERVICE")
    options.add_argument("--folder", default=str(Path(__file__).resolve().parent), help="where the tests are")
    options.add_argument("tests", nargs="*", help="files, classes or tests, as unittest names them")
    chosen = options.parse_args()
    os.environ["SAGAFLOW_SIGNUP"] = chosen.service
    if chosen.broker:
        os.environ["SAGAFLOW_BROKER"] = chosen.broker
    here = chosen.folder
    sys.path[:0] = [here, str(Path(__file__).resolve().parent)]
    sys.dont_write_bytecode = True
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(chosen.tests) if chosen.tests else loader.discover(here)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
