"""A number is the same wherever it is shown: command line, JSON, page, API, report and metrics."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from review import app
from review.auth.team_file import Team
from tests.review.conftest import Desk
from tests.review.judged_sample import sampled

pytestmark = pytest.mark.slow  # every figure in every way
ACTS = (
    (1, "confirmed", ""),
    (2, "escalated", ""),
    (3, "dismissed", "other-meaning"),
    (4, "dismissed", "old-news"),
)


class Shown:
    """One database after a morning's work, asked in every way."""

    def __init__(self, db: Path, desk: Desk) -> None:
        self.db, self.desk = db, desk

    def command(self, *words: str) -> str:
        return CliRunner().invoke(main, [*words, "--db", str(self.db)]).output

    def json_of(self, *words: str) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.command(*words, "--json"))
        return report

    def page(self, path: str) -> str:
        """What a person reads there, without markup."""
        text = re.sub(r"<(script|style|svg).*?</\1>", " ", self.desk.get(path).text, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())

    def metric(self, name: str) -> float:
        match = re.search(rf"^{re.escape(name)} (\S+)$", self.command("metrics"), re.M)
        assert match, name
        return float(match[1])


@pytest.fixture(scope="module")
def shown(original: Path, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    path = Path(shutil.copy(original, tmp_path_factory.mktemp("figures") / "pollwatch.db"))
    desk = Desk(app.build(path, team))
    for story, action, reason in ACTS:
        answer = desk.act(story, action, 0, reason=reason)
        assert answer.status_code == 200, answer.text
    yield Shown(path, desk)
    desk.close()


TABS = ("new", "escalated", "confirmed", "dismissed")


def test_the_coverage_sentence_is_the_same_everywhere(shown: Shown) -> None:
    figures = shown.json_of("status")["coverage"]
    sentence = str(figures["sentence"])

    assert re.fullmatch(r"from 8 of 10 feeds, seen until [0-9: -]+ UTC", sentence)
    assert sentence in shown.command("status")
    assert shown.json_of("coverage")["sentence"] == sentence
    assert sentence in shown.command("queue")
    assert sentence in shown.command("report", "--since", "24h")
    for path in ("/-/queue", "/-/rules", "/-/sources", "/-/overview", "/-/runs"):
        assert sentence in shown.page(path), path
    assert (shown.metric("pollwatch_feeds_answering"), figures["answering"]) == (8, 8)
    assert (shown.metric("pollwatch_feeds_listed"), figures["listed"]) == (10, 10)
    assert shown.metric("pollwatch_coverage_share") == figures["share"]


def test_the_queue_counts_the_same_stories_everywhere(shown: Shown) -> None:
    figures = shown.json_of("status")["queue"]

    assert {name: figures[name] for name in TABS} == {
        "new": 24, "escalated": 1, "confirmed": 1, "dismissed": 2,
    }  # fmt: skip
    page, report = shown.page("/-/queue"), shown.command("report", "--since", "720h")
    for name in TABS:
        assert f"{name.capitalize()} {figures[name]} " in page
        assert shown.json_of("queue", "--tab", name)["total"] == figures[name]
        assert shown.metric(f'pollwatch_queue_stories{{tab="{name}"}}') == figures[name]
    assert f"- {figures['new']} wait for a verdict" in report
    for name in TABS[1:]:
        assert f"- {figures[name]} {name}" in report


def test_stories_per_day_are_those_of_the_queue_and_the_report(shown: Shown) -> None:
    rows = shown.desk.get("/-/overview.json?days=90").json()["rows"]
    total, waiting = (sum(row[name] for row in rows) for name in ("stories", "waiting"))

    assert total == shown.json_of("queue", "--tab", "all")["total"] - shown.json_of("queue", "--tab", "unlikely")["total"]  # fmt: skip
    assert waiting == shown.json_of("status")["queue"]["new"]
    assert f"{total} in 90 days, {waiting} of them wait for review" in shown.page(
        "/-/overview?days=90"
    )
    assert f"- {total} new" in shown.command("report", "--since", "2160h")


def test_what_is_said_of_a_rule_is_the_same_everywhere(shown: Shown) -> None:
    listed = map(json.loads, shown.command("rules", "stats", "--json").splitlines())
    figures = {row["rule"]: row for row in listed}
    rows = {row["slug"]: row for row in shown.desk.get("/-/rules.json").json()["rows"]}

    assert set(figures) == set(rows)
    for slug, row in rows.items():
        for name in ("stories", "waiting", "confirmed", "escalated", "precision"):
            assert figures[slug][name] == row[name], (slug, name)
        assert (figures[slug]["precision_low"], figures[slug]["precision_high"]) == (
            row["low"],
            row["high"],
        )
    judged = figures["voting-equipment-access"]
    assert judged["precision"] == 0
    assert judged["reasons"] == [["other-meaning", 1]]
    assert "the words mean something else here ×1" in shown.page("/-/rules")


def test_feeds_in_trouble_are_the_same_everywhere(shown: Shown) -> None:
    figures = shown.json_of("status")["feeds"]
    failing = {feed["name"] for feed in figures if "failing" in feed["flags"]}

    assert failing == {"Plains Observer", "Silent County News"}
    assert shown.metric('pollwatch_feeds{state="failing"}') == len(failing)
    page = shown.page("/-/sources?state=failing")
    assert {feed["name"] for feed in figures if feed["name"] in page} == failing
    report = shown.command("report", "--since", "24h")
    assert all(f"- {name}: failing" in report for name in failing)


def test_feeds_are_counted_the_same_everywhere(shown: Shown) -> None:
    feeds = shown.json_of("status")["feeds"]
    fine = sum(feed["flags"] == [] for feed in feeds)

    assert (len(feeds), fine) == (10, 7)
    assert f"Feeds      {len(feeds)} listed: {fine} fine" in shown.command("status")
    assert shown.metric('pollwatch_feeds{state="fine"}') == fine
    health = CliRunner().invoke(main, ["feeds", "health", "--db", str(shown.db)])
    assert "10 feeds, 2 in trouble." in health.stdout
    assert health.exit_code == 1
    need_a_look = json.loads(shown.command("feeds", "health", "--trouble", "--json"))
    report = shown.command("report", "--since", "24h")
    assert len(need_a_look) == 3
    assert all(f"- {feed['name']}: " in report for feed in need_a_look)


def test_the_feeds_of_status_add_up_though_one_is_failing_and_dormant(
    shown: Shown, tmp_path: Path
) -> None:
    path = Path(shutil.copy(shown.db, tmp_path / "dormant.db"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE feeds SET dormant = 1 WHERE name = 'Plains Observer'")
    connection.close()
    dormant = Shown(path, shown.desk)

    (line,) = re.findall(r"^Feeds +(\d+) listed: (.+)$", dormant.command("status"), re.M)
    parts = {state: int(count) for count, state in re.findall(r"(\d+) ([a-z]+)", line[1])}
    assert parts["dormant"] == 1
    assert sum(parts.values()) == int(line[0])
    for state, count in parts.items():
        assert dormant.metric(f'pollwatch_feeds{{state="{state}"}}') == count


def test_each_feed_that_the_report_names_stands_on_the_page_that_it_leads_to(shown: Shown) -> None:
    report = shown.command("report", "--since", "24h")
    in_trouble = {feed["name"]: feed["id"] for feed in shown.json_of("status")["feeds"] if feed["flags"] and feed["enabled"]}  # fmt: skip
    assert "Statehouse Wire" in in_trouble
    for name, slug in in_trouble.items():
        assert f"- {name}: " in report
        assert not re.search(rf"- {name}: .*; ok\b", report)
        page = shown.page(f"/-/sources?feed={slug}")
        assert {other for other in in_trouble if other in page} == {name}
        [address] = re.findall(r'"(/-/sources\.json[^"]*)"', shown.desk.get(f"/-/sources?feed={slug}").text)  # fmt: skip
        assert [row["name"] for row in shown.desk.get(unescape(address)).json()["rows"]] == [name]


def test_messages_that_wait_are_the_same_everywhere(shown: Shown) -> None:
    outbox = shown.json_of("alerts", "status")

    assert (outbox["waiting"], outbox["dead"]) == (29, 0)
    assert shown.metric("pollwatch_outbox_waiting") == outbox["waiting"]
    assert shown.metric("pollwatch_outbox_dead") == outbox["dead"]
    assert "29 waiting (29 of them not yet matched to a route) · 0 could not be sent" in shown.page(
        "/-/alerts"
    )
    assert "29 events wait for a route" in shown.command("alerts", "status")


def test_the_last_run_is_the_same_everywhere(shown: Shown) -> None:
    run = shown.json_of("status")["run"]["run"]
    row = shown.desk.get("/-/runs.json").json()["rows"][0]

    for name in ("id", "state", "started_at", "finished_at"):
        assert run[name] == row[name], name
    began = f"{run['started_at'][:10]} {run['started_at'][11:16]}"
    assert began in shown.page("/-/runs")
    assert shown.metric("pollwatch_last_good_run_timestamp_seconds") == pytest.approx(
        datetime.fromisoformat(run["finished_at"]).timestamp(), abs=5
    )


def test_recall_is_the_same_everywhere(shown: Shown) -> None:
    sampled(shown.desk)
    recall = shown.json_of("audit", "report", "--days", "14")["recall"]
    share, low, high = (f"{round(100 * recall[name])}" for name in ("share", "low", "high"))

    assert (recall["judged"], recall["misses_found"]) == (3, 1)
    page, report = shown.page("/-/audit"), shown.command("report", "--since", "24h")
    assert f"{share} % of wanted articles were shown (95 %: {low} % to {high} %)" in page
    assert f"{share}%" in shown.command("audit", "report", "--days", "14")
    assert f"{share}% of wanted articles were shown (95 % interval {low}% to {high}%), from 3 judgements with 1 miss.\n" in report  # fmt: skip
