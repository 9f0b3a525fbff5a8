"""Sentences and paragraphs of one article, each named by one number.

A unit of the body is named by the offset at which it starts, one of the title by -1 less that, one
of the summary further down still. In `head:` the title and the first unit of the body are one.
"""

import re
from collections.abc import Collection

from matchers.text.article_text import ArticleText
from matchers.text.normalize import fold
from matchers.text.segments import Unit, Units
from model import Field

FAR = 10_000_000  # more than any text has characters
LETTER = re.compile(r"[^\W_]")
HEAD: tuple[Unit, ...] = ("HEAD SENTENCE", "HEAD PARAGRAPH")
FIRST = 0  # the unit of head: that begins with the title


class ArticleUnits:
    def __init__(self, text: ArticleText, lede: Field = "body") -> None:
        """`lede`: the field that follows the title in head:."""
        self.text, self.lede = text, lede
        self._units: dict[Field, Units] = {}

    def of(self, field: Field) -> Units:
        units = self._units.get(field)
        if units is None:
            written = getattr(self.text, field)
            units = self._units[field] = Units(written, title=field == "title")
        return units

    def unit(self, field: Field, first: int, last: int, kind: Unit) -> int | None:
        """The unit that holds a span whole; None when the span crosses a border."""
        if kind in HEAD:
            return self.head_unit(field, first, last, kind)
        number = self.of(field).unit(first, last, kind)
        if number is None or field == "body":
            return number
        return (-1 if field == "title" else -FAR) - number

    def head_unit(self, field: Field, first: int, last: int, kind: Unit) -> int | None:
        """The same in headline and lede as one text."""
        if field == "title":
            return FIRST
        number = self.of(self.lede).unit(first, last, kind)
        return FIRST if number == self.opening(kind)[0] else number

    def opening(self, kind: Unit) -> tuple[int, int]:
        """Start and end of the first unit of the lede."""
        units = self.of(self.lede)
        word = LETTER.search(units.text)
        begin = word.start() if word else 0
        return units.sentence(begin) if kind.endswith("SENTENCE") else units.paragraph(begin)

    def across(self, last: int, kind: Unit) -> int | None:
        """The unit of a span that begins in the title and ends in the body, in head:."""
        return FIRST if last <= self.opening(kind)[1] else None

    def paragraph_of(self, sentence: int, kind: Unit = "PARAGRAPH") -> int:
        """The paragraph of a sentence, both by their numbers."""
        if sentence <= -FAR:
            return -FAR - self.of("summary").paragraph(-FAR - sentence)[0]
        if sentence < 0:
            return -1
        if kind != "HEAD PARAGRAPH":
            return self.of("body").paragraph(sentence)[0]
        paragraph = self.of(self.lede).paragraph(sentence)[0]
        return FIRST if paragraph == self.opening(kind)[0] else paragraph

    def distinct(self, sentences: Collection[int], story_text: str) -> int:
        """How many of these sentences count. A summary repeats the headline and the beginning of
        the story, often cut off: what it says again, in the words of `story_text`, does not."""
        again = {self._hay_of(sentence) for sentence in sentences if sentence <= -FAR}
        return sum(sentence > -FAR for sentence in sentences) + sum(
            hay not in story_text for hay in again
        )

    def _hay_of(self, sentence: int) -> str:
        """A sentence of the summary, folded."""
        units = self.of("summary")
        first, last = units.sentence(-FAR - sentence)
        return fold(units.text[first:last]).hay.strip()
