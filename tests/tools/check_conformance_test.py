"""check_conformance refuses proofs that do not exist, methods that were forgotten, and a README that says something else."""

import unittest

from bad_tree import TreeTest

DATA = "tests/cpython/methods.toml"
TABLE = """| CPython's tests | methods | apply here | covered | missing |
|---|---|---|---|---|
| `test_sums.py` | 4 | 3 | 2 | 1 |
| all | 4 | 3 | 2 | 1 |
"""
THEIRS = """
class Helper:
    def add(self): pass
class BaseSums:
    def test_one(self): pass
    async def test_two(self): pass
class CSums(BaseSums, unittest.TestCase): pass
class Others(unittest.TestCase):
    def test_repr(self): pass
    def test_far(self): pass
"""


class CheckConformance(TreeTest):
    checker = "check_conformance.py"

    def setUp(self) -> None:
        super().setUp()
        self.write("tests/sums/add_test.cc", "TEST(Add, is_right) {}\n  TEST_P(Sums,\n         are_right) {}\n")
        self.write("tests/sums/off_test.cc", "TEST(Add, DISABLED_is_slow) {}\n// TEST(Add, is_only_said) {}\n")
        self.write("tests/conformance/scripts/sum_order.py", "")
        self.write("tests/conformance/traces/sum_order.trace", "")
        self.write("theirs/test_sums.py", THEIRS)
        self.write("README.md", f"# x\n<!-- conformance -->\n{TABLE}<!-- /conformance -->\nend\n")
        self.data('test_one = ["Add.is_right", "Sums.are_right"]', 'test_two = "script:sum_order"')

    def data(self, *lines: str, repeats: str = 'CSums = "BaseSums"', far: str = "missing: sums that are far") -> None:
        sums = "\n".join(lines)
        others = f'test_repr = "not applicable: C++ prints nothing"\ntest_far = "{far}"'
        self.write(DATA, f"[test_sums.BaseSums]\n{sums}\n[test_sums.Others]\n{others}\n[repeats.test_sums]\n{repeats}\n")

    def refused_against_theirs(self, *words: str) -> None:
        result = self.run_checker("--against", str(self.root / "theirs"))
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        sentences = result.stdout.splitlines()[:-1]
        self.assertEqual(len(sentences), 1, result.stdout)
        for word in words:
            self.assertIn(word, sentences[0])

    def test_proofs_that_exist_are_accepted_and_counted(self) -> None:
        said = self.accepted("--against", str(self.root / "theirs"))
        self.assertIn(TABLE, said)
        self.assertIn("of 4 methods 3 apply, 2 are covered and 1 missing", said)

    def test_a_test_that_does_not_exist_is_refused(self) -> None:
        self.data('test_one = "Add.is_wrong"', 'test_two = "script:sum_order"')
        self.refused("test_sums.BaseSums.test_one", "no test has the name Add.is_wrong")

    def test_a_test_in_a_comment_is_none(self) -> None:
        self.data('test_one = "Add.is_only_said"', 'test_two = "script:sum_order"')
        self.refused("no test has the name Add.is_only_said")

    def test_a_disabled_test_is_refused(self) -> None:
        self.data('test_one = "Add.is_slow"', 'test_two = "script:sum_order"')
        self.refused("Add.is_slow is disabled")

    def test_a_name_that_two_tests_have_is_refused(self) -> None:
        self.write("tests/other/add_test.cc", "TEST(Add, is_right) {}\n")
        self.refused("several tests have the name Add.is_right", "tests/other/add_test.cc", "tests/sums/add_test.cc")

    def test_a_script_without_a_trace_is_refused(self) -> None:
        self.write("tests/conformance/scripts/sum_late.py", "")
        self.data('test_one = "Add.is_right"', 'test_two = "script:sum_late"')
        self.refused("test_sums.BaseSums.test_two", "traces/sum_late.trace")

    def test_a_reason_that_is_none_is_refused(self) -> None:
        self.data('test_one = "Add.is_right"', 'test_two = "script:sum_order"', far="missing: ")
        self.refused("test_sums.Others.test_far", "no reason")

    def test_a_value_that_is_no_text_is_refused(self) -> None:
        self.data("test_one = []", 'test_two = "script:sum_order"')
        self.refused("test_sums.BaseSums.test_one", "neither a test nor a reason")

    def test_a_method_that_was_forgotten_is_refused(self) -> None:
        self.write("theirs/test_sums.py", THEIRS + "    def test_new(self): pass\n")
        self.refused_against_theirs("test_sums.Others.test_new", "it is not in")

    def test_a_method_that_cpython_does_not_have_is_refused(self) -> None:
        self.write("theirs/test_sums.py", THEIRS.replace("test_repr", "check_repr"))
        self.refused_against_theirs("test_sums.Others.test_repr", "no such method")

    def test_a_class_that_repeats_another_must_be_named(self) -> None:
        self.write("theirs/test_sums.py", THEIRS + "class PySums(BaseSums): pass\n")
        self.refused_against_theirs("test_sums.PySums", "repeats a base class")
        self.write("theirs/test_sums.py", THEIRS.replace("CSums", "DSums"))
        self.data('test_one = "Add.is_right"', 'test_two = "script:sum_order"', repeats='DSums = "x"\nESums = "x"')
        self.refused_against_theirs("test_sums.ESums", "no such class")

    def test_an_interpreter_that_is_not_the_one_is_named_and_nothing_compared(self) -> None:
        said = self.accepted("--against", str(self.root / "no_python"))
        self.assertIn("is not checked", said)

    def test_a_table_that_is_old_is_refused_and_fix_writes_it(self) -> None:
        self.write("README.md", "# x\n<!-- conformance -->\nold\n<!-- /conformance -->\nend\n")
        self.refused("README.md:3:", "--fix")
        self.accepted("--fix")
        self.accepted()
        self.assertEqual(self.read("README.md"), f"# x\n<!-- conformance -->\n{TABLE}<!-- /conformance -->\nend\n")

    def test_a_readme_without_a_place_for_the_table_is_refused(self) -> None:
        self.write("README.md", "# x\n<!-- /conformance -->\n<!-- conformance -->\n")
        self.refused("README.md", "<!-- /conformance -->", "once each")


if __name__ == "__main__":
    unittest.main()
