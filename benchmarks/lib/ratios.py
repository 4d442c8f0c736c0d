"""What a series of runs says about one row."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Verdict:
    """value is what is held against the limit: a ratio where there is a peer, else the figure itself."""

    value: Spread
    limit: float | None
    aim: float | None

    @property
    def word(self):
        if self.limit is None:
            return "-"
        if self.value.median > self.limit:
            return "MISS"
        return "pass, aim" if self.aim is not None and self.value.median <= self.aim else "pass"


def compare(ours, peers, of="pairs"):
    """The ratio ours / peer; ours[i] and peers[i] ran one after the other."""
    ratios = [a / b for a, b in zip(ours, peers, strict=True)]
    spread = Spread.of(ratios)
    if of == "medians":
        return Spread(median(ours) / median(peers), spread.least, spread.most)
    return spread
