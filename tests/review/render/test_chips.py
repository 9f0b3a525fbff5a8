"""What tells one rule of a story from another: where it meets the text, in which words, with what passage."""

import json
import sqlite3

import pytest

from review.render.chips import chip, place_of, words_at
from review.render.highlight import MatchedTerm


def term(field: str, start: int, text: str = "threats") -> MatchedTerm:
    return MatchedTerm(field, start, start + len(text), text, text)


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ([term("body", 40), term("title", 3)], "headline"),
        ([term("body", 2_000), term("body", 599)], "opening"),
        ([term("body", 600)], "text"),
        ([term("summary", 0)], "summary"),
        ([term("source", 0)], "source"),
        ([], ""),
    ],
)
def test_a_rule_stands_where_it_meets_the_text_first(terms: list[MatchedTerm], where: str) -> None:
    assert place_of(terms) == where


def test_only_words_of_that_place_are_named_and_each_spelling_once() -> None:
    terms = [term("body", 9, "Threats"), term("body", 90, "clerk"), term("body", 300, "threats"), term("body", 700, "rifle"), term("title", 0, "bomb")]  # fmt: skip

    assert words_at("opening", terms) == ("threats", "clerk")
    assert words_at("headline", terms) == ("bomb",)


def stored(snippet: str) -> sqlite3.Row:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    terms = json.dumps([{"field": "body", "start": 0, "end": 7, "text": "Threats", "clause": "x"}])
    sql = "SELECT ? AS snippet, 'body' AS snippet_field, 0 AS snippet_start, ? AS terms_json"
    row: sqlite3.Row = connection.execute(sql, (snippet, terms)).fetchone()
    connection.close()
    return row


HIT = stored("Threats came to her home at 118 Maple Street <b>twice</b>.")


def test_a_passage_is_text_and_masked_in_stories_about_people() -> None:
    shown = str(chip({"title": "Threats"}, HIT, covered=True)["passage"])

    assert "118 Maple" not in shown
    assert "<mark" in shown
    assert "&lt;b&gt;" in shown
    assert "118 Maple Street" in str(chip({}, HIT, covered=False)["passage"])
