"""Page times of the review server over a large database, while a pipeline writes to it.

    python -m bench.archive FILE --articles 1000000      the database
    python -m bench.review FILE --seconds 60             p50, p95 and worst of each kind of page

Beside the clock stands the server's own processor time for a page, which other programs on the
machine hardly touch; it can be told apart with one reader only (--readers 1, the default). "trivial" is a page
that reads nothing, to hold the others against.
"""

import argparse
import contextlib
import itertools
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path

import httpx

from bench.made_articles import FEEDS, PLANTED, RULES, SEVERITIES
from bench.servers.review_server import review_server
from bench.storage import RULE, Grower
from storage.database.connection import write_txn
from storage.database.lock import RunLock
from storage.store import Store
from storage.times import iso

ROOT = Path(__file__).parents[1]
spawning = get_context("spawn")
Times = dict[str, list[tuple[float, float]]]  # milliseconds by the clock and of the server's CPU


STORIES = """SELECT id FROM stories WHERE tab IS NOT NULL ORDER BY id DESC LIMIT 70000"""


def pages(path: Path) -> Iterator[tuple[str, str]]:
    rng = random.Random(3)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        stories = [story for (story,) in connection.execute(STORIES)]
    while True:
        yield "trivial", "/-/static/app.css"
        yield "queue", "/-/queue"
        yield "queue, filtered", f"/-/queue?severity={rng.choice(SEVERITIES)}"
        yield "queue, one rule", f"/-/queue?rule={rng.choice(RULES)}&severity=critical&tab=all"
        yield "queue, one outlet", f"/-/queue?outlet=Outlet+{rng.randrange(1, 2001)}"
        yield (
            "queue, dates",
            f"/-/queue?since={(datetime.now(UTC) - timedelta(days=rng.randrange(2, 200))):%Y-%m-%d}&relevance=0.5",
        )
        yield (
            "queue, published",
            f"/-/queue?sort=published&tab={rng.choice(('new', 'all', 'escalated'))}",
        )
        yield "reading page", f"/-/story/{rng.choice(stories)}"
        yield (
            "rule language",
            f"/-/search?find=%22{rng.choice(PLANTED).replace(' ', '+')}%22+NEAR/12+depot",
        )
        yield "rules", "/-/rules"
        yield (
            "search, rare",
            f"/-/queue?q={rng.choice(('mernostaba', 'wenzetulko', 'lamprarista'))}",
        )
        yield (
            "search, phrase",
            f"/-/queue?q=%22{rng.choice(PLANTED).replace(' ', '+')}%22&tab=all",
        )
        yield "search, common", f"/-/queue?q={rng.choice(('election', 'county', 'officials said'))}"
        yield "overview", "/-/overview"
        yield "sources", "/-/sources"


def cpu_ms(pid: int) -> float:
    """Of all threads of a process, in milliseconds."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def run(path: Path, seconds: float, readers: int, port: int) -> Times:
    with review_server(path, port) as (server, link):
        cookies, base = httpx.get(link).cookies, link.partition("/-/")[0]
        with httpx.Client(cookies=cookies, base_url=base, timeout=120) as client:
            for kind, page in itertools.islice(pages(path), 33):
                ask(client, server.pid, kind, page, {})  # warm, as after a minute of use
        open_client = partial(httpx.Client, cookies=cookies, base_url=base, timeout=60)
        return read_beside_writing(path, server.pid, open_client, seconds, readers)


def read_beside_writing(
    path: Path, pid: int, client: Callable[[], httpx.Client], seconds: float, readers: int
) -> Times:
    """The writer is a process of its own, as the pipeline is: beside the readers' threads it would hold up
    what they time."""
    times: Times = {}
    stop, took = spawning.Event(), spawning.SimpleQueue()
    writing = spawning.Process(target=write, args=(path, stop, took))
    mix = pages(path)
    lock = threading.Lock()

    def read() -> None:
        with client() as reader:
            while not stop.is_set():
                with lock:
                    kind, page = next(mix)
                html = ask(reader, pid, kind, page, times)
                if kind == "reading page":
                    judge(reader, pid, html, times)
                time.sleep(0.05)

    writing.start()
    try:
        with ThreadPoolExecutor(readers) as pool:
            tasks = [pool.submit(read) for _ in range(readers)]
            time.sleep(seconds)
            stop.set()
            for task in tasks:
                task.result()
    finally:
        stop.set()
        times["(pipeline: 25 articles)"] = [(batch, 0.0) for batch in took.get()]
        writing.join()
    return times


def ask(client: httpx.Client, pid: int, kind: str, page: str, times: Times) -> str:
    began, cpu = time.perf_counter(), cpu_ms(pid)
    answer = client.get(page)
    took = (time.perf_counter() - began) * 1000, cpu_ms(pid) - cpu
    times.setdefault(kind, []).append(took)
    assert answer.status_code == 200, (page, answer.status_code, answer.text[:300])
    return answer.text


def judge(client: httpx.Client, pid: int, html: str, times: Times) -> None:
    fields = dict(re.findall(r'name="(csrftoken|items|request_id)" value="([^"]*)"', html))
    began, cpu = time.perf_counter(), cpu_ms(pid)
    client.post(
        "/-/act", data={**fields, "action": "confirmed"}, headers={"accept": "application/json"}
    )
    took = (time.perf_counter() - began) * 1000, cpu_ms(pid) - cpu
    times.setdefault("verdict", []).append(took)


def write(path: Path, stop: Event, took: "SimpleQueue[list[float]]") -> None:
    """Twenty-five articles every 0.6 s, by the calls that a run makes; the milliseconds of each batch."""
    batches: list[float] = []
    now = datetime.now(UTC)
    with RunLock(path), Store.open(path, now=now) as store:
        with write_txn(store.db):
            store.db.execute(ITS_RULE, {"slug": RULE.id, "title": RULE.title, "at": iso(now)})
            store.db.execute(ITS_VERSION, {"slug": RULE.id, "sha256": RULE.sha256, "at": iso(now)})
        grower = Grower(store, now=now, feeds=[f"f{n}" for n in range(1, FEEDS + 1)])
        while not stop.is_set():
            began = time.perf_counter()
            grower.batch()
            batches.append((time.perf_counter() - began) * 1000)
            stop.wait(0.6)
    took.put(batches)


ITS_RULE = "INSERT INTO rules (slug, title, severity, category, status) VALUES (:slug, :title, 'high', 'infrastructure', 'stable') ON CONFLICT DO NOTHING"
ITS_VERSION = """INSERT INTO rule_versions (rule_id, version, sha256, query, severity, category, label, created_at)
  SELECT id, 1, :sha256, 'x', 'high', 'infrastructure', :slug, :at FROM rules WHERE slug = :slug ON CONFLICT DO NOTHING"""


def report(times: Times) -> None:
    print(f"{'':26}{'n':>6}{'p50':>8}{'p95':>8}{'worst':>8} ms by the clock{'p50':>10}{'p95':>8} ms of CPU")  # fmt: skip
    for kind, samples in sorted(times.items()):
        clock, cpu = (sorted(took[n] for took in samples) for n in (0, 1))
        half, most = len(samples) // 2, int(len(samples) * 0.95)
        print(f"{kind:26}{len(samples):>6}{clock[half]:>8.0f}{clock[most]:>8.0f}{clock[-1]:>8.0f}{'':16}{cpu[half]:>10.1f}{cpu[most]:>8.1f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--readers", type=int, default=1)
    parser.add_argument("--port", type=int, default=9320)
    options = parser.parse_args()
    report(run(options.file, options.seconds, options.readers, options.port))


if __name__ == "__main__":
    main()
