"""Readings: what reading an article brought, its text, story and hits, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from model import Publisher, Reading
from storage.database import turns
from storage.database.connection import path_of, write_txn
from storage.database.wellformed import well_formed
from storage.ingest import (
    boilerplate_memory,
    entry_matches,
    feed_words,
    hits,
    text_versions,
)
from storage.ingest.grouping.fingerprints import Sketch, sketch
from storage.ingest.grouping.story_of_article import ARTICLE_BEFORE, Before, settle
from storage.ingest.other_addresses import keep_other_addresses
from storage.ingest.transaction import StoredHit, TouchedRows, finish, follow_up
from storage.times import iso, iso_or_none

# Readings of a round while people write, which is as long as they wait, and otherwise: the search index gets one segment
# of each round, and small ones cost more to merge.
SMALL_ROUND, LARGE_ROUND = 8, 500


def record_readings(
    db: Database, run_id: int | None, readings: Sequence[Reading]
) -> tuple[StoredHit, ...]:
    """One short transaction, or several where somebody waits to write; recording the same readings again
    changes nothing."""
    readings = [replace(reading, article=well_formed(reading.article)) for reading in readings]
    drawn = [sketch(reading.article.title, reading.article.body) for reading in readings]
    most = SMALL_ROUND if turns.people_write(Path(path_of(db))) else LARGE_ROUND
    waiting, stored = rounds(list(zip(readings, drawn, strict=True)), most), list[StoredHit]()
    while waiting:
        stored += record_readings_until_asked(db, run_id, waiting)
    return tuple(stored)


def record_readings_until_asked(
    db: Database, run_id: int | None, waiting: list[list[tuple[Reading, Sketch]]]
) -> tuple[StoredHit, ...]:
    """One transaction for the first rounds of `waiting`, which are taken from it, up to the one after which
    somebody waits."""
    path, stored = Path(path_of(db)), list[Reading]()
    with write_txn(db):
        touched = TouchedRows.of(db, run_id)
        while waiting and not (stored and turns.somebody_waits(path)):
            some = waiting.pop(0)
            record_some(db, some, touched)
            stored += (reading for reading, _ in some)
        feed_words.keep(db, {reading.article_id for reading in stored})
        return finish(db, touched, max(iso(reading.read_at) for reading in stored))


def rounds(
    readings: Sequence[tuple[Reading, Sketch]], most: int
) -> list[list[tuple[Reading, Sketch]]]:
    """In their order, `most` in a round and no article twice: each reading must find what the one before left."""
    batches: list[list[tuple[Reading, Sketch]]] = []
    articles = set[int]()
    for reading, drawn in readings:
        if not batches or reading.article_id in articles or len(batches[-1]) == most:
            batches.append([])
            articles.clear()
        batches[-1].append((reading, drawn))
        articles.add(reading.article_id)
    return batches


def record_some(
    db: Database, readings: Sequence[tuple[Reading, Sketch]], touched: TouchedRows
) -> None:
    """All texts first, then what hangs on each: the search index takes in many at once."""
    fresh = []
    for reading, drawn in readings:
        before = Before(*db.execute(ARTICLE_BEFORE, [reading.article_id]).fetchone())
        if before.attempted_at != iso(reading.read_at):  # else it is recorded already
            fresh.append((reading, before, drawn))
    text_versions.keep_texts(
        db,
        [
            text_versions.NewText(before.id, reading.article, reading.read_at)
            for reading, before, _ in fresh
            if brings_text(before, reading) and before.text_sha256 != reading.article.text_sha256
        ],
        touched.run_id,
    )
    for reading, before, drawn in fresh:
        record_reading(db, reading, before, drawn, touched)


def record_reading(
    db: Database, reading: Reading, before: Before, drawn: Sketch, touched: TouchedRows
) -> None:
    keep_attempts(db, reading)
    if brings_text(before, reading):
        record_text(db, reading, before, drawn, touched)
    else:
        note_failure(db, touched.run_id, reading, before)
    entry_matches.store_entry_matches(db, reading.entry_matches, reading.read_at, touched)


def record_text(
    db: Database, reading: Reading, before: Before, drawn: Sketch, touched: TouchedRows
) -> None:
    edited = before.text_sha256 not in (None, reading.article.text_sha256)
    before = published_by(db, reading, before, touched)
    if reading.state == "read" and before.state != "read" and may_teach(reading.publisher):
        boilerplate_memory.count_paragraphs(db.conn, reading.article, reading.read_at)
    keep_article(db, reading, before, touched)
    keep_addresses(db, reading)
    whole = before.state == "read" and reading.state == "read"
    if edited and whole:
        db.execute(
            "UPDATE articles SET changed_at = ? WHERE id = ?", (iso(reading.read_at), before.id)
        )
    if before.story_id is None and reading.is_headline and not reading.hits:
        return  # text to search, draw and match again; its story begins with its page or a hit
    story_id, coverage = settle(db, reading, before, drawn, touched, text_differs=edited)
    matched = hits.MatchedText(
        before.id, story_id, before.feed_id, before.day, reading.article.language or before.language,
        before.region, reading.article.text_sha256, reading.state == "partial", edited and whole,
        before.read_at, touched.run_id, iso(reading.read_at), threshold=touched.threshold,
    )  # fmt: skip
    follow_up(matched, hits.store_hits(db, matched, reading.hits), coverage, touched)


def may_teach(publisher: Publisher | None) -> bool:
    """Whether the page counts for what its site repeats. Not one of a listed outlet that another's
    feed names: that could name a story's page, or lists of its leads, under five addresses."""
    return publisher is None or publisher.is_own or not publisher.is_listed


def published_by(db: Database, reading: Reading, before: Before, touched: TouchedRows) -> Before:
    """The article as of the outlet whose page was read.

    Where that is another than the row's, a redirect led from one to the other: then nothing stays
    that was said of the article under the first, for the feed that leads there may say anything.
    """
    publisher = reading.publisher
    if publisher is None or (publisher.outlet, publisher.owner) == (before.outlet, before.owner):
        return before
    db.execute(
        """UPDATE articles SET outlet = :outlet, owner = :owner,
             title = iif(:own, title, :address), authors = iif(:own, authors, ''),
             language = iif(:own, language, NULL), published_at = iif(:own, published_at, NULL),
             date_source = iif(:own, date_source, NULL) WHERE id = :id""",
        {
            "outlet": publisher.outlet, "owner": publisher.owner, "own": publisher.is_own,
            "address": reading.article.canonical_url, "id": before.id,
        },
    )  # fmt: skip
    if before.story_id is not None:
        touched.grouped.add(before.story_id)
        touched.stories.add(before.story_id)
    language = before.language if publisher.is_own else None
    return replace(before, outlet=publisher.outlet, owner=publisher.owner, language=language)


def keep_attempts(db: Database, reading: Reading) -> None:
    """What came of each address that was asked for; one that was read forgets its failures."""
    db.conn.executemany(
        """INSERT INTO article_urls (article_id, url, attempts, outcome, problem, http_status, attempted_at)
           VALUES (:article, :url, :attempts, :outcome, :problem, :status, :at)
           ON CONFLICT (article_id, url) DO UPDATE SET outcome = excluded.outcome, problem = excluded.problem,
             attempts = iif(excluded.outcome = 'ok', 0, attempts) + excluded.attempts,
             http_status = excluded.http_status, attempted_at = excluded.attempted_at""",
        [
            {
                "article": reading.article_id, "url": tried.url, "attempts": tried.attempts,
                "outcome": tried.outcome, "problem": tried.problem, "status": tried.http_status,
                "at": iso(reading.read_at),
            }
            for tried in reading.tried
        ],
    )  # fmt: skip


def keep_addresses(db: Database, reading: Reading) -> None:
    """Where a redirect led, and what the page calls itself: for those who know it by that address."""
    urls = (reading.article.url, reading.article.canonical_url)
    keep_other_addresses(db, [(reading.article_id, url) for url in urls])


def brings_text(before: Before, reading: Reading) -> bool:
    """A failure brings none, and the feed's text never replaces the page's own. Nor does a shorter part of
    a text in which nothing is found take the place of a longer one with hits: that the rest, a second
    page say, cannot be read today does not mean that it is gone."""
    if reading.state == "read":
        return True
    if reading.state != "partial" or before.state == "read":
        return False
    return bool(reading.hits) or len(reading.article.body) >= before.proven_chars


def note_failure(db: Database, run_id: int | None, reading: Reading, before: Before) -> None:
    state = before.state if before.state in {"read", "partial"} else "failed"
    db.execute(
        """UPDATE articles SET state = :state, outcome = :outcome, problem = :problem, http_status = :status,
             attempts = attempts + :asked, attempted_at = :at, next_attempt_at = :next, run_id = :run
           WHERE id = :id""",
        {
            "state": state, "outcome": reading.article.outcome, "problem": reading.article.problem,
            "status": reading.http_status, "asked": reading.asked, "at": iso(reading.read_at),
            "next": iso_or_none(reading.next_attempt_at), "run": run_id, "id": before.id,
        },
    )  # fmt: skip


def keep_article(db: Database, reading: Reading, before: Before, touched: TouchedRows) -> None:
    article, was_read = reading.article, reading.state == "read"
    db.execute(
        """UPDATE articles SET state = :state, outcome = :outcome, problem = :problem, http_status = :status,
             attempts = :attempts, reads = reads + :read, attempted_at = :at, read_at = :at,
             next_attempt_at = :next, method = :method, extractor = :extractor, chars = :chars,
             text_sha256 = :sha256, ruleset_sha256 = :ruleset, run_id = :run, audit_score = NULL,
             versions = (SELECT count(*) FROM text_versions WHERE article_id = articles.id),
             title = coalesce(nullif(:title, ''), title), url_canonical = :canonical, site = :site,
             authors = coalesce(nullif(:authors, ''), authors), language = coalesce(:language, language),
             date_source = iif(:published IS NULL, date_source, :date_source),
             published_at = coalesce(:published, published_at) WHERE id = :id""",
        {
            "state": reading.state, "outcome": article.outcome, "problem": article.problem,
            "status": reading.http_status, "attempts": 0 if was_read else before.attempts + reading.asked,
            "read": was_read, "at": iso(reading.read_at), "next": iso_or_none(reading.next_attempt_at),
            "method": article.method, "extractor": article.extractor, "chars": len(article.body),
            "sha256": article.text_sha256, "ruleset": touched.ruleset_sha256, "run": touched.run_id, "title": article.title,
            "canonical": article.canonical_url, "site": article.site,
            "authors": ", ".join(article.authors), "language": article.language,
            "published": iso_or_none(article.published), "date_source": article.date_source, "id": before.id,
        },
    )  # fmt: skip
