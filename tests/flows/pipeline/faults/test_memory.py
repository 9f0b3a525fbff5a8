"""A dozen feeds of 10 MB at once: how much memory the flow's process takes at its peak."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from extractors.fetch.request import Limits

ROOT = Path(__file__).parents[4]
SIZE = Limits().feed_bytes - 100_000
MOST_MB = 340  # of 400, as Prefect's modules take 51 more where it is loaded
TEXT = (
    "The county clerk counted ballots at the courthouse on Friday, and the board will audit them. "
)
ONE_RUN = """
import asyncio, re, sys
from pathlib import Path
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
folder, minutes = Path(sys.argv[1]), float(sys.argv[2])
plan = load_plan(Options(feeds=folder / "feeds.yaml", rules=folder / "rules.yaml", db=folder / "p.db", due_only=False,
    max_minutes=minutes))
ended = asyncio.run(run_watch(plan))
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(ended.stats.feeds_polled, ended.stats.entries_new, int(peak[1]) // 1024)
"""
RULE = """
- {id: sabotage, title: Sabotage, severity: high, category: other, query: sabotage,
   examples: {match: [Sabotage is feared], ignore: [Nothing is feared]}}
"""


def feed(number: int, characters: int, *, links: bool, letter: str) -> bytes:
    """`letter` is in each text: one beyond Latin takes four bytes for each of the text's in memory."""
    items, size = ["<rss version='2.0'><channel><title>A paper</title>"], 0
    filler = (TEXT * (characters // len(TEXT) + 1))[:characters]
    for n in count():
        link = f"<link>http://127.0.0.{number + 1}/a/{n}</link>" if links else ""
        items.append(f"<item><title>Story {number} {n}</title><guid isPermaLink='false'>{number}-{n}</guid>{link}"
                     f"<description>{n} {letter} {filler}</description></item>")  # fmt: skip
        size += len(items[-1].encode())
        if size > SIZE - characters:
            return "".join([*items, "</channel></rss>"]).encode()
    raise AssertionError


@contextmanager
def served(bodies: list[bytes]) -> Iterator[int]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/feed/")
            body = bodies[int(name)] if name.isdigit() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def run_over(folder: Path, bodies: list[bytes], minutes: float) -> tuple[int, int, int]:
    """Feeds polled, new entries, and megabytes at the peak of the flow's process."""
    (folder / "rules.yaml").write_text(RULE, "utf-8")
    with served(bodies) as port:
        listed = "".join(f"  - {{name: Paper {n}, url: 'http://127.0.0.1:{port}/feed/{n}'}}\n" for n in range(len(bodies)))  # fmt: skip
        head = "settings: {allow_addresses: [127.0.0.0/8], seconds_between_requests: 0}\nfeeds:\n"
        (folder / "feeds.yaml").write_text(head + listed, "utf-8")
        command = [sys.executable, "-c", ONE_RUN, str(folder), str(minutes)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    polled, new, peak = map(int, done.stdout.split())
    return polled, new, peak


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux tells it")
@pytest.mark.parametrize(
    ("feeds", "characters", "links", "letter", "minutes"),
    [
        pytest.param(5, 8_000, True, "é", 0.1, marks=pytest.mark.slow, id="five, as soon as it is level"),
        pytest.param(12, 8_000, True, "é", 0.5, marks=pytest.mark.long, id="1,200 entries a feed"),
        pytest.param(12, 1_500, True, "é", 0.5, marks=pytest.mark.long, id="6,000 entries a feed"),
        pytest.param(12, 1_500, True, "\N{ROCKET}", 0.5, marks=pytest.mark.long, id="with emoji"),
        pytest.param(12, 150_000, False, "é", 1, marks=pytest.mark.long, id="whole texts without links"),
    ],
)  # fmt: skip
@pytest.mark.timeout(1800)
def test_large_feeds_at_once_stay_within_the_memory_of_a_small_machine(
    tmp_path: Path, feeds: int, characters: int, links: bool, letter: str, minutes: float
) -> None:
    bodies = [feed(n, characters, links=links, letter=letter) for n in range(feeds)]
    assert all(SIZE * 0.97 < len(body) < Limits().feed_bytes for body in bodies)

    polled, new, peak = run_over(tmp_path, bodies, minutes)

    print(f"{new:,} entries of {characters:,} characters: {peak} MB")  # noqa: T201
    assert polled == feeds
    assert new > feeds * 60
    assert peak < MOST_MB
