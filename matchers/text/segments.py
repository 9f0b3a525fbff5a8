"""The sentence or paragraph around a place of a text, found without cutting up the rest."""

from bisect import bisect_right
from typing import Literal

from matchers.text.sentences import paragraph_starts, sentence_around, sentences_within

Unit = Literal["SENTENCE", "PARAGRAPH", "HEAD SENTENCE", "HEAD PARAGRAPH"]
SENTENCES: tuple[Unit, ...] = ("SENTENCE", "HEAD SENTENCE")
SHORT_LINE = 1_000  # characters; the sentences of such a line are found all at once


class Units:
    """Borders of one string. A unit is named by the offset at which it starts."""

    def __init__(self, text: str, *, title: bool = False) -> None:
        self.text = text
        self._lines = paragraph_starts(text)
        self._whole = title  # a line break in a title starts no paragraph, but ends a sentence
        self._starts: list[int] = []  # of the sentences found so far
        self._ends: list[int] = []

    def paragraph(self, position: int) -> tuple[int, int]:
        """Start and end of the paragraph, the break after it included."""
        return (0, len(self.text)) if self._whole else self._line(position)

    def _line(self, position: int) -> tuple[int, int]:
        lines = self._lines
        index = bisect_right(lines, position)
        return lines[index - 1], lines[index] if index < len(lines) else len(self.text)

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence, blanks after it included."""
        all_starts, ends = self._starts, self._ends
        index = bisect_right(all_starts, position) - 1
        if index >= 0 and ends[index] > position:
            return all_starts[index], ends[index]
        first, last = self._line(position)
        if last - first <= SHORT_LINE:
            starts = sentences_within(self.text, first, last)
        else:
            starts = [sentence_around(self.text, position, first, last)]
        for start, end in starts:
            place = bisect_right(all_starts, start)
            all_starts.insert(place, start)
            ends.insert(place, end)
        return self.sentence(position)

    def unit(self, start: int, end: int, kind: Unit) -> int | None:
        """The unit that holds `text[start:end]` whole; None when it crosses a border."""
        first, last = self.sentence(start) if kind in SENTENCES else self.paragraph(start)
        return None if end > last else first
