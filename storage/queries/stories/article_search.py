"""Stored articles that may fit a search, newest first, a bounded number at a time."""

import sqlite3

WITH_WORDS = """SELECT rowid AS id FROM article_texts_fts WHERE article_texts_fts MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :most"""
ANY = "SELECT article_id AS id FROM article_texts WHERE article_id < :before ORDER BY article_id DESC LIMIT :most"
ARTICLES = """
SELECT c.id, t.title, t.body, t.summary, a.outlet, a.url, a.language, a.region, a.published_at, a.first_seen_at, a.story_id, s.tab, (SELECT group_concat(category) FROM story_rules x WHERE x.story_id = a.story_id) AS categories
FROM ({}) c JOIN article_texts t ON t.article_id = c.id JOIN articles a ON a.id = c.id LEFT JOIN stories s ON s.id = a.story_id
ORDER BY c.id DESC
"""
NEWEST = 2**62


def candidates(
    connection: sqlite3.Connection, words: str | None, *, before: int = NEWEST, most: int = 300
) -> list[sqlite3.Row]:
    """Up to `most` articles numbered below `before` that hold `words` (FTS5; None: any article)."""
    sql = ARTICLES.format(WITH_WORDS if words else ANY)
    return connection.execute(sql, {"words": words, "before": before, "most": most}).fetchall()
