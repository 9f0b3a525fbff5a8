"""Stories that tell of the same event in other words: proposed by machine, joined or refused by people."""

import sqlite3

from storage.stories.outward import PUBLISHED

LINKED = f"""
WITH asked AS (SELECT value AS story_id FROM json_each(:stories)), both AS (
  SELECT q.story_id, l.other_id, l.state, l.score, l.why_json, l.actor FROM asked q JOIN story_links l ON l.story_id = q.story_id
  UNION ALL SELECT q.story_id, l.story_id, l.state, l.score, l.why_json, l.actor FROM asked q JOIN story_links l ON l.other_id = q.story_id)
SELECT b.story_id, b.state, b.score, b.why_json, b.actor, s.id, coalesce(s.masked_title, s.title) AS title, s.outlet, s.outlets, {PUBLISHED} AS published_at, s.tab, s.severity
FROM both b JOIN stories s ON s.id = b.other_id ORDER BY b.state = 'refused', b.state = 'joined', b.score DESC, s.id
"""  # noqa: S608 (a part of ours)
JOINED = """
WITH judged AS (SELECT value AS id FROM json_each(:stories)), others AS (
  SELECT l.other_id AS id FROM judged j JOIN story_links l ON l.story_id = j.id WHERE l.state = 'joined'
  UNION SELECT l.story_id FROM judged j JOIN story_links l ON l.other_id = j.id WHERE l.state = 'joined')
SELECT s.id, s.review_count, s.grown FROM others o JOIN stories s ON s.id = o.id
WHERE s.tab = 'new' AND s.id NOT IN (SELECT id FROM judged) ORDER BY s.id
"""


def joined(connection: sqlite3.Connection, stories: str) -> list[sqlite3.Row]:
    """Stories that somebody joined to one of a JSON list and that still wait, with what a verdict must name."""
    return connection.execute(JOINED, {"stories": stories}).fetchall()


def links_of_stories(connection: sqlite3.Connection, stories: str) -> list[sqlite3.Row]:
    """Of each story of a JSON list the other stories: what waits for an answer first, refused ones last."""
    return connection.execute(LINKED, {"stories": stories}).fetchall()
