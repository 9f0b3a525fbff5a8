"""A search that costs much holds nobody up: it stops in time, says how far it came, and can go on."""

import sqlite3
from pathlib import Path
from time import process_time

import pytest

from model import QueryError
from review.editor.draft import read_draft
from review.editor.preview import preview
from review.pages.queue.search import located
from review.search.articles import find_articles, read_query

DRAFT = """rules:
  - id: anything
    title: Anything
    severity: low
    category: other
    query: the
    examples: {match: [the end], ignore: [an end]}
"""


def opened_db(db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(db)
    connection.row_factory = sqlite3.Row
    return connection


def test_a_search_without_time_reads_one_article_and_goes_on_below_it(db: Path) -> None:
    connection, query = opened_db(db), read_query("malware OR drones", {})
    whole = find_articles(connection, query)
    assert whole.looked_at > 3
    assert whole.further is None

    before, read = 2**62, 0
    found = []
    while before is not None:
        page = find_articles(connection, query, before=before, most_seconds=0)
        read, before = read + page.looked_at, page.further
        found += page.articles
        assert page.looked_at <= 1

    assert read == whole.looked_at
    assert [each.article["id"] for each in found] == [each.article["id"] for each in whole.articles]


def test_a_draft_is_tried_on_what_time_allows_and_says_on_how_much(db: Path) -> None:
    connection, tried = opened_db(db), read_draft(DRAFT, None)
    whole, hasty = preview(connection, tried), preview(connection, tried, most_seconds=0)

    assert whole is not None
    assert hasty is not None
    assert whole.looked_at > 3
    assert hasty.looked_at == hasty.gained_count == 1


@pytest.mark.parametrize("sign", ["-", "'", "a-", "a "])
def test_a_query_of_one_sign_again_and_again_is_refused_at_once(sign: str) -> None:
    """It was gone through once for each of its signs: a minute and a half, in which nobody was answered."""
    query, began = sign * 20_000, process_time()
    with pytest.raises(QueryError, match="longer than 4,000 characters") as refused:
        read_query(query, {})
    located(query, refused.value)

    assert process_time() - began < 1


def test_the_words_of_a_headline_are_offered_without_its_marks() -> None:
    headline = "Clerk's e-mail leaked: 'twas a mid-May scan, voters say"
    with pytest.raises(QueryError) as refused:
        read_query(headline, {})

    assert located(headline, refused.value)["plain_words"] == ["Clerk's", "e-mail", "leaked", "twas", "a", "mid-May", "scan", "voters", "say"]  # fmt: skip
