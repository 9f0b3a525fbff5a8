"""Unchanged feeds: how fast Pollwatch polls them, and how fast `reader` (lemon24) updates the same ones.

    .venv/bin/python bench/polling.py --peer-python .venv-bench/bin/python

A server process of its own answers on many loopback addresses: 200 with an ETag, then 304. Pacing
is off. Each round runs both, one after the other; the ratio is the median over the rounds.
`--peer-python` is an interpreter that has `reader` (pip install reader); without one, only ours runs.
"""

import argparse
import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from extractors.feeds.poll import poll_feed
from extractors.feeds.schedule import due, next_poll
from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import FeedHistory, FeedPoll, FeedSpec, NextPoll, Outcome


def urls(hosts: Sequence[str], port: int, feeds: int) -> list[str]:
    return [f"http://{hosts[n % len(hosts)]}:{port}/feed-{n}.xml" for n in range(feeds)]


Took = tuple[float, float]  # seconds on the clock, seconds of CPU


async def ours(addresses: Sequence[str], rounds: int) -> list[Took]:
    """To find what is due, poll it and plan the next polls; the first round fills the cache."""
    specs = [FeedSpec(str(n), f"Feed {n}", url) for n, url in enumerate(addresses)]
    histories = {spec.id: FeedHistory(spec.id) for spec in specs}
    now, rng, took = datetime.now(UTC), random.Random(1), list[Took]()
    for number in range(rounds + 1):
        started, cpu = time.perf_counter(), time.process_time()
        gate = HostGate(seconds_between=0, concurrent=2)
        async with Client(
            user_agent="Pollwatch-bench/0 (+http://localhost)", gate=gate, allow=["127.0.0.0/8"]
        ) as client:
            polls = await asyncio.gather(
                *(
                    poll_feed(client, spec, histories[spec.id], now=now)
                    for spec in due(specs, histories, now)
                )
            )
        plans = [
            next_poll(
                histories[poll.feed_id], poll, spec=specs[int(poll.feed_id)], now=now, rng=rng
            )
            for poll in polls
        ]
        took.append((time.perf_counter() - started, time.process_time() - cpu))
        expected = Outcome.NOT_MODIFIED if number else Outcome.OK
        assert len(polls) == len(specs), f"{len(polls)} of {len(specs)} were due"
        assert all(poll.outcome is expected for poll in polls), polls[0].sentence
        for poll, plan in zip(polls, plans, strict=True):
            histories[poll.feed_id] = after(poll, plan, now)
        now += timedelta(hours=2)
        histories = {key: fresh(history, now) for key, history in histories.items()}
    return took[1:]


def after(poll: FeedPoll, plan: NextPoll, now: datetime) -> FeedHistory:
    return FeedHistory(
        poll.feed_id,
        cache=poll.cache,
        interval_seconds=plan.interval_seconds,
        next_poll_at=plan.next_poll_at,
        last_polled_at=now,
        last_ok_at=now,
        last_outcome=poll.outcome,
        last_keys=frozenset(entry.key for entry in poll.entries),
    )


def fresh(history: FeedHistory, now: datetime) -> FeedHistory:
    """The same feed, due now and not for a full read: every round is like the others."""
    return replace(
        history,
        next_poll_at=now,
        interval_seconds=3600,
        cache=replace(history.cache, last_full_at=now),
    )


PEER = """
import json, sys, time
from reader import make_reader
path, rounds, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
reader = make_reader(path)
for url in json.load(sys.stdin):
    reader.add_feed(url, exist_ok=True)
took = []
for _ in range(rounds + 1):
    started, cpu = time.perf_counter(), time.process_time()
    reader.update_feeds(workers=workers, scheduled=False)
    took.append((time.perf_counter() - started, time.process_time() - cpu))
assert reader.get_feed_counts(broken=True).broken == 0
print(json.dumps(took[1:]))
"""


def peer(python: str, addresses: Sequence[str], rounds: int, workers: int) -> list[Took]:
    with tempfile.TemporaryDirectory() as directory:
        process = subprocess.run(
            [python, "-c", PEER, str(Path(directory) / "peer.db"), str(rounds), str(workers)],
            input=json.dumps(addresses),
            capture_output=True,
            text=True,
            check=True,
        )
    times: list[Took] = json.loads(process.stdout)
    return times


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=9260)
    parser.add_argument("--peer-python", help="an interpreter that has `reader`")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    hosts = [f"127.0.20.{n + 1}" for n in range(chosen.hosts)]
    command = [sys.executable, "-m", "bench.servers.unchanged", str(chosen.port), *hosts]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            report(chosen, urls(hosts, chosen.port, chosen.feeds))
        finally:
            server.terminate()


def report(chosen: argparse.Namespace, addresses: Sequence[str]) -> None:
    took = asyncio.run(ours(addresses, chosen.rounds))
    print(f"pollwatch: {spread(took, chosen.feeds)}")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if chosen.peer_python is None:
        return
    for workers in (1, 10):
        theirs = peer(chosen.peer_python, addresses, chosen.rounds, workers)
        print(f"reader, {workers} workers: {spread(theirs, chosen.feeds)}")
        clock, cpu = (middle(theirs, kind) / middle(took, kind) for kind in (0, 1))
        print(f"  pollwatch is {clock:.1f} times as fast and takes {cpu:.1f} times less CPU")


def middle(took: Sequence[Took], kind: int) -> float:
    return statistics.median(sample[kind] for sample in took)


def spread(took: Sequence[Took], feeds: int) -> str:
    clock = [sample[0] for sample in took]
    return (
        f"{middle(took, 0):.2f} s ({min(clock):.2f} to {max(clock):.2f}), "
        f"{middle(took, 1):.2f} s of CPU; {feeds / middle(took, 0):,.0f} feeds a second"
    )


if __name__ == "__main__":
    main()
