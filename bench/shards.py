"""The same feeds read by one run and by several shards at once, each with a database of its own.

    python -m bench.shards DIR [--pages 300] [--outlets 24] [--shards 2] [--processes 2] [--rounds 1]

DIR holds pages and an index.jsonl that names them, as for bench.whole_run. Each outlet has a port of its own,
which for addresses is a host of its own, so that shards have hosts to divide. Each round, with pacing off:
  one     one run with `--processes` processes that read pages
  shards  that many runs at once, with as many of those processes between them
and then `federate` over their databases, which must hold what the one database holds. Prints seconds on the
clock, and CPU of the flows, of the busiest flow alone, and of everybody: on a machine that others use only
CPU tells. What a shard can gain is the busiest flow's share, as that is the part of a run that one core does.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from bench.timed_run import ROOT, Took, median_of, pressroom, start_run, took


def together(folder: Path, processes: int, shards: list[str]) -> Took:
    """All of them at once."""
    began, share = time.perf_counter(), max(1, processes // len(shards))
    running = [start_run(folder, processes=share, shard=shard) for shard in shards]
    runs = [took(run) for run in running]
    flows = [figures["flow"] for figures in runs]
    return {
        "clock": time.perf_counter() - began, "flows": sum(flows), "busiest": max(flows),
        "all": sum(flows) + sum(figures["readers"] for figures in runs),
        "pages": sum(figures["pages"] for figures in runs),
    }  # fmt: skip


def federated(folder: Path, shards: list[str]) -> tuple[Took, int]:
    names = [str(folder / f"all-{shard.replace('/', 'of')}.db") for shard in shards]
    words = [sys.executable, "-c", "from cli import main; main()", "federate", *names, "--limit", "2000", "--json"]  # fmt: skip
    before = os.times()
    process = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system  # fmt: skip
    return {"federate": spent}, len(json.loads(process.stdout)["stories"])


def one_round(folder: Path, pages: int, outlets: int, shards: int, processes: int) -> dict[str, Took]:  # fmt: skip
    with pressroom(folder, pages, outlets) as (place, _):
        numbers = [f"{n}/{shards}" for n in range(1, shards + 1)]
        whole = together(place, processes, [""])
        several = together(place, processes, numbers)
        spent, stories = federated(place, numbers)
        print(f"federate: {stories} stories, {spent['federate']:.2f} s of CPU", flush=True)
        return {"one": whole, "shards": several}


def report(rounds: list[dict[str, Took]]) -> None:
    for name in ("one", "shards"):
        middle = partial(median_of, rounds, name)
        pages = middle("pages")
        print(
            f"{name:<8}{middle('clock'):7.1f} s for {pages:.0f} pages; CPU a page: flows {1000 * middle('flows') / pages:.1f} ms,"
            f" the busiest {1000 * middle('busiest') / pages:.1f}, everybody {1000 * middle('all') / pages:.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--outlets", type=int, default=24)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    parameters = (options.folder, options.pages, options.outlets, options.shards, options.processes)
    report([one_round(*parameters) for _ in range(options.rounds)])


if __name__ == "__main__":
    main()
