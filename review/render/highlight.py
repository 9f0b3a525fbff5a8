"""Marks in hostile text: slices between stored offsets, each escaped, never a search and replace."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

# .m0 to .m4 in the style sheet; .m5, the sixth and all further clauses, is neutral
MARK_COLOURS = 5


FIELD = re.compile(r"^(?:title|head|lede|body|summary):")


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    start: int
    end: int
    colour: int
    clause: str


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """One stored piece of evidence."""

    field: str
    start: int
    end: int
    text: str
    clause: str


@lru_cache(maxsize=500)  # a card asks for those of its best hit four times
def terms(terms_json: str) -> tuple[MatchedTerm, ...]:
    return tuple(
        MatchedTerm(
            t["field"], int(t["start"]), int(t["end"]), str(t["text"]), str(t.get("clause", ""))
        )
        for t in json.loads(terms_json)
    )


def clauses(terms: Sequence[MatchedTerm], lead: int | None = None) -> dict[str, int]:
    """Each clause's colour. Five have one: those with the most marks to be seen, of the first `lead`
    terms (those of the rule that is shown) before others. Clauses that mark the same words, and a
    clause of the headline and the same one of the text, are one to a reader."""
    unit = _units(terms)
    visible_marks = [
        mark for field in {term.field for term in terms} for mark in _marks(terms, field)
    ]
    marks = Counter(unit[mark.clause] for mark in visible_marks)
    leading = {unit[term.clause] for term in terms[: len(terms) if lead is None else lead]}
    order = list(dict.fromkeys(unit.values()))
    ranked = sorted(order, key=lambda leader: (not marks[leader], leader not in leading, -marks[leader], order.index(leader)))  # fmt: skip
    colours = {leader: min(place, MARK_COLOURS) for place, leader in enumerate(ranked)}
    return {clause: colours[leader] for clause, leader in unit.items()}


def _units(terms: Sequence[MatchedTerm]) -> dict[str, str]:
    """By clause, the one that stands for all that mark the same words."""
    unit: dict[str, str] = {}
    at: dict[tuple[str, int, int], str] = {}
    leaders: dict[str, str] = {}
    for term in terms:
        place = (term.field, term.start, term.end)
        leader = (
            unit.get(term.clause)
            or at.get(place)
            or leaders.get(bare_clause(term.clause), term.clause)
        )
        unit[term.clause] = at[place] = leader
        leaders.setdefault(bare_clause(term.clause), leader)
    return unit


def _marks(terms: Sequence[MatchedTerm], field: str) -> tuple[MarkedSpan, ...]:
    spans = [
        MarkedSpan(term.start, term.end, 0, term.clause) for term in terms if term.field == field
    ]
    return _apart(sorted(spans, key=lambda mark: (mark.start, -mark.end)))


def bare_clause(clause: str) -> str:
    """A clause without the field that it is held to."""
    return FIELD.sub("", clause)


def marks_within(
    terms: Iterable[MatchedTerm], field: str, text: str, *, offset: int = 0, colours: dict[str, int]
) -> tuple[MarkedSpan, ...]:
    """Marks for `text`, which begins `offset` characters into the field. A term whose stored text
    does not stand where it should is left unmarked: the text has changed since."""
    marks = [
        MarkedSpan(t.start - offset, t.end - offset, colours.get(t.clause, 0), t.clause)
        for t in terms
        if t.field == field
        and t.start >= offset
        and text[t.start - offset : t.end - offset] == t.text
        and t.text
    ]
    return _apart(sorted(marks, key=lambda mark: (mark.start, -mark.end)))


def _apart(marks: Sequence[MarkedSpan]) -> tuple[MarkedSpan, ...]:
    apart: list[MarkedSpan] = []
    for mark in marks:
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return tuple(apart)


def whole_words(text: str, start: int) -> tuple[str, str]:
    """What stands before and after a passage that may have been cut: dots where it begins or ends
    within a sentence. `start`: its offset in the field."""
    before = "… " if start > 0 and text[:1].islower() else ""
    return before, " …" if text and text.rstrip()[-1:].isalnum() else ""


def last_whole_word(text: str, marks: Sequence[MarkedSpan]) -> int:
    """Where the last word that is surely whole ends: all of a text that ends a sentence or with a mark."""
    marked = max((mark.end for mark in marks), default=0)
    return max(text.rfind(" "), marked) if text[-1:].isalnum() else len(text)


def stretch_around_marks(text: str, marks: Sequence[MarkedSpan], longest: int) -> tuple[int, int]:
    """The stretch of a long text around its first marks, that begins and ends between words."""
    if len(text) <= longest:
        return 0, len(text)
    first = marks[0].start if marks else 0
    start = 0 if first < longest // 2 else text.find(" ", first - longest // 3) + 1
    end = start + longest
    if end >= len(text):
        return start, len(text)
    for mark in marks:
        if mark.start < end < mark.end:
            end = mark.end
    blank = text.rfind(" ", start, end + 1)
    return start, blank if blank > first else end


def shifted(marks: Iterable[MarkedSpan], start: int, end: int) -> tuple[MarkedSpan, ...]:
    """The marks within a stretch, counted from its beginning."""
    return tuple(
        MarkedSpan(
            max(mark.start, start) - start, min(mark.end, end) - start, mark.colour, mark.clause
        )
        for mark in marks
        if mark.start < end and mark.end > start
    )


def marked_html(text: str, marks: Iterable[MarkedSpan], *, numbered: bool = False) -> Markup:
    """`text` escaped, with its marks. `numbered` gives each mark an id to jump to."""
    parts: list[str] = []
    at = 0
    for number, mark in enumerate(marks):
        name = f' id="mark-{mark.start}" data-mark="{number}"' if numbered else ""
        parts.append(str(escape(text[at : mark.start])))
        parts.append(
            f'<mark class="m{mark.colour}"{name} title="{escape(mark.clause)}">'
            f"{escape(text[mark.start : mark.end])}</mark>"
        )
        at = mark.end
    parts.append(str(escape(text[at:])))
    return Markup("".join(parts))  # noqa: S704 (every slice is escaped above)


def marked_paragraphs(text: str, marks: Sequence[MarkedSpan]) -> tuple[Markup, ...]:
    """The lines of a body, each with the marks that fall into it."""
    lines: list[Markup] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        inside = [
            MarkedSpan(max(m.start - at, 0), min(m.end, end) - at, m.colour, m.clause)
            for m in marks
            if m.start < end and m.end > at
        ]
        if line.strip():
            lines.append(_line(line, inside, at))
        at = end + 1
    return tuple(lines)


def _line(line: str, marks: Sequence[MarkedSpan], offset: int) -> Markup:
    body = marked_html(line, marks)
    if not marks:
        return body
    return Markup('<span id="at-{}" class="held"></span>').format(offset + marks[0].start) + body
