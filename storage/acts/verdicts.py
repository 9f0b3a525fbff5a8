"""What people do with stories: decided, assigned, claimed, tagged, snoozed, struck off, linked. Append-only.

One act goes for one story or for many, as one batch. It never goes over what somebody else did since
the reviewer looked: such stories are left out, and named.
"""

import json
import sqlite3
import uuid
from dataclasses import dataclass, field, replace
from typing import Literal

from storage.acts import mutes, second_opinions
from storage.stories import masks, story_rows

Action = Literal[
    "confirmed", "dismissed", "escalated", "new", "note", "claim", "unclaim", "assign", "unassign", "tag", "untag", "snooze", "wake",
    "mute", "unmute", "strike", "unstrike", "join", "refuse", "unlink", "reveal", "bundle", "add", "unadd",
]  # fmt: skip
DECISIONS = ("confirmed", "dismissed", "escalated", "new")
ABOUT_A_RULE = ("strike", "unstrike")
ABOUT_A_STORY = ("join", "refuse", "unlink")
FALSEHOOD = "falsehood"  # reason of a story that is confirmed or escalated, since its article spreads one itself
UNTIL_FIXED = "9999-12-31T00:00:00.000Z"  # a snooze that ends with the version of the rule
MOST_STORIES_AN_ACT = 2_000  # stories of one act
SPARING = (
    *DECISIONS,
    "snooze",
    "mute",
)  # what takes a story out of the hands of whoever has claimed it


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody asks for. `stories`: number and the review count that they saw; `grown`: number
    and how often the story had come to say more by then. What came after that, a verdict has not seen.

    `subject`: the assignee, the tag, until when, the other story, or the rule by its slug.
    `strikes`: rules, by their slugs, that do not belong on these stories: struck off in the same batch.
    `spare_claimed`: leave out what somebody else has claimed, as nobody sees that of each of many stories.
    """

    stories: tuple[tuple[int, int], ...]
    action: Action
    actor: str
    at: str
    subject: str = ""
    reason: str = ""
    note: str = ""
    request_id: str | None = None
    origin: Literal["desk", "api"] = "desk"
    grown: tuple[tuple[int, int], ...] = ()
    strikes: tuple[str, ...] = ()
    spare_claimed: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A story that an act did not touch, with the reason for people."""

    story: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """`again`: the same form was sent before. `nothing`: every story was left out.

    `unlinks`: what was taken back is an answer on a link between stories.
    """

    outcome: Literal["done", "again", "nothing"]
    batch_id: str = ""
    stories: tuple[int, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=())
    unlinks: bool = False


BATCH = """INSERT INTO batches (id, actor, action, words, created_at, stories, left_out_json, undoes, request_id)
  VALUES (:id, :actor, :action, :words, :at, :stories, :left_out, :undoes, :request)"""
REVIEW = """INSERT INTO story_reviews (story_id, action, rule_id, subject, reason, note, actor, created_at, prev_status, prev_subject, seen_json, batch_id, request_id, origin)
  VALUES (:story, :action, :rule, :subject, :reason, :note, :actor, :at, :status, :before, :seen, :batch, :request, :origin)"""
STORY_BEFORE = """SELECT s.id, coalesce(s.masked_title, s.title) AS title, s.status, s.reason, s.review_count, s.reviewed_by, s.assigned_to, s.claimed_by, s.snoozed_until, s.grown, s.lead_hit_id
  FROM stories s WHERE s.id = ? AND s.status IS NOT NULL"""
SEEN = """SELECT json_group_array(DISTINCT h.rule_id), json_group_array(DISTINCT lower(coalesce(a.owner, a.outlet))), json_group_array(DISTINCT substr(h.evidence_sha256, 1, 16))
  FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.story_id = ?"""


def record_act(connection: sqlite3.Connection, act: Act) -> Done:
    """Write the act. The caller is inside BEGIN IMMEDIATE, so nobody comes between."""
    again = batch_before(connection, act.request_id)
    if again is not None and _is_of(connection, again, act):
        return again
    if (
        again is not None
    ):  # the browser's Back shows a form once more, which then carries another act
        act = replace(act, request_id=None)
    rows: list[dict[str, object]] = []
    left_out: list[LeftOut] = []
    for number, seen_count in dict(act.stories[:MOST_STORIES_AN_ACT]).items():
        row = story_row(connection, number)
        why = _why_not(connection, row, act, seen_count)
        if row is None or why:
            left_out.append(LeftOut(number, str(row["title"]) if row else "", why))
        else:
            rows.append(row)
    if not rows:
        return Done("nothing", left_out=tuple(left_out))
    batch = write_batch(connection, act, len(rows), left_out)
    for row in rows:
        strike_off(connection, batch, row, act)
        release_claim(connection, batch, row, act)
        review = write_review(connection, batch, row, act)
        reopen(connection, row, act)
        if act.action == "mute":
            mutes.mute_story(connection, int(str(row["id"])), until=act.subject, actor=act.actor, at=act.at)  # fmt: skip
        if act.action in ("confirmed", "dismissed", "escalated") and row["status"] == "new":
            second_opinions.draw_opinion(connection, int(str(row["id"])), review, act.at)
    refresh_after_act(connection, [int(str(row["id"])) for row in rows], act)
    return Done("done", batch, tuple(int(str(row["id"])) for row in rows), tuple(left_out))


def batch_before(connection: sqlite3.Connection, request_id: str | None) -> Done | None:
    """The same form sent twice (a double click, a reload) is one act."""
    if not request_id:
        return None
    row = connection.execute("SELECT id FROM batches WHERE request_id = ?", [request_id]).fetchone()
    if row is None:
        return None
    stories = connection.execute("SELECT DISTINCT story_id FROM story_reviews WHERE batch_id = ?", [row[0]])  # fmt: skip
    return Done("again", row[0], tuple(story for (story,) in map(tuple, stories)))


def _is_of(connection: sqlite3.Connection, again: Done, act: Act) -> bool:
    """Whether that batch is this very act, and no other one under its request id."""
    actor, action, words, left_out = connection.execute("SELECT actor, action, words, left_out_json FROM batches WHERE id = ?", [again.batch_id]).fetchone()  # fmt: skip
    stories = {*again.stories, *(skipped["story"] for skipped in json.loads(left_out or "[]"))}
    return (actor, action, words) == (act.actor, act.action, act.reason) and stories == dict(act.stories).keys()  # fmt: skip


def story_row(connection: sqlite3.Connection, number: int) -> dict[str, object] | None:
    cursor = connection.execute(STORY_BEFORE, [number])
    row = cursor.fetchone()
    return None if row is None else dict(zip([c[0] for c in cursor.description], tuple(row), strict=True))  # fmt: skip


def _why_not(
    connection: sqlite3.Connection, row: dict[str, object] | None, act: Act, seen_count: int
) -> str:
    """Why the act cannot go for this story; "" when it can."""
    if row is None:
        return "there is no such story"
    if row["review_count"] != seen_count and act.action != "reveal":
        return f"{row['reviewed_by']} was here first ({_last_act(connection, row)})"
    if act.spare_claimed and act.action in SPARING and row["claimed_by"] not in (None, act.actor):
        return f"{row['claimed_by']} has claimed it"
    rule_ids = (*act.strikes, *((act.subject,) if act.action in ABOUT_A_RULE else ()))
    if any(_rule(connection, slug) is None for slug in rule_ids):
        return "there is no such rule"
    if act.action in ABOUT_A_STORY and (_other(connection, act.subject) in (None, row["id"])):
        return "there is no such other story"
    if act.action == "snooze" and act.subject == UNTIL_FIXED and row["lead_hit_id"] is None:
        return "no rule brought it, so it can only be snoozed for some days"
    return ""


ACTED = {"new": "put it back to new", "claim": "claimed it", "unclaim": "released it", "assign": "assigned it", "unassign": "assigned it to nobody", "note": "left a note", "snooze": "snoozed it", "mute": "muted it"}  # fmt: skip
LAST_ACT = "SELECT action FROM story_reviews WHERE story_id = ? AND action NOT IN ('reveal', 'bundle', 'opinion') ORDER BY id DESC LIMIT 1"


def _last_act(connection: sqlite3.Connection, row: dict[str, object]) -> str:
    """What somebody did that the reviewer has not seen; the status says it best where they judged."""
    if row["status"] != "new":
        return str(row["status"])
    last = connection.execute(LAST_ACT, [row["id"]]).fetchone()
    return ACTED.get(last[0], "changed it") if last else "changed it"


def _rule(connection: sqlite3.Connection, slug: str) -> int | None:
    row = connection.execute("SELECT id FROM rules WHERE slug = ?", [slug]).fetchone()
    return int(row[0]) if row else None


def _other(connection: sqlite3.Connection, subject: str) -> int | None:
    if not subject.isdecimal() or len(subject) > 18:
        return None
    row = connection.execute("SELECT id FROM stories WHERE id = ?", [int(subject)]).fetchone()
    return int(row[0]) if row else None


def write_batch(
    connection: sqlite3.Connection, act: Act, stories: int, skipped_stories: list[LeftOut], undoes: str | None = None
) -> str:  # fmt: skip
    """The number of the batch."""
    batch = uuid.uuid4().hex
    left_out = json.dumps(
        [{"story": skipped.story, "why": skipped.why} for skipped in skipped_stories]
    )
    connection.execute(BATCH, {
        "id": batch, "actor": act.actor, "action": act.action, "words": act.reason, "at": act.at, "stories": stories, "left_out": left_out,
        "undoes": undoes, "request": act.request_id,
    })  # fmt: skip
    return batch


def write_review(
    connection: sqlite3.Connection, batch: str, row: dict[str, object], act: Act
) -> int:
    """The number of the review."""
    rule = _rule(connection, act.subject) if act.action in ABOUT_A_RULE else None
    if act.action == "snooze" and act.subject == UNTIL_FIXED:
        rule = connection.execute("SELECT rule_id FROM hits WHERE id = ?", [row["lead_hit_id"]]).fetchone()[0]  # fmt: skip
    review = connection.execute(REVIEW, {
        "story": row["id"], "action": act.action, "rule": rule, "subject": "" if act.action in ABOUT_A_RULE else act.subject, "reason": act.reason,
        "note": act.note, "actor": act.actor, "at": act.at, "status": row["status"], "before": _subject_before(row, act.action), "batch": batch,
        "seen": _seen(connection, row, act) if act.action in DECISIONS else "{}", "request": f"{act.request_id}:{row['id']}" if act.request_id else None, "origin": act.origin,
    }).lastrowid  # fmt: skip
    assert review is not None
    masks.keep_masked_note(connection, review, act.note)
    return review


def _subject_before(row: dict[str, object], action: str) -> object:
    """What an undo puts back; of a verdict the reason of the one before."""
    if action in DECISIONS:
        return row["reason"]
    column = {"assign": "assigned_to", "unassign": "assigned_to", "claim": "claimed_by", "unclaim": "claimed_by", "snooze": "snoozed_until", "wake": "snoozed_until"}.get(action)  # fmt: skip
    return row[column] if column else None


STANDING_RULES = "SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = ? AND NOT x.struck"


def strike_off(
    connection: sqlite3.Connection, batch: str, row: dict[str, object], act: Act
) -> None:
    """The rules that go with the act, before it: a verdict is on what is left. A rule that the story
    does not have, or that was struck off before, is passed over."""
    standing = {slug for (slug,) in map(tuple, connection.execute(STANDING_RULES, [row["id"]]))}
    for slug in dict.fromkeys(act.strikes):
        if slug in standing and slug != act.subject:
            request = f"{act.request_id}:{slug}" if act.request_id else None
            reason = act.reason if act.action == "strike" else ""
            own = replace(act, action="strike", subject=slug, reason=reason, note="", request_id=request)  # fmt: skip
            write_review(connection, batch, row, own)


def release_claim(
    connection: sqlite3.Connection, batch: str, row: dict[str, object], act: Act
) -> None:
    """Who hands a story over works on it no longer: the claim would warn off whom it is for."""
    if act.action == "assign" and row["claimed_by"] == act.actor and act.subject != act.actor:
        request = f"{act.request_id}:unclaim" if act.request_id else None
        own = replace(act, action="unclaim", subject="", note="", request_id=request)
        write_review(connection, batch, row, own)


def _seen(connection: sqlite3.Connection, row: dict[str, object], act: Act) -> str:
    """What a verdict had before it: how far grown its page showed the story; rules, owners and passages."""
    grown = dict(act.grown).get(int(str(row["id"])), row["grown"])
    rules, owners, passages = map(json.loads, connection.execute(SEEN, [row["id"]]).fetchone())
    return json.dumps({"grown": grown, "rules": rules, "owners": owners, "passages": passages})  # fmt: skip


def reopen(connection: sqlite3.Connection, row: dict[str, object], act: Act) -> None:
    """A story that grew while it was being judged comes back at once, with what was not seen."""
    number, grown = int(str(row["id"])), int(str(row["grown"]))
    seen_growth = dict(act.grown).get(number, grown)
    if act.action in DECISIONS and act.action != "new" and seen_growth < grown:
        story_rows.reopen_unseen(connection, number, seen_growth, act.at)


# Where rules have found it since, it stays, as theirs.
OUT_OF_THE_QUEUE = """UPDATE stories SET status = NULL, lane = NULL, opening = '' WHERE id = ?
  AND NOT EXISTS (SELECT 1 FROM hits WHERE hits.story_id = stories.id)"""


def refresh_after_act(connection: sqlite3.Connection, stories: list[int], act: Act) -> None:
    """A story whose rule was struck off, or put back, or that was added by hand no longer, is weighed anew."""
    if act.action == "unadd":
        connection.executemany(OUT_OF_THE_QUEUE, [(story,) for story in stories])
    elif act.action not in ABOUT_A_RULE and not act.strikes:
        return
    touched = story_rows.TouchedStories()
    for story in stories:
        touched.add(story)
    story_rows.refresh_stories(connection, touched, act.at, "rematch")
