"""Entries: what each feed said of an article, and whose words these are.

A feed of the article's own outlet speaks for the article; what another feed says stays that feed's.
"""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from sqlite_utils import Database

from model import Entry
from storage.ingest.feeds.shared_pages import differ, longest_words
from storage.times import day, iso, iso_or_none

Changed = tuple[int, int, Entry]  # entry row, article row, what the feed says now


@dataclass(frozen=True, slots=True)
class FeedRow:
    """What an article inherits from the feed that listed it first."""

    id: int
    slug: str
    outlet: str
    owner: str | None
    language: str | None
    region: str | None


def sort_out(
    db: Database, feed: FeedRow, entries: Mapping[str, Entry]
) -> tuple[list[Entry], list[Changed]]:
    """The entries never seen, and those that say something else or that they were updated since."""
    stored_entries = {
        key: (row, article, sha256, updated, speaks)
        for key, row, article, sha256, updated, speaks in db.execute(
            """SELECT entry_key, id, article_id, content_sha256, updated_at, speaks FROM entries
               WHERE feed_id = ? AND entry_key IN (SELECT value FROM json_each(?))""",
            (feed.id, json.dumps(list(entries))),
        )
    }
    new = [entry for key, entry in entries.items() if key not in stored_entries]
    changed = [
        (row, article, entries[key])
        for key, (row, article, sha256, updated, speaks) in stored_entries.items()
        if sha256 != entries[key].content_sha256
        or is_later(entries[key].updated, updated)
        or bool(speaks) != entries[key].speaks
    ]
    return new, changed


def is_later(updated: datetime | None, stored_at: str | None) -> bool:
    return updated is not None and stored_at is not None and iso(updated) > stored_at


def article_url(feed: FeedRow, entry: Entry, apart: Container[str] = ()) -> str:
    """The canonical URL; an entry without a usable link, or one of several that share their page,
    is its own article, named after its key."""
    own = f"feed:{feed.slug}:{entry.key}"
    return own if entry.key in apart else entry.canonical_url or own


def url_hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


NEW_ARTICLE = """INSERT INTO articles (title, url, url_canonical, url_hash, feed_id, outlet, owner, authors, language, region,
    published_at, date_source, first_seen_at, day, next_attempt_at, shared_page, run_id)
  VALUES (:title, :url, :canonical, :hash, :feed, :outlet, :owner, :authors, :language, :region, :published,
    iif(:published IS NULL, NULL, 'feed'), :now, :day, :now, :shared, :run) ON CONFLICT (url_hash) DO NOTHING"""
NEW_ENTRY = """INSERT INTO entries (feed_id, entry_key, article_id, guid, url, title, summary, content, authors,
    published_at, updated_at, content_sha256, speaks, matched_sha256, first_seen_at, run_id)
  VALUES (:feed, :key, :article, :guid, :url, :title, :summary, :content, :authors, :published, :updated,
    :sha256, :speaks, iif(:speaks, :sha256, NULL), :now, :run)"""
NEW_TEXT = """INSERT INTO entry_texts (entry_id, text_sha256, first_seen_at, run_id)
  SELECT id, content_sha256, first_seen_at, run_id FROM entries WHERE feed_id = ? AND entry_key = ?"""
# The outlet's own feed comes later than another's: from now on it is the one that speaks, and its
# words are matched beside the page, which is read once more for that.
ADOPT = """UPDATE articles SET outlet = :outlet, owner = :owner, feed_id = :feed, url = :url,
    title = iif(state = 'read', title, :title), region = coalesce(:region, region), language = coalesce(language, :language),
    published_at = coalesce(published_at, :published), date_source = iif(published_at IS NULL AND :published IS NOT NULL, 'feed', date_source),
    next_attempt_at = iif(attempted_at IS NULL, next_attempt_at, :now)
  WHERE url_hash = :hash AND feed_id <> :feed AND NOT EXISTS (SELECT 1 FROM entries WHERE article_id = articles.id AND speaks)"""


def add_entries(
    db: Database,
    run_id: int | None,
    feed: FeedRow,
    entries: Sequence[Entry],
    *,
    now: datetime,
    apart: frozenset[str] = frozenset(),
) -> set[int]:
    """The articles that they are of. `apart`: keys of those that share their page with other items of
    the feed."""
    apart |= others_at_known_pages(db, feed, entries, apart, now)
    hashes = {entry.key: url_hash(article_url(feed, entry, apart)) for entry in entries}
    # As they are needed, not as a list: all values of a large feed take more memory than the feed.
    values = partial(article_values, run_id, feed, now=now, apart=apart)
    db.conn.executemany(NEW_ARTICLE, map(values, entries))
    db.conn.executemany(ADOPT, (values(entry) for entry in entries if entry.speaks))
    articles = dict(
        db.execute(
            "SELECT url_hash, id FROM articles WHERE url_hash IN (SELECT value FROM json_each(?))",
            [json.dumps(list(hashes.values()))],
        ).fetchall()
    )
    db.conn.executemany(
        NEW_ENTRY,
        (
            entry_values(e, now, run_id) | {"feed": feed.id, "article": articles[hashes[e.key]]}
            for e in entries
        ),
    )
    db.conn.executemany(NEW_TEXT, ((feed.id, entry.key) for entry in entries))
    return set(articles.values())


def others_at_known_pages(
    db: Database, feed: FeedRow, entries: Sequence[Entry], apart: Container[str], now: datetime
) -> frozenset[str]:
    """New entries at the address of an article that this feed listed before: keys of those that say
    something else. The others are edits of it, and have its page read again."""
    hashes = {
        e.key: url_hash(article_url(feed, e)) for e in entries if e.speaks and e.key not in apart
    }
    texts_at: dict[str, list[tuple[int, str, str, str]]] = {}
    for hash_, article, title, text, sha256 in db.execute(
        """SELECT a.url_hash, a.id, e.title, iif(length(e.content) > length(e.summary), e.content, e.summary),
             e.content_sha256 FROM articles a JOIN entries e ON e.article_id = a.id
           WHERE a.url_hash IN (SELECT value FROM json_each(?)) AND e.feed_id = ?""",
        (json.dumps(sorted(set(hashes.values()))), feed.id),
    ):
        texts_at.setdefault(hash_, []).append((article, title, text, sha256))
    others, edited = set[str](), set[int]()
    for entry in entries:
        before = texts_at.get(hashes.get(entry.key, ""), [])
        if before and all(
            differ(entry.title, longest_words(entry), t, text) for _, t, text, _ in before
        ):
            others.add(entry.key)
        if all(sha256 != entry.content_sha256 for *_, sha256 in before):
            edited.update(
                article for article, *_ in before
            )  # else it is the guid alone that changed
    read_again(db, edited, now)
    return frozenset(others)


def read_again(db: Database, articles: Iterable[int], now: datetime) -> None:
    """At once after a first reading, then an hour after the last attempt at the earliest, and after
    five good reads, or failures in a row, a day: some feeds touch every entry at every poll, others add to
    one for weeks."""
    db.conn.executemany(
        """UPDATE articles SET next_attempt_at = min(coalesce(next_attempt_at, '9999'),
             max(?, strftime('%Y-%m-%dT%H:%M:%fZ', attempted_at, iif(max(reads, attempts) > 5, '+1 day', iif(max(reads, attempts) > 1, '+1 hour', '+0 hour')))))
           WHERE id = ? AND attempted_at IS NOT NULL""",
        [(iso(now), article) for article in articles],
    )


def article_values(
    run_id: int | None, feed: FeedRow, entry: Entry, now: datetime, apart: Container[str] = ()
) -> dict[str, object]:
    """A feed that does not speak for the article gives nothing but its address: not even a
    title, for which the address stands, without what it may bring along."""
    url = article_url(feed, entry, apart)
    link = entry.url if entry.canonical_url else url
    values: dict[str, object] = {"url": link, "canonical": url, "hash": url_hash(url), "feed": feed.id, "now": iso(now),
             "region": feed.region, "shared": entry.key in apart, "day": day(now), "run": run_id}  # fmt: skip
    if not entry.speaks:
        return values | {
            "title": url.partition("?")[0], "outlet": host(url) or feed.outlet, "owner": None, "authors": "",
            "language": None, "published": None,
        }  # fmt: skip
    return values | {
        "title": entry.title, "outlet": feed.outlet, "owner": feed.owner,
        "authors": ", ".join(entry.authors), "language": entry.language or feed.language,
        "published": iso_or_none(entry.published),
    }  # fmt: skip


def host(url: str) -> str:
    """What an outlet is called of which nothing but an address is known."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def entry_values(entry: Entry, now: datetime, run_id: int | None) -> dict[str, object]:
    return {
        "key": entry.key, "guid": entry.guid, "url": entry.url, "title": entry.title,
        "summary": entry.summary, "content": entry.content, "authors": ", ".join(entry.authors),
        "published": iso_or_none(entry.published), "updated": iso_or_none(entry.updated),
        "sha256": entry.content_sha256, "speaks": entry.speaks, "now": iso(now), "run": run_id,
    }  # fmt: skip


def change_entries(
    db: Database, run_id: int | None, changed: Iterable[Changed], now: datetime
) -> None:
    """Keep the feed's new words beside the old, and have the page read again: at once for a first
    change. An article never tried yet is due anyway. Words that were matched apart once are matched so again:
    else a hit on those of before would stand."""
    changed = list(changed)
    values = [entry_values(entry, now, run_id) | {"row": row} for row, _, entry in changed]
    db.conn.executemany(
        """UPDATE entry_texts SET (title, summary, content) = (SELECT title, summary, content FROM entries WHERE id = :row)
           WHERE entry_id = :row AND title IS NULL AND text_sha256 <> :sha256""",
        values,
    )
    db.conn.executemany(
        """INSERT INTO entry_texts (entry_id, text_sha256, first_seen_at, run_id) VALUES (:row, :sha256, :now, :run)
           ON CONFLICT (entry_id, text_sha256) DO UPDATE SET title = NULL, summary = NULL, content = NULL""",
        values,
    )
    db.conn.executemany(
        """UPDATE entries SET title = :title, summary = :summary, content = :content, authors = :authors, url = :url,
             published_at = :published, updated_at = :updated, content_sha256 = :sha256, speaks = :speaks,
             matched_sha256 = iif(:speaks AND ruleset_sha256 IS NULL, :sha256, matched_sha256), last_changed_at = :now WHERE id = :row""",
        values,
    )
    read_again(db, (article for _, article, entry in changed if entry.speaks), now)
