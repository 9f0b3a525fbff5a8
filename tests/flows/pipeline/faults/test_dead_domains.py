"""300 entries on 300 domains whose name server never answers cost the healthy pages nothing.

A whole run in a network of its own, where the only name server is ours.
"""

import asyncio
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import run_watch
from storage.store import Store
from tests.extractors.fetch.transport.servers import NameServer, Raw

pytestmark = pytest.mark.slow  # silence takes its time
ROOT = Path(__file__).parents[4]
DEAD, HEALTHY = 300, 30
ALONE = """
set -e
ip link set lo up
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
"""
RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
PAGE = "<html lang=en><title>Board meets</title><article>" + "".join(
    f"<p>On day {n} the county board met and counted the ballots of precinct {n} again.</p>"
    for n in range(9)
)


def feed() -> bytes:
    hosts = [f"paper{n}.dead{n}.example" for n in range(DEAD)]
    hosts += [f"www.healthy{n}.example" for n in range(HEALTHY)]
    items = (f"<item><title>T</title><link>http://{host}:8080/a</link></item>" for host in hosts)
    return f"<rss version='2.0'><channel><title>F</title>{''.join(items)}</channel></rss>".encode()


async def talk(
    raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
) -> None:
    while head := await raw.head(reader):
        body = feed() if b"GET /feed " in head else PAGE.encode()
        if b"GET /robots.txt " in head:
            body = b"User-agent: *\nDisallow:\n"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()


async def watch(folder: Path) -> None:
    """The run itself, within its own network: tells for each outcome how many, and when the last."""
    names = {f"www.healthy{n}.example": "127.0.0.1" for n in range(HEALTHY)}
    names["feeds.example"] = "127.0.0.1"
    silent = tuple(f"dead{n}.example" for n in range(DEAD))
    server = await asyncio.start_server(Raw(talk).speak, "127.0.0.1", 8080)
    async with NameServer(names, silent=silent, port=53), server:  # type: ignore[arg-type]
        options = Options(
            feeds=folder / "feeds.yaml",
            rules=folder / "rules",
            db=folder / "p.db",
            due_only=False,
            processes=1,
        )
        await run_watch(load_plan(options))
    with Store.open_existing(folder / "p.db") as store:
        rows = store.db.execute(
            "SELECT outcome, count(*), max(attempted_at) FROM articles GROUP BY outcome"
        ).fetchall()
    sys.stdout.write(json.dumps(rows))


def test_dead_domains_cost_healthy_pages_nothing(tmp_path: Path) -> None:
    settings = "settings: {allow_addresses: [127.0.0.0/8], seconds_between_requests: 0}\n"
    listed = "feeds:\n  - {name: F, url: 'http://feeds.example:8080/feed'}\n"
    (tmp_path / "feeds.yaml").write_text(settings + listed, "utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "r.yaml").write_text(RULE, "utf-8")
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\n")
    alone = ["unshare", "-rnm", "sh", "-c", ALONE, "sh", str(resolv)]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    program = [sys.executable, "-m", "tests.flows.pipeline.faults.test_dead_domains", str(tmp_path)]

    done = subprocess.run([*alone, *program], cwd=ROOT, capture_output=True, text=True, timeout=240)

    assert done.returncode == 0, done.stderr[-2000:]
    report = {outcome: (count, last) for outcome, count, last in json.loads(done.stdout)}
    assert {outcome: count for outcome, (count, _) in report.items()} == {
        "ok": HEALTHY,
        "dns": DEAD,
    }
    assert datetime.fromisoformat(report["ok"][1]) < datetime.fromisoformat(report["dns"][1])


if __name__ == "__main__":
    asyncio.run(watch(Path(sys.argv[1])))
