"""Arithmetic of the quality report: counts, precision, recall, Wilson intervals. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` with its 95 % Wilson interval; None where the whole is empty.

    Of weighted texts `effective` is how many equal ones would tell as much (Kish): the interval is
    as wide as theirs.
    """

    part: float
    whole: float
    effective: float | None = None

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.whole:
            return None
        number = self.whole if self.effective is None else self.effective
        share, squared = self.part / self.whole, Z95 * Z95
        centre = share + squared / (2 * number)
        spread = Z95 * math.sqrt(share * (1 - share) / number + squared / (4 * number * number))
        scale = 1 + squared / number
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "–"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}–{high:.3f}]"


@dataclass(frozen=True, slots=True)
class Counts:
    """A two-by-two table of what was flagged and what should have been, of weighted texts.

    `flagged2` and `wanted2` are sums of squared weights; None where every text counts once.
    """

    tp: float = 0
    fp: float = 0
    fn: float = 0
    tn: float = 0
    flagged2: float | None = None
    wanted2: float | None = None

    @property
    def precision(self) -> Share:
        return Share(self.tp, self.tp + self.fp, kish(self.tp + self.fp, self.flagged2))

    @property
    def recall(self) -> Share:
        return Share(self.tp, self.tp + self.fn, kish(self.tp + self.fn, self.wanted2))

    @property
    def f1(self) -> float | None:
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if whole else None


def kish(total: float, squares: float | None) -> float | None:
    """The effective number of weighted texts."""
    return total * total / squares if squares else None


def count(pairs: Iterable[tuple[bool, bool]]) -> Counts:
    """The table of (should be flagged, was flagged) pairs."""
    tp = fp = fn = tn = 0
    for relevant, flagged in pairs:
        tp += relevant and flagged
        fp += flagged and not relevant
        fn += relevant and not flagged
        tn += not relevant and not flagged
    return Counts(tp, fp, fn, tn)


def weigh(triples: Iterable[tuple[bool, bool, float]]) -> Counts:
    """The table of (should be flagged, was flagged, weight)."""
    boxes = {(w, f): 0.0 for w in (True, False) for f in (True, False)}
    flagged2 = wanted2 = 0.0
    for relevant, flagged, weight in triples:
        boxes[relevant, flagged] += weight
        flagged2 += weight * weight * flagged
        wanted2 += weight * weight * relevant
    return Counts(
        boxes[True, True], boxes[False, True], boxes[True, False], boxes[False, False],
        flagged2, wanted2,
    )  # fmt: skip
