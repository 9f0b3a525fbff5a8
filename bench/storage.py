"""Storage as it grows: cost per article at two sizes in turn, where it goes, planning at 180,000 feeds.

    python -m bench.storage [--small 10000] [--large 100000 | --database FILE] [--feeds 180000]

Two databases are filled in bulk (bench.archive); FILE is one filled before, to which articles are added.
Then both grow in turn by the calls that a run makes: entries recorded, unread listed, readings
stored 25 at a time with text, search index, story and hits (one article in ten has one, one in twenty
is a copy). Batches alternate, so that a busy machine slows both alike; figures are medians of batches, in
CPU seconds. The first batches only fill the lower levels of the search index. Texts are random words,
450 a piece.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlite_utils import Database

from bench import archive
from model import Reading, Unread
from storage.database.lock import RunLock
from storage.feeds import feed_histories, sync_feeds
from storage.ingest import (
    boilerplate_memory,
    entry_matches,
    feed_words,
    hits,
    text_versions,
)
from storage.ingest.feeds.polls import record_polls
from storage.ingest.grouping import near_copies
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import NOON, article, decision, entry, feed, hit, poll, rule

WORDS = [f"{a}{b}{c}" for a in "bcdfghklmnprst" for b in ("ar", "el", "in", "or", "un", "ai") for c in
         ("ton", "ler", "mas", "vik", "dro", "nes", "pul", "gat", "bel", "cor", "fin", "lam", "ras", "sto")]  # fmt: skip
BATCH, WARMING = 25, 80
LISTED = [f"feed{n}" for n in range(200)]
RULE = rule("outage")
PARTS: tuple[tuple[str, ModuleType, Callable[..., object]], ...] = (
    ("texts and their words", text_versions, text_versions.keep_texts),
    ("story looked for", near_copies, near_copies.find_copy),
    ("fingerprints kept", near_copies, near_copies.keep_sketch),
    ("hits", hits, hits.store_hits),
    ("paragraphs", boilerplate_memory, boilerplate_memory.count_paragraphs),
    ("other feeds' words", entry_matches, entry_matches.store_entry_matches),
    ("feeds' words searched", feed_words, feed_words.keep),
)


def text(chance: random.Random, earlier: list[str]) -> str:
    if earlier and chance.random() < 0.05:
        return chance.choice(earlier) + " and a word more"
    body = " ".join(chance.choices(WORDS, k=450))
    if chance.random() < 0.1:
        body += " outage."
    earlier[chance.randrange(len(earlier)) if len(earlier) > 500 else len(earlier) :] = [body]
    return body


def read(unread: Unread, body: str, now: datetime) -> Reading:
    hits = (hit(RULE, body),) if "outage" in body else ()
    return Reading(unread.article_id, article(body, title=unread.title), hits, now, "read", None)


class Stopwatch:
    """CPU seconds by part of the work; what is called while another part runs is that one's."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.running = False

    def timing(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: object, **options: object) -> object:
            if self.running:
                return work(*args, **options)
            self.running, began = True, time.process_time()
            try:
                return work(*args, **options)
            finally:
                self.spent[name] += time.process_time() - began
                self.running = False

        return timed


@contextmanager
def watched(stopwatch: Stopwatch) -> Iterator[None]:
    """A savepoint makes FTS5 write its words out, so that this and the commit are told apart."""
    commit = Database.commit

    def flush(db: Database) -> None:
        db.conn.execute("SAVEPOINT flush")
        db.conn.execute("RELEASE flush")

    def ends(db: Database) -> None:
        stopwatch.timing("search index, merges", flush)(db)
        stopwatch.timing("commit, checkpoint", commit)(db)

    for label, module, work in PARTS:
        setattr(module, work.__name__, stopwatch.timing(label, work))
    Database.commit = ends
    try:
        yield
    finally:
        Database.commit = commit
        for _, module, work in PARTS:
            setattr(module, work.__name__, work)


class Grower:
    """Adds articles, a batch at a time, and remembers what each batch of them cost in CPU seconds."""

    def __init__(self, store: Store, *, now: datetime, feeds: Sequence[str] = LISTED) -> None:
        self.store, self.now, self.costs = store, now, list[float]()
        self.size = store.db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
        self.chance, self.earlier, self.watch = (
            random.Random(3 + self.size),
            list[str](),
            Stopwatch(),
        )
        self.feeds = feeds

    def batch(self) -> None:
        self.now += timedelta(seconds=43.2 / 10)  # 500,000 a day
        keys = range(self.size, self.size + BATCH)
        bodies = [text(self.chance, self.earlier) for _ in keys]
        entries = [entry(f"k{n}", summary=body[:300]) for n, body in zip(keys, bodies, strict=True)]
        new_poll = poll(*entries, feed_id=self.chance.choice(self.feeds), at=self.now)
        with watched(self.watch):
            began = time.process_time()
            record_polls(self.store.db, None, [(new_poll, decision(self.now))], self.now)
            polled = time.process_time()
            listed = unread_articles(self.store.db, self.now, limit=BATCH)
            listed_at = time.process_time()
            readings = [read(u, body, self.now) for u, body in zip(listed, bodies, strict=True)]
            stored = time.process_time()
            record_readings(self.store.db, None, readings)
            ended = time.process_time()
        self.watch.spent["(entries recorded)"] += polled - began
        self.watch.spent["(unread listed)"] += listed_at - polled
        self.costs.append((ended - stored + listed_at - began) / BATCH)
        self.size += BATCH


def growth(small: Path, large: Path, measured: int) -> None:
    now = datetime.now(UTC)
    with RunLock(small), RunLock(large), Store.open(small, now=now) as first, Store.open(large, now=now) as other:  # fmt: skip
        for store in (first, other):
            sync_feeds(store.db, [feed(slug) for slug in LISTED], now)
            sync_rules(store.db, [RULE], now)
        growers = Grower(first, now=now), Grower(other, now=now)
        sizes = [grower.size for grower in growers]
        for number in range(WARMING + measured // BATCH):
            if number == WARMING:
                for grower in growers:
                    grower.costs.clear()
                    grower.watch.spent.clear()
            for grower in growers if number % 2 else reversed(growers):
                grower.batch()
        base, cost = (statistics.median(grower.costs) for grower in growers)
        means = [statistics.mean(grower.costs) for grower in growers]
        print(
            f"CPU an article: {base * 1000:.2f} ms at {sizes[0]:,}, {cost * 1000:.2f} ms at {sizes[1]:,}:"
            f" {cost / base:.2f} x (means {means[0] * 1000:.2f}, {means[1] * 1000:.2f}: {means[1] / means[0]:.2f} x)"
        )
        before, after = (grower.watch.spent for grower in growers)
        for name in sorted(after, key=lambda name: before[name] - after[name]):
            milliseconds = [1000 * spent[name] / measured for spent in (before, after)]
            print(f"  {name:24}{milliseconds[0]:7.3f}{milliseconds[1]:8.3f} ms")
        look = timed(lambda: unread_articles(other.db, growers[1].now, limit=1000))
        print(f"listing unread {look * 1000:.1f} ms", flush=True)
    print(f"opening {timed(lambda: Store.open(large, now=now).close()) * 1000:.0f} ms")


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def planning(path: Path, count: int) -> None:
    """A tenth of the feeds are due, as at intervals of two hours and a half and runs of fifteen minutes."""
    specs = [feed(f"feed{n}") for n in range(count)]
    keys = [entry(f"a-typical-guid-of-an-entry-{n}") for n in range(30)]
    with Store.open(path, now=NOON) as store:
        first = timed(lambda: sync_feeds(store.db, specs, NOON))
        for start in range(0, count, 1000):
            polls = []
            for n in range(start, min(count, start + 1000)):
                at = NOON + timedelta(minutes=15 * (n % 10))
                quiet = replace(poll(feed_id=f"feed{n}", at=at), entries=())
                polls.append((quiet, decision(at)))
            record_polls(store.db, None, polls, NOON)
        record_polls(
            store.db,
            None,
            [(poll(*keys, feed_id="feed0"), decision(NOON - timedelta(minutes=1)))],
            NOON,
        )
        store.db.execute(
            "UPDATE feeds SET last_keys_json = (SELECT last_keys_json FROM feeds WHERE slug = 'feed0')"
        )
        again = min(timed(lambda: sync_feeds(store.db, specs, NOON)) for _ in range(3))
        now = NOON + timedelta(minutes=60)
        plan = min(timed(lambda: feed_histories(store.db, now)) for _ in range(3))
        whole = timed(lambda: feed_histories(store.db))
    print(
        f"{count:,} feeds: listed {first:.1f} s, listed again unchanged {again:.2f} s,"
        f" planned {plan:.2f} s (all histories {whole:.2f} s)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--database", type=Path, help="instead of filling one with --large")
    parser.add_argument("--measured", type=int, default=2000, help="articles added to each")
    parser.add_argument("--feeds", type=int, default=180_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.measured:
            now = datetime.now(UTC)
            large = options.database or Path(folder) / "large.db"
            archive.make(Path(folder) / "small.db", options.small, now)
            if options.database is None:
                archive.make(large, options.large, now)
            growth(Path(folder) / "small.db", large, options.measured)
        if options.feeds:
            planning(Path(folder) / "feeds.db", options.feeds)


if __name__ == "__main__":
    main()
