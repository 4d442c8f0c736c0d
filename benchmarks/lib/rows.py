"""What is to be measured: limits.toml, here and in the folders, as objects."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table: a program, what it is compared with, and what must hold."""

    name: str
    title: str
    suite: str
    ours: str
    size: int
    tiny: int
    workers: int
    peer: str | None = None
    peer_workers: int | None = None
    demo: int | None = None
    growth: float = 1.0
    repetitions: int | None = None
    figure: str = "seconds"
    limit: float | None = None
    aim: float | None = None
    of: str = "pairs"
    least_runs: int = 0

    def arguments(self, size, peer=False):
        workers = self.peer_workers if peer and self.peer_workers else self.workers
        repetitions = [] if self.repetitions is None else [self.repetitions]
        return [str(argument) for argument in (workers, size, *repetitions)]

    def shown_title(self, size):
        return self.title.replace("{size}", str(size))


@dataclass(frozen=True)
class Selection:
    """What the command line asks for; empty means everything."""

    only: list[str] = field(default_factory=list)
    suites: list[str] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)

    def takes(self, row):
        named = not self.only or any(row.name == name or row.name.startswith(name + ".") for name in self.only)
        return named and (not self.suites or row.suite in self.suites) and (
            not self.workers or row.workers in self.workers)


class SelectionError(Exception):
    """The selection leaves nothing to do; the text says what there is."""


def read_rows(folder: Path):
    """The folder's limits.toml, and then those of the folders in it."""
    rows = []
    for path in (folder / "limits.toml", *sorted(folder.glob("*/limits.toml"))):
        with path.open("rb") as file:
            tables = tomllib.load(file)["row"]
        rows += [Row(**{**table, "workers": workers}) for table in tables for workers in table["workers"]]
    return rows


def unjudged(row):
    return replace(row, limit=None, aim=None)


def select(rows, selection):
    names = sorted({row.name for row in rows})
    for name in selection.only:
        if not any(known == name or known.startswith(name + ".") for known in names):
            raise SelectionError(f'no workload is called "{name}"; there are {", ".join(names)}')
    chosen = [row for row in rows if selection.takes(row)]
    if not chosen:
        there = sorted({row.workers for row in rows if Selection(selection.only, selection.suites).takes(row)})
        raise SelectionError(f"nothing is left to run with workers {selection.workers}; "
                             f"the chosen workloads are defined for {there}")
    return chosen
