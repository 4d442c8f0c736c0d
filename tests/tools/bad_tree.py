"""bad_tree: a small project in a temporary folder on which a checker of tools/ is run."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"


class TreeTest(unittest.TestCase):
    """Subclasses name their checker; write() fills the tree, accepted() and refused() run it."""

    checker = ""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="weft-tree-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("tools/layers.toml", (TOOLS / "layers.toml").read_text("utf-8"))

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def run_checker(self, *options: str) -> subprocess.CompletedProcess:
        command = [sys.executable, TOOLS / self.checker, "--root", self.root, *options]
        return subprocess.run(command, text=True, capture_output=True)

    def accepted(self, *options: str) -> str:
        result = self.run_checker(*options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def refused(self, *words: str) -> None:
        """The tree is refused in exactly one sentence, and it holds all the words."""
        result = self.run_checker()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        sentences = result.stdout.splitlines()[:-1]
        self.assertEqual(len(sentences), 1, result.stdout)
        for word in words:
            self.assertIn(word, sentences[0])
