"""scripts/embed_examples refreshes the code in the documents from its files."""
from support import InACopy

DOCUMENT = "# Guide\n\n<!-- from: a.cpp#loop -->\n```cpp\nold\n```\n\n<!-- from: b.yaml -->\n```yaml\n```\nend\n"
SOURCE = "int main() {\n    // [loop]\n    for (;;)\n        f();\n    // [/loop]\n}\n"


class EmbedExamples(InACopy):
    def setUp(self):
        super().setUp()
        (self.root / "docs").mkdir()
        self.document = self.root / "docs/guide.md"
        self.document.write_text(DOCUMENT)
        (self.root / "a.cpp").write_text(SOURCE)
        (self.root / "b.yaml").write_text("# [x]\na: 1\n# [/x]\nb: 2\n")

    def embed(self, *arguments):
        return self.run_script("scripts/embed_examples", *arguments)

    def test_fills_each_block_with_its_region_or_the_whole_file(self):
        self.assertEqual(0, self.embed().returncode)
        self.assertEqual("# Guide\n\n<!-- from: a.cpp#loop -->\n```cpp\nfor (;;)\n    f();\n```\n\n"
                         "<!-- from: b.yaml -->\n```yaml\na: 1\nb: 2\n```\nend\n", self.document.read_text())

    def test_check_reports_and_changes_nothing(self):
        done = self.embed("--check")
        self.assertEqual(1, done.returncode)
        self.assertIn("docs/guide.md: differs", done.stdout)
        self.assertEqual(DOCUMENT, self.document.read_text())
        self.embed()
        self.assertEqual(0, self.embed("--check").returncode)

    def test_a_region_that_is_gone_is_an_error_that_names_it(self):
        (self.root / "a.cpp").write_text("int main() {}\n")
        done = self.embed()
        self.assertNotEqual(0, done.returncode)
        self.assertIn("a.cpp has no region [loop]", done.stderr)
