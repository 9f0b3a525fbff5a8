"""What a new feed brings along from before it was watched: no news for anybody."""

import sqlite3

from storage.times import parse_time

BACKLOG_DAYS = 3
# Every article of the story is dated and came with the first entries that we ever had of its feeds.
NEWEST_OF_BACKLOG = """SELECT CASE WHEN count(*) = count(a.published_at) THEN max(a.published_at) END FROM articles a
  WHERE a.story_id = :story AND NOT EXISTS (
    SELECT 1 FROM articles o JOIN entries e ON e.article_id = o.id WHERE o.story_id = :story
      AND e.first_seen_at > (SELECT min(f.first_seen_at) FROM entries f WHERE f.feed_id = e.feed_id))"""


def days_old(connection: sqlite3.Connection, story_id: int, moment: str) -> int | None:
    """How old a story is that a new feed brought along from before it was watched; None for news."""
    newest = connection.execute(NEWEST_OF_BACKLOG, {"story": story_id}).fetchone()[0]
    days = (parse_time(moment) - parse_time(newest)).days if newest else 0
    return days if days >= BACKLOG_DAYS else None
