#!/usr/bin/env python3
"""check_conformance: every method of CPython's tests has its place here, and the table in README.md is what the data say.

The data are tests/cpython/methods.toml: a table for each class, a line for each method, and its value is one of

    "Suite.name"               the test that proves the same (a list where it takes several)
    "script:name"              a script of tests/conformance/scripts with its recorded trace
    "not applicable: reason"   nothing to prove in C++, and what there is in its place
    "missing: reason"          not proved yet

[repeats.<file>] names the classes that run the methods of a base class once more, with another implementation.

    --against [PYTHON]   compares the methods with the tests of that CPython 3.13 (or of a folder of tests); without a value
                         with the one that tools/record_traces finds. Where there is none it says so and goes on.
    --fix                writes the table into README.md, between the lines <!-- conformance --> and <!-- /conformance -->
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sources import read_sources

DATA = "tests/cpython/methods.toml"
VERSION = "3.13"
OPENING, CLOSING = "<!-- conformance -->", "<!-- /conformance -->"
_TEST = re.compile(r"^[ \t]*(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
_REASON = re.compile(r"(not applicable|missing):\s*(.*)")
_WHERE = """
import json, os, sys, sysconfig
print(json.dumps(["%d.%d" % sys.version_info[:2], os.path.join(sysconfig.get_path("stdlib"), "test", "test_asyncio")]))
"""


@dataclass
class Method:
    place: str  # "test_tasks.SleepTests.test_sleep_zero"
    value: object

    @property
    def file(self) -> str:
        return self.place.partition(".")[0]

    @property
    def reason(self) -> re.Match | None:
        return _REASON.fullmatch(self.value) if isinstance(self.value, str) else None

    @property
    def kind(self) -> str:
        return self.reason[1] if self.reason else "covered"

    @property
    def proofs(self) -> list[str]:
        if self.reason:
            return []
        return self.value if isinstance(self.value, list) else [self.value]


class Checker:
    def __init__(self, root: Path):
        self.root = root
        self.faults: list[str] = []
        data = tomllib.loads((root / DATA).read_text("utf-8"))
        self.repeats: dict[str, dict[str, str]] = data.pop("repeats", {})
        self.data: dict[str, dict[str, dict]] = data
        self.methods = [
            Method(f"{file}.{name}.{method}", value)
            for file, classes in data.items()
            for name, lines in classes.items()
            for method, value in lines.items()
        ]
        self.tests = self.read_tests()

    def read_tests(self) -> dict[str, list[str]]:
        """The files in which a test of that name stands."""
        tests: dict[str, list[str]] = {}
        for source in read_sources(self.root, ["tests"] if (self.root / "tests").exists() else []):
            for match in _TEST.finditer(source.without_comments()):
                tests.setdefault(f"{match[1]}.{match[2]}", []).append(source.path)
        return tests

    def check_proofs(self) -> None:
        for method in self.methods:
            if method.reason:
                if not method.reason[2]:
                    self.faults.append(f"{method.place}: \"{method.value}\" says no reason.")
                continue
            if not method.proofs or not all(isinstance(proof, str) and proof for proof in method.proofs):
                self.faults.append(f"{method.place}: its value is neither a test nor a reason: {method.value!r}.")
                continue
            for proof in method.proofs:
                if sentence := self.check_proof(proof):
                    self.faults.append(f"{method.place}: {sentence}")

    def check_proof(self, proof: str) -> str | None:
        if proof.startswith("script:"):
            name = proof.removeprefix("script:")
            for file in (f"scripts/{name}.py", f"traces/{name}.trace"):
                if not (self.root / "tests/conformance" / file).is_file():
                    return f"there is no tests/conformance/{file}."
            return None
        files = self.tests.get(proof, [])
        if len(files) > 1:
            return f"several tests have the name {proof}: in {', '.join(files)}; a proof has a name of its own."
        if files:
            return None
        suite, _, name = proof.partition(".")
        if f"{suite}.DISABLED_{name}" in self.tests:
            return f"{proof} is disabled and proves nothing; say what is missing."
        return f"no test has the name {proof}."

    def check_against(self, folder: Path) -> None:
        for file in sorted(self.data):
            source = folder / f"{file}.py"
            if not source.is_file():
                self.faults.append(f"{DATA}: [{file}...] names a file that {folder} does not have.")
                continue
            own, repeating = read_classes(source)
            listed = {(name, method) for name, lines in self.data[file].items() for method in lines}
            theirs = {(name, method) for name, methods in own.items() for method in methods}
            for name, method in sorted(theirs - listed):
                self.faults.append(f"{file}.{name}.{method}: it is not in {DATA}.")
            for name, method in sorted(listed - theirs):
                self.faults.append(f"{file}.{name}.{method}: CPython {VERSION} has no such method.")
            repeats = set(self.repeats.get(file, {}))
            for name in sorted(repeating - repeats):
                self.faults.append(f"{file}.{name}: it repeats a base class and is not in [repeats.{file}] of {DATA}.")
            for name in sorted(repeats - repeating):
                self.faults.append(f"{file}.{name}: CPython {VERSION} has no such class that repeats a base class.")

    def table(self) -> list[str]:
        lines = ["| CPython's tests | methods | apply here | covered | missing |", "|---|---|---|---|---|"]
        rows = {file: self.counts([m for m in self.methods if m.file == file]) for file in self.data}
        rows["all"] = self.counts(self.methods)
        for name, counts in rows.items():
            shown = name if name == "all" else f"`{name}.py`"
            lines.append(f"| {shown} | {' | '.join(str(count) for count in counts)} |")
        return lines

    @staticmethod
    def counts(methods: list[Method]) -> tuple[int, int, int, int]:
        kinds = [method.kind for method in methods]
        covered, missing = kinds.count("covered"), kinds.count("missing")
        return len(kinds), covered + missing, covered, missing

    def check_readme(self, fix: bool) -> None:
        readme = self.root / "README.md"
        lines = readme.read_text("utf-8").splitlines() if readme.is_file() else []
        if lines.count(OPENING) != 1 or lines.count(CLOSING) != 1 or lines.index(OPENING) > lines.index(CLOSING):
            self.faults.append(f"README.md does not have the lines {OPENING} and {CLOSING} once each, in this order.")
            return
        inside = slice(lines.index(OPENING) + 1, lines.index(CLOSING))
        if lines[inside] == self.table():
            return
        if not fix:
            self.faults.append(
                f"README.md:{inside.start + 1}: the table is not what {DATA} says; run tools/check_conformance.py --fix."
            )
            return
        lines[inside] = self.table()
        readme.write_text("\n".join(lines) + "\n", "utf-8")
        print(f"README.md:{inside.start + 1}: wrote the table.")


def read_classes(source: Path) -> tuple[dict[str, list[str]], set[str]]:
    """The test methods of each class, and the classes that have some by their bases only."""
    tree = ast.parse(source.read_text("utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    own = {
        node.name: [
            item.name
            for item in node.body
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name.startswith("test")
        ]
        for node in classes
    }
    bases = {node.name: [base.id for base in node.bases if isinstance(base, ast.Name)] for node in classes}

    def has_tests(name: str) -> bool:
        return bool(own.get(name)) or any(has_tests(base) for base in bases.get(name, []))

    repeating = {name for name in own if not own[name] and has_tests(name)}
    return {name: methods for name, methods in own.items() if methods}, repeating


def find_tests(against: str) -> tuple[Path | None, str]:
    """The folder of CPython's tests, or why there is none."""
    if against == "find":
        finder = Path(__file__).resolve().parent / "record_traces"
        found = subprocess.run([sys.executable, finder, "--find-python"], text=True, capture_output=True)
        against = found.stdout.strip()
        if found.returncode != 0 or not against:
            return None, f"there is no CPython {VERSION}"
    if Path(against).is_dir():
        return Path(against), ""
    try:
        told = subprocess.run([against, "-c", _WHERE], text=True, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return None, f"{against} does not run: {error}"
    version, folder = json.loads(told.stdout)
    if version != VERSION:
        return None, f"{against} is {version}, not {VERSION}"
    if not Path(folder).is_dir():
        return None, f"{against} has no tests in {folder}"
    return Path(folder), ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--against", nargs="?", const="find", metavar="PYTHON", help="compare with CPython's tests")
    parser.add_argument("--fix", action="store_true", help="write the table into README.md")
    arguments = parser.parse_args()
    checker = Checker(arguments.root.resolve())
    checker.check_proofs()
    if arguments.against is not None:
        folder, obstacle = find_tests(arguments.against)
        if folder is None:
            print(f"Whether a method was forgotten is not checked: {obstacle}.")
        else:
            checker.check_against(folder)
    checker.check_readme(arguments.fix)
    for fault in checker.faults:
        print(fault)
    if checker.faults:
        print(f"check_conformance: {len(checker.faults)} fault{'s' if len(checker.faults) > 1 else ''}.")
        return 1
    print("\n".join(checker.table()))
    methods, apply, covered, missing = checker.counts(checker.methods)
    print(f"check_conformance: of {methods} methods {apply} apply, {covered} are covered and {missing} missing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
