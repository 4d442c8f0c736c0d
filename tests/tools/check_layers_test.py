"""check_layers refuses a tree for each rule of the table, and accepts one that keeps to it."""

import unittest

from bad_tree import TreeTest


class CheckLayers(TreeTest):
    checker = "check_layers.py"

    def setUp(self) -> None:
        super().setUp()
        self.write("runtime/base/clock.h", "#pragma once\n#include <chrono>\n")
        self.write("runtime/task/coro.h", '#pragma once\n#include "weft/runtime/base/clock.h"\n')
        self.write("primitives/lock.h", '#pragma once\n#include "weft/runtime/task/coro.h"\n')
        self.write("weft.h", '#pragma once\n#include "weft/primitives/lock.h"\n')

    def test_a_tree_that_keeps_to_the_table_is_accepted(self) -> None:
        self.assertIn("4 library files", self.accepted())

    def test_an_include_of_a_higher_layer_is_refused(self) -> None:
        self.write("runtime/sched/worker.h", '#pragma once\n#include "weft/runtime/task/coro.h"\n')
        self.refused("runtime/sched/worker.h:2:", "upward")

    def test_an_include_across_one_level_is_refused(self) -> None:
        self.write("io/stream.h", "#pragma once\n#include <weft/primitives/lock.h>\n")
        self.refused("io/stream.h:2:", "sideways")

    def test_an_include_of_the_umbrella_is_refused(self) -> None:
        self.write("inspect/dump.cc", '#include "weft/weft.h"\n')
        self.refused("inspect/dump.cc:1:", "upward")

    def test_a_circle_inside_one_folder_is_refused(self) -> None:
        self.write("runtime/base/a.h", '#include "weft/runtime/base/b.h"\n')
        self.write("runtime/base/b.h", '#include "weft/runtime/base/c.h"\n')
        self.write("runtime/base/c.h", '#include "weft/runtime/base/a.h"\n')
        self.refused("circle", "runtime/base/a.h -> runtime/base/b.h -> runtime/base/c.h -> runtime/base/a.h")

    def test_a_file_that_includes_itself_is_refused(self) -> None:
        self.write("runtime/base/a.h", '#include "weft/runtime/base/a.h"\n')
        self.refused("circle", "runtime/base/a.h -> runtime/base/a.h")

    def test_two_ways_to_one_header_are_no_circle(self) -> None:
        self.write("runtime/base/a.h", '#include "weft/runtime/base/b.h"\n#include "weft/runtime/base/clock.h"\n')
        self.write("runtime/base/b.h", '#include "weft/runtime/base/clock.h"\n')
        self.accepted()

    def test_a_relative_include_is_refused(self) -> None:
        self.write("runtime/base/random.h", '#include "clock.h"\n')
        self.refused("runtime/base/random.h:1:", "full name")

    def test_an_include_of_no_file_is_refused(self) -> None:
        self.write("runtime/base/random.h", '#include "weft/runtime/base/dice.h"\n')
        self.refused("runtime/base/random.h:1:", "no file of the library")

    def test_a_folder_outside_the_table_is_refused(self) -> None:
        self.write("runtime/extra/thing.h", "#pragma once\n")
        self.refused("runtime/extra/thing.h:1:", "no row")

    def test_a_file_over_the_limit_is_refused(self) -> None:
        self.write("io/stream.cc", "\n" * 401)
        self.refused("io/stream.cc:401:", "401 lines", "limit is 400")

    def test_a_file_at_the_limit_is_accepted(self) -> None:
        self.write("io/stream.cc", "\n" * 400)
        self.accepted()

    def test_resuming_a_handle_outside_the_runtime_is_refused(self) -> None:
        self.write("io/stream.cc", "void f(H h) {\n  h.resume();\n}\n")
        self.refused("io/stream.cc:2:", "resumes a coroutine")

    def test_naming_the_member_resume_outside_the_runtime_is_refused(self) -> None:
        self.write("io/stream.cc", "auto f = &std::coroutine_handle<Promise<int>>::resume;\n")
        self.refused("io/stream.cc:1:", "resumes a coroutine")

    def test_resuming_a_handle_inside_the_runtime_is_accepted(self) -> None:
        self.write("runtime/sched/worker.cc", "void f(H h) { h.resume(); }\n")
        self.write("executors/pool.cc", "void f(H* h) { h->resume(); }\n")
        self.accepted()

    def test_a_fence_is_refused_even_in_a_test(self) -> None:
        self.write("tests/sched/deque_test.cc", "void f() { std::atomic_thread_fence(std::memory_order_seq_cst); }\n")
        self.refused("tests/sched/deque_test.cc:1:", "fence")

    def test_words_in_comments_and_strings_are_no_fault(self) -> None:
        self.write(
            "io/stream.cc",
            "// no atomic_thread_fence, no h.resume(), no namespace detail\n"
            '/* #include "weft/inspect/x.h"\n   #define X */\n'
            'const char* text = "h.resume() \\" atomic_thread_fence // ";\n'
            'const char* raw = R"(h.resume() " detail::x)";\nint big = 1\'000\'000;\n',
        )
        self.accepted()

    def test_abseil_and_tbb_in_a_header_are_refused(self) -> None:
        self.write("executors/pool.h", "#pragma once\n#include <oneapi/tbb/task_arena.h>\n")
        self.refused("executors/pool.h:2:", "public header")

    def test_abseil_and_tbb_in_a_source_file_are_accepted(self) -> None:
        self.write("executors/pool.cc", "#include <absl/container/flat_hash_map.h>\n#include <tbb/task_arena.h>\n")
        self.accepted()

    def test_a_macro_outside_its_home_is_refused(self) -> None:
        self.write("io/stream.h", "#pragma once\n#define WEFT_STREAM 1\n")
        self.refused("io/stream.h:2:", "WEFT_STREAM", "runtime/base/config.h")

    def test_a_macro_without_the_prefix_is_refused(self) -> None:
        self.write("runtime/base/config.h", "#pragma once\n#  define LIKELY 1\n")
        self.refused("runtime/base/config.h:2:", "LIKELY", "WEFT_")

    def test_an_eleventh_macro_is_refused(self) -> None:
        ten = "".join(f"#define WEFT_{i} 1\n" for i in range(10))
        self.write("runtime/base/config.h", ten + "#undef WEFT_0\n#define WEFT_0 2\n")
        self.accepted()
        self.write("runtime/base/config.h", ten + "#define WEFT_10 1\n")
        self.refused("11 macros", "limit is 10")

    def test_a_namespace_detail_is_refused(self) -> None:
        self.write("io/stream.h", "#pragma once\nnamespace weft::detail {}\n")
        self.refused("io/stream.h:2:", "namespace detail")

    def test_an_example_that_looks_behind_the_umbrella_is_refused(self) -> None:
        self.write("examples/hello.cc", '#include "weft/weft.h"\n#include "weft/primitives/lock.h"\n')
        self.refused("examples/hello.cc:2:", "what a user writes")


if __name__ == "__main__":
    unittest.main()
