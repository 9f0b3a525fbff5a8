"""Numbers of the words at places of a haystack of title, body and summary."""

from collections.abc import Iterable
from itertools import accumulate

STEP = 7  # words are counted up to every 128th character
APART = 10_000_000  # between the words of two fields, so that nothing is near across them


class WordNumbers:
    """Words stand with one blank between; the fields begin at `body` and `summary`."""

    def __init__(self, hay: str, body: int, summary: int, lede: int) -> None:
        """`lede`: where the text begins that follows the headline in `head:`."""
        self.hay, self.body, self.summary, self.lede = hay, body, summary, lede
        self.beyond = hay.count(" ", body - 3, lede) - 1  # blanks of the border that part no words
        self._counts: list[int] | None = None

    def apart(self, positions: Iterable[int]) -> list[int]:
        """The numbers of the words; words of two fields are far apart."""
        counts, count = self._counts or self._count(), self.hay.count
        body, summary = self.body, self.summary
        return [
            counts[position >> STEP]
            + count(" ", position >> STEP << STEP, position)
            + (0 if position < body else APART if position < summary else 2 * APART)
            for position in positions
        ]

    def joined(self, positions: Iterable[int]) -> list[int]:
        """The same with the words after the headline next to its last one."""
        counts, count = self._counts or self._count(), self.hay.count
        return [
            counts[position >> STEP]
            + count(" ", position >> STEP << STEP, position)
            - (self.beyond if position >= self.lede else 0)
            for position in positions
        ]

    def _count(self) -> list[int]:
        """How many words begin before every 128th character."""
        count, step = self.hay.count, 1 << STEP
        counts = [count(" ", start, start + step) for start in range(0, len(self.hay), step)]
        self._counts = list(accumulate(counts, initial=0))
        return self._counts
