"""What has happened in a view since somebody loaded it."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from storage.queries.stories.filter import StoryFilter, condition
from storage.queries.stories.queue import looked_up

CHANGED_SINCE_LOADED = """
SELECT s.id, s.review_count, s.tab, s.status, s.reviewed_by, s.claimed_by,
  (SELECT r.action FROM story_reviews r WHERE r.story_id = s.id AND r.action NOT IN ('reveal', 'bundle', 'opinion') ORDER BY r.id DESC LIMIT 1) AS last_act FROM stories s WHERE s.id IN (SELECT value FROM json_each(?))
"""
# Few since a page was loaded, so they come first, each side off an index of its own.
FRESH = """SELECT id FROM stories WHERE shown_at > :loaded UNION SELECT id FROM stories WHERE reopened AND reopened_at > :loaded
  UNION SELECT id FROM stories WHERE tab IS NOT NULL AND last_seen_at > :loaded AND first_seen_at > :loaded"""
HANDED = "UNION SELECT story_id FROM story_reviews WHERE created_at > :loaded AND action = 'assign'"
NOTE_PRESENCE = """
INSERT INTO presence (story_id, actor, seen_at) SELECT :story, :actor, :now WHERE EXISTS (SELECT 1 FROM stories WHERE id = :story)
ON CONFLICT (story_id, actor) DO UPDATE SET seen_at = excluded.seen_at
"""
OTHER_READERS = "SELECT story_id, actor FROM presence WHERE seen_at >= ? AND actor <> ? AND story_id IN (SELECT value FROM json_each(?)) ORDER BY actor"


@dataclass(frozen=True, slots=True)
class Live:
    """`fresh`: stories that came into the view, or were reopened in it, since it was
    loaded; in a view of somebody's stories also those handed over since."""

    fresh: int
    stories: tuple[sqlite3.Row, ...]
    watched: dict[int, tuple[str, ...]]


def changes_since(
    connection: sqlite3.Connection, chosen: StoryFilter, *, loaded_at: str, stories: Sequence[int],
    actor: str, present_since: str,
) -> Live:  # fmt: skip
    listed = json.dumps(list(stories))
    narrowed, _ = looked_up(connection, chosen)
    within = condition(narrowed)
    only_listed = (
        "" if narrowed.only is None else "AND s.id IN (SELECT value FROM json_each(:only))"
    )
    arrivals = f"{FRESH} {HANDED}" if chosen.assigned else FRESH
    sql = f"SELECT count(*) FROM ({arrivals}) f CROSS JOIN stories s ON s.id = f.id WHERE {within.sql} {only_listed}"  # noqa: S608
    fresh = connection.execute(sql, {**within.values, "loaded": loaded_at}).fetchone()[0]
    watched: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(OTHER_READERS, [present_since, actor, listed]):
        watched[row["story_id"]] = (*watched.get(row["story_id"], ()), row["actor"])
    return Live(int(fresh), tuple(connection.execute(CHANGED_SINCE_LOADED, [listed])), watched)


def note_presence(connection: sqlite3.Connection, story: int, actor: str, now: str) -> None:
    """Somebody looks at a story now. The caller holds a transaction."""
    connection.execute(NOTE_PRESENCE, {"story": story, "actor": actor, "now": now})
