"""What a changed rule is tried on: the hits that stand today, and the newest texts."""

import sqlite3
from collections.abc import Sequence

STANDING_HITS = """
SELECT h.id AS hit_id, h.article_id, h.story_id, s.status, a.title, a.outlet, a.url, a.language, a.first_seen_at, t.title AS text_title, t.summary, t.body
FROM hits h JOIN rules r ON r.id = h.rule_id JOIN articles a ON a.id = h.article_id JOIN article_texts t ON t.article_id = a.id JOIN stories s ON s.id = h.story_id
WHERE r.slug = ? AND h.still_matches AND h.entry_id IS NULL ORDER BY h.article_id DESC LIMIT ?
"""
HAVE = """
SELECT h.article_id FROM hits h JOIN rules r ON r.id = h.rule_id
WHERE r.slug = ? AND h.still_matches AND h.article_id IN (SELECT value FROM json_each(?))
"""


def hits_of_rule(connection: sqlite3.Connection, rule: str, most: int) -> list[sqlite3.Row]:
    """The newest hits of a rule on articles' own texts, each with its text."""
    return connection.execute(STANDING_HITS, [rule, most]).fetchall()


def with_hit(connection: sqlite3.Connection, rule: str, articles: Sequence[int]) -> set[int]:
    """Which of these articles the rule hits today."""
    listed = "[" + ",".join(map(str, articles)) + "]"
    return {row[0] for row in connection.execute(HAVE, [rule, listed])}
