"""Articles that are due to be read: new ones, retries and re-reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from model import EntryText, Outcome, Unread, UrlAttempt
from storage.times import iso, parse_or_none

Only = Literal["new", "again"]
LONG_FEED_WORDS = 4000  # characters of feeds' words
MOST_LISTED_CHARACTERS = 5_000_000  # characters of them that one listing brings
# Pages of one feed that a run takes on, so that no feed crowds out the others
MOST_OF_A_FEED = 1_000
# Matched by what the feed says; nothing is fetched
OWN_WORDS = "(shared_page OR url LIKE 'feed:%')"
SPOKEN_FOR = "EXISTS (SELECT 1 FROM entries e WHERE e.article_id = articles.id AND e.speaks)"
DUE_CLAUSES = {
    None: "",
    "new": "AND state = 'unread'",
    "again": "AND state <> 'unread'",
}


def unread_articles(
    db: Database, now: datetime, *, limit: int, after_id: int = 0, only: Only | None = None
) -> tuple[Unread, ...]:
    """Up to `limit` due articles in the order of their ids, each canonical URL once; of those of one
    feed whose pages must be fetched, the newest `MOST_OF_A_FEED` that its outlet speaks for, and
    as many others, so that links to other outlets push out no story of its own.

    `only="new"` gives those never tried, `only="again"` retries and re-reads. Where feeds' words
    are long, or many, the article is `listed_only`, and `whole_unread` has them: a run lists
    100,000 articles at once.
    """
    rows = db.execute(
        f"""{UNREAD_ARTICLE} FROM (SELECT id FROM (
                 SELECT id, {OWN_WORDS} AS own_words, row_number() OVER (
                   PARTITION BY feed_id, {OWN_WORDS}, {SPOKEN_FOR} ORDER BY coalesce(published_at, first_seen_at) DESC, id) AS place
                 FROM articles INDEXED BY articles_due
                 WHERE next_attempt_at IS NOT NULL AND id > :after AND next_attempt_at <= :now {DUE_CLAUSES[only]})
                 WHERE own_words OR place <= :most ORDER BY id LIMIT :limit) due
           JOIN articles a USING (id) JOIN feeds f ON f.id = a.feed_id ORDER BY a.id""",  # noqa: S608
        {"after": after_id, "now": iso(now), "most": MOST_OF_A_FEED, "limit": limit},
    ).fetchall()
    long = with_long_words(db, [row[0] for row in rows])
    with_words = {article.article_id: article for article in with_feed_words(db, [row for row in rows if row[0] not in long])}  # fmt: skip
    return tuple(
        with_words.get(row[0]) or replace(as_unread(row, FeedWords(), (), ()), listed_only=True)
        for row in rows
    )


UNREAD_ARTICLE = """SELECT a.id, a.url, a.url_canonical, f.slug, a.outlet, a.title, a.published_at, a.language,
  a.attempts, a.state, a.text_sha256, a.reads, a.shared_page,
  EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.id AND e.speaks)"""


def newest_article(db: Database) -> int:
    """The id of the article that was stored last; 0 for none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])


def waiting_articles(db: Database, now: datetime) -> int:
    """How many are due: a run at whose end some are left says so."""
    query = "SELECT count(*) FROM articles INDEXED BY articles_due WHERE next_attempt_at IS NOT NULL AND next_attempt_at <= ?"
    return int(db.execute(query, [iso(now)]).fetchone()[0])


def whole_unread(db: Database, article_ids: Sequence[int]) -> tuple[Unread, ...]:
    """These articles with all that feeds say of them, due or not."""
    rows = db.execute(
        f"""{UNREAD_ARTICLE} FROM articles a JOIN feeds f ON f.id = a.feed_id
            WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id""",  # noqa: S608
        [json.dumps(list(article_ids))],
    ).fetchall()
    return with_feed_words(db, rows)


def with_feed_words(db: Database, rows: Sequence[Any]) -> tuple[Unread, ...]:
    ids = json.dumps([row[0] for row in rows])
    words, apart, tried = feed_words(db, ids), entries_apart(db, ids), earlier_attempts(db, ids)
    return tuple(
        as_unread(row, words.get(row[0], FeedWords()), apart.get(row[0], ()), tried.get(row[0], ()))
        for row in rows
    )


def with_long_words(db: Database, article_ids: Sequence[int]) -> frozenset[int]:
    """Those whose words are long, and those that come when the others have brought `MOST_WORDS`."""
    rows = db.execute(
        """SELECT article_id, sum(length(summary) + length(content)) FROM entries
           WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY article_id ORDER BY article_id""",
        [json.dumps(list(article_ids))],
    )
    long, brought = set[int](), 0
    for article_id, length in rows:
        brought += length if length <= LONG_FEED_WORDS else 0
        if length > LONG_FEED_WORDS or brought > MOST_LISTED_CHARACTERS:
            long.add(article_id)
    return frozenset(long)


@dataclass(slots=True)
class FeedWords:
    """What feeds say of one article. Only those of its outlet give text; others give an address."""

    text: str = ""  # the longest that such a feed gave
    title: str = ""  # of the feed that gives the summary
    summary: str = ""  # title and summary
    full_text: bool = False
    spoken: list[str] = field(default_factory=list)  # addresses
    entries: list[EntryText] = field(default_factory=list)  # of such feeds
    listed: list[str] = field(default_factory=list)


def as_unread(
    row: Any, words: FeedWords, apart: Sequence[EntryText], tried: Sequence[UrlAttempt]
) -> Unread:
    (article_id, url, canonical, feed, outlet, title, published, language, attempts, state, sha, reads,
     shared_page, spoken_for) = row  # fmt: skip
    addresses = [url, *words.spoken, *words.listed, canonical]
    return Unread(
        article_id=article_id,
        url=url,
        canonical_url=canonical,
        feed_id=feed,
        source=outlet,
        title=title
        if state == "read"
        else words.title or title,  # the outlet may have corrected it
        published=parse_or_none(published),
        feed_text=words.text,
        language=language,
        attempts=attempts,
        full_text=words.full_text,
        reread=state == "read",
        text_sha256=sha,
        reads=reads,
        summary=words.summary,
        entries=tuple(apart),
        spoken=tuple(words.entries),
        tried=tuple(tried),
        shared_page=bool(shared_page),
        spoken_for=bool(spoken_for),
        addresses=tuple(dict.fromkeys(a for a in addresses if not a.startswith("feed:"))),
    )


def feed_words(db: Database, ids: str) -> dict[int, FeedWords]:
    by_article: dict[int, FeedWords] = {}
    rows = db.execute(
        """SELECT e.speaks, e.url, f.full_text,
             e.id, e.article_id, f.slug, f.outlet, a.url, e.title, e.summary, e.content, e.content_sha256, coalesce(f.language, a.language)
           FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id
           WHERE e.article_id IN (SELECT value FROM json_each(?)) ORDER BY e.id""",
        [ids],
    )
    for speaks, url, full_text, *text in rows:
        entry = EntryText(*text)
        words = by_article.setdefault(entry.article_id, FeedWords())
        (words.spoken if speaks else words.listed).extend([url] if url else [])
        if speaks:
            words.entries.append(entry)
            words.text = max(words.text, entry.content, entry.summary, key=len)
            words.title = words.title or entry.title
            words.summary = words.summary or "\n".join(filter(None, (entry.title, entry.summary)))
            words.full_text = words.full_text or bool(full_text)
    return by_article


FEED_TEXTS_APART = """SELECT e.id, e.article_id, f.slug, f.outlet, a.url, e.title, e.summary, e.content, e.content_sha256, coalesce(f.language, a.language)
  FROM entries e JOIN articles a ON a.id = e.article_id JOIN feeds f ON f.id = e.feed_id
  WHERE (NOT e.speaks OR e.ruleset_sha256 IS NOT NULL) AND e.matched_sha256 IS NOT e.content_sha256"""


def entries_apart(db: Database, ids: str) -> dict[int, list[EntryText]]:
    """By article, what other feeds say of it, or its own beside a page that showed another story, and no rule
    has looked at yet."""
    by_article: dict[int, list[EntryText]] = {}
    rows = db.execute(
        f"{FEED_TEXTS_APART} AND e.article_id IN (SELECT value FROM json_each(?)) ORDER BY e.id",  # noqa: S608
        [ids],
    )
    for row in rows:
        by_article.setdefault(row[1], []).append(EntryText(*row))
    return by_article


def unmatched_entries(db: Database, *, limit: int, after_id: int = 0) -> tuple[EntryText, ...]:
    """Entries that speak for themselves and were not matched yet, their articles due or not."""
    rows = db.execute(f"{FEED_TEXTS_APART} AND e.id > ? ORDER BY e.id LIMIT ?", (after_id, limit))
    return tuple(EntryText(*row) for row in rows)


def earlier_attempts(db: Database, ids: str) -> dict[int, list[UrlAttempt]]:
    """By article, the addresses that failed before."""
    by_article: dict[int, list[UrlAttempt]] = {}
    rows = db.execute(
        """SELECT article_id, url, outcome, problem, http_status, attempts FROM article_urls
           WHERE outcome <> 'ok' AND article_id IN (SELECT value FROM json_each(?)) ORDER BY attempted_at""",
        [ids],
    )
    for article_id, url, outcome, problem, status, attempts in rows:
        attempt = UrlAttempt(url, Outcome(outcome), problem, status, attempts)
        by_article.setdefault(article_id, []).append(attempt)
    return by_article
