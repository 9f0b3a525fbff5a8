"""Storage as it grows: cost per article at each size, planning at 180,000 feeds, opening.

    python -m bench.storage [--sizes 1000,10000,100000] [--feeds 180000]

One database grows through the sizes by the calls that a run makes: entries recorded, unread listed,
readings stored 25 at a time with text, search index, story and hits (one article in ten has one, one
in twenty is a copy). At each size a thousand more articles go in, batch by batch in turn with a copy of
the database as it was at the first size; the ratio is between these two, so that a busy machine slows
both alike. Texts are random words, 450 a piece.
"""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from model import Reading, Unread
from storage.store import Store
from storage.upkeep.backup import backup
from tests.storage.making import NOON, article, decision, entry, feed, hit, poll, rule

WORDS = [f"{a}{b}{c}" for a in "bcdfghklmnprst" for b in ("ar", "el", "in", "or", "un", "ai") for c in
         ("ton", "ler", "mas", "vik", "dro", "nes", "pul", "gat", "bel", "cor", "fin", "lam", "ras", "sto")]  # fmt: skip
BATCH, MEASURED, FEEDS = 25, 1000, 200
RULE = rule("outage")


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


class Grower:
    """Adds articles, a batch at a time, and remembers what each batch of them cost in CPU seconds."""

    def __init__(self, store: Store, *, size: int = 0, now: datetime = NOON) -> None:
        self.store, self.chance, self.earlier = store, random.Random(3 + size), list[str]()
        self.size, self.now, self.costs = size, now, list[float]()
        store.sync_feeds([feed(f"feed{n}") for n in range(FEEDS)], NOON)
        store.sync_rules([RULE], NOON)

    def batch(self) -> None:
        self.now += timedelta(seconds=43.2 / 10)  # 500,000 a day
        keys = range(self.size, self.size + BATCH)
        bodies = [text(self.chance, self.earlier) for _ in keys]
        entries = [entry(f"k{n}", summary=body[:300]) for n, body in zip(keys, bodies, strict=True)]
        found = poll(*entries, feed_id=f"feed{self.chance.randrange(FEEDS)}", at=self.now)
        began = time.process_time()
        self.store.record_polls(None, [(found, decision(self.now))], self.now)
        listed = self.store.unread(self.now, limit=BATCH)
        readings = [read(u, body, self.now) for u, body in zip(listed, bodies, strict=True)]
        self.store.record_readings(None, readings)
        self.costs.append((time.process_time() - began) / BATCH)
        self.size += BATCH

    def grow(self, size: int) -> None:
        while self.size < size:
            self.batch()


def in_turn(one: Grower, other: Grower) -> tuple[float, float]:
    """Seconds of CPU for an article, each the median of its batches."""
    for _ in range(MEASURED // BATCH):
        one.batch()
        other.batch()
    first, second = (grower.costs[-MEASURED // BATCH :] for grower in (one, other))
    return statistics.median(first), statistics.median(second)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def growth(path: Path, sizes: Sequence[int]) -> None:
    kept, small = path.with_name("kept.db"), path.with_name("small.db")
    with Store.open(path, now=NOON) as store:
        grower = Grower(store)
        grower.grow(sizes[0])
        backup(store.db, kept)
        for size in sizes:
            grower.grow(size)
            shutil.copy(kept, small)
            with Store.open(small, now=NOON) as beside:
                control = Grower(beside, size=sizes[0], now=grower.now)
                cost, base = in_turn(grower, control)
            look = timed(lambda: store.unread(grower.now, limit=1000))
            print(
                f"{size:>9,} articles: {cost * 1000:6.2f} ms CPU each, {cost / base:4.2f} x at {sizes[0]:,};"
                f" {path.stat().st_size / grower.size:6,.0f} bytes each; listing unread {look * 1000:.1f} ms",
                flush=True,
            )
        spent = timed(lambda: store.maintain(grower.now))
        print(f"maintenance {spent:.1f} s")
    print(f"opening {timed(lambda: Store.open(path, now=NOON).close()) * 1000:.0f} ms")


def planning(path: Path, count: int) -> None:
    """A tenth of the feeds are due, as at intervals of two hours and a half and runs of fifteen minutes."""
    specs = [feed(f"feed{n}") for n in range(count)]
    keys = [entry(f"a-typical-guid-of-an-entry-{n}") for n in range(30)]
    with Store.open(path, now=NOON) as store:
        first = timed(lambda: store.sync_feeds(specs, NOON))
        for start in range(0, count, 1000):
            polls = []
            for n in range(start, min(count, start + 1000)):
                at = NOON + timedelta(minutes=15 * (n % 10))
                quiet = replace(poll(feed_id=f"feed{n}", at=at), entries=())
                polls.append((quiet, decision(at)))
            store.record_polls(None, polls, NOON)
        store.record_polls(
            None, [(poll(*keys, feed_id="feed0"), decision(NOON - timedelta(minutes=1)))], NOON
        )
        store.db.execute(
            "UPDATE feeds SET last_keys_json = (SELECT last_keys_json FROM feeds WHERE slug = 'feed0')"
        )
        again = min(timed(lambda: store.sync_feeds(specs, NOON)) for _ in range(3))
        now = NOON + timedelta(minutes=60)
        plan = min(timed(lambda: store.histories(now)) for _ in range(3))
        whole = timed(store.histories)
    print(
        f"{count:,} feeds: listed {first:.1f} s, listed again unchanged {again:.2f} s,"
        f" planned {plan:.2f} s (all histories {whole:.2f} s)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,30000")
    parser.add_argument("--feeds", type=int, default=180_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        growth(Path(folder) / "growth.db", [int(size) for size in options.sizes.split(",")])
        planning(Path(folder) / "feeds.db", options.feeds)


if __name__ == "__main__":
    main()
