"""The judge is judged: reading lines, ratios, selection, failures."""

import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from campaign import Campaign  # noqa: E402
from programs import ProgramError, parse, run  # noqa: E402
from ratios import Spread, Verdict, compare  # noqa: E402
from rows import Row, Selection, SelectionError, read_rows, select  # noqa: E402


def script(folder, name, body):
    path = Path(folder) / name
    path.write_text("#!/bin/sh\n" + body + "\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def row(**changes):
    values = {"name": "fib", "title": "fib({size})", "suite": "fork_join", "ours": "ours", "peer": "peer",
              "workers": 2, "size": 39, "tiny": 3}
    return Row(**{**values, **changes})


class Programs(unittest.TestCase):
    def test_a_line_gives_its_figures_and_comments_are_skipped(self):
        result = parse("# note\nfib 2 1.5 4096 55 ok cpu_seconds=2.5\n# tail\n")
        self.assertEqual(result.figures, {"seconds": 1.5, "peak_rss_kib": 4096.0, "cpu_seconds": 2.5})

    def test_a_wrong_answer_is_refused(self):
        with self.assertRaisesRegex(ValueError, "the answer 54 is wrong"):
            parse("fib 2 1.5 4096 54 wrong\n")

    def test_no_line_is_refused(self):
        with self.assertRaisesRegex(ValueError, "expected"):
            parse("")

    def test_a_crash_is_told_with_its_signal_and_a_failure_with_its_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ProgramError, "signal 11"):
                run(script(folder, "crash", "kill -SEGV $$"), [])
            with self.assertRaisesRegex(ProgramError, "ended with 1: expected 55"):
                run(script(folder, "wrong", "echo expected 55 >&2; exit 1"), [])
            with self.assertRaisesRegex(ProgramError, "still running"):
                run(script(folder, "hang", "exec sleep 5"), [], timeout=0.1)
            with self.assertRaisesRegex(ProgramError, "is not there"):
                run(Path(folder) / "absent", [])


class Ratios(unittest.TestCase):
    def test_pairs_are_compared_before_the_median_is_taken(self):
        spread = compare([1.0, 2.0, 9.0], [2.0, 10.0, 10.0])
        self.assertEqual((spread.median, spread.least, spread.most), (0.5, 0.2, 0.9))

    def test_medians_are_compared_where_a_peer_has_two_modes(self):
        self.assertAlmostEqual(compare([1.0, 2.0, 9.0], [2.0, 10.0, 10.0], of="medians").median, 0.2)

    def test_a_value_above_the_limit_misses_and_one_at_the_limit_passes(self):
        self.assertEqual(Verdict(Spread.of([0.25]), 0.24, 0.18).word, "MISS")
        self.assertEqual(Verdict(Spread.of([0.24]), 0.24, 0.18).word, "pass")
        self.assertEqual(Verdict(Spread.of([0.18]), 0.24, 0.18).word, "pass, aim")
        self.assertEqual(Verdict(Spread.of([9.0]), None, None).word, "-")


class Rows(unittest.TestCase):
    def test_the_limits_files_are_read_and_every_row_has_its_own_name_and_worker_count(self):
        rows = read_rows(Path(__file__).resolve().parent.parent)
        self.assertLessEqual({"fork_join", "balance", "tasks", "primitives"}, {each.suite for each in rows})
        self.assertEqual(len(rows), len({(each.name, each.workers) for each in rows}))

    def test_a_name_picks_what_belongs_to_it_and_nothing_that_only_begins_alike(self):
        rows = [row(), row(name="fib.cpu"), row(name="fibers")]
        self.assertEqual([each.name for each in select(rows, Selection(only=["fib"]))], ["fib", "fib.cpu"])

    def test_an_unknown_name_and_an_unused_worker_count_say_what_there_is(self):
        with self.assertRaisesRegex(SelectionError, "there are fib"):
            select([row()], Selection(only=["fob"]))
        with self.assertRaisesRegex(SelectionError, r"defined for \[2\]"):
            select([row()], Selection(workers=[7]))


class Campaigns(unittest.TestCase):
    def test_sides_alternate_and_the_peer_has_its_own_worker_count(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            for name, seconds in (("ours", 1), ("peer", 4)):
                script(folder, name, f'echo "{name} $*" >> {log}; echo "{name} $1 {seconds} 1024 7 ok cpu_seconds={2 * seconds}"')
            campaign = Campaign(Path(folder), 2, lambda each: each.size)
            outcome = campaign.measure(row(peer_workers=1, repetitions=3, limit=0.3, least_runs=5), lambda text: None)
            self.assertEqual(log.read_text(encoding="utf-8").splitlines(), ["ours 2 39 3", "peer 1 39 3"] * 2)
            self.assertEqual(outcome.verdict.word, "pass")
            self.assertEqual(outcome.note, "2 runs, 5 needed")
            self.assertEqual((outcome.ours_cpu, outcome.peer_cpu), (2.0, 8.0))
            self.assertEqual(campaign.missing(row(peer="absent")), ["absent"])


if __name__ == "__main__":
    unittest.main()
