"""Polls: what each brought, stored with the feed's validators in one transaction.

After it, a 304 can hide nothing: every entry has a row, and an article that is due to be read.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from model import Entry, FeedPoll, NextPoll, Outcome, SitemapTurn
from storage.database import turns
from storage.database.connection import path_of, write_txn
from storage.database.wellformed import well_formed
from storage.facts import forget_fact, keep_fact
from storage.ingest import feed_words
from storage.ingest.feeds.entries import FeedRow, add_entries, change_entries, sort_out, url_hash
from storage.ingest.feeds.moved_entries import without_moved
from storage.ingest.feeds.shared_pages import keys_apart
from storage.queries.articles.unread import newest_article
from storage.queries.feed_health import DEAD_AFTER, SILENT_AFTER
from storage.times import day, iso, iso_or_none

ANSWERED = {Outcome.OK, Outcome.NOT_MODIFIED, Outcome.MALFORMED, Outcome.EMPTY}
MOST_NEW_A_DAY = 20_000  # articles that one feed may bring; a news site publishes some hundreds
KEYS_KEPT = 2000  # of the last poll, to tell a gap; a larger feed is sampled


@dataclass(frozen=True, slots=True)
class RecordedPoll:
    feed_id: str
    entries_seen: int
    entries_new: int
    entries_changed: int


def record_polls(
    db: Database, run_id: int | None, polls: Sequence[tuple[FeedPoll, NextPoll]], now: datetime
) -> tuple[RecordedPoll, ...]:
    """One transaction for all of `polls`, or several where somebody waits to write: each poll is stored as a
    whole. Recording a poll again changes nothing."""
    recorded = list[RecordedPoll]()
    while len(recorded) < len(polls):
        recorded += record_polls_until_asked(db, run_id, polls[len(recorded) :], now)
    return tuple(recorded)


def record_polls_until_asked(
    db: Database, run_id: int | None, polls: Sequence[tuple[FeedPoll, NextPoll]], now: datetime
) -> list[RecordedPoll]:
    """One transaction for the first of these polls, up to the one after which somebody waits."""
    path, recorded = Path(path_of(db)), list[RecordedPoll]()
    with write_txn(db):
        rows, told_articles = feed_rows(db, [poll.feed_id for poll, _ in polls]), set[int]()
        for poll, decision in polls:
            row = rows[poll.feed_id]
            recorded.append(record_poll(db, run_id, row, poll, decision, now=now, told_articles=told_articles))  # fmt: skip
            if turns.somebody_waits(path):
                break
        feed_words.keep(db, told_articles)
    return recorded


def feed_rows(db: Database, slugs: Sequence[str]) -> dict[str, FeedRow]:
    rows = db.execute(
        """SELECT slug, id, outlet, owner, language, region FROM feeds
           WHERE slug IN (SELECT value FROM json_each(?))""",
        [json.dumps(slugs)],
    )
    return {slug: FeedRow(feed_id, slug, *rest) for slug, feed_id, *rest in rows}


def record_poll(
    db: Database,
    run_id: int | None,
    feed: FeedRow,
    poll: FeedPoll,
    decision: NextPoll,
    *,
    now: datetime,
    told_articles: set[int],
) -> RecordedPoll:
    """`told_articles` is given the articles of which the feed says something new."""
    listed = by_key(poll.entries)
    new, changed = sort_out(db, feed, listed)
    apart = keys_apart(listed.values())
    new, edited = without_moved(db, feed.id, new, listed, apart=apart, now=now)
    changed += edited
    room = MOST_NEW_A_DAY - new_of_the_day(db, feed, poll.polled_at) if new else 0
    if len(new) > room:
        poll, decision = without_surplus(poll, decision, len(new) - max(0, room))
        new = new[: max(0, room)]
    newest = newest_article(db)
    listed_before = entries_listed_before(db, feed, new) if decision.if_known else 0
    articles = add_entries(db, run_id, feed, new, now=now, apart=apart)
    unknown = min(len(new) - listed_before, sum(article > newest for article in articles))
    if decision.if_known and 2 * unknown <= len(listed):
        decision = decision.if_known
    told_articles |= articles
    change_entries(db, run_id, changed, now)
    told_articles.update(article for _, article, _ in changed)
    recorded = RecordedPoll(feed.slug, len(poll.entries), len(new), len(changed))
    add_poll(db, run_id, feed, poll, decision=decision, recorded=recorded)
    update_feed(db, feed, poll, decision, found_new=bool(new))
    set_feed_alarm(db, feed, poll.polled_at)
    return recorded


def by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """A feed that lists an entry twice means the first."""
    listed: dict[str, Entry] = {}
    for entry in map(well_formed, entries):
        listed.setdefault(entry.key, entry)
    return listed


def entries_listed_before(db: Database, feed: FeedRow, entries: Sequence[Entry]) -> int:
    """How many of them this feed listed before in the same words: it gives out new guids, or moved."""
    hashes = json.dumps([entry.content_sha256 for entry in entries])
    row = db.execute(
        """SELECT count(DISTINCT content_sha256) FROM entries
           WHERE feed_id = ? AND content_sha256 IN (SELECT value FROM json_each(?))""",
        (feed.id, hashes),
    ).fetchone()
    return int(row[0])


def new_of_the_day(db: Database, feed: FeedRow, at: datetime) -> int:
    row = db.execute(
        "SELECT coalesce(sum(entries_new), 0) FROM polls WHERE feed_id = ? AND polled_at >= ? AND polled_at < ?",
        (feed.id, f"{day(at)}T", iso(at)),
    ).fetchone()
    return int(row[0])


def without_surplus(poll: FeedPoll, decision: NextPoll, many: int) -> tuple[FeedPoll, NextPoll]:
    """The poll as one with a gap, without its validators: a 304 must not hide what is still listed."""
    why = f"{many:,} of its entries are left out: more than {MOST_NEW_A_DAY:,} new ones in a day."
    cache = replace(poll.cache, etag=None, last_modified=None, body_sha256=None)
    poll = replace(poll, sentence=f"{poll.sentence} {why}", cache=cache)
    return poll, replace(decision, gap=True)


# A trigger makes an event of each change.
ALARM = """UPDATE feeds SET alarm = alarm.now, alarm_at = :at FROM (SELECT id AS feed,
    CASE WHEN failures AND coalesce(last_ok_at, added_at) <= :dead THEN 'dead' WHEN last_entry_at <= :silent THEN 'silent' END AS now
    FROM feeds WHERE id = :feed) alarm WHERE alarm.feed = feeds.id AND feeds.alarm IS NOT alarm.now"""


def set_feed_alarm(db: Database, feed: FeedRow, polled_at: datetime) -> None:
    moments = {
        "at": iso(polled_at),
        "dead": iso(polled_at - DEAD_AFTER),
        "silent": iso(polled_at - SILENT_AFTER),
    }
    db.execute(ALARM, {"feed": feed.id, **moments})


def add_poll(
    db: Database,
    run_id: int | None,
    feed: FeedRow,
    poll: FeedPoll,
    *,
    decision: NextPoll,
    recorded: RecordedPoll,
) -> None:
    db.execute(
        """INSERT INTO polls (feed_id, run_id, polled_at, outcome, sentence, http_status, duration_ms,
             bytes, unconditional, entries_seen, entries_new, entries_changed, gap, next_poll_at, why_next)
           VALUES (:feed_id, :run_id, :polled_at, :outcome, :sentence, :http_status, :duration_ms,
             :bytes, :unconditional, :seen, :new, :changed, :gap, :next_poll_at, :why)
           ON CONFLICT (feed_id, polled_at) DO NOTHING""",
        {
            "feed_id": feed.id, "run_id": run_id, "polled_at": iso(poll.polled_at),
            "outcome": poll.outcome, "sentence": poll.sentence, "http_status": poll.http_status,
            "duration_ms": poll.duration_ms, "bytes": poll.bytes_received,
            "unconditional": poll.unconditional, "seen": recorded.entries_seen,
            "new": recorded.entries_new, "changed": recorded.entries_changed, "gap": decision.gap,
            "next_poll_at": iso(decision.next_poll_at), "why": decision.why,
        },
    )  # fmt: skip


def update_feed(
    db: Database, feed: FeedRow, poll: FeedPoll, decision: NextPoll, *, found_new: bool
) -> None:
    polled_at = iso(poll.polled_at)
    changes: dict[str, object] = {
        "next_poll_at": iso(decision.next_poll_at), "interval_seconds": decision.interval_seconds,
        "failure_weight": decision.failure_weight, "failures": decision.failures,
        "dormant": decision.dormant, "last_polled_at": polled_at, "last_outcome": poll.outcome,
        "last_sentence": poll.sentence,
    }  # fmt: skip
    if poll.outcome in ANSWERED:
        changes |= {
            "last_ok_at": polled_at, "etag": poll.cache.etag,
            "last_modified": poll.cache.last_modified, "body_sha256": poll.cache.body_sha256,
            "last_full_at": iso_or_none(poll.cache.last_full_at),
        }  # fmt: skip
        if poll.moved_to or poll.outcome is not Outcome.NOT_MODIFIED:  # a feed may say it itself
            changes["moved_to"] = poll.moved_to
        keep_turn(db, feed, poll.sitemap_turn)
    if poll.entries:
        changes["last_keys_json"] = json.dumps(
            sample({well_formed(entry).key for entry in poll.entries})
        )
    if found_new:
        changes["last_entry_at"] = polled_at
    assigned = ", ".join(f"{column} = ?" for column in changes)
    db.execute(
        f"UPDATE feeds SET {assigned} WHERE id = ?",  # noqa: S608 - the columns named above
        [*changes.values(), feed.id],
    )


def keep_turn(db: Database, feed: FeedRow, turn: SitemapTurn | None) -> None:
    """Where the next poll of a long sitemap index goes on."""
    key = f"sitemap_turn:{feed.slug}"
    if turn is None:
        forget_fact(db.conn, key)
        return
    keep_fact(db.conn, key, json.dumps([turn.url, turn.all_asked]))


def sample(keys: Iterable[str]) -> list[str]:
    """All of them, or those with the smallest hashes, so that two polls sample alike."""
    ordered = sorted(keys)
    if len(ordered) <= KEYS_KEPT:
        return ordered
    return sorted(sorted(ordered, key=url_hash)[:KEYS_KEPT])
