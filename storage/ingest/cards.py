"""Cards: what the queue shows, one for each story and rule, kept in step with its hits.

Priority is a moment, in days: when the story was first seen, moved later by what makes it urgent.
So a newer card overtakes an older one as time passes and no row is ever rewritten for age.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import log2

from sqlite_utils import Database

from storage.ingest.hits import Matched
from storage.stories.growth import HitChange
from storage.times import parse

DAYS_PER_SEVERITY = 2.0  # a critical card stands 6 days before a low one of the same age
DAYS_FOR_SCORE = 0.5
DAYS_PER_DOUBLING = 0.5  # of the outlets that carry the story
CLOSE_COPY = 0.9  # share of a copy's text that was judged already


@dataclass(frozen=True, slots=True)
class Copy:
    """How near the article is to the one that brought it into its story."""

    article_id: int | None
    coverage: float


def priority(severity_rank: int, score: float, outlets: int, first_at: datetime) -> float:
    return (
        first_at.timestamp() / 86400
        + DAYS_PER_SEVERITY * severity_rank
        + DAYS_FOR_SCORE * score
        + DAYS_PER_DOUBLING * log2(max(outlets, 1))
    )


def attach(db: Database, matched: Matched, copy: Copy) -> list[int]:
    """Put the article's hits that have no card on theirs; returns those cards.

    A close copy that joins a judged card inherits the verdict; another copy reopens the card.
    """
    loose = db.execute(
        "SELECT id, rule_id FROM hits WHERE article_id = ? AND card_id IS NULL",
        [matched.article_id],
    ).fetchall()
    return [join(db, matched, copy, hit_id, rule_id) for hit_id, rule_id in loose]


def join(db: Database, matched: Matched, copy: Copy, hit_id: int, rule_id: int) -> int:
    card_id, status = card_of(db, matched.story_id, rule_id, hit_id)
    db.execute("UPDATE hits SET card_id = ? WHERE id = ?", (card_id, hit_id))
    if status == "new":
        return card_id
    db.execute("UPDATE cards SET new_copies = new_copies + 1 WHERE id = ?", [card_id])
    if copy.coverage >= CLOSE_COPY:
        inherit(db, matched, copy, hit_id, status)
    elif matched.origin == "watch":
        db.execute("UPDATE cards SET reopened = 1 WHERE id = ?", [card_id])
    return card_id


def follow(db: Database, change: HitChange) -> int:
    """The card of a hit that changed, reopened if the hit was."""
    card_id = int(
        db.execute("SELECT card_id FROM hits WHERE id = ?", [change.hit_id]).fetchone()[0]
    )
    if change.reopened:
        db.execute("UPDATE cards SET reopened = 1 WHERE id = ?", [card_id])
    return card_id


def card_of(db: Database, story_id: int, rule_id: int, hit_id: int) -> tuple[int, str]:
    known = db.execute(
        "SELECT id, status FROM cards WHERE story_id = ? AND rule_id = ?", (story_id, rule_id)
    ).fetchone()
    if known:
        return int(known[0]), str(known[1])
    row = db.execute(
        """INSERT INTO cards (story_id, rule_id, lead_hit_id, severity, severity_rank, category, title, outlet,
             feed_id, score, priority, first_at, last_at, day)
           SELECT h.story_id, h.rule_id, h.id, h.severity, h.severity_rank, h.category, a.title, a.outlet,
             h.feed_id, h.score, 0, a.first_seen_at, a.first_seen_at, a.day
           FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.id = ? RETURNING id""",
        [hit_id],
    ).fetchone()
    return int(row[0]), "new"


def inherit(db: Database, matched: Matched, copy: Copy, hit_id: int, status: str) -> None:
    """Write the verdict down as our own act, with its reason, so that it can be explained and undone."""
    share = f"{copy.coverage:.0%} of its text stands in article {copy.article_id}"
    db.execute(
        """INSERT INTO reviews (hit_id, action, reason, note, actor, created_at, rule_version_id,
             evidence_sha256, prev_status)
           SELECT id, ?, 'copy of a judged story', ?, 'pollwatch', ?, rule_version_id, evidence_sha256, status
           FROM hits WHERE id = ?""",
        (status, share, matched.moment, hit_id),
    )


LEAD = """SELECT h.id, h.severity, h.severity_rank, h.category, a.title, a.outlet, h.feed_id, h.language,
  h.region, h.score FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.card_id = ?
  ORDER BY h.still_matches DESC, h.partial, h.score DESC, a.first_seen_at, h.id LIMIT 1"""
SPREAD = """SELECT count(*), count(DISTINCT lower(a.outlet)), count(DISTINCT lower(coalesce(a.owner, a.outlet))),
  min(a.first_seen_at), max(a.first_seen_at), max(h.still_matches)
  FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.card_id = ?"""


def refresh(db: Database, card_ids: Iterable[int]) -> None:
    """Count again and choose the lead: the best-scored hit on a whole text, the earliest of equals."""
    for card_id in sorted(card_ids):
        lead = db.execute(LEAD, [card_id]).fetchone()
        if lead is None:  # its one article joined another story meanwhile
            continue
        copies, outlets, owners, first_at, last_at, still = db.execute(SPREAD, [card_id]).fetchone()
        rank, score = lead[2], lead[9]
        db.execute(
            """UPDATE cards SET lead_hit_id = ?, severity = ?, severity_rank = ?, category = ?, title = ?,
                 outlet = ?, feed_id = ?, language = ?, region = ?, score = ?, copies = ?, outlets = ?,
                 owners = ?, first_at = ?, last_at = ?, day = ?, still_matches = ?, priority = ?
               WHERE id = ?""",
            (
                *lead, copies, outlets, owners, first_at, last_at, first_at[:10], still,
                priority(rank, score, outlets, parse(first_at)), card_id,
            ),
        )  # fmt: skip
