"""What could not be read is named: after each run, in JSON, and all of it on request."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from commands.shared.summary import run_as_json, show_run
from flows.pipeline.inputs.options import Options, load_plan
from flows.pipeline.run import RunResult, run_watch
from flows.pipeline.stats import RunStats
from storage.feeds import sync_feeds
from storage.ingest.readings import record_readings
from storage.runs import finish_run
from tests.databases import new_store
from tests.extractors.newsstand import Newsstand, answer
from tests.flows.conftest import Runs
from tests.matchers.rules.test_first_day import MINE
from tests.storage.making import failure, feed, listed


def shown(capsys: pytest.CaptureFixture[str], db: Path, ended: RunResult) -> str:
    show_run(db, ended)
    return capsys.readouterr().out


@pytest.mark.slow
def test_a_run_names_the_page_that_failed_and_why(
    runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    db, ended = runs.first.db, runs.first.outcome

    out = shown(capsys, db, ended)
    (page,) = run_as_json(db, ended)["articles"]["failures"]  # type: ignore[index]

    assert "Pages that could not be read\n  Port Ellery Ledger: Harbor seal camera is back" in out
    assert f"A bot wall (Cloudflare) stands before the article.\n  all of every run: ./pollwatch status --unread --db {db}" in out  # fmt: skip
    assert (page["outcome"], page["outlet"]) == ("bot-wall", "Port Ellery Ledger")
    listed = CliRunner().invoke(main, ["status", "--unread", "--db", str(db)])
    assert listed.exit_code == 0
    assert "paywall: The article is for subscribers" in listed.output
    assert listed.output.endswith(
        "0 failed; 1 more with their headline only, 2 with the feed's text or a beginning only; "
        "0 read in doubt\n"
    )


@pytest.fixture
def many(tmp_path: Path) -> tuple[Path, RunResult]:
    """A run in which 15 pages failed, after one in which 3 did."""
    path, now = tmp_path / "watch.db", datetime.now(UTC)
    with new_store(path, now) as store:
        sync_feeds(store.db, [feed()], now)
        for count in (3, 15):
            run = store.start_run("watch", now=now)
            ids = listed(store, [f"{count}-{n}" for n in range(count)], at=now)
            record_readings(store.db, run, [failure(n, at=now) for n in ids])
            finish_run(store.db, run, "completed", message="done", stats={}, now=now)
    return path, RunResult(run, "completed", "done", RunStats(failed=15))


def test_of_many_a_dozen_is_named_and_the_rest_counted(
    many: tuple[Path, RunResult], capsys: pytest.CaptureFixture[str]
) -> None:
    db, ended = many

    out = shown(capsys, db, ended)

    assert out.count("it said 503") == 12
    assert f"  and 3 more: ./pollwatch status --unread --db {db}\n" in out


def test_all_of_every_run_are_listed_for_programs(many: tuple[Path, RunResult]) -> None:
    done = CliRunner().invoke(main, ["status", "--unread", "--json", "--db", str(many[0])])
    report = json.loads(done.output)

    assert len(report) == 18
    assert {page["why"] for page in report} == {"it said 503"}
    assert {page["next_attempt_at"] for page in report} == {None}


@pytest.mark.slow
def test_feeds_without_a_name_on_one_host_can_be_told_apart(tmp_path: Path) -> None:
    async def ended() -> RunResult:
        async with Newsstand({"/a": answer(b"", "500 x"), "/b": answer(b"", "500 x")}) as stand:
            (tmp_path / "feeds.yaml").write_text(
                "settings: {allow_addresses: [127.0.0.1/32], seconds_between_requests: 0}\n"
                f"feeds: [{stand.url}/a, {stand.url}/b]\n",
                encoding="utf-8",
            )
            (tmp_path / "rules").mkdir()
            (tmp_path / "rules" / "mine.yaml").write_text(MINE, encoding="utf-8")
            paths = {"feeds": tmp_path / "feeds.yaml", "rules": tmp_path / "rules"}
            plan = load_plan(Options(**paths, db=tmp_path / "p.db", processes=1))
            return await run_watch(plan)

    names = {name for name, _ in asyncio.run(ended()).stats.feeds_failed}

    assert names == {"127.0.0.1 (127-0-0-1-a)", "127.0.0.1 (127-0-0-1-b)"}
