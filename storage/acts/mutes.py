"""Muting a phrase, an outlet, a rule or a story until a time, and ending a mute before it."""

import sqlite3
from dataclasses import dataclass

from storage.stories import muting, story_hits
from storage.stories.muting import Mute

MUTES_IN_FORCE = """SELECT m.*, (SELECT count(*) FROM stories s WHERE s.mute_id = m.id) AS stories,
  CASE m.kind WHEN 'story' THEN coalesce((SELECT coalesce(masked_title, title) FROM stories WHERE id = CAST(m.value AS INTEGER)), m.value) WHEN 'rule' THEN coalesce((SELECT title FROM rules WHERE slug = m.value), m.value) ELSE m.value END AS shown
  FROM mutes m WHERE m.ended_at IS NULL AND m.until > ? ORDER BY m.until"""
MUTED_STORIES = {
    "story": "SELECT id FROM stories WHERE id = CAST(:value AS INTEGER) AND status IS NOT NULL",
    "rule": "SELECT x.story_id FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE r.slug = :value",
    "outlet": "SELECT story_id FROM articles WHERE outlet = :value COLLATE NOCASE AND story_id IS NOT NULL UNION SELECT h.story_id FROM hits h JOIN feeds f ON f.id = h.feed_id WHERE f.outlet = :value COLLATE NOCASE",
    "phrase": "SELECT DISTINCT h.story_id FROM hits h JOIN articles a ON a.id = h.article_id WHERE instr(lower(a.title || ' ' || h.snippet), lower(:value)) > 0",
}

THERE = {
    "story": "SELECT 1 FROM stories WHERE id = CAST(:value AS INTEGER) AND status IS NOT NULL",
    "rule": "SELECT 1 FROM rules WHERE slug = :value",
    "outlet": "SELECT 1 FROM feeds WHERE outlet = :value COLLATE NOCASE UNION ALL SELECT 1 FROM articles WHERE outlet = :value COLLATE NOCASE LIMIT 1",
}


@dataclass(frozen=True, slots=True)
class Muted:
    mute_id: int
    stories: int


def mute(
    connection: sqlite3.Connection, *, kind: str, value: str, until: str, actor: str, at: str, note: str = ""
) -> Muted:  # fmt: skip
    """Hide what is muted from the queue until then; decided stories keep their tab.

    The caller is inside BEGIN IMMEDIATE. A story hides when all that it shows is muted.
    """
    number = stand(connection, kind=kind, value=value, until=until, actor=actor, at=at, note=note)
    new_mute = Mute(number, kind, value)
    mutes = muting.standing_mutes(connection, at)
    stories = [row[0] for row in connection.execute(MUTED_STORIES[kind], {"value": value})]
    hidden = [story for story in stories if muting.mute_for(mutes, story, story_hits.hits_of_story(connection, story)) is not None]  # fmt: skip
    muting.hide(connection, new_mute, hidden)
    return Muted(number, len(hidden))


def is_there(connection: sqlite3.Connection, kind: str, value: str) -> bool:
    """Whether there is such a story, rule or outlet; a phrase may be any."""
    return kind not in THERE or connection.execute(THERE[kind], {"value": value}).fetchone() is not None  # fmt: skip


def stand(
    connection: sqlite3.Connection, *, kind: str, value: str, until: str, actor: str, at: str, note: str = ""
) -> int:  # fmt: skip
    """Mute what comes until then, and nothing that the queue shows already; the mute's number.

    The caller is inside BEGIN IMMEDIATE.
    """
    sql = """INSERT INTO mutes (kind, value, note, actor, created_at, until)
      VALUES (:kind, :value, :note, :actor, :at, :until)"""
    values = {"kind": kind, "value": value, "note": note, "actor": actor, "at": at, "until": until}
    number = connection.execute(sql, values).lastrowid
    assert number is not None
    return number


def mute_story(connection: sqlite3.Connection, story: int, *, until: str, actor: str, at: str) -> None:  # fmt: skip
    """Mute one story, whatever it shows and whatever else hides it; a decided one keeps its tab."""
    number = stand(connection, kind="story", value=str(story), until=until, actor=actor, at=at)
    muting.hide(connection, Mute(number, "story", str(story)), [story])


OF_AN_ACT = "actor = :actor AND created_at = :at AND ended_at IS NULL AND (:story = '' OR (kind = 'story' AND value = :story))"
HIDDEN_BY_ACT = (
    f"SELECT id FROM stories WHERE mute_id IN (SELECT id FROM mutes WHERE {OF_AN_ACT}) ORDER BY id"  # noqa: S608 (ours)
)
END_OF_ACT = f"UPDATE mutes SET ended_at = :now, ended_by = :actor WHERE {OF_AN_ACT}"  # noqa: S608 (ours)


def unmute_act(
    connection: sqlite3.Connection, actor: str, at: str, now: str, *, story: str = ""
) -> tuple[int, ...]:
    """End the mutes that one person set at one moment, in one act, or those of one story; the stories that come back."""
    act = {"actor": actor, "at": at, "now": now, "story": story}
    stories = tuple(story for (story,) in map(tuple, connection.execute(HIDDEN_BY_ACT, act)))
    connection.execute(END_OF_ACT, act)
    muting.wake(connection, now)
    return stories


def unmute(connection: sqlite3.Connection, mute_id: int, actor: str, at: str) -> bool:
    """End a mute now; what no other hides comes back. False: there is no such mute in force."""
    sql = "UPDATE mutes SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL"
    ended = connection.execute(sql, (at, actor, mute_id)).rowcount == 1
    if ended:
        muting.wake(connection, at)
    return ended


def mutes_in_force(connection: sqlite3.Connection, now: str) -> list[sqlite3.Row]:
    """The mutes in force with how many stories each hides; soonest to end first."""
    cursor = connection.execute(MUTES_IN_FORCE, [now])
    cursor.row_factory = sqlite3.Row
    return cursor.fetchall()
