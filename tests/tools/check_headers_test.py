"""check_headers refuses a header that needs another one before it, and an umbrella over its budget."""

import unittest

from bad_tree import TreeTest


class CheckHeaders(TreeTest):
    checker = "check_headers.py"

    def setUp(self) -> None:
        super().setUp()
        self.write(
            "runtime/base/size.h", "#pragma once\n#include <cstddef>\nnamespace weft {\nusing Size = std::size_t;\n}\n"
        )
        self.write("weft.h", '#pragma once\n#include "weft/runtime/base/size.h"\n')

    def limit(self, name: str, value: str) -> None:
        lines = self.read("tools/layers.toml").splitlines()
        changed = [f"{name} = {value}" if line.startswith(name) else line for line in lines]
        self.write("tools/layers.toml", "\n".join(changed))

    def test_headers_that_compile_alone_are_accepted_with_their_figures(self) -> None:
        printed = self.accepted()
        self.assertIn("2 headers compile alone", printed)
        self.assertIn("7 own lines", printed)

    def test_a_header_that_needs_another_before_it_is_refused(self) -> None:
        self.write("runtime/base/span.h", "#pragma once\nnamespace weft {\nstruct Span { Size size; };\n}\n")
        self.refused("runtime/base/span.h", "does not compile alone", "Size")

    def test_a_header_that_cannot_be_included_twice_is_refused(self) -> None:
        self.write("runtime/base/span.h", "namespace weft {\nstruct Span {};\n}\n")
        self.refused("runtime/base/span.h", "redefinition")

    def test_a_header_with_a_warning_is_refused(self) -> None:
        self.write("runtime/base/narrow.h", "#pragma once\ninline short narrow(int x) { return x; }\n")
        self.refused("runtime/base/narrow.h", "does not compile alone")

    def test_an_umbrella_with_too_many_lines_is_refused(self) -> None:
        self.limit("umbrella_own_lines", "6")
        self.refused("weft.h", "draws in 7 lines", "budget is 6")

    def test_an_umbrella_that_compiles_too_long_is_refused(self) -> None:
        self.limit("umbrella_ratio", "0.0001")
        self.refused("weft.h", "to compile, the budget is 0.0001;")

    def test_with_a_stamp_an_unchanged_tree_is_not_compiled_again(self) -> None:
        stamp = f"--stamp={self.root}/headers.stamp"
        self.assertNotIn("nothing changed", self.accepted(stamp))
        self.assertIn("nothing changed", self.accepted(stamp))
        self.write("runtime/base/span.h", "#pragma once\nstruct Span { Size size; };\n")
        self.assertEqual(self.run_checker(stamp).returncode, 1)


if __name__ == "__main__":
    unittest.main()
