"""Stored articles that may fit a search, newest first, a bounded number at a time."""

import json
import sqlite3
from collections.abc import Iterable

from model import EntryText

# The words stand in an article's own text, or in what feeds alone say of it. Each side is read no further than asked.
WITH_WORDS = """SELECT id FROM (SELECT rowid AS id FROM article_texts_fts WHERE article_texts_fts MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :most)
UNION SELECT id FROM (SELECT rowid AS id FROM feed_words_fts WHERE feed_words_fts MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :most)
ORDER BY id DESC LIMIT :most"""
ANY = """SELECT id FROM (SELECT article_id AS id FROM article_texts WHERE article_id < :before ORDER BY article_id DESC LIMIT :most)
UNION SELECT id FROM (SELECT article_id AS id FROM feed_words WHERE article_id < :before ORDER BY article_id DESC LIMIT :most)
ORDER BY id DESC LIMIT :most"""
ARTICLES = """
SELECT c.id, a.title, t.title AS text_title, t.body, t.summary, a.outlet, a.url, a.state, a.outcome, a.language, a.region, a.published_at, a.first_seen_at, a.story_id, s.tab, s.added_by,
  EXISTS (SELECT 1 FROM feed_words w WHERE w.article_id = c.id) AS told, (SELECT group_concat(category) FROM story_rules x WHERE x.story_id = a.story_id) AS categories
FROM ({}) c JOIN articles a ON a.id = c.id LEFT JOIN article_texts t ON t.article_id = c.id LEFT JOIN stories s ON s.id = a.story_id
ORDER BY c.id DESC
"""
ENTRIES_TOLD = """SELECT e.id, e.article_id, f.slug, f.outlet, a.url, e.title, e.summary, e.content, e.content_sha256, coalesce(f.language, a.language)
FROM entries e JOIN articles a ON a.id = e.article_id JOIN feeds f ON f.id = e.feed_id WHERE e.article_id IN (SELECT value FROM json_each(?)) ORDER BY e.id"""
NO_BOUND = 2**62


def candidates(
    connection: sqlite3.Connection, words: str | None, *, before: int = NO_BOUND, most: int = 300
) -> list[sqlite3.Row]:
    """Up to `most` articles numbered below `before` that hold `words` (FTS5; None: any article), or of
    which feeds say them. `told`: feeds say what its text, if it has one, does not."""
    sql = ARTICLES.format(WITH_WORDS if words else ANY)
    return connection.execute(sql, {"words": words, "before": before, "most": most}).fetchall()


def article_row(connection: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    """As a candidate, whether it holds any word or not."""
    row: sqlite3.Row | None = connection.execute(ARTICLES.format("SELECT :number AS id"), {"number": number}).fetchone()  # fmt: skip
    return row


def entries_by_article(
    connection: sqlite3.Connection, articles: Iterable[int]
) -> dict[int, list[EntryText]]:
    """By article what each feed says of it."""
    by_article: dict[int, list[EntryText]] = {}
    for row in connection.execute(ENTRIES_TOLD, [json.dumps(list(articles))]):
        by_article.setdefault(row[1], []).append(EntryText(*row))
    return by_article


def feed_words_missing_before(connection: sqlite3.Connection) -> str | None:
    """When the newest article was seen whose feeds' words are not taken in yet; None: all are."""
    row = connection.execute(
        "SELECT first_seen_at FROM articles WHERE id < (SELECT CAST(value AS INTEGER) FROM facts WHERE key = 'feed_words_below') ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else str(row[0])
