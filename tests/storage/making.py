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
    made = FeedSpec(
        slug, slug.title(), f"https://{slug}.example/rss", language="en", region="US-AZ"
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def entry(key: str, *, summary: str = "A summary.", **fields: object) -> Entry:
    url = f"https://gazette.example/{key}"
    made = Entry(key, key, url, url, f"Title {key}", NOON, None, summary, "")
    made = replace(made, **fields)  # type: ignore[arg-type]
    return replace(made, content_sha256=digest(made.title + made.summary + made.content))


def poll(
    *entries: Entry, feed_id: str = "gazette", at: datetime = NOON, **fields: object
) -> FeedPoll:
    cache = FeedCache('"tag"', "Tue, 03 Nov 2026 12:00:00 GMT", digest(repr(entries)), at)
    made = FeedPoll(feed_id, at, Outcome.OK, "read", 200, cache, entries)
    return replace(made, **fields)  # type: ignore[arg-type]


def decision(at: datetime = NOON, **fields: object) -> NextPoll:
    made = NextPoll(at + HOUR, 3600, 0.0, 0, False, False, "hourly")
    return replace(made, **fields)  # type: ignore[arg-type]


def rule(slug: str = "outage", **fields: object) -> Rule:
    made = Rule(slug, f"Rule {slug}", "high", "infrastructure", slug, Examples((slug,), ("else",)))
    made = replace(made, **fields)  # type: ignore[arg-type]
    return replace(made, sha256=digest(made.query))


def prose(seed: int, words: int = 300) -> str:
    """Text of our own that shares no run of five words with that of another seed."""
    state, out = seed * 7919 + 13, []
    for _ in range(words):
        state = (state * 1103515245 + 12345) % 2**31
        out.append(WORDS[(state >> 8) % len(WORDS)])
    return " ".join(out)


def article(body: str, *, title: str = "A title", **fields: object) -> Article:
    url = "https://gazette.example/a"
    made = Article(
        url, url, title, ("A. Writer",), NOON, "en", "Gazette", body, "trafilatura", Outcome.OK,
        None, digest(f"{title}\n\n{body}"), "trafilatura 2",
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


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
    hits = tuple(hit(known, body) for known in rules if known.query in body)
    made = article(body, title=title)
    return Reading(article_id, made, hits, at, state, next_attempt_at, 200)  # type: ignore[arg-type]


def failure(article_id: int, *, at: datetime, next_attempt_at: datetime | None = None) -> Reading:
    made = article("", outcome=Outcome.SERVER_ERROR, method="none", problem="it said 503")
    return Reading(article_id, made, (), at, "failed", next_attempt_at, 503)


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


def only(found: Sequence[Unread]) -> Unread:
    assert len(found) == 1
    return found[0]


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def rows(store: Store, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.db.execute(sql, parameters).fetchall()]


def value(store: Store, sql: str, *parameters: object) -> object:
    found = rows(store, sql, *parameters)
    assert len(found) == 1
    assert len(found[0]) == 1
    return found[0][0]
