"""tools/packages installs what is missing and nothing else; dpkg, apt and sudo are played by small scripts."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2] / "tools" / "packages"


class Packages(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="weft-packages-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.calls = self.folder / "calls"
        self.calls.write_text("")
        self.play("dpkg-query", "echo installed")
        self.play("apt-cache", "exit 0")
        self.play("apt-get", "exit 0")
        self.play("id", "echo 0")

    def play(self, command: str, body: str) -> None:
        """apt-get's calls are written down; of its words only the verb and the packages."""
        words = 'for word; do case $word in -* | DPkg*) ;; *) printf "%s " "$word" ;; esac; done'
        note = f"{{ {words}; echo; }} >>{self.calls}"
        file = self.folder / command
        file.write_text(f"#!/bin/sh\n{note if command == 'apt-get' else ''}\n{body}\n")
        file.chmod(0o755)

    def lacks(self, package: str) -> None:
        self.play("dpkg-query", f'[ "$3" = {package} ] || echo installed')

    def run_packages(self, *tasks: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "TMPDIR": str(self.folder)}
        return subprocess.run([PACKAGES, *tasks], text=True, capture_output=True, env=environment)

    def called(self) -> list[str]:
        return [line.strip() for line in self.calls.read_text().splitlines()]

    def test_with_everything_in_place_it_says_and_does_nothing(self) -> None:
        result = self.run_packages("build", "checks", "bench")
        self.assertEqual((result.returncode, result.stdout, self.called()), (0, "", []))

    def test_it_installs_only_what_is_missing_and_says_why(self) -> None:
        self.lacks("ccache")
        result = self.run_packages("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"ccache +makes a repeated build cheap")
        self.assertEqual(self.called(), ["install ccache"])

    def test_the_lists_are_fetched_only_when_a_package_is_unknown(self) -> None:
        self.lacks("ccache")
        self.play("apt-cache", "exit 100")
        self.assertEqual(self.run_packages("build").returncode, 0)
        self.assertEqual(self.called(), ["update", "install ccache"])

    def test_an_installation_that_fails_is_tried_again_with_fresh_lists_and_then_named(self) -> None:
        self.lacks("ccache")
        self.play("apt-get", "echo E: no network; exit 100")
        result = self.run_packages("build")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.called(), ["install ccache", "update"])
        self.assertIn("E: no network", result.stderr)
        self.assertIn("apt could not install ccache", result.stderr)

    def test_a_user_installs_through_sudo(self) -> None:
        self.lacks("ccache")
        self.play("id", "echo 1000")
        self.play("sudo", '[ "$1" = -n ] && shift; exec "$@"')
        self.assertEqual(self.run_packages("build").returncode, 0)
        self.assertEqual(self.called(), ["install ccache"])

    def test_an_unknown_task_is_refused(self) -> None:
        result = self.run_packages("biuld")
        self.assertEqual(result.returncode, 2)
        self.assertIn('"biuld" is no task', result.stderr)


if __name__ == "__main__":
    unittest.main()
