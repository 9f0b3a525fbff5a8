"""Taking acts back, the latest first, each by a new act. What others did since stays, and is named."""

import sqlite3
from dataclasses import dataclass, replace
from typing import cast

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

STACK = """SELECT b.id, b.action, b.stories, b.created_at FROM batches b
  WHERE b.actor = ? AND b.undone_at IS NULL AND b.undoes IS NULL AND b.action NOT IN ('note', 'reveal', 'bundle') AND b.words <> 'before stories were reviewed'
  ORDER BY b.created_at DESC, b.rowid DESC LIMIT ?"""
# Acts of earlier releases did not keep the reason of the verdict before theirs.
BEFORE = """SELECT nullif(p.reason, 'undo') FROM story_reviews p WHERE p.story_id = v.story_id AND p.id < v.id AND p.action = v.prev_status AND p.rule_id IS NULL ORDER BY p.id DESC LIMIT 1"""
ACTS_OF_ACTOR = f"""SELECT v.id, v.story_id, v.action, v.subject, v.prev_status, coalesce(v.prev_subject, iif(v.prev_status = 'dismissed', ({BEFORE}), NULL)), r.slug, s.title FROM story_reviews v
  JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id WHERE v.batch_id = ? ORDER BY v.id"""  # noqa: S608 (ours)
LATER_ACT = """SELECT actor FROM story_reviews WHERE story_id = :story AND id > :id AND batch_id IS NOT :batch AND action NOT IN ('reveal', 'bundle', 'opinion')
  AND (action <> 'note' OR actor <> :actor) AND coalesce(batch_id, '') NOT IN (SELECT id FROM batches WHERE undoes IS NOT NULL OR undone_at IS NOT NULL) ORDER BY id DESC LIMIT 1"""
OPPOSITE = {
    "claim": "unclaim", "unclaim": "claim", "tag": "untag", "untag": "tag", "strike": "unstrike", "unstrike": "strike",
    "join": "unlink", "refuse": "unlink", "assign": "unassign", "snooze": "wake", "add": "unadd",
}  # fmt: skip

CLAIMS = ("claim", "unclaim")
# A claim is of whoever acts, so one that was taken over goes back to its person by this.
CLAIMED_BEFORE = """UPDATE stories SET claimed_by = :person, claimed_at = (SELECT max(v.created_at) FROM story_reviews v
  WHERE v.story_id = :story AND v.action = 'claim' AND v.actor = :person AND v.id < :review) WHERE id = :story"""


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
    acts: list[tuple[Act, int]] = []
    left: list[LeftOut] = []
    for number, story, action, subject, status, before, slug, title in map(tuple, connection.execute(ACTS_OF_ACTOR, [batch])):  # fmt: skip
        later = connection.execute(LATER_ACT, {"story": story, "id": number, "batch": batch, "actor": actor}).fetchone()  # fmt: skip
        if later is not None:
            spared = LeftOut(story, title, f"{later[0]} was here since")
            left += [] if spared in left else [spared]
        else:
            acts.append((_inverse(Act((), action, actor, at, subject, "undo"), status, before, slug), story))  # fmt: skip
    connection.execute("UPDATE batches SET undone_at = ? WHERE id = ?", (at, batch))
    if not acts:
        return Done("nothing", batch, left_out=tuple(left))
    stories = tuple(dict.fromkeys(story for _, story in acts))
    undoing = write_batch(connection, acts[-1][0], len(stories), left, undoes=batch)
    for act, story in acts:
        row = story_row(connection, story)
        if row is not None:
            review = write_review(connection, undoing, row, act)
            if act.action in CLAIMS and act.subject:
                connection.execute(CLAIMED_BEFORE, {"person": act.subject, "story": story, "review": review})  # fmt: skip
            refresh_after_act(connection, [story], act)
    return Done("done", undoing, stories, tuple(left), acts[-1][0].action == "unlink")


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
