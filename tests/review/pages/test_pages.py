"""What the pages show: coverage, figures, descriptions, faults; and what is taken away from them."""

import html
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import yaml
from click.testing import CliRunner

from cli import main
from model import FeedCache, FeedPoll, NextPoll, Outcome
from review.auth import middleware
from review.render import compare
from storage.ingest.feeds.polls import record_polls
from storage.queries.rules.figures import precision
from storage.store import Store
from tests.review.conftest import Desk

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "query",
    [
        "at=x",
        "at=a~2~3",
        "at=~~",
        "at=a~nan~1",
        "at=b~1~99999999999999999999",
        "status=x&sort=y&flag=z&view=w&relevance=9",
        "since=9999-99-99",
        "severity=" + "x" * 3000,
        "from=-1",
        "days=x",
        "hit=x",
    ],
)
def test_odd_addresses_are_no_faults(shared: Desk, query: str) -> None:
    for path in ("/-/queue", "/-/overview", "/-/sources", "/-/runs", "/-/story/1", "/-/search"):
        assert shared.get(f"{path}?{query}").status_code == 200


def test_sorting_by_no_column_is_a_fault_of_the_address(shared: Desk) -> None:
    answer = shared.get("/pollwatch/feeds.json?_sort=(select+1)", "lena")

    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "Cannot sort table by (select 1)",
    )


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_form_without_its_token_is_told_to_load_the_page_anew(shared: Desk, accept: str) -> None:
    answer = shared.run(
        shared.ask(
            "POST", "/-/act", "rita", data={"action": "confirmed", "items": "1:0"},
            headers={"accept": accept, "origin": "http://127.0.0.1:8001"},
        )
    )  # fmt: skip

    assert answer.status_code == 403
    assert answer.headers["content-security-policy"] == middleware.POLICY
    assert "Nothing was written" in answer.text
    assert "Reload the page and try again." in answer.text
    if accept == "application/json":
        assert answer.json()["title"] == "Reload the page"
    else:
        assert "<h1>Reload the page</h1>" in answer.text


def test_coverage_is_on_every_page_that_counts(shared: Desk) -> None:
    for path in (
        "/-/queue",
        "/-/overview",
        "/-/sources",
        "/-/rules",
        "/-/runs",
        "/-/queue?until=2001-01-01",
    ):
        assert " UTC, 2 failing, 1 with gaps" in shared.get(path).text


@pytest.mark.parametrize(("gap", "state"), [(False, "fine"), (True, "gap")])
def test_a_malformed_feed_that_gives_entries_is_the_same_everywhere(
    desk: Desk, gap: bool, state: str
) -> None:
    path, now = desk.ds.pollwatch_desk.path, datetime.now(UTC)
    poll = FeedPoll("metro-ledger", now, Outcome.MALFORMED, "It is cut off.", 200, FeedCache())
    plan = NextPoll(now + timedelta(hours=1), 3600, 0.0, 0, False, gap, "")
    with Store.open(path, now=now) as store:
        record_polls(store.db, None, [(poll, plan)], now)

    answer = CliRunner().invoke(main, ["feeds", "health", "--json", "--db", str(path)]).output
    (feed,) = [feed for feed in json.loads(answer) if feed["id"] == "metro-ledger"]
    page = desk.get("/-/sources").text
    row = page.partition("feed=metro-ledger")[2].partition("</tr>")[0]

    assert feed["flags"] == (["gap"] if gap else [])
    assert f">{state}</span>" in row
    assert "It is cut off." in row


def test_the_reading_page_tells_all(shared: Desk) -> None:
    text = shared.get("/-/story/1").text

    for part in (
        "web.archive.org",
        "Evidence bundle",
        "NEAR/20",
        "version 1",
        "trafilatura 2.3.1",
        "differences",
        "rules/infrastructure.yaml",
        "6 texts, 6 outlets",
        "Not this rule",
        "For it:</span> terms in headline",
        "not in the text, as the rule asks",
    ):
        assert part in text
    assert text.count("<mark") >= 4
    assert shared.get("/-/story/99999").status_code == 404
    assert shared.get("/-/story/1?hit=70").status_code == 404


def test_copies_are_compared_word_by_word(shared: Desk) -> None:
    text = shared.get("/-/compare/2?with=1").text

    assert "<ins>This edition adds" in text
    lines = compare.compared_lines("one two three\nsame", "one 2 three\nsame\nnew")
    assert [line.kind for line in lines] == ["changed", "same", "in"]
    assert [(p.kind, p.text) for p in lines[0].pieces] == [
        ("same", "one "),
        ("out", "two"),
        ("in", "2"),
        ("same", " three"),
    ]


def test_the_rules_page_names_files_without_the_folders_above(desk: Desk, db: Path) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("UPDATE rules SET path = '/srv/desk/rules/own/mine.yaml' WHERE id = 1")
        connection.execute("UPDATE rules SET path = '/elsewhere/theirs.yaml' WHERE id = 2")
    connection.close()
    desk.ds.pollwatch_desk.rules = Path("/srv/desk/rules")

    text = desk.get("/-/rules").text

    assert "own/mine.yaml" in text
    assert "elsewhere/theirs.yaml" in text
    assert "/srv" not in text
    assert "/elsewhere" not in text


@pytest.mark.parametrize("name", ["queue", "overview", "sources", "rules", "runs"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_every_view_can_be_taken_away(shared: Desk, name: str, form: str) -> None:
    response = shared.get(f"/-/{name}.{form}")

    assert response.status_code == 200
    assert ("text/csv" if form == "csv" else "application/json") in response.headers["content-type"]
    assert len(response.text) > 100


def test_canned_queries_work(shared: Desk) -> None:
    described = yaml.safe_load((ROOT / "review" / "metadata.yaml").read_text())

    for name in described["queries"]:
        query = "?phrase=ballot" if name == "phrase_without_hit" else ""
        assert shared.get(f"/pollwatch/{name}.json{query}").json()["ok"] is not False, name
        assert shared.get(f"/pollwatch/{name}{query}").status_code == 200


def test_every_table_and_column_is_described(shared: Desk) -> None:
    described = yaml.safe_load((ROOT / "review" / "metadata.yaml").read_text())["tables"]
    connection = sqlite3.connect(shared.ds.pollwatch_desk.path)
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '%\\_fts%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'"
        )
    ]
    for name in names:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})")}
        assert set(described[name]["columns"]) == columns, name
        assert described[name]["description"]
    connection.close()
    assert set(described) - {"_sqlite_migrations", "sqlite_sequence"} == set(names)


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    [(9, 10, 0.596, 0.982), (0, 5, 0.0, 0.434), (5, 5, 0.566, 1.0)],
)
def test_intervals(right: int, judged: int, low: float, high: float) -> None:
    measured = precision(right, judged - right)
    assert (measured.low, measured.high) == pytest.approx((low, high), abs=0.001)
    assert precision(0, 0).share is None


def test_the_feed_needs_a_token_that_still_counts(desk: Desk) -> None:
    page = desk.post("/-/feeds", {}, headers={"accept": "text/html"}).text
    token = page.partition("token=")[2].partition('"')[0]
    stored = (
        sqlite3.connect(desk.ds.pollwatch_desk.path)
        .execute("SELECT token_sha256 FROM readers")
        .fetchone()[0]
    )

    assert token not in stored
    assert desk.get(f"/-/feed.atom?token={token}", None).status_code == 200
    assert desk.get("/-/feed.atom?token=wrong", None).status_code == 403
    assert desk.get("/-/feed.atom", "lena").status_code == 403
    desk.post("/-/feeds", {"revoke": "1"}, "remy")
    assert desk.get(f"/-/feed.atom?token={token}", None).status_code == 200
    desk.post("/-/feeds", {"revoke": "1"}, "rita")
    assert desk.get(f"/-/feed.atom?token={token}", None).status_code == 403


def test_a_fault_in_the_rules_stands_on_top_with_its_file_and_line_but_no_folder(
    desk: Desk,
) -> None:
    fault = {"path": "/srv/rules/mine.yaml", "line": 4, "why": "NEAR/ needs a number"}
    with sqlite3.connect(desk.ds.pollwatch_desk.path) as connection:
        connection.execute(
            """UPDATE runs SET faults_json = ? WHERE id =
               (SELECT max(id) FROM runs WHERE flow = 'watch')""",
            [json.dumps([fault, fault])],
        )

    for path in ("/-/queue", "/-/overview"):
        page = desk.get(path).text
        assert "2 faults in rules or feeds." in page
        assert "mine.yaml:4: NEAR/ needs a number" in page
        assert "/srv/" not in page


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/-/queue", "/-/story/1", "/-/search", "/-/audit", "/-/mutes", "/-/feeds", "/pollwatch", "/pollwatch/feeds"])  # fmt: skip
def test_every_page_says_when_the_pipeline_stalls_and_what_is_left_out(desk: Desk, db: Path, path: str) -> None:  # fmt: skip
    calm = desk.get(path).text
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("""UPDATE runs SET started_at = '2020-01-01T00:00:00.000Z', faults_json = '[{"path": "rules/own.yaml", "line": 12, "why": "is no <word>"}]'""")  # fmt: skip
    connection.close()
    desk.ds.pollwatch_desk.cache.forget("coverage")

    page = desk.get(path).text
    for words in ("No run for", "1 fault in rules or feeds.", "own.yaml:12: is no &lt;word&gt;"):
        assert words not in calm
        assert words in page


def test_words_alone_lead_on_to_a_search_that_works(shared: Desk) -> None:
    page = html.unescape(shared.get("/-/search?find=mail+ballot").text)
    by_q = html.unescape(shared.get("/-/search?q=mail+ballot").text)
    links = r'"/-/search\?find=[^"]+"'
    assert re.findall(links, by_q) == re.findall(links, page)
    phrase, both = re.findall(r'"(/-/search\?find=[^"]+)"', page)[:2]

    assert "an operator is missing" in page
    assert (unquote_plus(phrase), unquote_plus(both)) == ('/-/search?find="mail ballot"', "/-/search?find=mail AND ballot")  # fmt: skip
    assert 'role="alert"' not in shared.get(phrase).text + shared.get(both).text
    assert "Search for <a" not in shared.get("/-/search?find=%28mail").text


@pytest.mark.parametrize("question", ["hand_over", "widest_spread", "new_since_yesterday"])
def test_ready_questions_mask_headlines_as_the_queue_does(desk: Desk, db: Path, question: str) -> None:  # fmt: skip
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE stories SET title = 'Shots at 118 Maple Street', masked_title = 'Shots at ▒', shown_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), severity_rank = 3, outlets = 2 WHERE tab = 'new'")  # fmt: skip
    connection.close()
    rows = desk.get(f"/pollwatch/{question}.json?_shape=objects", "vera").json()["rows"]

    assert {row["headline"] for row in rows} == {"Shots at ▒"}


def test_a_row_is_shown_a_line_a_column_with_what_each_holds(shared: Desk) -> None:
    page = shared.get("/pollwatch/feeds/1", "lena").text

    assert '<th scope="row">next_poll_at</th>' in page
    assert "<td>When it is due</td>" in page


def test_views_for_people_come_before_the_tables(shared: Desk) -> None:
    page = shared.get("/pollwatch", "lena").text

    assert page.index(">stories_view</a>") < page.index(">feeds_now</a>") < page.index(">article_texts</a>")  # fmt: skip
