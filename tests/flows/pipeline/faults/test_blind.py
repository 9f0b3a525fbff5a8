"""Nothing is seen any more though runs go on: all feeds walled, no name resolved, every rule broken."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.sender import Sender
from cli import main
from flows.pipeline.inputs.caller import Caller
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import RunResult, run_watch
from tests.alerts import sinks
from tests.alerts.outboxes import webhook_yaml
from tests.extractors.newsstand import Newsstand, Reply, answer

pytestmark = pytest.mark.slow  # whole runs

FEEDS = 8
DUE = 3
RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
WELL = answer(
    b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>The county counted</title><description>All of it.</description></item></channel></rss>",
    content_type="application/rss+xml",
)
WALL = answer(
    b"<html><title>Just a moment...</title><body>Checking your browser</body></html>",
    "403 Forbidden",
    cf_mitigated="challenge",
    content_type="text/html",
)


class Desk:
    """One installation over one stand with eight feeds; each `run` asks those that are due."""

    def __init__(self, folder: Path, stand: Newsstand) -> None:
        self.folder, self.db, self.stand = folder, folder / "p.db", stand
        (folder / "rules").mkdir(exist_ok=True)
        (folder / "rules" / "r.yaml").write_text(RULE, "utf-8")

    def run(self, reply: Reply, host: str = "127.0.0.1", *, due_only: bool = True) -> RunResult:
        self.stand.replies = {f"/{n}": reply for n in range(FEEDS)}
        self.list_feeds(f"http://{host}:{self.stand.port}")
        options = Options(feeds=self.folder / "feeds.yaml", rules=self.folder / "rules", db=self.db, due_only=due_only, processes=1)  # fmt: skip
        sender = Sender(self.db, self.folder / "alerts.yaml", resolve=lambda name: "k")
        return asyncio.run(
            run_watch(load_plan(options), Caller(sender=sender))
        )  # fmt: skip

    def list_feeds(self, base: str) -> None:
        listed = "".join(f"  - {{name: Feed {n}, url: '{base}/{n}'}}\n" for n in range(FEEDS))
        settings = "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0, obey_robots: false}\n"
        (self.folder / "feeds.yaml").write_text(f"{settings}feeds:\n{listed}", "utf-8")

    def make_due(self, count: int) -> None:
        with sqlite3.connect(self.db) as conn:
            conn.execute("UPDATE feeds SET next_poll_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 minute') WHERE id IN (SELECT id FROM feeds ORDER BY id LIMIT ?)", (count,))  # fmt: skip
            conn.execute("UPDATE feeds SET next_poll_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+50 minutes') WHERE id NOT IN (SELECT id FROM feeds ORDER BY id LIMIT ?)", (count,))  # fmt: skip

    def max_age(self) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["status", "--max-age", "30m", "--db", str(self.db)])
        return done.exit_code, done.output


@pytest.fixture(scope="module")
def stand() -> Iterator[Newsstand]:
    """At one address for all runs, as a feed with another address is another one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stand = Newsstand({})
    asyncio.run_coroutine_threadsafe(stand.__aenter__(), loop).result()
    yield stand
    asyncio.run_coroutine_threadsafe(stand.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, stand: Newsstand) -> Path:
    """A database in which eight feeds have answered."""
    desk = Desk(tmp_path_factory.mktemp("seen"), stand)
    assert desk.run(WELL, due_only=False).state == "completed"
    return desk.db


@pytest.fixture
def desk(answered: Path, stand: Newsstand, tmp_path: Path) -> Desk:
    shutil.copy(answered, tmp_path / "p.db")
    return Desk(tmp_path, stand)


def heard(sink: sinks.Sink, kind: str) -> list[str]:
    return [str(event["payload"]) for event in sink.events() if event["kind"] == kind]


def test_walls_before_every_feed_are_a_failed_run_though_only_three_of_eight_were_due(
    desk: Desk,
) -> None:
    with sinks.http() as sink, sinks.http() as switch:
        alerts = webhook_yaml(desk.folder, sink.url)
        alerts.write_text(alerts.read_text().replace("settings: {", f'settings: {{ping_url: "{switch.url}", '))  # fmt: skip
        desk.make_due(DUE)
        walled = desk.run(WALL)
        assert (walled.state, walled.stats.feeds_polled) == ("failed", DUE)
        assert "3 that did before failed" in walled.message
        assert "wall" in walled.message

        desk.make_due(0)
        assert desk.run(WALL).state == "failed", "nobody was asked, and nothing is better"
        assert switch.requests == [], "the dead man's switch is not told that all is well"
        code, output = desk.max_age()
        assert (code, "the last run failed" in output) == (1, True)
        assert len(heard(sink, "run-failed")) >= 1

        desk.make_due(1)
        assert desk.run(WELL).state == "completed"
        assert len(switch.requests) == 1
        assert desk.max_age()[0] == 0


def test_a_clock_that_went_back_is_no_good_run_of_late(desk: Desk) -> None:
    with sqlite3.connect(desk.db) as conn:
        conn.execute("UPDATE runs SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 day'), finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 day')")  # fmt: skip
    code, output = desk.max_age()
    assert (code, "the last run lies in the future" in output) == (1, True)


def test_names_that_no_longer_resolve_are_a_failed_run(desk: Desk) -> None:
    gone = desk.run(WELL, host="gone.invalid")
    assert (gone.state, gone.message.startswith("8 of 8 feeds failed")) == ("failed", True)


def test_some_feeds_that_fail_beside_one_that_answers_are_no_failed_run(desk: Desk) -> None:
    replies: Callable[..., bytes] = lambda request: WELL if request.path == "/0" else WALL  # noqa: E731
    desk.make_due(DUE + 1)
    assert desk.run(replies).state == "completed-with-errors"


def test_broken_rules_and_a_broken_alerts_yaml_are_told_with_their_place(desk: Desk) -> None:
    with sinks.http() as sink:
        alerts = webhook_yaml(desk.folder, sink.url)
        desk.make_due(0)
        desk.run(WELL)
        (desk.folder / "rules" / "r.yaml").write_text(RULE.replace("NEAR/9", "NEAR/"), "utf-8")
        alerts.write_text(alerts.read_text().replace("routes:", "rotes:"), encoding="utf-8")
        assert desk.run(WELL).state == "completed-with-errors"
        Sender(desk.db, alerts, resolve=lambda name: "k").round()
    events = heard(sink, "danger")
    assert any("r.yaml:5" in line for line in events)
    assert any("alerts.yaml has" in line and "alerts.yaml:" in line for line in events)
