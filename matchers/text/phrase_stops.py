"""The places between two words where a phrase stops: commas, line breaks, ends of sentences."""

import re

from matchers.text.characters import COMMAS, FULL_STOPS, LINE_BREAKS, PARTED
from matchers.text.normalize import Folded
from matchers.text.segments import Units

ALL_STOPS = COMMAS | LINE_BREAKS
WRITTEN = COMMAS | FULL_STOPS
HYPHENATED = re.compile("[-\u2010\u2011]\n")  # a word cut at the end of a line


def holds_mark(gap: str) -> bool:
    """Whether the author of a phrase wrote a comma or a full stop between two of its words."""
    return not WRITTEN.isdisjoint(gap)


class Stops:
    """Those of one string. Asked of few gaps: only where `Folded.parted` shows a mark."""

    def __init__(self, folded: Folded, original: str, units: Units) -> None:
        self.folded, self.original, self.units = folded, original, units
        self._known: dict[int, bool] = {}

    def gaps(self, start: int, end: int) -> list[bool]:
        """Whether a phrase stops at each of the blanks of `hay[start:end]`, in order."""
        hay, parted = self.folded.hay, self.folded.parted
        stops: list[bool] = []
        gap = hay.find(" ", start, end)
        while gap >= 0:
            stops.append(parted[gap] == PARTED and self.at(gap))
            gap = hay.find(" ", gap + 1, end)
        return stops

    def at(self, gap: int) -> bool:
        """Whether the marks at one blank of `hay` part what stands around it."""
        is_stop = self._known.get(gap)
        if is_stop is None:
            _, before = self.folded.origin(gap - 1, gap)
            after, _ = self.folded.origin(gap + 1, gap + 2)
            is_stop = self._known[gap] = self._parts(before, after)
        return is_stop

    def _parts(self, before: int, after: int) -> bool:
        between = self.original[before:after]
        if (
            between == ","
            and self.original[before - 1].isdigit()
            and self.original[after].isdigit()
        ):
            return False  # 1,000
        if HYPHENATED.fullmatch(between):
            return False
        if not ALL_STOPS.isdisjoint(between):
            return True
        return self.units.sentence(before - 1)[1] <= after
