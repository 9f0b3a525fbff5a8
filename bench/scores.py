"""Arithmetic of the quality report: counts, precision, recall, Wilson intervals. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` with its 95 % Wilson interval; None where the whole is empty."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.whole:
            return None
        share, squared = self.part / self.whole, Z95 * Z95
        centre = share + squared / (2 * self.whole)
        spread = Z95 * math.sqrt(
            share * (1 - share) / self.whole + squared / (4 * self.whole * self.whole)
        )
        scale = 1 + squared / self.whole
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "–"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}–{high:.3f}]"


@dataclass(frozen=True, slots=True)
class Counts:
    """A two-by-two table of what was flagged and what should have been."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @property
    def precision(self) -> Share:
        return Share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Share:
        return Share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if whole else None


def count(pairs: Iterable[tuple[bool, bool]]) -> Counts:
    """The table of (should be flagged, was flagged) pairs."""
    tp = fp = fn = tn = 0
    for wanted, flagged in pairs:
        tp += wanted and flagged
        fp += flagged and not wanted
        fn += wanted and not flagged
        tn += not wanted and not flagged
    return Counts(tp, fp, fn, tn)
