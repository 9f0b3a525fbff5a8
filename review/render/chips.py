"""A rule as a chip: what tells it from the other rules of its story, which all share one relevance."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from matchers.engine.score import OPENING_CHARACTERS
from review.render import story_card
from review.render.highlight import MatchedTerm, terms

MOST_CHIP_WORDS = 4


def chip(rule: Mapping[str, Any], hit: sqlite3.Row | None, *, covered: bool) -> dict[str, object]:
    """`hit`: the rule's best one, of which the chip shows place, words and passage."""
    if hit is None:
        return {**rule, "where": "", "words": (), "passage": ""}
    matched = terms(hit["terms_json"])
    return {
        **rule,
        "where": (where := place_of(matched)),
        "words": words_at(where, matched),
        "passage": story_card.marked_passage(hit, story_card.passage_of(hit, covered=covered)),
    }


def words_at(where: str, matched: Iterable[MatchedTerm]) -> tuple[str, ...]:
    """The first words there, each spelling once."""
    field = {"headline": "title", "opening": "body", "text": "body"}.get(where, where)
    there = (term for term in matched if term.field == field)
    words = {term.text.casefold(): term.text for term in there if where != "opening" or term.start < OPENING_CHARACTERS}  # fmt: skip
    return tuple(words.values())[:MOST_CHIP_WORDS]


def place_of(matched: Iterable[MatchedTerm]) -> str:
    """Where the rule meets the text first: "headline", "opening", "text", "summary", or what else it asked for."""
    first: dict[str, int] = {}
    for term in matched:
        first[term.field] = min(term.start, first.get(term.field, term.start))
    if "title" in first:
        return "headline"
    if "body" in first:
        return "opening" if first["body"] < OPENING_CHARACTERS else "text"
    return next(iter(sorted(first)), "")
