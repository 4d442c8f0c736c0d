"""Runs rows: ours, peer, ours, peer ... so that a slow minute of the machine hits both sides."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from programs import ProgramError, run
from ratios import Spread, Verdict, compare


@dataclass(frozen=True)
class Outcome:
    row: object
    size: int
    runs: int
    ours: Spread
    ours_cpu: float | None
    ours_rss: float
    peer: Spread | None
    peer_cpu: float | None
    peer_rss: float | None
    verdict: Verdict
    note: str
    samples: dict

    def as_data(self):
        row = self.row
        value = self.verdict.value
        return {
            "name": row.name, "title": row.shown_title(self.size), "suite": row.suite, "workers": row.workers,
            "peer_workers": row.peer_workers or row.workers, "size": self.size, "figure": row.figure,
            "runs": self.runs, "samples": self.samples,
            "ours_cpu_seconds": self.ours_cpu, "peer_cpu_seconds": self.peer_cpu,
            "ours_rss_kib": self.ours_rss, "peer_rss_kib": self.peer_rss, "limit": row.limit, "aim": row.aim, "verdict": self.verdict.word,
            "note": self.note,
            "ratio" if self.peer else "value": {"median": value.median, "min": value.least, "max": value.most},
        }


def cpu_seconds(samples):
    """The median; None where the programs do not tell."""
    values = [figures["cpu_seconds"] for figures in samples if "cpu_seconds" in figures]
    return Spread.of(values).median if values else None


class Progress:
    """One line that is rewritten on a terminal, and one line per row elsewhere."""

    def __init__(self, rows):
        self.rows = rows
        self.started = time.monotonic()
        self.terminal = sys.stdout.isatty()

    def show(self, index, title, text):
        line = f"[{index + 1}/{self.rows}] {time.monotonic() - self.started:4.0f} s  {title}: {text}"
        if self.terminal:
            print(f"\r\x1b[K{line[:118]}", end="", flush=True)

    def finish(self, index, title, text):
        line = f"[{index + 1}/{self.rows}] {time.monotonic() - self.started:4.0f} s  {title}: {text}"
        print(f"\r\x1b[K{line}" if self.terminal else line, flush=True)


class Campaign:
    def __init__(self, programs: Path, runs, size_of, timeout=300):
        self.programs = programs
        self.runs = runs  # None: five, or what the row needs
        self.size_of = size_of
        self.timeout = timeout  # seconds for one process

    def missing(self, row):
        return [path for path in (row.ours, row.peer) if path and not (self.programs / path).is_file()]

    def once(self, row, peer):
        path = row.peer if peer else row.ours
        result = run(self.programs / path, row.arguments(self.size_of(row), peer), self.timeout)
        if row.figure not in result.figures:
            raise ProgramError(f'{path} prints no "{row.figure}"; it prints {", ".join(result.figures)}')
        return result.figures

    def measure(self, row, show):
        runs = self.runs or max(5, row.least_runs)
        ours, peers = [], []
        for i in range(runs):
            show(f"run {i + 1} of {runs}, weft")
            ours.append(self.once(row, peer=False))
            if row.peer:
                show(f"run {i + 1} of {runs}, peer")
                peers.append(self.once(row, peer=True))
        return self.judge(row, runs, ours, peers)

    def judge(self, row, runs, ours, peers):
        ours_values = [figures[row.figure] for figures in ours]
        peer_values = [figures[row.figure] for figures in peers]
        value = compare(ours_values, peer_values, row.of) if row.peer else Spread.of(ours_values)
        notes = []
        if runs < row.least_runs:
            notes.append(f"{runs} runs, {row.least_runs} needed")
        if self.size_of(row) != row.size:
            notes.append("small")
        return Outcome(
            row=row, size=self.size_of(row), runs=runs,
            ours=Spread.of(ours_values), ours_cpu=cpu_seconds(ours), ours_rss=max(figures["peak_rss_kib"] for figures in ours),
            peer=Spread.of(peer_values) if row.peer else None, peer_cpu=cpu_seconds(peers),
            peer_rss=max(figures["peak_rss_kib"] for figures in peers) if row.peer else None,
            verdict=Verdict(value, row.limit, row.aim), note=", ".join(notes),
            samples={"ours": ours, "peer": peers})
