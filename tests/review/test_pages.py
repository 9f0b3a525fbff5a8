"""What the pages show: filters, search, order, paging, coverage, figures, descriptions, bundles."""

import html
import io
import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus

import pytest
import yaml

from review.auth.team_file import Team
from review.pages.queue import filters
from review.render import compare
from review.search import words as search
from storage.queries.rules.figures import precision
from tests.review import sample
from tests.review.conftest import Desk

ROOT = Path(__file__).parents[2]


def rows(desk: Desk, query: str = "") -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk.get(f"/-/queue.json?size=500&{query}").text)[
        "rows"
    ]
    return found


@pytest.mark.parametrize(("query", "good"), [
    ("severity=critical", lambda r: r["severity"] == "critical"), ("severity=critical&severity=low", lambda r: r["severity"] in ("critical", "low")), ("category=equipment", lambda r: r["category"] == "equipment"),
    ("rule=ballot-drop-box", lambda r: "ballot-drop-box" in str(r["rules"])), ("feed=harbor-daily", lambda r: r["outlet"] == "Harbor Daily"), ("outlet=Harbor+Daily", lambda r: r["outlet"] == "Harbor Daily"), ("region=US-ME", lambda r: r["region"] == "US-ME"), ("language=es", lambda r: r["language"] == "es"),
    (f"since={sample.iso(sample.NOW)[:10]}", lambda r: str(r["published"]) >= sample.iso(sample.NOW)[:10]), ("until=2001-01-01", lambda r: False), ("q=tabulators", lambda r: "tabulators" in str(r).lower() or True),
    (f"seen={sample.iso(sample.NOW)[:10]}", lambda r: True), ("relevance=0.7", lambda r: float(str(r["relevance"])) >= 0.7), ("assigned=nobody", lambda r: r["assigned"] is None), ("assigned=me", lambda r: False),
    ("status=confirmed", lambda r: False), ("tab=unlikely", lambda r: False), ("tag=recount", lambda r: False), ("flag=reopened", lambda r: False),
])  # fmt: skip
def test_filters(shared: Desk, query: str, good: Callable[[dict[str, object]], bool]) -> None:
    found = rows(shared, query)

    assert all(good(row) for row in found)
    assert len(found) == sum(good(row) for row in rows(shared)) or query.startswith(("q=", "seen="))


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "'",
        "a AND",
        "NEAR(",
        "NOT",
        "*",
        "-x",
        "title:x",
        "x^2",
        '""',
        '"a',
        "(",
        ")",
        "a\x00b",
        "{}",
        "%",
        "x" * 5000,
        "ballot*",
        "ÅÄÖ 选举",
        "a b c d e f g h i j k l m n o p q r s t",
        '"county clerk" threats',
        "\u202e",
    ],
)
def test_no_search_is_an_error(shared: Desk, typed: str) -> None:
    assert shared.get("/-/queue", params={"q": typed, "status": "all"}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("ballot box", '"ballot" "box"'),
        ('"ballot box" seal', '"ballot box" "seal"'),
        ("tamper*", '"tamper"*'),
        ("a-b", '"a-b"'),
        ("?? !", None),
        ('x" OR y', '"x" "OR" "y"'),
        ("", None),
    ],
)
def test_search_words(typed: str, query: str | None) -> None:
    assert search.words_query(typed) == query


def test_pages_of_json_miss_and_repeat_nothing(shared: Desk) -> None:
    for sort in filters.SORTS:
        address, seen = f"/-/queue.json?size=7&sort={sort}&tab=all", []
        while address:
            told = json.loads(shared.get(address).text)
            seen += told["rows"]
            address = told["next"]

        assert len({row["story"] for row in seen}) == len(seen) == told["total"] == 28


def test_place_and_total_stand_above_the_list_and_follow_the_filters(shared: Desk) -> None:
    assert (
        "<strong data-place>1–25</strong> of <span data-total>28</span> stories"
        in shared.get("/-/queue").text
    )
    text = shared.get("/-/queue?severity=low").text
    assert "<strong data-place>1–3</strong> of <span data-total>3</span> stories" in text
    assert re.search(r'data-tab-link="new"[^>]*>New <span class="n">3<', text)
    following = re.search(r'rel="next" href="([^"]+)"', shared.get("/-/queue").text)
    assert following
    second = shared.get(following[1].replace("&amp;", "&")).text
    assert "<strong data-place>26–28</strong> of <span data-total>28</span> stories" in second
    assert 'rel="prev"' in second


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


def test_filters_survive_the_address() -> None:
    one = filters.Filters(
        tab="all", q="a b", severity=("low", "high"), seen="visit", flag="linked", view="compact"
    )

    class Arguments(dict[str, list[str]]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            return super().get(name, [default])[0]  # type: ignore[list-item]

        def getlist(self, name: str) -> list[str]:
            return super().get(name, [])  # type: ignore[return-value]

    assert filters.read(Arguments(parse_qs(one.query()))) == one
    assert one.toggled("severity", "low").severity == ("high",)


@pytest.mark.slow
def test_an_empty_queue_tells_the_coverage(
    tmp_path: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    sample.empty(tmp_path / "empty.db").close()
    desk = opened(tmp_path / "empty.db", team)

    assert "an empty queue says nothing" in desk.get("/-/queue").text
    for path in ("/-/overview", "/-/sources", "/-/rules", "/-/runs", "/pollwatch"):
        assert desk.get(path).status_code == 200


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
        "terms in headline +1.20",
        "absent, as it must be",
    ):
        assert part in text
    assert text.count("<mark") >= 4
    assert shared.get("/-/story/99999").status_code == 404
    assert shared.get("/-/story/1?hit=70").status_code == 404


def test_copies_are_compared_word_by_word(shared: Desk) -> None:
    text = shared.get("/-/compare/2?with=1").text

    assert "<ins>This edition adds" in text
    told = compare.compared_lines("one two three\nsame", "one 2 three\nsame\nnew")
    assert [line.kind for line in told] == ["changed", "same", "in"]
    assert [(p.kind, p.text) for p in told[0].pieces] == [
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
        asked = "?phrase=ballot" if name == "phrase_without_hit" else ""
        assert shared.get(f"/pollwatch/{name}.json{asked}").json()["ok"] is not False, name
        assert shared.get(f"/pollwatch/{name}{asked}").status_code == 200


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
    found = precision(right, judged - right)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.001)
    assert precision(0, 0).share is None


def unpacked(desk: Desk, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(desk.get("/-/hit/1/bundle.zip").content)) as archive:
        archive.extractall(folder)
    return folder / "pollwatch-hit-1"


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_bundle_proves_itself(desk: Desk, tmp_path: Path) -> None:
    desk.act(1, "confirmed", 0)
    folder = unpacked(desk, tmp_path)

    told = verify(folder)

    assert told.returncode == 0, told.stdout
    assert "signature: fits" in told.stdout
    assert "WRONG" not in told.stdout
    assert json.loads((folder / "reviews.json").read_text())[0]["actor"] == "rita"
    assert (desk.ds.pollwatch_desk.key_path.stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize("name", ["text.txt", "reviews.json", "manifest.json", "evidence.json"])
def test_a_changed_bundle_is_found_out(desk: Desk, tmp_path: Path, name: str) -> None:
    folder = unpacked(desk, tmp_path)
    path = folder / name
    path.write_text(
        path.read_text().replace("e", "3", 1)
        if name == "text.txt"
        else path.read_text().replace("\n", " \n", 1) + " "
    )

    assert verify(folder).returncode == 1


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


@pytest.mark.slow
def test_new_since_my_last_visit(desk: Desk) -> None:
    desk.get("/-/queue")
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    with connection:
        connection.execute(
            "UPDATE visits SET last_at = ?", [sample.iso(sample.NOW.replace(year=2020))]
        )
    connection.close()
    desk.ds.pollwatch_desk.seen.clear()

    assert len(rows(desk, "seen=visit")) == 28
    assert "New since my last visit" in desk.get("/-/queue").text


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


@pytest.mark.parametrize("path", ["/-/queue", "/-/story/1", "/-/search", "/-/audit", "/-/mutes", "/-/feeds", "/pollwatch", "/pollwatch/feeds"])  # fmt: skip
def test_every_page_says_when_the_pipeline_stalls_and_what_is_left_out(desk: Desk, db: Path, path: str) -> None:  # fmt: skip
    calm = desk.get(path).text
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("""UPDATE runs SET started_at = '2020-01-01T00:00:00.000Z', faults_json = '[{"path": "rules/own.yaml", "line": 12, "why": "is no <word>"}]'""")  # fmt: skip
    connection.close()
    desk.ds.pollwatch_desk.cache.forget("coverage")

    page = desk.get(path).text
    for told in ("No run for", "1 fault in rules or feeds.", "own.yaml:12: is no &lt;word&gt;"):
        assert told not in calm
        assert told in page


def headline_alone(db: Path, rules: str) -> None:
    """The hits of story 2 by these rules show the headline alone."""
    connection = sqlite3.connect(db)
    with connection:
        connection.execute(
            f"UPDATE hits SET snippet_field = 'title', snippet_start = 0, snippet = 'County clerk in Marrow Falls' WHERE story_id = 2 AND rule_id IN {rules}"
        )
    connection.close()


def card_of(desk: Desk, story: int) -> str:
    return desk.get("/-/queue").text.partition(f'id="story-{story}"')[2].partition("</article>")[0]


def test_a_card_whose_lead_rule_shows_its_headline_has_the_passage_of_another(
    desk: Desk, db: Path
) -> None:
    ((lead,),) = sqlite3.connect(db).execute("SELECT h.rule_id FROM hits h JOIN stories s ON s.lead_hit_id = h.id WHERE s.id = 2")  # fmt: skip
    headline_alone(db, f"({lead})")

    assert "notice, and two employees now park behind" in card_of(desk, 2)


def test_a_card_says_that_its_evidence_is_in_the_headline_alone(desk: Desk, db: Path) -> None:
    headline_alone(db, "(SELECT id FROM rules)")

    card = card_of(desk, 2)
    assert "Found in the headline; no rule found more in the text." in card
    assert "two employees" not in card


def test_words_alone_lead_on_to_a_search_that_works(shared: Desk) -> None:
    page = html.unescape(shared.get("/-/search?find=mail+ballot").text)
    phrase, both = re.findall(r'"(/-/search\?find=[^"]+)"', page)[:2]

    assert "an operator is missing" in page
    assert (unquote_plus(phrase), unquote_plus(both)) == ('/-/search?find="mail ballot"', "/-/search?find=mail AND ballot")  # fmt: skip
    assert 'role="alert"' not in shared.get(phrase).text + shared.get(both).text
    assert "Search for <a" not in shared.get("/-/search?find=%28mail").text
