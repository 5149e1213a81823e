"""scripts/test_results sums what ctest and the stages of ./check wrote."""
from support import InACopy

CTEST = """<testsuite name="x">
<testcase name="a" status="run"><system-out>ok</system-out></testcase>
<testcase name="b" status="fail"><failure message=""/><system-out>expected 1, got 2</system-out></testcase>
<testcase name="c" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>x.cpp:4: Skipped
no disk to fill
[  SKIPPED ] c</system-out></testcase>
<testcase name="d" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>skipped: no browser</system-out></testcase>
<testcase name="e" status="disabled"><system-out>Disabled</system-out></testcase>
</testsuite>"""
SKIPPED = """<testsuite name="x"><testcase name="d" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
</testsuite>"""
MISSING = """<testsuite name="x"><testcase name="f" status="notrun"><skipped message="Unable to find executable"/>
<system-out>Unable to find executable: f</system-out></testcase></testsuite>"""


class TestResults(InACopy):
    def setUp(self):
        super().setUp()
        self.results = self.root / "results"
        self.results.mkdir()

    def summary(self, **files):
        for name, text in files.items():
            (self.results / f"{name}.xml").write_text(text)
        return self.run_script("scripts/test_results", self.results)

    def record(self, name, outcome):
        self.run_script("scripts/test_results", "--record", self.results / f"{name}.xml", name, outcome)

    def test_sums_over_all_files_and_ends_with_one_line(self):
        self.record("build-dev", "passed")
        self.record("build-tsan", "failed")
        done = self.summary(dev=CTEST)
        self.assertEqual("2 passed, 2 failed, 3 skipped", done.stdout.splitlines()[-1])
        self.assertEqual(1, done.returncode)

    def test_says_what_failed_and_why_something_was_skipped(self):
        said = self.summary(dev=CTEST).stdout
        self.assertIn("failed:  dev: b", said)
        self.assertIn("expected 1, got 2", said)
        self.assertIn("skipped: dev: c: no disk to fill", said)
        self.assertIn("skipped: dev: d: no browser", said)

    def test_a_program_that_is_missing_failed(self):
        self.assertEqual("0 passed, 1 failed, 0 skipped", self.summary(dev=MISSING).stdout.splitlines()[-1])

    def test_nothing_run_is_not_success(self):
        self.assertEqual(1, self.summary().returncode)

    def test_skips_alone_do_not_fail(self):
        self.record("build-dev", "passed")
        self.assertEqual(0, self.summary(dev=SKIPPED).returncode)
