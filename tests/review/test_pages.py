"""What the pages show: filters, search, order, paging, coverage, figures, descriptions, bundles."""

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import yaml

from review import search
from review.auth.team_file import Team
from review.pages import filters
from review.queries.overview import wilson
from review.render import compare
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
    ("rule=ballot-drop-box", lambda r: r["rule_slug"] == "ballot-drop-box"), ("feed=harbor-daily", lambda r: r["outlet"] == "Harbor Daily"), ("region=US-ME", lambda r: r["region"] == "US-ME"), ("language=es", lambda r: r["language"] == "es"),
    (f"since={sample.iso(sample.NOW)[:10]}", lambda r: r["last_at"] >= sample.iso(sample.NOW)[:10]), ("until=2001-01-01", lambda r: False), ("q=tabulators", lambda r: "tabulators" in str(r).lower() or True),
    ("assigned=nobody", lambda r: r["assigned_to"] is None), ("status=confirmed", lambda r: False),
])  # fmt: skip
def test_filters(shared: Desk, query: str, good: Callable[[dict[str, object]], bool]) -> None:
    found = rows(shared, query)

    assert all(good(row) for row in found)
    assert len(found) == sum(good(row) for row in rows(shared)) or query.startswith("q=")


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
    assert search.match(typed) == query


def test_order_and_pages_miss_and_repeat_nothing(shared: Desk) -> None:
    for sort, key in (("priority", "priority"), ("newest", "last_at"), ("oldest", "last_at")):
        address, seen = f"/-/queue.json?size=7&sort={sort}&status=all", []
        while address:
            told = json.loads(shared.get(address).text)
            seen += told["rows"]
            address = told["next"] and told["next"] + "&size=7"
        keys = [row[key] for row in seen]

        assert len({row["id"] for row in seen}) == len(seen) == 31
        assert keys == sorted(keys, reverse=sort != "oldest")


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=1~2~3",
        "after=~",
        "after=nan~1",
        "status=x&sort=y&flag=z",
        "since=9999-99-99",
        "severity=" + "x" * 3000,
        "from=-1",
        "days=x",
        "hit=x",
    ],
)
def test_odd_addresses_are_no_faults(shared: Desk, query: str) -> None:
    for path in ("/-/queue", "/-/overview", "/-/sources", "/-/runs", "/-/card/1"):
        assert shared.get(f"{path}?{query}").status_code == 200


def test_filters_survive_the_address() -> None:
    one = filters.Filters(
        status="all", q="a b", severity=("low", "high"), since="visit", flag="more"
    )

    class Arguments(dict[str, list[str]]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            return super().get(name, [default])[0]  # type: ignore[list-item]

        def getlist(self, name: str) -> list[str]:
            return super().get(name, [])  # type: ignore[return-value]

    assert filters.read(Arguments(parse_qs(one.query()))) == one
    assert one.toggled("severity", "low").severity == ("high",)


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
        assert (
            "8 of 10 feeds seen in the last 24 h, 2 failing, 1 with gaps" in shared.get(path).text
        )


def test_the_reading_page_tells_all(shared: Desk) -> None:
    text = shared.get("/-/card/1").text

    for part in (
        "web.archive.org",
        "Evidence bundle",
        "NEAR/20",
        "version 1",
        "trafilatura 2.3.1",
        "differences",
        "rules/infrastructure.yaml",
        "6 copies, 6 outlets, 5 owners",
        "absent, as it must be",
    ):
        assert part in text
    assert text.count("<mark") >= 4
    assert shared.get("/-/card/99999").status_code == 404
    assert shared.get("/-/card/1?hit=70").status_code == 404


def test_copies_are_compared_word_by_word(shared: Desk) -> None:
    text = shared.get("/-/compare/2?with=1").text

    assert "<ins>This edition adds" in text
    told = compare.lines("one two three\nsame", "one 2 three\nsame\nnew")
    assert [line.kind for line in told] == ["changed", "same", "in"]
    assert [(p.kind, p.text) for p in told[0].pieces] == [
        ("same", "one "),
        ("out", "two"),
        ("in", "2"),
        ("same", " three"),
    ]


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
        assert shared.get(f"/pollwatch/{name}.json").json()["ok"] is not False, name
        assert shared.get(f"/pollwatch/{name}").status_code == 200


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
    assert set(described) == set(names)


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    [(9, 10, 0.596, 0.982), (0, 5, 0.0, 0.434), (5, 5, 0.566, 1.0)],
)
def test_intervals(right: int, judged: int, low: float, high: float) -> None:
    assert wilson(right, judged) == pytest.approx((low, high), abs=0.001)
    assert wilson(0, 0) is None


def unpacked(desk: Desk, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(desk.get("/-/hit/1/bundle.zip").content)) as archive:
        archive.extractall(folder)
    return folder / "pollwatch-hit-1"


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


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


def test_new_since_my_last_visit(desk: Desk) -> None:
    desk.get("/-/queue")
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    with connection:
        connection.execute(
            "UPDATE visits SET last_at = ?", [sample.iso(sample.NOW.replace(year=2020))]
        )
    connection.close()
    desk.ds.pollwatch_desk.seen.clear()

    assert len(rows(desk, "since=visit")) == 31
    assert rows(desk, "since=visit") == rows(desk)
    assert len(desk.get("/pollwatch/new_since_my_last_visit.json?_shape=array").json()) == 31


@pytest.mark.parametrize("few", [0, 1, 20_000])
@pytest.mark.parametrize("walk", [1, 3, 300])
@pytest.mark.parametrize(
    "query",
    [
        "q=tabulators",
        "q=library&rule=ballot-drop-box",
        'q="county clerk"',
        "q=the&sort=oldest&feed=metro-ledger",
    ],
)
def test_all_ways_of_searching_find_the_same(
    shared: Desk, monkeypatch: pytest.MonkeyPatch, few: int, walk: int, query: str
) -> None:
    usual = rows(shared, f"status=all&{query}")
    monkeypatch.setattr("review.queries.queue.FEW", few)
    monkeypatch.setattr("review.queries.queue.WALK", walk)
    monkeypatch.setattr("review.queries.queue.SELECTIVE", walk - 1)

    assert rows(shared, f"status=all&{query}") == usual
    assert usual
