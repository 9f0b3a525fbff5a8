"""Mutes: what hides a story from the queue until a time. What is muted stays counted and listed."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.stories import story_hits
from storage.stories.story_hits import StoryHit


@dataclass(frozen=True, slots=True)
class Mute:
    id: int
    kind: str  # phrase, outlet, story or rule
    value: str


def standing_mutes(
    connection: sqlite3.Connection, moment: str, *, story_id: int | None = None
) -> tuple[Mute, ...]:
    """Given `story_id`, without those of other stories, of which there may be thousands."""
    rows = connection.execute(
        """SELECT id, kind, value FROM mutes WHERE ended_at IS NULL AND until > :moment
           AND (:story IS NULL OR kind <> 'story' OR value = CAST(:story AS TEXT)) ORDER BY id""",
        {"moment": moment, "story": story_id},
    )
    return tuple(Mute(*row) for row in rows)


def mute_for(mutes: Sequence[Mute], story_id: int, hits: Sequence[StoryHit]) -> int | None:
    """The mute that hides all that the story shows; None while any of it is not muted. One without hits,
    added by hand, is hidden by a mute of its own alone."""
    if not hits:
        own = [mute.id for mute in mutes if mute.kind == "story" and mute.value == str(story_id)]
        return own[0] if own else None
    standing = [hit for hit in hits if hit.shown] or [hit for hit in hits if hit.stands]
    covering = [[mute.id for mute in mutes if covers(mute, story_id, hit)] for hit in standing]
    return covering[0][0] if covering and all(covering) else None


def covers(mute: Mute, story_id: int, hit: StoryHit) -> bool:
    value = mute.value.casefold()
    match mute.kind:
        case "story":
            return value == str(story_id)
        case "outlet":
            return value in {hit.outlet.casefold(), hit.brought_by.casefold()}
        case "rule":
            return value == hit.rule.casefold()
    return value in f"{hit.title}\n{hit.snippet}".casefold()


WAKE = """UPDATE stories SET snoozed_until = NULL, snooze_version_id = NULL, snooze_reason = NULL
  WHERE snoozed_until IS NOT NULL AND (snoozed_until <= :moment OR (snooze_version_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM rules r WHERE r.current_version_id = snooze_version_id AND r.active)))"""
NO_LONGER_MUTED = "SELECT id FROM stories WHERE mute_id IN (SELECT id FROM mutes WHERE ended_at IS NOT NULL OR until <= ?) ORDER BY id"


def wake(connection: sqlite3.Connection, moment: str) -> int:
    """Bring back what was snoozed or muted until before `moment`; returns how many stories. What another
    mute hides as well stays under that one."""
    woken = connection.execute(WAKE, {"moment": moment}).rowcount
    for (story_id,) in map(tuple, connection.execute(NO_LONGER_MUTED, [moment]).fetchall()):
        mutes = standing_mutes(connection, moment, story_id=story_id)
        hits = story_hits.hits_of_story(connection, story_id) if mutes else ()
        mute_id = mute_for(mutes, story_id, hits)
        connection.execute("UPDATE stories SET mute_id = ? WHERE id = ?", (mute_id, story_id))
        woken += mute_id is None
    return woken


HIDE = "UPDATE stories SET mute_id = :mute WHERE id = :story AND (mute_id IS NULL OR :own)"


def hide(connection: sqlite3.Connection, mute: Mute, stories: Iterable[int]) -> None:
    """What is hidden stays under the mute that hid it, but for one of this very story."""
    own = mute.kind == "story"
    values = [{"mute": mute.id, "story": story, "own": own} for story in stories]
    connection.executemany(HIDE, values)
