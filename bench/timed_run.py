"""Runs in processes of their own, over pages that a pressroom serves, and what each of them took."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = """
import asyncio, json, os, sys, time
from pathlib import Path
from extractors.feed_list.shard import parse_shard
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
folder, chosen = Path(sys.argv[1]), json.loads(sys.argv[2])
plan = load_plan(Options(feeds=folder / "feeds.yaml", rules=Path(chosen["rules"]), db=folder / chosen["db"], due_only=False,
    processes=chosen["processes"], cluster=chosen["cluster"], shard=parse_shard(chosen["shard"]) if chosen["shard"] else None))
began, before = time.perf_counter(), os.times()
ended = asyncio.run(run_watch(plan))
clock, after, stats = time.perf_counter() - began, os.times(), ended.stats
print(json.dumps({"clock": clock, "start": before.user + before.system,
    "flow": after.user + after.system - before.user - before.system, "readers": after.children_user + after.children_system,
    "pages": stats.read + stats.partial + stats.failed, "read_at": stats.read_at}))
"""
# Seconds on the clock; of CPU for the start, the flow's own process and its readers; pages; and,
# of a cluster, how many each worker read.
Took = dict[str, float]


@contextmanager
def pressroom(folder: Path, pages: int, outlets: int) -> Iterator[tuple[Path, list[int]]]:
    """A scratch folder whose feeds.yaml lists the outlets while they are served, and their ports."""
    words = [sys.executable, "-m", "bench.servers.pressroom", str(folder), str(pages), str(outlets)]
    room = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert room.stdout is not None
    try:
        ports = json.loads(room.stdout.readline())
        with tempfile.TemporaryDirectory() as scratch:
            write_feeds(Path(scratch), ports)
            yield Path(scratch), ports
    finally:
        room.kill()


def write_feeds(place: Path, ports: Sequence[int]) -> None:
    feeds = [f"  - name: Outlet {p}\n    url: http://127.0.0.1:{p}/feed.xml\n" for p in ports]
    settings = "settings:\n  allow_addresses: [127.0.0.1/32]\n  seconds_between_requests: 0\n"
    (place / "feeds.yaml").write_text(settings + "feeds:\n" + "".join(feeds), "utf-8")


def start_run(
    place: Path,
    *,
    db: str = "all.db",
    rules: Path = Path("rules"),
    processes: int = 2,
    cluster: str | None = None,
    shard: str = "",
    env: Mapping[str, str] = {},
) -> subprocess.Popen[str]:
    """A run over the feeds of `place`, under way; `took` waits for its end."""
    chosen = {"db": db, "rules": str(rules.absolute()), "processes": processes, "cluster": cluster, "shard": shard}  # fmt: skip
    words = [sys.executable, "-c", RUN, str(place), json.dumps(chosen)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def took(run: subprocess.Popen[str]) -> Took:
    printed, _ = run.communicate()
    assert run.returncode == 0, "the run failed: what it said stands above"
    figures: Took = json.loads(printed.splitlines()[-1])
    return figures


def median_of(rounds: Sequence[Mapping[str, Mapping[str, float]]], name: str, key: str) -> float:
    """Of one figure of one of the things compared, over all rounds."""
    return statistics.median(round_times[name][key] for round_times in rounds)
