"""A slow and obvious evaluator: what a query means, said a second time.

It shares the parser and the tables of characters with the engine, and nothing else: it folds by
cluster, makes a list of words, and tries everything with everything.
"""

import re
from dataclasses import dataclass
from itertools import product

from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Window, common_scope
from matchers.text.article_text import ArticleText
from matchers.text.sentences import paragraph_starts, sentence_starts
from tests.matchers.reference_words import (
    COMMAS,
    MARKS,
    Word,
    cut,
    dense_start,
    invisible,
    spellings,
)


@dataclass(frozen=True)
class Place:
    """Words `first` to `last` of a field, with the passages that it is made of."""

    field: str
    first: int
    last: int
    passages: frozenset


class Reference:
    def __init__(self, text: ArticleText) -> None:
        self.text = text
        self.fields = {
            name: getattr(text, name) for name in ("title", "body", "source", "url", "lang")
        }
        self.words = {}
        self.passages_by_node = {}
        for name, string in self.fields.items():
            self.words[name] = [
                Word(
                    name,
                    index,
                    start,
                    end,
                    folded,
                    "".join(w for w, *_ in cut(string[start:end], True)),
                )
                for index, (folded, start, end) in enumerate(cut(string))
            ]

    def holds(self, node: Node):
        """A set of passages (field, start, end, clause), or None."""
        if isinstance(node, Not):
            return set() if self.holds(node.child) is None else None
        if isinstance(node, Or):
            by_unit = [spans for child in node.children if (spans := self.holds(child)) is not None]
            return set().union(*by_unit) if by_unit else None
        if isinstance(node, And):
            by_unit = [self.holds(child) for child in node.children]
            return None if any(spans is None for spans in by_unit) else set().union(*by_unit)
        if isinstance(node, AtLeast):
            by_unit = self.in_units(node.child, "SENTENCE")
            return set().union(*by_unit.values()) if len(by_unit) >= node.count else None
        if isinstance(node, Near) and node.kind in ("SENTENCE", "PARAGRAPH"):
            return set().union(*self.in_units(node, node.kind).values()) or None
        return set().union(*(place.passages for place in self.places(node))) or None

    def places(self, node: Node) -> set[Place]:
        if id(node) not in self.passages_by_node:
            self.passages_by_node[id(node)] = self.look(node)
        return self.passages_by_node[id(node)]

    def look(self, node: Node) -> set[Place]:
        if isinstance(node, Term):
            return self.term_places(node)
        if isinstance(node, Or):
            return set().union(*(self.places(child) for child in node.children))
        if isinstance(node, Window):
            return self.window_places(node)
        assert isinstance(node, Near)
        places = set()
        sides = [self.as_head(self.places(side), node) for side in (node.left, node.right)]
        for left, right in product(*sides):
            if left.field != right.field:
                continue
            after = right.first - left.last - 1
            before = left.first - right.last - 1
            if 0 <= after <= node.words or (node.kind == "NEAR" and 0 <= before <= node.words):
                places.add(self.joined(left, right))
        return places

    def as_head(self, places, node):
        """In head: the words of the body are counted on from those of the title."""
        if common_scope(node) != "head":
            return places
        after = {"title": 0, "body": len(self.words["title"]), "head": 0}
        return {
            Place(
                "head",
                place.first + after[place.field],
                place.last + after[place.field],
                place.passages,
            )
            for place in places
        }

    def joined(self, *places):
        return Place(
            places[0].field,
            min(place.first for place in places),
            max(place.last for place in places),
            frozenset().union(*(place.passages for place in places)),
        )

    def window_places(self, node: Window):
        places = set()
        terms = [self.as_head(self.places(term), node) for term in node.terms]
        for combination in product(*terms):
            if len({place.field for place in combination}) == 1:
                whole = self.joined(*combination)
                if whole.last - whole.first + 1 <= node.words + len(node.terms):
                    places.add(whole)
        return places

    def in_units(self, node: Node, kind: str):
        """Passages by sentence or paragraph in which the node holds by itself."""
        by_unit = {}
        head = common_scope(node) == "head"
        for unit in self.head_units(kind) if head else self.all_units(kind):
            passages = self.in_unit(node, unit)
            if passages is not None:
                by_unit[unit] = passages
        return by_unit

    def head_units(self, kind):
        """Title and first unit of the body as one, then those that follow."""
        title = (("title", 0, len(self.fields["title"])),)
        body = [unit for unit in self.all_units(kind) if unit[0] == "body"]
        words = self.words["body"]
        first = next((u for u in body if words and u[1] <= words[0].start < u[2]), None)
        opening = (*title, first) if first else title
        return [opening, *((unit,) for unit in body if unit != first)]

    def all_units(self, kind):
        units = []
        for name in ("title", "body"):
            string = self.fields[name]
            if kind == "PARAGRAPH":
                starts = [0] if name == "title" else paragraph_starts(string)
            else:
                starts = sentence_starts(string)
            ends = [*starts[1:], len(string)]
            units += [(name, start, end) for start, end in zip(starts, ends, strict=True)]
        return units

    def inside_unit(self, inner, unit):
        """Whether a unit, or all parts of it, lie within another."""
        parts = inner if isinstance(inner[0], tuple) else (inner,)
        ranges = unit if isinstance(unit[0], tuple) else (unit,)
        return all(
            any(name == field and low <= start and end <= high for field, low, high in ranges)
            for name, start, end in parts
        )

    def in_unit(self, node: Node, unit):
        head = isinstance(unit[0], tuple)
        if isinstance(node, Or):
            passages_of = [
                spans for child in node.children if (spans := self.in_unit(child, unit)) is not None
            ]
            return set().union(*passages_of) if passages_of else None
        if isinstance(node, And):
            passages_of = [self.in_unit(child, unit) for child in node.children]
            return (
                None if any(spans is None for spans in passages_of) else set().union(*passages_of)
            )
        if isinstance(node, AtLeast):
            passages_of = [
                spans
                for inner in (self.head_units if head else self.all_units)("SENTENCE")
                if self.inside_unit(inner, unit)
                and (spans := self.in_unit(node.child, inner)) is not None
            ]  # fmt: skip
            return set().union(*passages_of) if len(passages_of) >= node.count else None
        if isinstance(node, Near) and node.kind in ("SENTENCE", "PARAGRAPH"):
            inner_units = [
                inner for inner in (self.head_units if head else self.all_units)(node.kind)
                if self.inside_unit(inner, unit)
            ]  # fmt: skip
            passages_of = []
            for inner in inner_units:
                both = [self.in_unit(node.left, inner), self.in_unit(node.right, inner)]
                if None not in both:
                    passages_of.append(both[0] | both[1])
            return set().union(*passages_of) if passages_of else None
        passages_of = set()
        for place in self.places(node):
            if self.inside_unit(tuple(passage[:3] for passage in place.passages), unit):
                passages_of |= place.passages
        return passages_of or None

    def term_places(self, term: Term) -> set[Place]:
        exact = term.text.startswith("=")
        crossing = term.text.endswith('"~0')
        text = term.text.removeprefix("=").removesuffix("~0" if crossing else "")
        star = text.endswith("*")
        text = text.removesuffix("*").strip('"')
        clause = term.text if term.scope == "any" else f"{term.scope}:{term.text}"
        fields = {"any": ["title", "body"], "lede": ["body"], "head": ["title", "body"]}
        fields = fields.get(term.scope, [term.scope])
        places = set()
        for name in fields:
            words = self.words[name][
                : 100 if name == "body" and term.scope in ("lede", "head") else None
            ]
            for first in range(len(words) if name != "lang" else min(1, len(words))):
                for length in self.lengths(text, words[first:], exact, star, crossing):
                    last = first + length - 1
                    passage = (name, words[first].start, words[last].end, clause)
                    places.add(Place(name, first, last, frozenset([passage])))
        return places

    def lengths(self, text, words, exact, star, crossing):
        """How many of the words at the beginning the term matches, in each way."""
        counts = set()
        for form in spellings(text):
            form_words = [word for word, *_ in cut(form, exact)]
            have = [word.cased if exact else word.folded for word in words[: len(form_words)]]
            if len(have) < len(form_words):
                continue
            goes_on = star and have[:-1] == form_words[:-1] and have[-1].startswith(form_words[-1])
            if (
                (have == form_words or goes_on)
                and self.runs_on_alike(form, words)
                and (crossing or self.stays_together(form, words))
            ):
                counts.add(len(form_words))
        form_words = [word for word, *_ in cut(next(iter(spellings(text))), exact)]
        if len(form_words) > 1 and tagged(self.fields, words[0]):
            have = words[0].cased if exact else words[0].folded
            if have == "".join(form_words) or (star and have.startswith("".join(form_words))):
                counts.add(1)
        if exact and not star and re.fullmatch("[A-Z]{2,8}", text) and len(words) >= len(text):
            string = self.fields[words[0].field]
            start, end = words[0].start, words[len(text) - 1].end
            chained = re.match(r"\.[^\W_]", string[end:]) or re.search(
                r"[^\W_]\.\Z", string[:start]
            )
            if string[start:end] == ".".join(text) and not chained:
                counts.add(len(text))
        return counts

    def stays_together(self, form, words):
        """Whether no comma, line break or end of a sentence stands where the term has no mark."""
        string = self.fields[words[0].field]
        form_words = cut(form)
        for (_, _, end, *_), (_, start, *_), here, there in zip(
            form_words, form_words[1:], words, words[1:], strict=False
        ):
            if any(char in MARKS for char in form[end:start]):
                continue
            gap = string[here.end : there.start]
            number = gap == "," and (string[here.end - 1] + string[there.start]).isdigit()
            hyphenated = gap in ("-\n", "\u2010\n", "\u2011\n")
            starts = [
                begin for begin in sentence_starts(string) if here.end <= begin <= there.start
            ]
            if not number and not hyphenated and (starts or any(char in COMMAS for char in gap)):
                return False
        return True

    def runs_on_alike(self, form, words):
        """Whether characters of a script without spaces that the term joins are joined here, too."""
        string = self.fields[words[0].field]
        form_words = cut(form)
        for (_, _, end, *_), (_, start, *_), here, there in zip(
            form_words, form_words[1:], words, words[1:], strict=False
        ):
            joined = dense_start(form[end - 1]) and dense_start(form[start])
            joined = joined and all(map(invisible, form[end:start]))
            if joined and not all(map(invisible, string[here.end : there.start])):
                return False
        return True


def tagged(fields, word):
    return word.start > 0 and fields[word.field][word.start - 1] in "#\uff03"
