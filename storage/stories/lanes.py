"""Lanes of stored hits, brought in line with what rules and threshold say now."""

import sqlite3

from storage.facts import fact, keep_fact
from storage.stories import story_rows

LANES_FACT = "lanes"  # what the lanes of stored hits were last computed from
BASIS = """SELECT coalesce((SELECT value FROM facts WHERE key = 'relevance_threshold'), '0') || coalesce(
  (SELECT group_concat(slug) FROM (SELECT slug FROM rules WHERE status = 'experimental' ORDER BY slug)), '')"""
# As storage.ingest.hits.lane has it for a hit that is stored now.
MOVE = """UPDATE hits SET lane = better.lane FROM (
    SELECT h.id, CASE WHEN r.status = 'experimental' THEN 'experimental' WHEN h.relevance < :threshold THEN 'unlikely'
      WHEN h.severity_rank = 0 THEN 'low' ELSE 'shown' END AS lane FROM hits h JOIN rules r ON r.id = h.rule_id) better
  WHERE better.id = hits.id AND better.lane <> hits.lane RETURNING story_id"""


def sync(connection: sqlite3.Connection, threshold: float | None, moment: str) -> int:
    """Move hits whose rule or threshold says so; returns how many stories were touched."""
    if threshold is not None:
        keep_fact(connection, "relevance_threshold", repr(threshold))
    basis = connection.execute(BASIS).fetchone()[0]
    if fact(connection, LANES_FACT) == basis:
        return 0
    keep_fact(connection, LANES_FACT, basis)
    least = float(fact(connection, "relevance_threshold") or 0)
    moved = connection.execute(MOVE, {"threshold": least}).fetchall()
    touched = story_rows.TouchedStories()
    for (story_id,) in moved:
        touched.add(story_id)
    story_rows.refresh_stories(connection, touched, moment, "rematch")
    return len(touched.changes)
