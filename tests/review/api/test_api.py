"""The API as a program meets it: tokens open exactly what they should, exports are valid, pushes are stored."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import stix2

from alerts.formats.tables import COLUMNS
from review.api import access
from review.api.openapi import document
from review.api.routes import API, BASE
from storage import tokens
from storage.outbox.outbox import Outbox
from tests.review.conftest import Desk

NOW = datetime.now(UTC)
ROOT = Path(__file__).parents[3]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "RATES", access.Rates())


@pytest.fixture(autouse=True)
def in_the_queue(desk: Desk) -> None:
    """Stories of the sample that have hits, as the queue shows them."""
    with sqlite3.connect(desk.ds.pollwatch_desk.path) as conn:
        conn.execute(
            """UPDATE stories SET status = 'new', lane = 'shown', lead_hit_id = h.id, lead_article_id = h.article_id, severity = h.severity,
                 category = h.category, outlet = 'Harbor Daily' FROM hits h WHERE h.story_id = stories.id AND stories.status IS NULL"""
        )


def token(desk: Desk, *scopes: str, lasts: timedelta = DAY, now: datetime = NOW) -> str:
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    with box.transaction():
        count = len(tokens.tokens_listed(box.conn))
        token = tokens.create_token(box.conn, name=f"t{count}", actor="soc", scopes=scopes, lasts=lasts, by="test", now=now)  # fmt: skip
    box.close()
    return token


def ask(desk: Desk, path: str, bearer: str | None, method: str = "GET", body: object = None) -> Any:
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    return desk.run(desk.ask(method, BASE + path, None, headers=headers, content=None if body is None else json.dumps(body)))  # fmt: skip


PATHS = {"story": "/stories/1", "article": "/articles/1", "articles": "/articles?q=ballots", "export": "/export.jsonl", "openapi": "/openapi.json", "verdict": "/stories/1/verdict"}  # fmt: skip


def path_of(route: Any) -> str:
    return PATHS.get(route.name, route.path.removeprefix(BASE))


@pytest.mark.parametrize("route", API, ids=lambda route: route.name)
def test_each_route_opens_for_its_scope_and_for_no_other(desk: Desk, route: Any) -> None:
    body: object = {"title": "T", "body": "B"} if route.name == "push" else None
    if route.name == "verdict":
        body = {"verdict": "confirmed", "seen": 0}
    for scope in tokens.TOKEN_SCOPES:
        answer = ask(desk, path_of(route), token(desk, scope), route.method, body)
        opened = route.scope in (None, scope)
        assert (answer.status_code == 403) != opened, (route.name, scope, answer.text)
        assert answer.status_code in ((route.status,) if opened else (403,)), answer.text


@pytest.mark.parametrize("route", API, ids=lambda route: route.name)
def test_nothing_opens_without_a_token_that_stands(desk: Desk, route: Any) -> None:
    scope = route.scope or "read:queue"
    expired = token(desk, scope, lasts=timedelta(seconds=1), now=NOW - DAY)
    revoked = token(desk, scope)
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    with box.transaction():
        assert tokens.revoke_token(box.conn, tokens.tokens_listed(box.conn)[-1].id, "lena", NOW)
    box.close()
    for bearer in (None, "", "pw_guess", expired, revoked):
        answer = ask(desk, path_of(route), bearer, route.method, {})
        assert answer.status_code == 401, bearer
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_session_opens_nothing_of_the_api(desk: Desk) -> None:
    assert desk.get(f"{BASE}/stories", "lena").status_code == 401


def test_a_token_opens_no_page(desk: Desk) -> None:
    bearer = token(desk, "read:queue")
    answer = desk.run(
        desk.ask("GET", "/-/queue", None, headers={"authorization": f"Bearer {bearer}"})
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/-/sign-in?next=%2F-%2Fqueue"


def test_only_the_hash_of_a_token_is_kept(desk: Desk) -> None:
    bearer = token(desk, "read:queue")
    ask(desk, "/status", bearer)
    stored = desk.ds.pollwatch_desk.path.read_bytes()
    wal = desk.ds.pollwatch_desk.path.with_name(desk.ds.pollwatch_desk.path.name + "-wal")
    assert bearer.encode() not in stored + (wal.read_bytes() if wal.exists() else b"")


def test_too_many_requests_are_told_when_to_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(access, "PER_MINUTE", 3)
    bearer = token(desk, "read:queue")
    codes = [ask(desk, "/status", bearer).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert 1 <= int(ask(desk, "/status", bearer).headers["retry-after"]) <= 61


def test_stories_are_paged_without_a_gap(desk: Desk) -> None:
    bearer = token(desk, "read:queue")
    whole = ask(desk, "/stories?limit=500", bearer).json()["stories"]
    assert len(whole) >= 3
    stories, after = [], 0
    while after is not None:
        page = ask(desk, f"/stories?limit=2&after={after}", bearer).json()
        stories += page["stories"]
        after = page["next"]
    assert stories == whole
    assert set(whole[0]) == set(document(API)["components"]["schemas"]["Story"]["properties"])
    story = ask(desk, f"/stories/{whole[0]['id']}", bearer).json()["story"]
    assert story == whole[0]
    assert ask(desk, "/stories/999999", bearer).status_code == 404


@pytest.mark.parametrize("path", ["/search?q=ransomware", "/stories/", "/stories/abc"])
def test_an_address_that_is_none_is_told_in_json_and_to_tokens_only(desk: Desk, path: str) -> None:
    answer = ask(desk, path, token(desk, "push:articles"))
    assert (answer.status_code, answer.json()["ok"]) == (404, False)
    assert "openapi.json" in answer.json()["error"]
    assert ask(desk, path, "pw_nobody").status_code == 401


@pytest.mark.parametrize("query", ["?tab=nosuch", "?limit=x", "?limit=501", "?since=yesterday", "?since=2026-11-03T12:00:00", "?after=-1"])  # fmt: skip
def test_what_cannot_be_meant_is_a_400_with_a_reason(desk: Desk, query: str) -> None:
    answer = ask(desk, f"/stories{query}", token(desk, "read:queue"))
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_verdict_is_decided_and_audited_like_a_click(desk: Desk) -> None:
    bearer = token(desk, "write:verdict")
    verdict = {"verdict": "dismissed", "seen": 0, "reason": "opinion", "note": "a column", "request_id": "r1"}  # fmt: skip
    first = ask(desk, "/stories/1/verdict", bearer, "POST", verdict)
    assert (first.status_code, first.json()["again"]) == (200, False)
    again = ask(desk, "/stories/1/verdict", bearer, "POST", verdict)
    assert (again.json()["batch"], again.json()["again"]) == (first.json()["batch"], True)
    stale = ask(desk, "/stories/1/verdict", bearer, "POST", {"verdict": "confirmed", "seen": 0})
    assert stale.status_code == 409
    assert "soc was here first" in stale.json()["error"]
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    acts = box.conn.execute("SELECT action, actor, origin, reason, note FROM story_reviews WHERE story_id = 1").fetchall()  # fmt: skip
    status = box.conn.execute("SELECT status FROM stories WHERE id = 1").fetchone()[0]
    box.close()
    assert [tuple(act) for act in acts] == [("dismissed", "soc", "api", "opinion", "a column")]
    assert status == "dismissed"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "confirmed"}, 400),
        ({"verdict": "burned", "seen": 0}, 400),
        ({"verdict": "dismissed", "seen": 0}, 400),
        ({"verdict": "confirmed", "seen": "0"}, 400),
        ({"verdict": "confirmed", "seen": 0, "actor": "lena"}, 400),
    ],
)
def test_a_verdict_that_makes_no_sense_is_refused(desk: Desk, body: object, status: int) -> None:
    answer = ask(desk, "/stories/1/verdict", token(desk, "write:verdict"), "POST", body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_the_archive_is_searched_and_read(desk: Desk) -> None:
    bearer = token(desk, "read:archive")
    articles = ask(desk, "/articles?q=ballots", bearer).json()["articles"]
    assert articles
    whole = ask(desk, f"/articles/{articles[0]['id']}", bearer).json()["article"]
    assert whole["body"]
    assert ask(desk, "/articles?q=%22%22", bearer).status_code == 400


@pytest.mark.slow
def test_a_stix_bundle_is_valid_and_the_same_story_keeps_its_id(desk: Desk) -> None:
    bearer = token(desk, "read:queue")
    first, again = (ask(desk, "/export.stix", bearer) for _ in range(2))
    bundle = stix2.parse(first.text, allow_custom=False)
    kinds = {thing.type for thing in bundle.objects}
    assert {"identity", "report", "indicator"} <= kinds
    ids = {thing.id for thing in bundle.objects}
    assert ids == {thing.id for thing in stix2.parse(again.text).objects}
    for report in (thing for thing in bundle.objects if thing.type == "report"):
        assert set(report.object_refs) <= ids
    count = len(ask(desk, "/stories?limit=500", bearer).json()["stories"])
    assert sum(thing.type == "report" for thing in bundle.objects) == count


def test_misp_csv_and_json_lines_tell_the_same_stories(desk: Desk) -> None:
    bearer = token(desk, "read:queue")
    lines = [json.loads(line) for line in ask(desk, "/export.jsonl", bearer).text.splitlines()]
    events = ask(desk, "/export.misp", bearer).json()["response"]
    table = ask(desk, "/export.csv", bearer).text.splitlines()
    assert len(lines) == len(events)
    components = document(API)["components"]
    for line in lines:
        jsonschema.validate(line, {"$ref": "#/components/schemas/Story", "components": components})
        assert set(line) == set(components["schemas"]["Story"]["properties"])
    assert table[0] == "\ufeff" + ",".join(COLUMNS)
    assert [event["Event"]["info"] for event in events] == [line["headline"] for line in lines]
    for event in events:
        assert {"uuid", "info", "date", "threat_level_id", "analysis", "distribution", "Attribute"} <= set(event["Event"])  # fmt: skip
        assert event["Event"]["distribution"] == "0", "nothing is shared by itself"


def test_a_pushed_article_is_stored_at_once_as_an_entry_of_the_tokens_own_feed(desk: Desk) -> None:
    bearer = token(desk, "push:articles")
    pushed = {"title": "Polls opened late", "body": "Ballots ran out.\n" * 20, "id": "a1",
            "url": "https://www.nytimes.com/2026/11/03/x.html", "published": "2026-11-03T12:00:00Z"}  # fmt: skip
    first = ask(desk, "/push", bearer, "POST", pushed)
    assert (first.status_code, first.json()["new"]) == (202, True)
    assert ask(desk, "/push", bearer, "POST", pushed).json() == {**first.json(), "new": False}
    edited = ask(desk, "/push", bearer, "POST", {**pushed, "body": "Ballots arrived."})
    assert (edited.status_code, edited.json()["key"]) == (202, first.json()["key"])
    box = Outbox.open(desk.ds.pollwatch_desk.path)
    rows = box.conn.execute(
        """SELECT f.slug, f.kind, a.outlet, a.url_canonical, a.state, a.next_attempt_at IS NOT NULL, e.content
           FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN articles a ON a.id = e.article_id WHERE f.kind = 'webhook'"""
    ).fetchall()
    box.close()
    ((slug, kind, outlet, canonical, state, due, content),) = rows
    assert (kind, state, due, content) == ("webhook", "unread", 1, "Ballots arrived.")
    assert slug.startswith("push-t")
    assert outlet.startswith("Pushed by t")
    assert canonical.startswith(f"feed:{slug}:"), "nobody else's article"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": "T"}, 400),
        ({"title": "", "body": "B"}, 400),
        ({"title": "T", "body": ["B"]}, 400),
        ({"title": "T", "body": "B", "outlet": "New York Times"}, 400),
        ({"title": "T", "body": "B", "published": "2026-11-03"}, 400),
        ({"title": "T" * 1001, "body": "B"}, 400),
        ({"title": "T", "body": "B" * 1_000_001}, 413),
        ([], 400),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_reason(desk: Desk, body: object, status: int) -> None:  # fmt: skip
    answer = ask(desk, "/push", token(desk, "push:articles"), "POST", body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_the_document_describes_every_route() -> None:
    described = document(API)
    assert set(described["paths"]) == {route.path for route in API}
    assert described["openapi"] == "3.1.0"
    assert all("summary" in next(iter(path.values())) for path in described["paths"].values())


def test_the_document_in_docs_is_the_one_that_is_served(desk: Desk) -> None:
    output = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert output == ask(desk, "/openapi.json", token(desk, "read:queue")).json()
