"""Media Cloud's load on one machine: 180,000 feeds, 500,000 stories a day, in simulated time.

    python -m bench.media_cloud [--feeds 180000] [--hours 2] [--hosts 9000] [--real 50] [--pages DIR] [--database FILE]

Real: the feed list and its planning, every poll as a request over loopback to a newsroom process
(bench.servers.newsrooms says what shares of feeds bring, fail, copy and answer 304), parsing, the one writer, every
row, text, fingerprint and story, rules on what is read in full. One page in `--real` is fetched, extracted and
matched in a worker process.
Simulated: the clock, in steps of fifteen minutes, each a run; pacing, which is reckoned and not slept (a host's
requests, five seconds apart, must fit into the step: the longest queue is printed); network delays; and the
other pages, whose text is handed over as if read and whose reading is charged at the mean CPU of the pages that
were read. The factor is two cores' time over the CPU spent and charged: other programs on
the machine hardly touch it. Feeds begin at an interval that suits what they bring, as on any day but the first.
"""

import argparse
import asyncio
import json
import pickle
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bench.servers import newsrooms
from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.parsing.text import text_digest
from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import due, next_poll
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from extractors.fetch.urls import host_group
from extractors.workers.pool import Workers
from flows.pipeline.page_job import KnownJob, PageJob
from matchers.rules.load import load_rules
from model import (
    Article,
    FeedPoll,
    FeedSpec,
    Outcome,
    ParsedFeed,
    Reading,
    ReadPage,
    Unread,
)
from storage.database.lock import RunLock
from storage.feeds import feed_histories, sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.articles.unread import unread_articles
from storage.rules import sync_rules
from storage.store import Store
from storage.times import iso

STEP, HOUR = timedelta(minutes=15), timedelta(hours=1)
BEGIN = datetime(2026, 11, 3, tzinfo=UTC)
CORES, SPACING, AT_ONCE, PORT = 2, 5.0, 25, 9740
POLLS_AT_ONCE = 200


@dataclass(slots=True)
class Spent:
    """CPU seconds of the flow's process by part; `pages` are of the workers, one for each page."""

    parts: Counter[str] = field(default_factory=Counter)
    pages: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    longest_queue: float = 0.0

    def add(self, part: str, since: float) -> float:
        now = time.process_time()
        self.parts[part] += now - since
        return now

    @property
    def charged(self) -> float:
        return statistics.mean(self.pages) * self.articles if self.pages else 0.0


def spec(number: int, hosts: int) -> FeedSpec:
    url = f"http://{newsrooms.host(number, hosts)}:{PORT}/f/{number}"
    return FeedSpec(f"f{number}", f"Paper {number}", url, language="en")


def seed(store: Store, specs: Sequence[FeedSpec], now: datetime) -> None:
    """As after weeks of polling: intervals by what a feed brings, next polls spread over them."""
    sync_feeds(store.db, specs, now)
    store.db.conn.executemany(
        """UPDATE feeds SET next_poll_at = :due, interval_seconds = :interval, last_ok_at = :now, last_full_at = :now,
             last_polled_at = :now, last_entry_at = :now, etag = :etag, last_keys_json = :keys WHERE slug = :slug""",
        [seeded(number, spec, now) for number, spec in enumerate(specs)],
    )
    store.db.conn.commit()


def seeded(number: int, spec: FeedSpec, now: datetime) -> dict[str, object]:
    hours = {20.0: 1.0, 2.0: 8.0}.get(newsrooms.stories_a_day(number), 24.0)
    due_in = timedelta(hours=hours * random.Random(number).random())
    before = due_in - timedelta(hours=hours)  # when it was polled last, from the beginning
    last = newsrooms.newest(number, minute_of(now + before))
    home = spec.url.rpartition("/f/")[0]
    keys = [text_digest(f"s{number}-{n}", f"{home}/a/{number}/{n}")[:32] for n in range(last, last - newsrooms.LISTED, -1)]  # fmt: skip
    return {
        "due": iso(now + due_in), "interval": int(hours * 3600), "now": iso(now), "slug": spec.id,
        "etag": f'"{last}"' if newsrooms.validates(number) else None, "keys": json.dumps(keys),
    }  # fmt: skip


async def parse(body: bytes, url: str, kind: str | None) -> ParsedFeed:
    """Here, as a worker process would have it: its CPU counts either way."""
    return parse_feed(body, url=url, content_type=kind)


def only_new(poll: FeedPoll, old_keys: frozenset[str]) -> FeedPoll:
    """Entries of before the simulated time are known to the seeded feeds but have no rows: left out."""
    new_entries = tuple(entry for entry in poll.entries if entry.key not in old_keys)
    return replace(poll, entries=new_entries)


def keep_keys(store: Store, polls: Sequence[FeedPoll]) -> None:
    """Of all that a feed listed, what was left out too: it is no news at the next poll either."""
    listed = [
        (json.dumps([entry.key for entry in poll.entries]), poll.feed_id)
        for poll in polls
        if poll.entries
    ]
    with store.db.conn:
        store.db.conn.executemany("UPDATE feeds SET last_keys_json = ? WHERE slug = ?", listed)


async def poll_all(
    store: Store, client: Client, specs: dict[str, FeedSpec], now: datetime, spent: Spent
) -> None:
    began = time.process_time()
    histories = feed_histories(store.db, now)
    chosen = list(due(list(specs.values()), histories, now))
    began = spent.add("planning", began)
    queues = Counter(host_group(spec.url) for spec in chosen)
    spent.longest_queue = max(spent.longest_queue, SPACING * max(queues.values(), default=0))
    rng = random.Random(int(now.timestamp()))
    for start in range(0, len(chosen), POLLS_AT_ONCE):
        some = chosen[start : start + POLLS_AT_ONCE]
        polls = await asyncio.gather(
            *(poll_feed(client, spec, histories[spec.id], now=now, parse=parse) for spec in some)
        )
        plans = [
            next_poll(histories[poll.feed_id], poll, spec=specs[poll.feed_id], now=now, rng=rng)
            for poll in polls
        ]
        began = spent.add("polling and parsing", began)
        decided = [
            (only_new(poll, histories[poll.feed_id].last_keys), plan)
            for poll, plan in zip(polls, plans, strict=True)
        ]
        for at in range(0, len(decided), AT_ONCE):
            record_polls(store.db, None, decided[at : at + AT_ONCE], now)
        keep_keys(store, polls)
        began = spent.add("entries stored", began)
        spent.outcomes.update(poll.outcome for poll in polls)


async def read_all(
    store: Store, client: Client, workers: Workers, *, now: datetime, every: int, spent: Spent
) -> None:
    began = time.process_time()
    listed = unread_articles(store.db, now, limit=100_000)
    began = spent.add("unread listed", began)
    queues = Counter(host_group(unread.url) for unread in listed)
    spent.longest_queue = max(spent.longest_queue, SPACING * max(queues.values(), default=0))
    for start in range(0, len(listed), AT_ONCE):
        batch = listed[start : start + AT_ONCE]
        readings = [
            await read(client, workers, unread, now, spent)
            if unread.article_id % every == 0
            else handed_over(unread, now)
            for unread in batch
        ]
        began = spent.add("pages fetched and handed over", began)
        record_readings(store.db, None, readings)
        began = spent.add("readings stored", began)
    spent.articles += len(listed)


async def read(
    client: Client, workers: Workers, unread: Unread, now: datetime, spent: Spent
) -> Reading:
    response = await client.get(unread.url, kind="page")
    assert response.outcome is Outcome.OK, response.sentence
    before = cpu_of_children()
    page = await workers.run(PageJob(unread, response.body, response.final_url, dict(response.headers)))  # fmt: skip
    spent.pages.append(cpu_of_children() - before)
    assert isinstance(page, ReadPage)
    return Reading(unread.article_id, page.article, page.hits, now, "read", None, 200)


def handed_over(unread: Unread, now: datetime) -> Reading:
    """The text that extraction would bring, without it."""
    _, _, feed, story = unread.url.rsplit("/", 3)
    body = newsrooms.words(int(feed), int(story), 450)
    article = Article(
        unread.url, unread.url, unread.title, (), None, "en", unread.source, body, "trafilatura",
        Outcome.OK, None, sha256(f"{unread.title}\n\n{body}".encode()).hexdigest(), "x",
    )  # fmt: skip
    return Reading(unread.article_id, article, (), now, "read", None, 200)


def cpu_of_children() -> float:
    """Seconds, of the living processes that this one started, or that those did: workers are forked by one of them."""
    total, waiting = 0, [Path("/proc/self")]
    while waiting:
        for task in waiting.pop().glob("task/*/children"):
            children = [Path(f"/proc/{child}") for child in task.read_text().split()]
            total += sum(int((child / "schedstat").read_text().split()[0]) for child in children)
            waiting += children
    return total / 1e9


def minute_of(now: datetime) -> int:
    """Of the newsrooms' time."""
    return int((now - BEGIN).total_seconds() // 60)


def tell(minute: int) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/minute/{minute}").close()


async def simulate(options: argparse.Namespace, db: Path) -> None:
    begin, spent = BEGIN + options.after * HOUR, Spent()
    listed = [spec(number, options.hosts) for number in range(options.feeds)]
    specs = {spec.id: spec for spec in listed}
    rules = load_rules(Path("rules"))
    workers = Workers("flows.pipeline.page_job:read_page", processes=1, setup=pickle.dumps((rules, {})), known_job=KnownJob())  # fmt: skip
    # As in a run, the lock's holder copies the log back: without, it grew to 19 GB.
    with RunLock(db), Store.open(db, now=begin) as store:
        seed(store, listed, begin)
        sync_rules(store.db, rules.rules, begin)
        gate = HostGate(seconds_between=0, concurrent=4)
        agent = "Pollwatch-bench/0 (+http://localhost)"
        await workers.probe()
        async with Client(user_agent=agent, gate=gate, allow=["127.0.0.0/8"]) as client:
            whole = time.process_time()
            for step in range(1, round(options.hours * 4) + 1):
                now = begin + step * STEP
                tell(minute_of(now))
                await poll_all(store, client, specs, now, spent)
                await read_all(store, client, workers, now=now, every=options.real, spent=spent)
                print(f"{now - begin}: {spent.outcomes.total():,} polls, {spent.articles:,} articles", flush=True)  # fmt: skip
                if step % 2 == 0:
                    report(spent, time.process_time() - whole, options.feeds, now - begin)
    workers.close()


def report(spent: Spent, cpu: float, feeds: int, simulated: timedelta) -> None:
    """`cpu`: seconds of this process, workers left out."""
    polls, charged = spent.outcomes.total(), spent.charged
    print(f"{feeds:,} feeds, {simulated / HOUR:g} simulated hours: {polls:,} polls, {spent.articles:,} articles"
          f" ({spent.articles / (simulated / HOUR) * 24:,.0f} a day)")  # fmt: skip
    print("  " + ", ".join(f"{outcome} {count / polls:.1%}" for outcome, count in spent.outcomes.most_common()))  # fmt: skip
    for part, seconds in spent.parts.most_common():
        print(f"  {part:32}{seconds:8.1f} s of CPU")
    if spent.pages:
        print(f"  {len(spent.pages):,} pages read for real, {statistics.mean(spent.pages) * 1000:.1f} ms each; charged for all: {charged:.1f} s")  # fmt: skip
    print(f"  longest queue of one host in a step: {spent.longest_queue:.0f} s of {STEP.total_seconds():.0f}")  # fmt: skip
    print(f"{CORES * simulated.total_seconds() / (cpu + charged):.1f} times real time on {CORES} cores; the flow's process peaked at"
          f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--feeds", type=int, default=180_000)
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--after", type=float, default=0, help="begin so many simulated hours later, in a file that earlier ones are in")  # fmt: skip
    parser.add_argument("--hosts", type=int, default=9000)
    parser.add_argument("--real", type=int, default=50, help="one page in so many is read for real")
    parser.add_argument("--pages", help="a folder of saved pages with index.jsonl, for these")
    parser.add_argument("--database", type=Path, help="one filled before (bench.archive); it grows")
    options = parser.parse_args()
    command = [sys.executable, "-m", "bench.servers.newsrooms", str(PORT), *([options.pages] if options.pages else [])]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as newsroom, tempfile.TemporaryDirectory() as folder:  # fmt: skip
        assert newsroom.stdout is not None
        newsroom.stdout.readline()
        try:
            asyncio.run(simulate(options, options.database or Path(folder) / "load.db"))
        finally:
            newsroom.terminate()


if __name__ == "__main__":
    main()
