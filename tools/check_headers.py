#!/usr/bin/env python3
"""check_headers: each public header compiles alone (and twice), and the umbrella stays within its budget.

Prints the umbrella's compile time, the lines of our own it draws in, and the median over all headers.
With --stamp FILE nothing is compiled when no header and no limit changed since the last success.
"""

import argparse
import hashlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sources import Source, read_sources

FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
UMBRELLA = "weft.h"


class Compiler:
    def __init__(self, command: str, include: Path):
        self.command = [command, *FLAGS, f"-I{include}"]

    def run(self, program: str, *flags: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.command, *flags, "-x", "c++", "-"], input=program, text=True, capture_output=True)


def make_include_tree(root: Path, places: list[str], tree: Path) -> None:
    (tree / "weft").mkdir()
    for place in places:
        if (root / place).exists():
            (tree / "weft" / place).symlink_to(root / place)


def own_lines(header: str, known: dict[str, Source]) -> int:
    """Lines of all library files that a header draws in, itself included."""
    seen, pending = set(), [header]
    while pending:
        path = pending.pop()
        if path in seen or path not in known:
            continue
        seen.add(path)
        pending += [i.path.removeprefix("weft/") for i in known[path].includes() if i.path.startswith("weft/")]
    return sum(known[path].line_count for path in seen)


BASELINE = "".join(f"#include <{name}>\n" for name in ("chrono", "functional", "memory", "mutex", "string", "vector"))


def umbrella_ratio(compiler: Compiler, enough: float) -> float:
    """CPU time of the umbrella over that of the standard headers that any program includes, in alternating runs: a
    slow or busy machine slows both. The best of each of up to five."""

    def cpu_seconds(text: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        compiler.run(text, "-O0", "-c", "-o", os.devnull)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    umbrella = baseline = float("inf")
    for _ in range(5):
        umbrella = min(umbrella, cpu_seconds(f'#include "weft/{UMBRELLA}"\n'))
        baseline = min(baseline, cpu_seconds(BASELINE))
        if umbrella <= enough * baseline:
            break
    return umbrella / baseline


def fingerprint(headers: list[Source], table: str, compiler: str) -> str:
    digest = hashlib.sha256(table.encode() + compiler.encode() + Path(__file__).read_bytes())
    for header in headers:
        digest.update(f"{header.path}\0{header.text}\0".encode())
    return digest.hexdigest()


def check(headers: list[Source], limits: dict, compiler: Compiler) -> tuple[list[str], str]:
    faults = []

    def alone(header: Source) -> str | None:
        line = f'#include "weft/{header.path}"\n'
        result = compiler.run(line + line, "-fsyntax-only")
        if result.returncode == 0:
            return None
        first = next((text for text in result.stderr.splitlines() if "error" in text), result.stderr.strip())
        return f"{header.path}: does not compile alone: {first}"

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        faults += [fault for fault in pool.map(alone, headers) if fault]

    known = {header.path: header for header in headers}
    if UMBRELLA not in known:
        return faults, f"{len(headers)} headers, no umbrella"
    lines, ratio = own_lines(UMBRELLA, known), umbrella_ratio(compiler, limits["umbrella_ratio"])
    median = statistics.median(own_lines(path, known) for path in known)
    if lines > limits["umbrella_own_lines"]:
        faults.append(
            f"{UMBRELLA}: draws in {lines} lines of our own, the budget is {limits['umbrella_own_lines']}; move "
            "bodies into .cc files."
        )
    if ratio > limits["umbrella_ratio"]:
        faults.append(
            f"{UMBRELLA}: takes {ratio:.2f} times the standard headers to compile, the budget is {limits['umbrella_ratio']}; drop a "
            "heavy standard header."
        )
    return faults, (
        f"{len(headers)} headers compile alone; {UMBRELLA}: {ratio:.2f} of the standard headers' time (budget {limits['umbrella_ratio']}), "
        f"{lines} own lines (budget {limits['umbrella_own_lines']}); median header {median:.0f} lines"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--compiler", default=os.environ.get("WEFT_CXX", "clang++-19"))
    parser.add_argument("--stamp", type=Path)
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    table_text = (root / "tools/layers.toml").read_text("utf-8")
    table = tomllib.loads(table_text)
    places = sorted({place.split("/")[0] for place in table["levels"]})
    headers = [s for s in read_sources(root, [p for p in places if (root / p).exists()]) if s.is_header]

    mark = fingerprint(headers, table_text, arguments.compiler)
    if arguments.stamp and arguments.stamp.is_file():
        saved, _, summary = arguments.stamp.read_text().partition("\n")
        if saved == mark:
            print(f"check_headers: {summary} (nothing changed since)")
            return 0
    with tempfile.TemporaryDirectory(prefix="weft-headers-") as tree:
        make_include_tree(root, places, Path(tree))
        faults, summary = check(headers, table["limits"], Compiler(arguments.compiler, Path(tree)))
    for fault in faults:
        print(fault)
    if faults:
        print(f"check_headers: {len(faults)} fault{'s' if len(faults) > 1 else ''} in {len(headers)} headers.")
        return 1
    if arguments.stamp:
        arguments.stamp.parent.mkdir(parents=True, exist_ok=True)
        arguments.stamp.write_text(f"{mark}\n{summary}")
    print(f"check_headers: {summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
