#!/usr/bin/env python3
"""check_seed: runs one program in real time and compares what it prints with its original's output.

    check_seed.py PROGRAM EXPECTED CERTAIN SECONDS

In order asyncio (WEFT_WORKERS=1) the output is EXPECTED, line by line. With the default workers it is the same lines in an
order that CERTAIN allows: a line "A < B" there says that the first A comes before the last B. Either way the run takes at
least SECONDS, what the longest chain of its sleeps adds up to, and at most 1.5 s more.
"""

import collections
import os
import pathlib
import subprocess
import sys
import time

SLACK = 1.5


def run(program, workers):
    environment = {name: value for name, value in os.environ.items() if name != "WEFT_WORKERS"}
    if workers:
        environment["WEFT_WORKERS"] = workers
    start = time.monotonic()
    try:
        done = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired as late:
        return 60.0, (late.stdout or b"").decode().splitlines(), ["it was ended after 60 s"]
    seconds = time.monotonic() - start
    complaints = []
    if done.returncode != 0:
        complaints.append(f"it ended with status {done.returncode}")
    if done.stderr:
        complaints.append(f"it wrote to stderr: {done.stderr.strip()}")
    return seconds, done.stdout.splitlines(), complaints


def time_complaints(seconds, sleeps):
    if seconds < sleeps:
        return [f"it took {seconds:.3f} s, less than its sleeps of {sleeps:g} s"]
    if seconds > sleeps + SLACK:
        return [f"it took {seconds:.3f} s, more than {SLACK} s over its sleeps of {sleeps:g} s"]
    return []


def exact_complaints(lines, expected):
    return [] if lines == expected else [f"it printed {lines}, its original prints {expected}"]


def certain_complaints(lines, expected, pairs):
    if collections.Counter(lines) != collections.Counter(expected):
        return [f"it printed {lines}, which are not the lines of its original, {expected}"]
    last = {line: index for index, line in enumerate(lines)}
    return [f"{first!r} came after {second!r} in {lines}" for first, second in pairs
            if lines.index(first) > last[second]]


def main(program, expected_path, certain_path, sleeps):
    expected = pathlib.Path(expected_path).read_text().splitlines()
    pairs = [line.split(" < ") for line in pathlib.Path(certain_path).read_text().splitlines()
             if line and not line.startswith("#")]
    failed = False
    for workers in ("1", None):
        seconds, lines, complaints = run(program, workers)
        complaints += time_complaints(seconds, float(sleeps))
        complaints += exact_complaints(lines, expected) if workers else certain_complaints(lines, expected, pairs)
        mode = "in order asyncio" if workers else "with the default workers"
        for complaint in complaints:
            failed = True
            print(f"{pathlib.Path(program).name} {mode}: {complaint}")
        if not complaints:
            print(f"{pathlib.Path(program).name} {mode}: {len(lines)} lines as they should be, {seconds:.3f} s")
    return failed


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
