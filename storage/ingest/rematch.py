"""The archive: stored texts in order, for matching them again, and what that brought."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from model import EntryMatch, Hit
from storage.database.connection import write_txn
from storage.ingest import entry_matches, hits
from storage.ingest.grouping.story_of_article import ARTICLE_BEFORE, Before, settle_headline
from storage.ingest.transaction import TouchedRows, finish, follow_up
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
    summary: str = ""
    boilerplate: tuple[tuple[int, int], ...] = ()  # start and end in `body`: not matched
    entry_id: int | None = None  # of an entry that speaks for itself; None: the article's own text


@dataclass(frozen=True, slots=True)
class Rematched:
    """What the rules of today find in one archived text."""

    article_id: int
    text_sha256: str
    hits: tuple[Hit, ...]
    entry_id: int | None = None


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
    never_matched: bool = False,
) -> tuple[ArchivedText, ...]:
    """Up to `limit` texts in the order of their ids.

    Given `ruleset_sha256`, leaves out those already matched with it, so that a rematch can resume.
    `never_matched`: only those that were read while no rule could be used.
    """
    rows = db.execute(
        f"""{TEXTS_TO_MATCH} WHERE t.article_id > :after AND (:ruleset IS NULL OR a.ruleset_sha256 IS NOT :ruleset)
             AND (:since IS NULL OR a.day >= :since) AND (NOT :never_matched OR a.ruleset_sha256 IS NULL)
           ORDER BY t.article_id LIMIT :limit""",
        {
            "after": after_id,
            "ruleset": ruleset_sha256,
            "since": since_day,
            "limit": limit,
            "never_matched": never_matched,
        },
    )
    return tuple(archived(row) for row in rows)


TEXTS_TO_MATCH = """SELECT a.id, t.title, t.body, a.outlet, a.url, a.language, a.text_sha256, a.day, t.summary,
    coalesce((SELECT boilerplate_json FROM text_versions v WHERE v.article_id = a.id AND v.text_sha256 = a.text_sha256), '[]')
  FROM article_texts t JOIN articles a ON a.id = t.article_id"""


def archived(row: tuple[Any, ...]) -> ArchivedText:
    return replace(ArchivedText(*row[:9]), boilerplate=spans(row[9]))


def archived_texts(db: Database, article_ids: Sequence[int]) -> tuple[ArchivedText, ...]:
    """The texts of these articles."""
    rows = db.execute(
        f"{TEXTS_TO_MATCH} WHERE t.article_id IN (SELECT value FROM json_each(?))",  # noqa: S608
        [json.dumps(list(article_ids))],
    )
    return tuple(archived(row) for row in rows)


def sample_ids(db: Database, count: int, since_day: str | None = None) -> list[int]:
    """Up to `count` articles with a text, each with the same chance, in the order of their ids."""
    rows = db.execute(
        """SELECT article_id FROM article_texts
           WHERE :since IS NULL OR (SELECT day FROM articles WHERE id = article_id) >= :since
           ORDER BY random() LIMIT :count""",
        {"count": count, "since": since_day},
    )
    return sorted(row[0] for row in rows)


def spans(marks: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in json.loads(marks))


def archived_entries(
    db: Database, *, after_id: int = 0, limit: int = 500, ruleset_sha256: str | None = None
) -> tuple[ArchivedText, ...]:
    """Like `archive`, for entries that speak for themselves; in the order of the entries' ids. A summary
    without a content stands in its place, as `matchers.text.article_text.entry_text` has it."""
    rows = db.execute(
        """SELECT a.id, e.title, iif(e.content = '', e.summary, e.content), f.outlet, a.url, coalesce(f.language, a.language), e.content_sha256,
             a.day, iif(e.content = '', '', e.summary), e.id
           FROM entries e JOIN articles a ON a.id = e.article_id JOIN feeds f ON f.id = e.feed_id
           WHERE e.id > :after AND (NOT e.speaks OR e.ruleset_sha256 IS NOT NULL) AND e.matched_sha256 IS e.content_sha256
             AND (:ruleset IS NULL OR e.ruleset_sha256 IS NOT :ruleset) ORDER BY e.id LIMIT :limit""",
        {"after": after_id, "ruleset": ruleset_sha256, "limit": limit},
    )
    return tuple(replace(ArchivedText(*row[:9]), entry_id=row[9]) for row in rows)


def archive_size(db: Database, since_day: str | None = None) -> int:
    if since_day is None:
        return int(db.execute("SELECT count(*) FROM article_texts").fetchone()[0])
    recent = (
        "SELECT count(*) FROM articles a JOIN article_texts t ON t.article_id = a.id WHERE day >= ?"
    )
    return int(db.execute(recent, [since_day]).fetchone()[0])


HEADLINE = "SELECT title FROM article_texts WHERE article_id = ?"


def record_rematch(
    db: Database,
    run_id: int | None,
    rematched: Sequence[Rematched],
    ruleset_sha256: str,
    now: datetime,
    *,
    origin: Literal["watch", "rematch"] = "rematch",
) -> RematchCounts:
    """One transaction. Verdicts stand: a rematch reopens nothing, tells nobody, and what it finds says so.

    `origin` "watch": these texts are matched for the first time, and what is found is news.
    """
    skipped = 0
    with write_txn(db):
        touched = replace(TouchedRows.of(db, run_id), ruleset_sha256=ruleset_sha256)
        for text in rematched:
            if text.entry_id is None:
                skipped += not rematch_article(db, text, touched, iso(now), origin)
            else:
                match = EntryMatch(text.entry_id, text.text_sha256, text.hits)
                skipped += entry_matches.store_entry_matches(db, [match], now, touched, origin)
        finish(db, touched, iso(now), origin)
    changes = list(touched.changes.values())
    return RematchCounts(
        articles=len(rematched) - skipped,
        gained=changes.count("new") + changes.count("back"),
        lost=changes.count("gone"),
        changed=changes.count("changed"),
        skipped=skipped,
    )


def rematch_article(
    db: Database,
    text: Rematched,
    touched: TouchedRows,
    moment: str,
    origin: Literal["watch", "rematch"],
) -> bool:
    """False when the text changed between matching and storing."""
    row = db.execute(ARTICLE_BEFORE, [text.article_id]).fetchone()
    if row is None or (before := Before(*row)).text_sha256 != text.text_sha256:
        return False
    story_id = before.story_id
    if story_id is None and text.hits:
        (title,) = db.execute(HEADLINE, [text.article_id]).fetchone()
        story_id = settle_headline(db, before, title, touched)
    if story_id is not None:
        matched = hits.MatchedText(
            before.id, story_id, before.feed_id, before.day, before.language, before.region,
            text.text_sha256, before.state == "partial", edited=False, previous_read_at=None,
            run_id=touched.run_id, moment=moment, origin=origin, threshold=touched.threshold,
        )  # fmt: skip
        changes = hits.store_hits(db, matched, text.hits)
        follow_up(matched, changes, before.coverage or 0.0, touched)
    db.execute(
        "UPDATE articles SET ruleset_sha256 = ? WHERE id = ?",
        (touched.ruleset_sha256, text.article_id),
    )
    return True
