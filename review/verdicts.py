"""Verdicts: append-only, all of a card or story at once, never over what somebody else just did."""

import sqlite3
import uuid
from dataclasses import dataclass
from typing import Literal

Action = Literal["confirmed", "dismissed", "escalated", "new", "note", "claim", "unclaim"]
ACTIONS: tuple[Action, ...] = (
    "confirmed",
    "dismissed",
    "escalated",
    "new",
    "note",
    "claim",
    "unclaim",
)
DECISIONS = ("confirmed", "dismissed", "escalated", "new")
REASONS = {
    "other-meaning": "The words mean something else here",
    "not-election": "Not about an election",
    "no-incident": "Election story, but no security matter",
    "old-news": "Old or already known",
    "opinion": "Opinion, satire or fiction",
    "wrong-text": "Menu, advert or teaser, not the article",
    "other": "Another reason (see note)",
}
LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer asks for. `seen` is the review count of the card that they looked at."""

    card_id: int
    action: Action
    actor: str
    at: str
    seen: int
    reason: str = ""
    note: str = ""
    story: bool = False  # all cards of the story, whatever rule
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """`stale` and `missing` changed nothing."""

    outcome: Literal["done", "again", "stale", "missing"]
    batch_id: str = ""
    hits: int = 0
    cards: tuple[int, ...] = ()


INSERT = """
INSERT INTO reviews (hit_id, action, reason, note, actor, created_at, rule_version_id, evidence_sha256, prev_status, batch_id, request_id)
SELECT h.id, :action, :reason, :note, :actor, :at, h.rule_version_id, h.evidence_sha256, h.status, :batch, :request || ':' || h.id
FROM hits h WHERE h.id = :hit
"""


def record(connection: sqlite3.Connection, act: Act) -> Done:
    """Write the act. The caller holds a BEGIN IMMEDIATE transaction, so nobody comes between."""
    again = _before(connection, act.request_id)
    if again:
        return again
    card = connection.execute(
        "SELECT id, story_id, lead_hit_id, review_count FROM cards WHERE id = ?", [act.card_id]
    ).fetchone()
    if card is None:
        return Done("missing")
    if card["review_count"] != act.seen:
        return Done("stale")
    cards = _cards(connection, card, act)
    hits = [card["lead_hit_id"]] if act.action not in DECISIONS else _hits(connection, cards)
    batch = uuid.uuid4().hex
    for hit in hits:
        connection.execute(INSERT, {
            "action": act.action, "reason": act.reason, "note": act.note, "actor": act.actor, "at": act.at,
            "batch": batch, "request": act.request_id, "hit": hit,
        })  # fmt: skip
    return Done("done", batch, len(hits), cards)


def _before(connection: sqlite3.Connection, request_id: str | None) -> Done | None:
    """The same form sent twice (a double click, a reload) is one act."""
    if not request_id:
        return None
    row = connection.execute(
        "SELECT batch_id, count(*) AS n FROM reviews WHERE request_id >= ? AND request_id < ?",
        [f"{request_id}:", f"{request_id};"],
    ).fetchone()
    return Done("again", row["batch_id"], row["n"]) if row["n"] else None


def _cards(connection: sqlite3.Connection, card: sqlite3.Row, act: Act) -> tuple[int, ...]:
    if not act.story or act.action not in DECISIONS:
        return (card["id"],)
    rows = connection.execute("SELECT id FROM cards WHERE story_id = ?", [card["story_id"]])
    return tuple(row["id"] for row in rows)


def _hits(connection: sqlite3.Connection, cards: tuple[int, ...]) -> list[int]:
    marks = ", ".join("?" * len(cards))
    sql = f"SELECT id FROM hits WHERE card_id IN ({marks}) ORDER BY id"  # noqa: S608 (marks only)
    return [row["id"] for row in connection.execute(sql, cards)]


LATER = """
SELECT count(*) FROM reviews later JOIN reviews mine ON mine.hit_id = later.hit_id
WHERE mine.batch_id = ? AND later.id > mine.id AND later.batch_id IS NOT mine.batch_id
  AND (later.action <> 'note' OR later.actor <> mine.actor)
"""
COPIED = """
SELECT c.id AS hit_id, 'confirmed' AS action, 'new' AS prev_status, c.card_id FROM hits c
WHERE c.reviewed_by = 'pollwatch' AND c.status <> 'new' AND c.id NOT IN (SELECT hit_id FROM reviews WHERE batch_id = ?1 AND action <> 'note')
  AND c.card_id IN (SELECT h.card_id FROM reviews rv JOIN hits h ON h.id = rv.hit_id WHERE rv.batch_id = ?1 AND rv.action IN ('confirmed', 'dismissed', 'escalated'))
"""  # copies that came later and took the verdict over
OPPOSITE = {"claim": "unclaim", "unclaim": "claim"}


def undo(connection: sqlite3.Connection, batch_id: str, actor: str, at: str) -> Done:
    """Put back what stood before a batch of one's own, as a new act. Later acts by others win."""
    sql = """SELECT rv.hit_id, rv.action, rv.prev_status, h.card_id FROM reviews rv JOIN hits h ON h.id = rv.hit_id
      WHERE rv.batch_id = ? AND rv.actor = ? AND rv.action <> 'note'"""
    mine = connection.execute(sql, [batch_id, actor]).fetchall()
    if not mine:
        return Done("missing")
    if connection.execute(LATER, [batch_id]).fetchone()[0]:
        return Done("stale")
    batch = uuid.uuid4().hex
    mine += connection.execute(COPIED, [batch_id]).fetchall()
    for row in mine:
        action = OPPOSITE.get(row["action"]) or row["prev_status"] or "new"
        connection.execute(INSERT, {
            "action": action, "reason": "undo", "note": "", "actor": actor, "at": at,
            "batch": batch, "request": None, "hit": row["hit_id"],
        })  # fmt: skip
    return Done("done", batch, len(mine), tuple({row["card_id"] for row in mine}))


def stays_as_it_was(act: Act) -> str | None:
    """Why an act makes no sense, in a sentence; None when it does."""
    if act.action == "dismissed" and act.reason not in REASONS:
        return "Pick a reason for the dismissal."
    if act.action == "dismissed" and act.reason == "other" and not act.note.strip():
        return "Say in the note what the other reason is."
    if act.action == "note" and not act.note.strip():
        return "The note is empty."
    if len(act.note) > LONGEST_NOTE:
        return f"A note has at most {LONGEST_NOTE:,} characters."
    return None
