"""Entries that a feed lists under another address than at its last poll: the same stories, moved.

Sites change a slug with the headline, move to https, add a session to each link. Taken for new, every story
of such a feed would be asked for, matched and counted again at each poll.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from sqlite_utils import Database

from model import Entry
from storage.ingest.feeds.entries import Changed, url_hash
from storage.ingest.feeds.shared_pages import longest_words, says_other
from storage.ingest.other_addresses import keep_other_addresses
from storage.times import iso, iso_or_none

# What tells the pages of one path apart; other parameters hold sessions, times and where a reader came from.
PAGES_OWN = re.compile(
    r"(?:^|(?<=&))(?:(?![\w-]*s(?:ess(?:ion)?)?_?id=)[\w-]*id|p|q|s|a|n|art|article|story|post|news|item|page)=[^&]*",
    re.IGNORECASE,
)
MOST_ALIKE = 20  # dropped entries of the same words that are looked at
FEWEST_TELLING_WORDS = (
    20  # of a text that is told by itself: under other headlines stands "Read more"
)
FEWEST_REISSUED = (
    3  # entries that stand under new addresses all at once, as where links carry tokens
)
# Not part of a token of letters and numbers
PAGE_NUMBER = re.compile(r"(?<![^\W_])\d{1,8}(?![^\W_])")
MOST_TRIES = 5  # of a page that was not read; an address that changes at every poll earns no more
# Only what was listed at the last poll and is no longer, by its key and by its page: a guid may go to
# another story while the page that had it is still listed.
# CROSS JOIN: in this order. Before ANALYZE, SQLite looks through all keys for each entry of the feed.
NO_LONGER_LISTED = """SELECT e.id, e.article_id, e.guid, e.url, e.title, iif(length(e.content) > length(e.summary), e.content, e.summary) AS words,
    e.published_at, e.content_sha256, a.state = 'read'
  FROM feeds f CROSS JOIN json_each(f.last_keys_json) k
    CROSS JOIN entries e ON e.feed_id = f.id AND e.entry_key = k.value CROSS JOIN articles a ON a.id = e.article_id
  WHERE f.id = :feed AND e.speaks AND e.url IS NOT NULL AND NOT a.shared_page
    AND k.value NOT IN (SELECT value FROM json_each(:listed))
    AND a.url_hash NOT IN (SELECT value FROM json_each(:pages))"""
TAKEN = "SELECT url_hash FROM articles WHERE url_hash IN (SELECT value FROM json_each(?))"
MOVE_ENTRY = "UPDATE entries SET entry_key = :key, guid = :guid, url = :url WHERE id = :row"
MOVE_ARTICLE = """UPDATE articles SET url = :url, url_canonical = :canonical, url_hash = :hash,
    next_attempt_at = iif(state <> 'read' AND attempts <= :most, :now, next_attempt_at) WHERE id = :article"""


Value = TypeVar("Value")


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
    was_read: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A dropped entry and the one that it is now. Where only `reissued`, a page that was read is read
    again: its words are all that tells."""

    before: Dropped
    entry: Entry
    reissued: bool = False

    @property
    def is_edit(self) -> bool:
        """Whether the page is read as after an edit. One that was not read has its tries (MOST_TRIES), or
        it would be asked for at each poll for ever."""
        is_other_text = self.before.content_sha256 != self.entry.content_sha256
        return is_other_text or (self.reissued and self.before.was_read)


def without_moved(
    db: Database,
    feed_row: int,
    new: Sequence[Entry],
    listed: Mapping[str, Entry],
    *,
    apart: Collection[str],
    now: datetime,
) -> tuple[list[Entry], list[Changed]]:
    """The new entries but for those that moved, which stand under their new address from now on; and
    of these the ones whose words changed as well. `apart`: keys of entries that share their page."""
    moved = moved_entries(db, feed_row, new, listed, apart)
    move(db, moved, now)
    keys = {pair.entry.key for pair in moved}
    edited = [(pair.before.row, pair.before.article, pair.entry) for pair in moved if pair.is_edit]
    return [entry for entry in new if entry.key not in keys], edited


def moved_entries(
    db: Database,
    feed_row: int,
    new: Sequence[Entry],
    listed: Mapping[str, Entry],
    apart: Collection[str],
) -> list[Moved]:
    """Those of the new entries that are a dropped one at another address, each with it."""
    mobile = [e for e in new if e.speaks and e.canonical_url and e.key not in apart]
    if not mobile:
        return []
    pages = {url_hash(e.canonical_url) for e in listed.values() if e.canonical_url}
    parameters = {
        "feed": feed_row,
        "listed": json.dumps(list(listed)),
        "pages": json.dumps([*pages]),
    }
    dropped = [Dropped(*row) for row in db.execute(NO_LONGER_LISTED, parameters)]
    if not dropped:
        return []
    by_hash = {url_hash(entry.canonical_url or ""): entry for entry in mobile}
    for (page_hash,) in db.execute(TAKEN, [json.dumps(list(by_hash))]).fetchall():
        del by_hash[page_hash]  # another feed was there before: it is that article
    pairs = paired(by_hash.values(), dropped)
    known_articles = {pair.before.article for pair in pairs}
    known_keys = {pair.entry.key for pair in pairs}
    return pairs + [
        pair
        for pair in reissued(by_hash.values(), dropped)
        if pair.before.article not in known_articles and pair.entry.key not in known_keys
    ]


def paired(entries: Iterable[Entry], dropped: Sequence[Dropped]) -> list[Moved]:
    """Each entry with the first dropped one that it is, and each article once."""
    by_guid, by_words = marks_of(dropped)
    pairs: dict[int, Moved] = {}
    for entry in entries:
        same = (
            *(d for d in by_guid.get(entry.guid or "", ()) if is_same_story(d, entry)),
            *(d for d in by_words.get(entry.content_sha256, ()) if stands_elsewhere(d, entry)),
        )
        if before := next((d for d in same if d.article not in pairs), None):
            pairs[before.article] = Moved(before, entry)
    return list(pairs.values())


def reissued(entries: Iterable[Entry], dropped: Sequence[Dropped]) -> list[Moved]:
    """Of a feed whose links carry a token that is new at each poll: several entries in the same
    words, each alone in them and of the same moment or none, at least half of what was dropped. Where
    the site counts its pages, the next number is the next notice in the words of the last one."""
    entries = list(entries)
    before_by_words = alone((before.content_sha256, before) for before in dropped)
    entry_by_words = alone((entry.content_sha256, entry) for entry in entries)
    pairs = [
        Moved(before, entry, reissued=True)
        for words, before in before_by_words.items()
        if (entry := entry_by_words.get(words)) is not None
        and before.published == iso_or_none(entry.published)
        and not is_counted_on(before.url, entry.url or "")
    ]
    enough = len(pairs) >= FEWEST_REISSUED and 2 * len(pairs) >= len(dropped)
    return list({pair.before.article: pair for pair in pairs}.values()) if enough else []


def alone(values: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Those whose key no other has."""
    shared: dict[str, list[Value]] = {}
    for key, value in values:
        shared.setdefault(key, []).append(value)
    return {key: several[0] for key, several in shared.items() if len(several) == 1}


def marks_of(
    dropped: Sequence[Dropped],
) -> tuple[dict[str, list[Dropped]], dict[str, list[Dropped]]]:
    """The dropped entries by guid, where no two share it, and by their words, a few for each: what many
    have in common tells nothing, and comparing all with all would take minutes."""
    by_guid: dict[str, list[Dropped]] = {}
    by_words: dict[str, list[Dropped]] = {}
    for before in dropped:
        by_guid.setdefault(before.guid or "", []).append(before)
        by_words.setdefault(before.content_sha256, []).append(before)
    alone = {guid: sharing for guid, sharing in by_guid.items() if guid and len(sharing) == 1}
    return alone, {words: sharing[:MOST_ALIKE] for words, sharing in by_words.items()}


def is_same_story(before: Dropped, entry: Entry) -> bool:
    """Of two entries with one guid: much the same text, long or under a like headline; or a like
    headline of the same moment."""
    words, is_called_alike = longest_words(entry), not says_other(before.title, entry.title)
    if before.words and words and not says_other(before.words, words):
        return is_called_alike or len(words.split()) >= FEWEST_TELLING_WORDS
    return is_called_alike and published_together(before, entry)


def stands_elsewhere(before: Dropped, entry: Entry) -> bool:
    """Of two entries in the same words: at an address that differs in form alone. Of a text that is told
    by itself also with other sessions in it, or published at the same moment: "Public notice: read more"
    stands above many a page of one day."""
    if len(before.words.split()) < FEWEST_TELLING_WORDS:
        return addresses_alike(before.url, entry.url or "", whole_query=True)
    return published_together(before, entry) or addresses_alike(before.url, entry.url or "")


def published_together(before: Dropped, entry: Entry) -> bool:
    return before.published is not None and before.published == iso_or_none(entry.published)


def is_counted_on(url: str, other: str) -> bool:
    """Whether two addresses are alike but for the number or the date of the page: `/notices/101` and
    `/notices/204`. Longer numbers are sessions and times."""
    (host, *parts), (other_host, *other_parts) = stable_address(url, False), stable_address(other, False)  # fmt: skip
    if host != other_host or parts == other_parts:
        return False
    return [PAGE_NUMBER.sub("#", part) for part in parts] == [
        PAGE_NUMBER.sub("#", part) for part in other_parts
    ]


def addresses_alike(url: str, other: str, *, whole_query: bool = False) -> bool:
    return stable_address(url, whole_query) == stable_address(other, whole_query)


@lru_cache(1024)  # of one entry and the few dropped ones that it is compared with
def stable_address(url: str, whole_query: bool) -> tuple[str, str, str]:
    """The address without what sites change in all their addresses at once."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ""
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.partition(";")[0].removesuffix("/amp").rstrip("/")
    query = parts.query if whole_query else "&".join(PAGES_OWN.findall(parts.query))
    return host, path, query


def move(db: Database, moved: Sequence[Moved], now: datetime) -> None:
    """The known entries and their articles stand under their new addresses from now on; a page that
    could not be read under the old one is due."""
    values = [
        {
            "row": pair.before.row, "article": pair.before.article, "key": pair.entry.key,
            "guid": pair.entry.guid, "url": pair.entry.url, "canonical": pair.entry.canonical_url,
            "hash": url_hash(pair.entry.canonical_url or ""), "most": MOST_TRIES, "now": iso(now),
        }
        for pair in moved
    ]  # fmt: skip
    db.conn.executemany(MOVE_ENTRY, values)
    db.conn.executemany(MOVE_ARTICLE, values)
    keep_other_addresses(db, [(pair.before.article, pair.before.url) for pair in moved])
