"""The archive: stored texts in order, for matching them again, and what that brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from model import Hit
from storage.connection import write_txn
from storage.ingest import cards, hits
from storage.times import iso


@dataclass(frozen=True, slots=True)
class ArchivedText:
    """A stored text with all that the matcher may ask of it."""

    article_id: int
    title: str
    body: str
    source: str
    url: str
    language: str | None
    text_sha256: str
    day: str


@dataclass(frozen=True, slots=True)
class Rematched:
    """What the rules of today find in one archived text."""

    article_id: int
    text_sha256: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class RematchCounts:
    """`skipped`: texts that changed between matching and storing; the next round takes them."""

    articles: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0
    skipped: int = 0


def archive(
    db: Database,
    *,
    after_id: int = 0,
    limit: int = 500,
    ruleset_sha256: str | None = None,
    since_day: str | None = None,
) -> tuple[ArchivedText, ...]:
    """Up to `limit` texts in the order of their ids.

    Given `ruleset_sha256`, leaves out those already matched with it, so that a rematch can resume.
    """
    rows = db.execute(
        """SELECT a.id, t.title, t.body, a.outlet, a.url, a.language, a.text_sha256, a.day
           FROM article_texts t JOIN articles a ON a.id = t.article_id
           WHERE t.article_id > ?1 AND (?2 IS NULL OR a.ruleset_sha256 IS NOT ?2) AND (?3 IS NULL OR a.day >= ?3)
           ORDER BY t.article_id LIMIT ?4""",
        (after_id, ruleset_sha256, since_day, limit),
    )
    return tuple(ArchivedText(*row) for row in rows)


def archive_size(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM article_texts").fetchone()[0])


SCENE = """SELECT a.story_id, a.feed_id, a.day, a.language, a.region, a.text_sha256, a.state, a.story_coverage,
  a.story_matched_article_id FROM articles a WHERE a.id = ? AND a.story_id IS NOT NULL"""


def record_rematch(
    db: Database, run_id: int | None, found: Sequence[Rematched], ruleset_sha256: str, now: datetime
) -> RematchCounts:
    """One transaction. Verdicts stand: a rematch reopens nothing, and what it finds new says so."""
    changes: list[hits.Change] = []
    touched: set[int] = set()
    skipped = 0
    with write_txn(db):
        for text in found:
            row = db.execute(SCENE, [text.article_id]).fetchone()
            if row is None or row[5] != text.text_sha256:
                skipped += 1
                continue
            story, feed, day, language, region, sha256, state, coverage, copied = row
            matched = hits.Matched(
                text.article_id, story, feed, day, language, region, sha256, state == "partial",
                edited=False, previous_read_at=None, run_id=run_id, moment=iso(now), origin="rematch",
            )  # fmt: skip
            stored = hits.store(db, matched, text.hits)
            touched.update(cards.attach(db, matched, cards.Copy(copied, coverage or 0.0)))
            touched.update(cards.follow(db, change) for change in stored)
            changes.extend(change.change for change in stored)
            db.execute(
                "UPDATE articles SET ruleset_sha256 = ? WHERE id = ?",
                (ruleset_sha256, text.article_id),
            )
        cards.refresh(db, touched)
    return RematchCounts(
        articles=len(found) - skipped,
        gained=changes.count("new") + changes.count("back"),
        lost=changes.count("gone"),
        changed=changes.count("changed"),
        skipped=skipped,
    )
