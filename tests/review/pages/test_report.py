"""The situation report: coverage first, each number the one that its link shows, nothing active in it."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from alerts.report import render
from alerts.report.sections import FIGURE_WORDS, sections
from cli import main
from storage.acts import verdicts
from storage.acts.verdicts import Act
from storage.outbox.outbox import Outbox
from storage.queries.situation import Situation, situation
from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.view_address import of_query, query
from storage.store import Store
from storage.times import iso
from tests.review.conftest import Desk
from tests.review.judged_sample import sampled

WEEKS = timedelta(days=60)


def judged(desk: Desk) -> None:
    """One story escalated with a note, one dismissed, one confirmed, in the last minute."""
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    now = iso(datetime.now(UTC))
    with box.transaction():
        rows = box.conn.execute("SELECT id, review_count FROM stories WHERE tab = 'new' ORDER BY id LIMIT 3").fetchall()  # fmt: skip
        for (story, seen_count), action, reason in zip(rows, ("escalated", "dismissed", "confirmed"), ("", "opinion", ""), strict=True):  # fmt: skip
            verdicts.record_act(box.conn, Act(((story, seen_count),), action, "rita", now, reason=reason, note="call the <b>county</b>"))  # fmt: skip
    box.close()


def look(desk: Desk, **narrow: object) -> Situation:
    now = datetime.now(UTC)
    with Store.open_existing(desk.ds.pollwatch_desk.path) as store:
        return situation(store.db, since=now - WEEKS, now=now, base=StoryFilter(**narrow))  # type: ignore[arg-type]


def shown(desk: Desk, link: str) -> int:
    parts = urlsplit(link)
    return int(desk.get(f"/{parts.path}.json?{parts.query}", "rita").json()["total"])


def test_every_number_is_the_one_that_its_link_shows(desk: Desk) -> None:
    judged(desk)
    lines = [line for section in sections(look(desk)) for line in section.lines if line.link.startswith("-/queue")]  # fmt: skip
    assert len(lines) >= len(FIGURE_WORDS) + 3
    for line in lines:
        assert shown(desk, line.link) == int(line.text.split()[0]), line
    of = {figure.name: figure.count for figure in look(desk).figures}
    assert (of["escalated"], of["confirmed"], of["dismissed"]) == (1, 1, 1)
    assert of["new"] > 3


@pytest.mark.slow
def test_every_line_with_a_number_leads_to_a_page_that_shows_the_number(desk: Desk) -> None:
    judged(desk)
    sampled(desk)
    lines_of = {section.title: section.lines for section in sections(look(desk))}
    (verdicts_alone, by_sample, recall) = lines_of["How good it was"]
    assert "67% of 3 judged stories" in verdicts_alone.text
    assert "shown articles were wanted" in by_sample.text
    assert "from 3 judgements with 1 miss." in recall.text
    for line in (*lines_of["Coverage"], verdicts_alone):
        assert line.text in unescape(desk.get(f"/{line.link}", "rita").text), line
    for line in (by_sample, recall):
        assert line.link == "-/audit"
        shown = desk.get(f"/{line.link}", "rita").text
        share = re.findall(r"(\d+)%", line.text)[0]
        low, high = re.findall(r"(\d+)% to (\d+)%", line.text)[0]
        assert re.search(rf"{share}\s?%</strong>.*{low}\s?%\s+to\s+{high}\s?%", shown), line
    numbered = [
        line for lines in lines_of.values() for line in lines if re.search(r"\d", line.text)
    ]
    assert [line for line in numbered if not line.link] == []
    for line in numbered:
        assert desk.get(f"/{line.link}", "rita").status_code == 200, line


def test_a_view_narrows_every_figure(desk: Desk) -> None:
    whole, part = look(desk), look(desk, region=("US-AZ",))
    assert 0 < part.figures[0].count < whole.figures[0].count
    assert all(figure.view.region == ("US-AZ",) for figure in part.figures)


@pytest.mark.parametrize(
    "chosen",
    [
        StoryFilter(),
        StoryFilter(tab="all", shown_since="2026-11-03T12:00:00.000Z", category=("a b", "c&d")),
        StoryFilter(tab="escalated", assigned=("", "ann"), flag="reopened", relevance=0.7),
    ],
)
def test_an_address_says_the_same_filter_back(chosen: StoryFilter) -> None:
    assert of_query(query(chosen), now="") == chosen


@pytest.mark.parametrize("address", ["q=ballots", "seen=visit", "assigned=me"])
def test_what_only_the_page_can_do_is_said(address: str) -> None:
    with pytest.raises(ValueError, match="view"):
        of_query(address, now="")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_html_fetches_nothing_runs_nothing_and_links_only_to_us(desk: Desk) -> None:
    judged(desk)
    tags = Tags()
    tags.feed(render.report_html(look(desk), "https://review.example.org/"))
    assert {tag for tag, _ in tags.found} <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "ul", "li", "a", "br", "span"}  # fmt: skip
    links = [str(attrs["href"]) for tag, attrs in tags.found if tag == "a"]
    assert links
    assert all(link.startswith("https://review.example.org/-/") for link in links)
    assert not any(name.startswith("on") for _, attrs in tags.found for name in attrs)


def test_markdown_begins_with_coverage_and_ends_with_the_notes(desk: Desk) -> None:
    judged(desk)
    text = render.markdown(look(desk), None)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "Coverage"
    assert headings[-1] == "Hand-over notes"
    assert "Precision: 67% of 3 judged stories" in text
    assert "Recall: not measured" in text
    assert "blind sample of 14 days" not in text
    assert "<script" not in text
    assert "call the ‹b›county‹/b›" in text


@pytest.mark.slow
def test_the_command_writes_markdown_html_and_pdf(desk: Desk, tmp_path: Path) -> None:
    path = desk.ds.pollwatch_desk.path
    base = ["report", "--since", "60d", "--db", str(path), "--alerts", str(tmp_path / "none.yaml")]
    assert CliRunner().invoke(main, base).output.startswith("# Situation from")
    assert "<h2" in CliRunner().invoke(main, [*base, "--html"]).output
    done = CliRunner().invoke(main, [*base, "--view", "nosuch"])
    assert (done.exit_code, "no shared view" in done.output) == (2, True)
    out = tmp_path / "r.pdf"
    done = CliRunner().invoke(main, [*base, "--pdf", "--out", str(out)])
    if done.exit_code == 2 and "neither WeasyPrint nor Chromium" in done.output:
        pytest.skip("nothing here makes a PDF")
    assert out.read_bytes().startswith(b"%PDF")


def test_of_one_view_there_is_one_digest_an_hour(desk: Desk, tmp_path: Path) -> None:
    path = desk.ds.pollwatch_desk.path
    base = ["report", "--send", "--db", str(path), "--alerts", str(tmp_path / "none.yaml")]
    assert "stored" in CliRunner().invoke(main, base).output
    assert "already" in CliRunner().invoke(main, base).output
    box = Outbox.open(path)
    ((payload,),) = box.conn.execute("SELECT payload_json FROM events WHERE kind = 'digest'")
    box.close()
    assert json.loads(payload)["text"].startswith("# Situation from")


def test_the_queue_on_the_command_line_is_the_queue_of_the_page(desk: Desk) -> None:
    path = desk.ds.pollwatch_desk.path
    report = json.loads(CliRunner().invoke(main, ["queue", "--db", str(path), "--json", "--limit", "500"]).output)  # fmt: skip
    page = desk.get("/-/queue.json?size=500", "rita").json()
    assert report["total"] == page["total"]
    assert [row["story"] for row in report["stories"]] == [row["story"] for row in page["rows"]]
    assert "stories, from" in CliRunner().invoke(main, ["queue", "--db", str(path)]).output


def test_the_page_of_an_older_report_gives_the_coverage_of_its_own_time_too(desk: Desk) -> None:
    now = datetime.now(UTC)
    since, until = iso(now - WEEKS), now - timedelta(days=30)
    older = desk.get(f"/-/situation?since={since}&until={iso(until)}", "rita").text
    newest = desk.get(f"/-/situation?since={since}&until={iso(now)}", "rita").text

    assert f"The report until {until:%Y-%m-%d %H:%M} UTC came from 0 of " in older
    assert "Everything below is from " in older
    assert "The report until" not in newest
