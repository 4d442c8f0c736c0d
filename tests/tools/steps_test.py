"""The step list of tools/test and tools/run: times and closing lines when all is well, one sentence when not."""

import subprocess
import tempfile
import unittest
from pathlib import Path

STEPS = Path(__file__).resolve().parents[2] / "tools" / "lib" / "steps.sh"


class Steps(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="weft-steps-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_steps(self, script: str) -> subprocess.CompletedProcess:
        script = f"set -euo pipefail; logs={self.folder}; source {STEPS}; {script}"
        return subprocess.run(["bash", "-c", script], text=True, capture_output=True, cwd=self.folder)

    def test_a_step_that_passes_prints_one_line(self) -> None:
        result = self.run_steps("step one echo noise; finish 'All well'")
        self.assertEqual(result.returncode, 0, result.stderr)
        first, last = result.stdout.splitlines()
        self.assertRegex(first, r"^one +ok +\d+ s$")
        self.assertRegex(last, r"^All well: 1 steps, 0 min 0\d s")

    def test_a_check_shows_its_last_line(self) -> None:
        result = self.run_steps("step layers echo 'check_layers: 4 files are fine.'")
        self.assertRegex(result.stdout, r"ok +\d+ s   4 files are fine\.$")

    def test_a_step_that_fails_ends_the_list_with_one_sentence(self) -> None:
        result = self.run_steps("step 'a: build' bash -c 'echo broken here; exit 3'; step next echo never")
        self.assertEqual(result.returncode, 1)
        self.assertIn("broken here", result.stdout)
        self.assertNotIn("never", result.stdout)
        last = result.stdout.splitlines()[-1]
        self.assertIn('The step "a: build" failed (status 3): `bash -c echo broken here; exit 3`', last)
        self.assertIn("01-a--build.log", last)

    def test_the_closing_lines_of_ctest_are_shown(self) -> None:
        lines = r"1/1 Test x\n\n100% tests passed, 0 tests failed out of 1\n\nTotal Test time (real) = 0.01 sec\n"
        result = self.run_steps(f"test_step tests printf '{lines.replace('%', '%%')}'")
        self.assertEqual(
            result.stdout.splitlines()[1:],
            ["100% tests passed, 0 tests failed out of 1", "Total Test time (real) = 0.01 sec"],
        )

    def test_a_step_has_no_terminal_to_ask(self) -> None:
        self.assertEqual(self.run_steps("step ask cat").returncode, 0)


if __name__ == "__main__":
    unittest.main()
