"""The sentence or paragraph around a place of a text, found without cutting up the rest."""

from bisect import bisect_right, insort
from typing import Literal

from matchers.sentences import paragraph_starts, sentence_around

Unit = Literal["SENTENCE", "PARAGRAPH"]


class Units:
    """Borders of one string. A unit is named by the offset at which it starts."""

    def __init__(self, text: str, *, title: bool = False) -> None:
        self.text = text
        self._lines = paragraph_starts(text)
        self._whole = title  # a line break in a title starts no paragraph, but ends a sentence
        self._sentences: list[tuple[int, int]] = []  # those that were asked for

    def paragraph(self, position: int) -> tuple[int, int]:
        """Start and end of the paragraph, the break after it included."""
        return (0, len(self.text)) if self._whole else self._line(position)

    def _line(self, position: int) -> tuple[int, int]:
        lines = self._lines
        index = bisect_right(lines, position)
        return lines[index - 1], lines[index] if index < len(lines) else len(self.text)

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence, blanks after it included."""
        known = self._sentences
        index = bisect_right(known, (position, len(self.text) + 1)) - 1
        if index >= 0 and known[index][1] > position:
            return known[index]
        found = sentence_around(self.text, position, *self._line(position))
        insort(known, found)
        return found

    def unit(self, start: int, end: int, kind: Unit) -> int | None:
        """The unit that holds `text[start:end]` whole; None when it crosses a border."""
        first, last = self.sentence(start) if kind == "SENTENCE" else self.paragraph(start)
        return None if end > last else first
