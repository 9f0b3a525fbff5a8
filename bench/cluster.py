"""The same pages read by the pool of this machine and by a Dask cluster, in one run.

    python -m bench.cluster DIR [--pages 1000] [--outlets 24] [--workers 2] [--rounds 1] [--kill 0] [--loss 0]

DIR holds pages and an index.jsonl that names them, as for bench.whole_run. Each round runs, into a
database of its own, with pacing off:
  local    as many processes of this machine as there are workers
  cluster  a scheduler and that many Dask workers with one thread each, processes of this machine
With `--kill PAGES` a worker is killed at random each time so many pages more are read, and another
one is started. With `--loss PERCENT` each worker is in a network namespace of its own and speaks TLS, and
so many of its packets are lost, each way (Linux, root, `ip` and `nft`). Prints seconds on the clock, pages a second, CPU of the flow's own process a page, of
everybody together, and whether articles, hits and evidence of both databases are the same.
"""

import argparse
import os
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from bench.timed_run import Took, median_of, pressroom, start_run, took
from tests.extractors.cluster.namespaces import packets_lost, rooms
from tests.extractors.cluster.processes import DaskProcesses
from tests.flows.pipeline.test_cluster import what_was_read


def cpu_of(pid: int) -> float:
    """Of a live process and those of its children that it has waited for, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def killing(dask: DaskProcesses, every: int, db: Path) -> Iterator[list[str]]:
    """Kills a worker at random each time that so many pages more are read, and starts another; yields
    the names of the dead."""
    killed: list[str] = []
    over = threading.Event()

    def kill() -> None:
        chance = random.Random(7)
        while every and not over.wait(0.5):
            if pages_read(db) >= every * (len(killed) + 1):
                name = chance.choice(list(dask.workers))
                dask.kill(name)
                killed.append(name)
                dask.add_worker(f"again-{len(killed)}")

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def pages_read(db: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            sql = "SELECT count(*) FROM articles WHERE state <> 'unread'"
            return int(connection.execute(sql).fetchone()[0])
    except sqlite3.OperationalError:  # the run has not made it yet
        return 0


def one_round(
    folder: Path, pages: int, outlets: int, *, workers: int, kill: int, loss: float = 0
) -> dict[str, Took]:
    with pressroom(folder, pages, outlets) as (place, _):
        local = whole(took(start_run(place, db="local.db", processes=workers)))
        apart = rooms(workers, loss=loss) if loss else nullcontext(("127.0.0.1", ()))
        with apart as (host, machines), DaskProcesses(place, host=host, rooms=machines) as dask:
            for number in range(workers):
                dask.add_worker(f"reader-{number + 1}")
            with killing(dask, kill, place / "cluster.db") as killed:
                run = start_run(
                    place,
                    db="cluster.db",
                    processes=workers,
                    cluster=dask.address,
                    env=dask.for_clients,
                )
                cluster = whole(took(run))
            assert dask.scheduler is not None
            pids = [dask.scheduler.pid, *(worker.pid for worker in dask.workers.values())]
            cluster["all"] += sum(map(cpu_of, pids))
            cluster["scheduler"] = cpu_of(dask.scheduler.pid)
            cluster["lost"] = sum(map(packets_lost, machines))
        cluster["killed"] = len(killed)
        here, there = what_was_read(place / "local.db"), what_was_read(place / "cluster.db")
        for name, rows in here.items():
            same = "the same" if rows == there[name] else f"NOT THE SAME ({len(there[name])})"
            print(f"{name}: {len(rows)} locally, {same} on the cluster")
        cluster["same"] = here == there
        cluster["hits"] = len(here["hits"])
        return {"local": local, "cluster": cluster}


def whole(figures: Took) -> Took:
    """With what the process took before the run, and all of its processes together."""
    flow = figures["start"] + figures["flow"]
    return {**figures, "flow": flow, "all": flow + figures["readers"]}


def report(rounds: list[dict[str, Took]]) -> None:
    for name in ("local", "cluster"):
        middle = partial(median_of, rounds, name)
        pages = middle("pages")
        print(
            f"{name:<8} {middle('clock'):7.1f} s, {pages / middle('clock'):6.1f} pages/s; flow "
            f"{1000 * middle('flow') / pages:.2f} ms CPU a page, all {1000 * middle('all') / pages:.1f}"
        )
    last = rounds[-1]["cluster"]
    print(f"scheduler {1000 * last['scheduler'] / last['pages']:.2f} ms CPU a page; read at {last['read_at']}; {last['killed']:.0f} workers killed, {last['lost']:.0f} packets lost")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--outlets", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--loss", type=float, default=0)
    options = parser.parse_args()
    run = partial(one_round, options.folder, options.pages, options.outlets)
    report(
        [
            run(workers=options.workers, kill=options.kill, loss=options.loss)
            for _ in range(options.rounds)
        ]
    )


if __name__ == "__main__":
    main()
