"""check_snippets refuses shown code that is not the tested code, and --fix copies it."""

import unittest

from bad_tree import TreeTest

MARK = "<!-- snippet: examples/add.cc#add -->"


class CheckSnippets(TreeTest):
    checker = "check_snippets.py"

    def setUp(self) -> None:
        super().setUp()
        self.write("examples/add.cc", "#include <x>\n  // [add]\n  int add() {\n    return 1;\n  }\n  // [/add]\n")
        self.write("README.md", f"# x\n\n{MARK}\n```cpp\nint add() {{\n  return 1;\n}}\n```\n")

    def test_equal_code_is_accepted_whatever_its_indentation(self) -> None:
        self.assertIn("1 snippet equal", self.accepted())

    def test_code_that_differs_is_refused_with_the_first_difference(self) -> None:
        self.write("README.md", f"{MARK}\n```cpp\nint add() {{\n  return 2;\n}}\n```\n")
        self.refused("README.md:2:", "line 2", "return 2;", "return 1;")

    def test_code_with_a_line_missing_is_refused(self) -> None:
        self.write("docs/tour.md", f"{MARK}\n```cpp\nint add() {{\n  return 1;\n```\n")
        self.refused("docs/tour.md:2:", "it has 2 lines, the tested one 3")

    def test_code_that_differs_in_its_inner_indentation_is_refused(self) -> None:
        self.write("README.md", f"{MARK}\n```cpp\nint add() {{\nreturn 1;\n}}\n```\n")
        self.assertEqual(self.run_checker().returncode, 1)

    def test_a_cpp_block_without_a_marker_is_refused(self) -> None:
        self.write("docs/tour.md", "```cpp\nint x;\n```\n\n```text\nint y;\n```\n")
        self.refused("docs/tour.md:1:", "without a snippet marker")

    def test_a_marker_without_a_block_is_refused(self) -> None:
        self.write("docs/tour.md", f"{MARK}\n\nsome text\n")
        self.refused("docs/tour.md:3:", "no fenced block")

    def test_a_fence_that_is_never_closed_is_refused(self) -> None:
        self.write("docs/tour.md", "```text\nx\n")
        self.refused("docs/tour.md:1:", "never closed")

    def test_a_region_that_does_not_exist_is_refused(self) -> None:
        self.write("README.md", "<!-- snippet: examples/add.cc#sub -->\n```cpp\nx\n```\n")
        self.refused("README.md:2:", "[sub]")

    def test_a_file_that_does_not_exist_is_refused(self) -> None:
        self.write("README.md", "<!-- snippet: examples/sub.cc#add -->\n```cpp\nx\n```\n")
        self.refused("README.md:2:", "examples/sub.cc does not exist")

    def test_code_that_no_test_runs_is_refused(self) -> None:
        self.write("io/add.cc", "// [add]\nint x;\n// [/add]\n")
        self.write("README.md", "<!-- snippet: io/add.cc#add -->\n```cpp\nint x;\n```\n")
        self.refused("README.md:2:", "not tested code")

    def test_a_block_in_the_comment_of_a_header_is_compared(self) -> None:
        self.write("io/add.h", f"#pragma once\n// {MARK}\n// ```cpp\n// int add() {{\n//   return 1;\n// }}\n// ```\n")
        self.assertIn("2 snippets equal", self.accepted())
        self.write("io/add.h", f"#pragma once\n// {MARK}\n// ```cpp\n// int add();\n// ```\n")
        self.refused("io/add.h:3:", "int add();")

    def test_fix_copies_the_tested_code(self) -> None:
        self.write("README.md", f"a\n{MARK}\n```cpp\nold\n```\nb\n{MARK}\n```cpp\n```\nc\n")
        self.write("io/add.h", f"#pragma once\n  // {MARK}\n  // ```cpp\n  // old\n  // ```\nint x;\n")
        self.accepted("--fix")
        self.accepted()
        code = "  // int add() {\n  //   return 1;\n  // }\n"
        self.assertEqual(self.read("io/add.h"), f"#pragma once\n  // {MARK}\n  // ```cpp\n{code}  // ```\nint x;\n")
        first = f"a\n{MARK}\n```cpp\nint add() {{\n  return 1;\n}}\n```\nb\n"
        self.assertTrue(self.read("README.md").startswith(first))


if __name__ == "__main__":
    unittest.main()
