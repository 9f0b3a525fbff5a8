"""A whole pipeline over made-up news, for tests that kill it: `python -m tests.storage.pipeline DB`.

The same news each time, so that any number of broken runs must end where one unbroken run ends.
"""

import sys
from datetime import datetime
from pathlib import Path

from model import Entry, Reading
from storage.database.lock import RunLock
from storage.feeds import feed_histories, sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.rules import sync_rules
from storage.runs import finish_run
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    decision,
    entry,
    failure,
    feed,
    poll,
    prose,
    reading,
    rule,
)

FEEDS, ROUNDS, FRESH, BATCH = 6, 4, 5, 4
RULES = (rule("outage"), rule("recount", severity="low"))


def news(number: int, round_: int) -> list[Entry]:
    """Two rounds' entries; one of each feed's first entries is edited in the third round."""
    keys = [f"f{number}-{n}" for n in range(max(0, round_ - 1) * FRESH, (round_ + 1) * FRESH)]
    edited = [entry("f0-first" if not number else f"f{number}-first", summary=f"v{round_ // 2}")]
    return [entry(key) for key in keys] + edited


def page(url: str, at: datetime) -> str:
    """Every third article of a feed is a wire copy; the edited ones gain a passage."""
    feed_number, _, name = url.rsplit("/", 1)[1].partition("-")
    if name == "first":
        extra = " An outage came at last." if at >= NOON + 2 * HOUR else ""
        return f"{prose(int(feed_number[1:]) + 1, 120)}{extra}"
    n = int(name)
    seed = n if n % 3 == 0 else 1000 * (int(feed_number[1:]) + 1) + n
    return f"{'An outage. ' if n % 2 else 'A recount. '}{prose(seed, 150)}"


def read(url: str, article_id: int, attempts: int, at: datetime) -> Reading:
    if url.endswith("-4") and not attempts:
        return failure(article_id, at=at, next_attempt_at=at + HOUR)
    return reading(article_id, page(url, at), *RULES, at=at)


def run(path: Path) -> None:
    with RunLock(path), Store.open(path, now=NOON) as store:
        sync_feeds(store.db, [feed(f"feed{n}") for n in range(FEEDS)], NOON)
        sync_rules(store.db, RULES, NOON)
        run_id = store.start_run("watch", ruleset_sha256="r", now=NOON)
        for round_ in range(ROUNDS):
            now = NOON + round_ * HOUR
            histories = feed_histories(store.db, now)
            for n in range(FEEDS):
                due = histories[f"feed{n}"].next_poll_at
                if due is None or due <= now:
                    polled = poll(*news(n, round_), feed_id=f"feed{n}", at=now)
                    record_polls(store.db, run_id, [(polled, decision(now))], now)
            while listed := unread_articles(store.db, now, limit=BATCH):
                record_readings(
                    store.db, run_id, [read(u.url, u.article_id, u.attempts, now) for u in listed]
                )
        finish_run(store.db, run_id, "completed", message="", stats={}, now=NOON)


if __name__ == "__main__":
    print("begins", flush=True)  # noqa: T201 - its killer waits for it
    run(Path(sys.argv[1]))
