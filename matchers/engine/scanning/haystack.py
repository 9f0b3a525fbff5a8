"""One article as one folded string, and the way from a place in it back to field, word and sentence."""

from bisect import bisect_right
from collections.abc import Collection, Iterable

from matchers.query.ast import Scope
from matchers.text.article_text import ArticleText
from matchers.text.article_units import ArticleUnits
from matchers.text.normalize import Folded, fold
from matchers.text.phrase_stops import Stops
from matchers.text.segments import Unit
from matchers.text.word_numbers import WordNumbers
from model import Field

BETWEEN_FIELDS = " \n "
LEDE_WORDS = 100
NO_SUMMARY = fold("")


class Haystack:
    """Title, body and summary with line breaks between, then source, url and lang."""

    def __init__(self, text: ArticleText, *, meta: bool) -> None:
        self.text = text
        title, body = fold(text.title), fold(text.body)
        self.parts: list[tuple[Field, Folded, str]] = [
            ("title", title, text.title),
            ("body", body, text.body),
            ("summary", NO_SUMMARY, ""),
        ]
        self.main = f" {title.hay}{BETWEEN_FIELDS}{body.hay} "
        self.body_from = len(title.hay) + len(BETWEEN_FIELDS) + 1
        self.summary_from = len(self.main)
        if text.summary:
            self._add_summary()
        self.offsets = [1, self.body_from, self.summary_from]
        self.lede: Field = "body" if body.hay else "summary"  # in head:
        self.lede_from = self.body_from if body.hay else self.summary_from
        self.meta = ""
        if meta:
            self._add_meta()
        self.units = ArticleUnits(text, self.lede)
        self._numbers: WordNumbers | None = None
        self._lede: int | None = None
        self._stops: dict[Field, Stops] = {}
        self._unit_at: dict[tuple[int, int, Unit], int | None] = {}

    def _add_summary(self) -> None:
        summary = fold(self.text.summary)
        self.summary_from += len(BETWEEN_FIELDS) - 1
        self.main = f"{self.main[:-1]}{BETWEEN_FIELDS}{summary.hay} "
        self.parts[2] = ("summary", summary, self.text.summary)

    def _add_meta(self) -> None:
        text = self.text
        self.parts += [
            ("source", fold(text.source), text.source),
            ("url", fold(text.url), text.url),
            ("lang", fold(text.lang), text.lang),
        ]
        self.meta = " " + BETWEEN_FIELDS.join(folded.hay for _, folded, _ in self.parts[3:]) + " "
        place = len(self.main) + 1
        for _, folded, _ in self.parts[3:]:
            self.offsets.append(place)
            place += len(folded.hay) + len(BETWEEN_FIELDS)

    def part_of(self, position: int) -> int:
        return bisect_right(self.offsets, position) - 1

    def original(self, field: Field) -> str:
        text = getattr(self.text, field)
        assert isinstance(text, str)
        return text

    def origin(self, start: int, end: int) -> tuple[Field, int, int]:
        """Field and offsets in the original string."""
        return self.passage(start, end)[:3]

    def passage(self, start: int, end: int) -> tuple[Field, int, int, str]:
        """The same with the characters that stand there."""
        index = self.part_of(start)
        field, folded, original = self.parts[index]
        shift = self.offsets[index]
        first, last = folded.origin(start - shift, end - shift)
        return field, first, last, original[first:last]

    def inside(self, start: int, end: int, scope: Scope) -> bool:
        field = self.parts[self.part_of(start)][0]
        if scope == "lang":  # es holds for es-MX, and not for ca-ES
            return field == scope and start == self.offsets[-1]
        if scope == "head":
            return field == "title" or (field == self.lede and end <= self.lede_end)
        return field == scope or (scope == "lede" and field == "body" and end <= self.lede_end)

    @property
    def lede_end(self) -> int:
        """Where the first words of the body end; of the summary, where there is no body."""
        if self._lede is None:
            self._lede = self.lede_from - 1
            for _ in range(LEDE_WORDS):
                position = self.main.find(" ", self._lede + 1)
                if position < 0:
                    break
                self._lede = position
        return self._lede

    def stops(self, start: int, end: int) -> list[bool]:
        """Whether a phrase stops at each blank of a stretch of title, body or summary."""
        index = self.part_of(start)
        field, folded, original = self.parts[index]
        stops = self._stops.get(field)
        if stops is None:
            stops = self._stops[field] = Stops(folded, original, self.units.of(field))
        return stops.gaps(start - self.offsets[index], end - self.offsets[index])

    def words(self, positions: Iterable[int], *, joined: bool = False) -> list[int]:
        """The numbers of the words at some positions; words of two fields are far apart, those of
        headline and lede in `head:` (joined) are not."""
        if self._numbers is None:
            self._numbers = WordNumbers(
                self.main, self.body_from, self.summary_from, self.lede_from
            )
        return self._numbers.joined(positions) if joined else self._numbers.apart(positions)

    def unit(self, start: int, end: int, kind: Unit) -> int | None:
        """The sentence or paragraph that holds a span whole, as `ArticleUnits` numbers them."""
        key = (start, end, kind)
        if key not in self._unit_at:
            field, first, last = self.origin(start, end)
            if start < self.body_from <= end:
                _, _, last = self.origin(end - 1, end)
                self._unit_at[key] = self.units.across(last, kind)
            else:
                self._unit_at[key] = self.units.unit(field, first, last, kind)
        return self._unit_at[key]

    def distinct(self, sentences: Collection[int]) -> int:
        """How many of these sentences count: those of the summary that say nothing new do not."""
        return self.units.distinct(sentences, self.main[: self.summary_from])
