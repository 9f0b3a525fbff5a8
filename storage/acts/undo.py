"""Taking acts back, the latest first, each by a new act. What others did since stays, and is named."""

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import cast

from storage.acts import mutes
from storage.acts.verdicts import (
    DECISIONS,
    Act,
    Action,
    Done,
    LeftOut,
    refresh_after_act,
    story_row,
    write_batch,
    write_review,
)
from storage.stories import story_rows

STACK = """SELECT b.id, b.action, b.stories, b.created_at FROM batches b
  WHERE b.actor = ? AND b.undone_at IS NULL AND b.undoes IS NULL AND b.action NOT IN ('note', 'reveal', 'bundle') AND b.words <> 'before stories were reviewed'
  ORDER BY b.created_at DESC, b.rowid DESC LIMIT ?"""
# Acts of earlier releases did not keep the reason of the verdict before theirs.
BEFORE = """SELECT nullif(p.reason, 'undo') FROM story_reviews p WHERE p.story_id = v.story_id AND p.id < v.id AND p.action = v.prev_status AND p.rule_id IS NULL ORDER BY p.id DESC LIMIT 1"""
ACTS_OF_ACTOR = f"""SELECT v.id, v.story_id, v.action, v.subject, v.prev_status, coalesce(v.prev_subject, iif(v.prev_status = 'dismissed', ({BEFORE}), NULL)), r.slug, coalesce(s.masked_title, s.title) FROM story_reviews v
  JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id WHERE v.batch_id = ? ORDER BY v.id"""  # noqa: S608 (ours)
LATER_ACT = """SELECT actor FROM story_reviews v WHERE story_id = :story AND id > :id AND batch_id IS NOT :batch AND action NOT IN ('reveal', 'bundle', 'opinion')
  AND (action <> 'note' OR actor <> :actor) AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = v.batch_id AND (b.undoes IS NOT NULL OR b.undone_at IS NOT NULL)) ORDER BY id DESC LIMIT 1"""
OPPOSITE = {
    "claim": "unclaim", "unclaim": "claim", "tag": "untag", "untag": "tag", "strike": "unstrike", "unstrike": "strike",
    "join": "unlink", "refuse": "unlink", "assign": "unassign", "snooze": "wake", "add": "unadd", "mute": "unmute",
}  # fmt: skip

CLAIMS = ("claim", "unclaim")
# A claim is of whoever acts, so one that was taken over goes back to its person by this.
CLAIMED_BEFORE = """UPDATE stories SET claimed_by = :person, claimed_at = (SELECT max(v.created_at) FROM story_reviews v
  WHERE v.story_id = :story AND v.action = 'claim' AND v.actor = :person AND v.id < :review) WHERE id = :story"""
# A snooze stands again until its time; one until a rule changes only where that rule is as it was.
SNOOZED_BEFORE = """UPDATE stories SET (snoozed_until, snooze_reason, snooze_version_id) = (was.until, was.reason, was.version)
  FROM (SELECT v.subject AS until, v.reason, r.current_version_id AS version FROM story_reviews v LEFT JOIN rules r ON r.id = v.rule_id LEFT JOIN rule_versions c ON c.id = r.current_version_id
    WHERE v.id = :review AND v.subject > :at AND (v.rule_id IS NULL OR (r.active AND c.created_at <= v.created_at))) AS was WHERE stories.id = :story"""
# A verdict ends a claim and a snooze, and settles what had reopened: all stand again as before it. What was undone meanwhile never was.
STANDING_BEFORE = """SELECT v.action, v.actor, v.seen_json, v.id FROM story_reviews v WHERE v.story_id = ? AND v.id < ? AND (v.rule_id IS NULL OR v.action = 'snooze') AND v.action IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = v.batch_id AND (b.undoes IS NOT NULL OR b.undone_at IS NOT NULL)) ORDER BY v.id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Undoable:
    batch_id: str
    action: str
    stories: int
    at: str


def stack(connection: sqlite3.Connection, actor: str, most: int = 20) -> tuple[Undoable, ...]:
    """What the person can still take back, the latest first."""
    return tuple(Undoable(*tuple(row)) for row in connection.execute(STACK, (actor, most)))


def undo_batch(
    connection: sqlite3.Connection, actor: str, at: str, batch_id: str | None = None
) -> Done | None:
    """Take back this batch of one's own, or the latest; None when there is none."""
    undoable = [act for act in stack(connection, actor, 1000 if batch_id else 1) if batch_id in (None, act.batch_id)]  # fmt: skip
    if not undoable:
        return None
    batch = undoable[0].batch_id
    acts, left_out = _inverses(connection, batch, actor, at)
    connection.execute("UPDATE batches SET undone_at = ? WHERE id = ?", (at, batch))
    if undoable[0].action == "mute" and not acts and not left_out:
        return _unmuted(connection, undoable[0], Act((), "unmute", actor, at))
    if not acts:
        return Done("nothing", batch, left_out=tuple(left_out))
    stories = tuple(dict.fromkeys(story for _, story, _ in acts))
    undoing = write_batch(connection, acts[-1][0], len(stories), left_out, undoes=batch)
    for act, story, undone in acts:
        row = story_row(connection, story)
        if row is not None:
            review = write_review(connection, undoing, row, act)
            if act.action in CLAIMS and act.subject:
                connection.execute(CLAIMED_BEFORE, {"person": act.subject, "story": story, "review": review})  # fmt: skip
            refresh_after_act(connection, [story], act)
            if act.action in DECISIONS:
                _restore(connection, act, story, undone)
            if act.action == "unmute":
                mutes.unmute_act(connection, actor, undoable[0].at, at, story=str(story))
    return Done("done", undoing, stories, tuple(left_out), acts[-1][0].action == "unlink")


def _inverses(
    connection: sqlite3.Connection, batch: str, actor: str, at: str
) -> tuple[list[tuple[Act, int, int]], list[LeftOut]]:
    """The inverse of each act of the batch, with its story and the act's number; and the stories where
    somebody else has acted since, which are left as they are."""
    acts: list[tuple[Act, int, int]] = []
    left_out: list[LeftOut] = []
    for number, story, action, subject, status, before, slug, title in map(tuple, connection.execute(ACTS_OF_ACTOR, [batch])):  # fmt: skip
        later = connection.execute(LATER_ACT, {"story": story, "id": number, "batch": batch, "actor": actor}).fetchone()  # fmt: skip
        if later is not None:
            spared = LeftOut(story, title, f"{later[0]} was here since")
            left_out += [] if spared in left_out else [spared]
        else:
            acts.append((_inverse(Act((), action, actor, at, subject, "undo"), status, before, slug), story, number))  # fmt: skip
    return acts, left_out


def _unmuted(connection: sqlite3.Connection, undone: Undoable, act: Act) -> Done:
    """The act was a mute of an outlet, a rule or a phrase, of which its stories' records say nothing."""
    woken = mutes.unmute_act(connection, act.actor, undone.at, act.at)
    undoing = write_batch(connection, act, len(woken), [], undoes=undone.batch_id)
    return Done("done", undoing, woken)


def _restore(connection: sqlite3.Connection, act: Act, story: int, undone: int) -> None:
    """What the verdict `undone` had ended: somebody's claim, a snooze, and the news that had brought the story back."""
    ends = json.dumps(["claim", "unclaim", *DECISIONS])
    claim = connection.execute(STANDING_BEFORE, (story, undone, ends)).fetchone()
    if claim and claim[0] == "claim":
        connection.execute(CLAIMED_BEFORE, {"person": claim[1], "story": story, "review": undone})
    ends = json.dumps(["snooze", "wake", *DECISIONS])
    snooze = connection.execute(STANDING_BEFORE, (story, undone, ends)).fetchone()
    if snooze and snooze[0] == "snooze":
        connection.execute(SNOOZED_BEFORE, {"review": snooze[3], "story": story, "at": act.at})
    verdict = connection.execute(STANDING_BEFORE, (story, undone, json.dumps(DECISIONS))).fetchone()
    seen_growth = json.loads(verdict[2]).get("grown") if verdict and act.action != "new" else None
    row = story_row(connection, story)
    if seen_growth is not None and row is not None and seen_growth < int(str(row["grown"])):
        story_rows.reopen_unseen(connection, story, seen_growth, act.at)


def _inverse(act: Act, status: str | None, before: str | None, slug: str | None) -> Act:
    """The act that puts back what stood before."""
    if act.action in DECISIONS:
        return replace(act, action=cast(Action, status or "new"), subject=before or "")
    if act.action in ("assign", "unassign") and before:
        return replace(act, action="assign", subject=before)
    if act.action in ("snooze", "wake") and before:
        return replace(act, action="snooze", subject=before)
    if act.action in CLAIMS and before:
        return replace(act, action=cast(Action, OPPOSITE[act.action]), subject=before)
    return replace(act, action=cast(Action, OPPOSITE[act.action]), subject=slug or act.subject)
