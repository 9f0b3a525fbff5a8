"""Entries that a feed lists under another address than at its last poll: the same stories, moved.

Sites change a slug with the headline, move to https, add a session to each link. Taken for new, every story
of such a feed would be asked for, matched and counted again at each poll.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from model import Entry
from storage.ingest.entries import Changed, url_hash
from storage.ingest.shared_pages import longest_words, says_other
from storage.times import iso, iso_or_none

MOST_TRIES = 5  # of a page that was not read; an address that changes at every poll earns no more
# Only what was listed at the last poll and is no longer: an entry that both list has its own address.
NO_LONGER_LISTED = """SELECT e.id, e.article_id, e.guid, e.url, e.title, iif(length(e.content) > length(e.summary), e.content, e.summary) AS words,
    e.published_at, e.content_sha256
  FROM feeds f, json_each(f.last_keys_json) k JOIN entries e ON e.feed_id = f.id AND e.entry_key = k.value
    JOIN articles a ON a.id = e.article_id
  WHERE f.id = :feed AND e.speaks AND e.url IS NOT NULL AND NOT a.shared_page
    AND k.value NOT IN (SELECT value FROM json_each(:listed))"""
TAKEN = "SELECT url_hash FROM articles WHERE url_hash IN (SELECT value FROM json_each(?))"
MOVE_ENTRY = "UPDATE entries SET entry_key = :key, guid = :guid, url = :url WHERE id = :row"
MOVE_ARTICLE = """UPDATE articles SET url = :url, url_canonical = :canonical, url_hash = :hash,
    next_attempt_at = iif(state <> 'read' AND attempts <= :most, :now, next_attempt_at) WHERE id = :article"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An entry of the last poll that the feed no longer lists."""

    row: int
    article: int
    guid: str | None
    url: str
    title: str
    words: str
    published: str | None
    content_sha256: str


Moved = tuple[Dropped, Entry]


def without_moved(
    db: Database,
    feed_row: int,
    new: Sequence[Entry],
    listed: Collection[str],
    *,
    apart: Collection[str],
    now: datetime,
) -> tuple[list[Entry], list[Changed]]:
    """The new entries but for those that moved, which stand under their new address from now on; and
    of these the ones whose words changed as well. `apart`: keys of entries that share their page."""
    moved = moved_entries(db, feed_row, new, listed, apart)
    move(db, moved, now)
    keys = {entry.key for _, entry in moved}
    edited = [
        (before.row, before.article, entry)
        for before, entry in moved
        if before.content_sha256 != entry.content_sha256
    ]
    return [entry for entry in new if entry.key not in keys], edited


def moved_entries(
    db: Database,
    feed_row: int,
    new: Sequence[Entry],
    listed: Collection[str],
    apart: Collection[str],
) -> list[Moved]:
    """Those of the new entries that are a dropped one at another address, each with it."""
    mobile = [e for e in new if e.speaks and e.canonical_url and e.key not in apart]
    if not mobile:
        return []
    known = {"feed": feed_row, "listed": json.dumps(list(listed))}
    dropped = [Dropped(*row) for row in db.execute(NO_LONGER_LISTED, known)]
    if not dropped:
        return []
    by_hash = {url_hash(entry.canonical_url or ""): entry for entry in mobile}
    for (taken,) in db.execute(TAKEN, [json.dumps(list(by_hash))]).fetchall():
        del by_hash[taken]  # another feed was there before: it is that article
    return paired(by_hash.values(), dropped)


def paired(entries: Iterable[Entry], dropped: Sequence[Dropped]) -> list[Moved]:
    """Each entry with the first dropped one that it is, and each of those once."""
    candidates: dict[str, list[Dropped]] = {}
    for before in dropped:
        for mark in filter(None, (before.content_sha256, before.guid)):
            candidates.setdefault(mark, []).append(before)
    pairs: dict[int, Moved] = {}
    for entry in entries:
        for before in (
            *candidates.get(entry.content_sha256, ()),
            *candidates.get(entry.guid or "", ()),
        ):
            if before.row not in pairs and is_moved(before, entry):
                pairs[before.row] = (before, entry)
                break
    return list(pairs.values())


def is_moved(before: Dropped, entry: Entry) -> bool:
    """A new slug, with its guid kept, under much the same text; or the same words, which stand at an
    address that differs in form alone, or were published at the same moment."""
    same_moment = before.published is not None and before.published == iso_or_none(entry.published)
    if before.content_sha256 == entry.content_sha256:
        return addresses_alike(before.url, entry.url or "") or bool(same_moment and before.words)
    if before.guid is None or before.guid != entry.guid:
        return False
    if before.words and longest_words(entry) and not says_other(before.words, longest_words(entry)):
        return True
    return same_moment and not says_other(before.title, entry.title)


def addresses_alike(url: str, other: str) -> bool:
    return stable_address(url) == stable_address(other)


def stable_address(url: str) -> tuple[str, str, str]:
    """The address without what sites change in all their addresses at once."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ""
    host = (parts.hostname or "").removeprefix("www.")
    return host, parts.path.removesuffix("/amp").rstrip("/"), parts.query


def move(db: Database, moved: Sequence[Moved], now: datetime) -> None:
    """The known entries and their articles stand under their new addresses from now on; a page that
    could not be read under the old one is due."""
    values = [
        {
            "row": before.row, "article": before.article, "key": entry.key, "guid": entry.guid,
            "url": entry.url, "canonical": entry.canonical_url, "hash": url_hash(entry.canonical_url or ""),
            "most": MOST_TRIES, "now": iso(now),
        }
        for before, entry in moved
    ]  # fmt: skip
    db.conn.executemany(MOVE_ENTRY, values)
    db.conn.executemany(MOVE_ARTICLE, values)
