"""The index never leaves out what the engine would find."""

import sqlite3
from pathlib import Path

import pytest

from matchers.engine.engine import Engine
from matchers.query.parser import parse_query
from matchers.rules.load import load_folder
from matchers.text.article_text import ArticleText
from review.search.articles import compiled, read_query
from review.search.candidates import necessary_words

pytestmark = pytest.mark.slow  # asks for every example of every rule

ROOT = Path(__file__).parents[3]


def indexed(texts: list[ArticleText]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize='unicode61 remove_diacritics 2')"
    )
    connection.executemany("INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)", [(n, text.title, text.body) for n, text in enumerate(texts)])  # fmt: skip
    return connection


def having(connection: sqlite3.Connection, words: str) -> set[int]:
    return {row[0] for row in connection.execute("SELECT rowid FROM f WHERE f MATCH ?", [words])}


def test_every_example_of_every_shipped_rule_is_a_candidate_of_its_rule() -> None:
    loaded = load_folder(ROOT / "rules")
    texts = [(draft, text) for draft in loaded.drafts for text, _ in draft.examples["match"]]
    connection = indexed([text for _, text in texts])
    words = {id(draft): necessary_words(draft.trees[0]) for draft, _ in texts}

    missed = [
        (draft.id, text)
        for number, (draft, text) in enumerate(texts)
        if (necessary := words[id(draft)]) is not None
        and number not in having(connection, necessary)
    ]
    assert missed == []
    assert sum(necessary is not None for necessary in words.values()) > len(words) * 0.9


@pytest.mark.parametrize(("query", "words"), [
    ("ballot", '"ballot"'), ('"poll worker*"', '(NEAR("poll" "worker"*, 4) OR "pollworker"*)'), ("=CISA", '("cisa" OR NEAR("c" "i" "s" "a", 8))'), ("a1 AND NOT b2", '"a1"'), ("(a1 OR b2) NEAR/5 c3", '(("a1" OR "b2") AND "c3")'),
    ("deep-fake", '(NEAR("deep" "fake", 4) OR "deepfake")'), ("source:gazette", None), ("gazette OR source:gazette", None), ("投票", None), ("ATLEAST/2 (vote)", '"vote"'), ("title:vote AND lang:es", '"vote"'),
    ('"poll worker"~0', '(NEAR("poll" "worker", 4) OR "pollworker")'), ("o'brien", None),
])  # fmt: skip
def test_what_a_text_must_hold(query: str, words: str | None) -> None:
    necessary = necessary_words(parse_query(query).node)

    if query == "o'brien":  # however the engine folds it, the index must find it as printed
        assert necessary is not None
        assert having(indexed([ArticleText("Clerk O’Brien resigns")]), necessary) == {0}
    else:
        assert necessary == words


@pytest.mark.parametrize("printed", ["After the poll, workers left", "At the poll. Workers", "Poll workers", "poll\n\nWorkers"])  # fmt: skip
def test_a_phrase_that_may_cross_a_comma_finds_its_candidates(printed: str) -> None:
    query = read_query('"poll workers"~0', {})
    text = ArticleText("", printed)

    assert matches(compiled(query), text)
    assert query.words is not None
    assert having(indexed([text]), query.words) == {0}


@pytest.mark.parametrize("printed", [
    "A deepfake of the mayor", "A deep-fake of the mayor", "A deep\u2011fake of the mayor", "A DEEP FAKE of the mayor", "A déep-fake of the mayor",
])  # fmt: skip
def test_wordings_that_the_engine_takes_for_one_are_candidates(printed: str) -> None:
    query = read_query("deep-fake AND mayor", {})
    text = ArticleText("", printed)

    assert matches(compiled(query), text)
    assert query.words is not None
    assert having(indexed([text]), query.words) == {0}


def matches(engine: Engine, text: ArticleText) -> bool:
    return bool(engine.matching(engine.evaluate(text)))
