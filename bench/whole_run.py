"""A whole run over loopback HTTP, against bare trafilatura and against the script that anyone would write.

    python -m bench.whole_run DIR [--pages 300] [--outlets 12] [--rounds 3] [--rules rules]

DIR holds pages and an index.jsonl that names them (`file`, `title`). Per round, on the same pages:
  bare    trafilatura.bare_extraction on pages in memory, one process: no network, rules or storage
  script  feedparser, a plain GET, trafilatura.extract and a loop of regular expressions, one process
          (the GET is urllib3's, as in trafilatura.fetch_url, which itself refuses loopback)
  ours    one run of Pollwatch in a process of its own, without Prefect, pacing off, 2 workers
Prints seconds on the clock and of CPU, and ratios, the medians of the rounds. On a machine that
others use too, only the ratio of CPU tells: what bare takes to what all processes of ours take.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from bench.timed_run import Took, median_of, pressroom, start_run, took

BARE = """
import json, sys, time, trafilatura
from pathlib import Path
from bench.servers.pressroom import read_pages
pages = read_pages(Path(sys.argv[1]), int(sys.argv[2]))
trafilatura.bare_extraction(pages[0][1])
began, cpu = time.perf_counter(), time.process_time()
for _, page in pages:
    trafilatura.bare_extraction(page, url="http://127.0.0.1/")
print(json.dumps({"clock": time.perf_counter() - began, "cpu": time.process_time() - cpu}))
"""
SCRIPT = """
import json, re, sys, time, feedparser, trafilatura, urllib3
terms = json.loads(sys.argv[2])
patterns = [re.compile(r"\\b" + re.escape(t) + r"\\b", re.I) for t in terms]
pool = urllib3.PoolManager()
began, cpu = time.perf_counter(), time.process_time()
for port in json.loads(sys.argv[1]):
    for entry in feedparser.parse(f"http://127.0.0.1:{port}/feed.xml").entries:
        page = pool.request("GET", entry.link).data
        text = page and trafilatura.extract(page)
        if text:
            [p.search(text) for p in patterns]
print(json.dumps({"clock": time.perf_counter() - began, "cpu": time.process_time() - cpu}))
"""
TERMS = 300  # regular expressions of the script; the shipped rules hold more


def timed(code: str, *arguments: str) -> Took:
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    took: Took = json.loads(process.stdout.splitlines()[-1])
    return took


def one_round(folder: Path, pages: int, outlets: int, rules: Path) -> dict[str, Took]:
    with pressroom(folder, pages, outlets) as (place, ports):
        terms = json.dumps([f"election term {n}" for n in range(TERMS)])
        return {
            "bare": timed(BARE, str(folder), str(pages)),
            "script": timed(SCRIPT, json.dumps(ports), terms),
            "ours": ours(place, pages, rules),
        }


def ours(place: Path, pages: int, rules: Path) -> Took:
    run = took(start_run(place, rules=rules))
    assert run["pages"] == pages, run
    cpu = run["flow"] + run["readers"]
    return {"clock": run["clock"], "cpu": cpu, "parent": run["flow"], "workers": run["readers"]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--outlets", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    options = parser.parse_args()
    parameters = (options.folder, options.pages, options.outlets, options.rules)
    report([one_round(*parameters) for _ in range(options.rounds)])


def report(rounds: list[dict[str, Took]]) -> None:
    for name in ("bare", "script", "ours"):
        clock = [round_times[name]["clock"] for round_times in rounds]
        parts = {key: median_of(rounds, name, key) for key in rounds[0][name]}
        shown_parts = ", ".join(
            f"{key} {seconds:.1f}" for key, seconds in parts.items() if key != "clock"
        )
        print(
            f"{name:<7} {parts['clock']:7.1f} s  ({min(clock):.1f} to {max(clock):.1f}); {shown_parts}"
        )
    clock = [
        round_times["bare"]["clock"] / round_times["ours"]["clock"] / 2 for round_times in rounds
    ]
    cpu = [round_times["bare"]["cpu"] / round_times["ours"]["cpu"] for round_times in rounds]
    faster = statistics.median(
        round_times["script"]["clock"] / round_times["ours"]["clock"] for round_times in rounds
    )
    print(f"ours reaches {spread(clock)} of two cores of bare trafilatura (target 0.85)")
    print(f"by CPU it reaches {spread(cpu)}")
    print(f"ours is {faster:.2f} times as fast as the script")


def spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
