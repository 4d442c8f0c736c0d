"""Runs one benchmark program and reads its line (benchmarks/measure.h says what is on it)."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path


class ProgramError(Exception):
    """A program crashed, hung, answered wrongly or printed something else; the text is a sentence."""


@dataclass(frozen=True)
class Result:
    name: str
    figures: dict[str, float] = field(default_factory=dict)


def parse(output):
    """The last line that is no comment: name workers seconds peak_rss_kib answer ok key=value..."""
    lines = [line for line in output.splitlines() if line and not line.startswith("#")]
    words = lines[-1].split() if lines else []
    if len(words) < 6 or words[5] not in ("ok", "wrong"):
        raise ValueError(f'expected "name workers seconds peak_rss_kib answer ok", got "{" ".join(words)}"')
    if words[5] == "wrong":
        raise ValueError(f"the answer {words[4]} is wrong")
    figures = {"seconds": float(words[2]), "peak_rss_kib": float(words[3])}
    for word in words[6:]:
        key, _, value = word.partition("=")
        figures[key] = float(value)
    return Result(words[0], figures)


def run(program: Path, arguments, timeout=300):
    command = f"{program} {' '.join(arguments)}"
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError:
        raise ProgramError(f"{program} is not there; build it first") from None
    except subprocess.TimeoutExpired:
        raise ProgramError(f"{command} was still running after {timeout} s and was stopped") from None
    if done.returncode != 0:
        ending = f"ended with signal {-done.returncode}" if done.returncode < 0 else f"ended with {done.returncode}"
        raise ProgramError(f"{command} {ending}: {done.stderr.strip() or 'it printed no reason'}")
    try:
        return parse(done.stdout)
    except ValueError as error:
        raise ProgramError(f"{command}: {error}") from None
