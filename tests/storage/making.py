"""Nouns for the storage tests, each with one short call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from model import (
    Article,
    Entry,
    Evidence,
    Examples,
    FeedCache,
    FeedPoll,
    FeedSpec,
    Hit,
    NextPoll,
    Outcome,
    Reading,
    Rule,
    Unread,
)
from storage.ingest.feeds.polls import record_polls
from storage.queries.articles.unread import unread_articles
from storage.store import Store

NO_PROCESS = 2**22 + 1  # above the number of any process
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = [
    "county",
    "clerk",
    "ballots",
    "machine",
    "printer",
    "storm",
    "morning",
    "volunteers",
    "courthouse",
    "line",
    "audit",
    "tally",
    "seal",
    "envelope",
    "signature",
    "drop",
    "box",
    "ramp",
    "poll",
    "book",
    "tablet",
    "backup",
    "paper",
    "witness",
    "judge",
    "board",
    "canvass",
    "canvassing",
    "deadline",
    "library",
    "gym",
    "school",
    "parking",
    "shuttle",
    "van",
    "sheriff",
    "deputy",
    "server",
    "password",
    "vendor",
    "patch",
    "firmware",
    "scanner",
    "memory",
    "card",
    "vault",
    "key",
    "camera",
    "hallway",
]


def feed(slug: str = "gazette", **fields: object) -> FeedSpec:
    spec = FeedSpec(
        slug, slug.title(), f"https://{slug}.example/rss", language="en", region="US-AZ"
    )
    return replace(spec, **fields)  # type: ignore[arg-type]


def entry(key: str, *, summary: str = "A summary.", **fields: object) -> Entry:
    url = f"https://gazette.example/{key}"
    new_entry = Entry(key, key, url, url, f"Title {key}", NOON, None, summary, "")
    new_entry = replace(new_entry, **fields)  # type: ignore[arg-type]
    return replace(
        new_entry, content_sha256=digest(new_entry.title + new_entry.summary + new_entry.content)
    )


def poll(
    *entries: Entry, feed_id: str = "gazette", at: datetime = NOON, **fields: object
) -> FeedPoll:
    cache = FeedCache('"tag"', "Tue, 03 Nov 2026 12:00:00 GMT", digest(repr(entries)), at)
    feed_poll = FeedPoll(feed_id, at, Outcome.OK, "read", 200, cache, entries)
    return replace(feed_poll, **fields)  # type: ignore[arg-type]


def decision(at: datetime = NOON, **fields: object) -> NextPoll:
    next_poll = NextPoll(at + HOUR, 3600, 0.0, 0, False, False, "hourly")
    return replace(next_poll, **fields)  # type: ignore[arg-type]


def rule(slug: str = "outage", **fields: object) -> Rule:
    new_rule = Rule(
        slug, f"Rule {slug}", "high", "infrastructure", slug, Examples((slug,), ("else",))
    )
    new_rule = replace(new_rule, **fields)  # type: ignore[arg-type]
    return replace(new_rule, sha256=digest(new_rule.query))


def prose(seed: int, words: int = 300) -> str:
    """Text of our own that shares no run of five words with that of another seed."""
    state, out = seed * 7919 + 13, []
    for _ in range(words):
        state = (state * 1103515245 + 12345) % 2**31
        out.append(WORDS[(state >> 8) % len(WORDS)])
    return " ".join(out)


def article(body: str, *, title: str = "A title", **fields: object) -> Article:
    url = "https://gazette.example/a"
    new_article = Article(
        url, url, title, ("A. Writer",), NOON, "en", "Gazette", body, "trafilatura", Outcome.OK,
        None, digest(f"{title}\n\n{body}"), "trafilatura 2",
    )  # fmt: skip
    return replace(new_article, **fields)  # type: ignore[arg-type]


def hit(of: Rule, body: str, word: str | None = None, *, score: float = 0.5) -> Hit:
    """A hit on `word` (the rule's query) with its sentence as the snippet."""
    word = word or of.query
    start = body.index(word)
    evidence = Evidence("body", start, start + len(word), word, word)
    begin = body.rfind(". ", 0, start) + 2 if ". " in body[:start] else 0
    snippet = body[begin : body.find(".", start) + 1 or None]
    return Hit(
        of.id, of.sha256, of.severity, of.category, score, (evidence,), snippet, snippet_start=begin
    )  # fmt: skip


def reading(
    article_id: int,
    body: str,
    *rules: Rule,
    at: datetime = NOON,
    title: str = "A title",
    state: str = "read",
    next_attempt_at: datetime | None = None,
) -> Reading:
    hits = tuple(hit(own_rule, body) for own_rule in rules if own_rule.query in body)
    own_article = article(body, title=title)
    return Reading(article_id, own_article, hits, at, state, next_attempt_at, 200)  # type: ignore[arg-type]


def failure(article_id: int, *, at: datetime, next_attempt_at: datetime | None = None) -> Reading:
    own_article = article("", outcome=Outcome.SERVER_ERROR, method="none", problem="it said 503")
    return Reading(article_id, own_article, (), at, "failed", next_attempt_at, 503)


def listed(
    store: Store, keys: Sequence[str], *, feed_id: str = "gazette", at: datetime = NOON
) -> list[int]:
    """Entries under these keys, polled by `feed_id`; their articles' ids, in order."""
    entries = [
        entry(key, url=f"https://{feed_id}.example/{key}", canonical_url=f"https://{feed_id}.example/{key}")
        for key in keys
    ]  # fmt: skip
    record_polls(store.db, None, [(poll(*entries, feed_id=feed_id, at=at), decision(at))], at)
    ids = {u.canonical_url: u.article_id for u in unread_articles(store.db, at, limit=10_000)}
    return [ids[f"https://{feed_id}.example/{key}"] for key in keys]


def only(articles: Sequence[Unread]) -> Unread:
    assert len(articles) == 1
    return articles[0]


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def rows(store: Store, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.db.execute(sql, parameters).fetchall()]


def value(store: Store, sql: str, *parameters: object) -> object:
    stored = rows(store, sql, *parameters)
    assert len(stored) == 1
    assert len(stored[0]) == 1
    return stored[0][0]
