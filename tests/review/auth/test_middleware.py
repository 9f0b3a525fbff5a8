"""Who gets in, and what every answer carries. The routes come from Datasette itself, so none is forgotten."""

import asyncio
import re
import sqlite3
from typing import Any

import httpx
import pytest

from review.auth import middleware
from review.auth.sessions import Sessions
from review.auth.team_file import Team
from review.pages import routes
from tests.review.conftest import SECRET, Desk

FILLED = (
    ("card", "1"),
    ("unknown", "nonsense"),
    ("story", "1"),
    ("delivery", "1"),
    ("article", "1"),
    ("hit", "1"),
    ("form", "csv"),
    ("format", "json"),
    ("database", "pollwatch"),
    ("table", "hits"),
    ("pks", "1"),
    ("path", "x"),
    ("rest", ""),
)
OPEN = ("/-/health", "/-/sign-in", "/favicon.ico", "/-/pollwatch/")
OTHERS = ("/pollwatch", "/pollwatch.json", "/pollwatch?sql=select+1", "/pollwatch/hits.csv?_stream=1", "/pollwatch/articles/1", "/pollwatch/outlets_by_state", "/_internal", "/_internal/tables",
          "/-/actor.json", "/-/plugins.json", "/-/metadata.json", "/-/allow-debug", "/-/patterns", "/-/threads", "/pollwatch.db", "/-/queue/", "//-/queue", "/%2D/queue", "/-/QUEUE", "/-/sign-in/../queue")  # fmt: skip


def paths(shared: Desk) -> list[str]:
    """An address for every route that the server knows."""
    addresses = []
    for pattern, _ in shared.ds._routes():
        path = pattern.pattern.strip("^$").replace("\\.", ".").replace("\\d{1,18}", "1")
        for name, value in FILLED:
            path = re.sub(rf"\(\?P<{name}>[^)]*\)", value, path)
        path = path.replace("(.json)?", ".json").replace("(.csv)?", ".csv")
        addresses.append(re.sub(r"[()?$]", "", path))
    return addresses


def test_the_walk_knows_all_our_routes(shared: Desk) -> None:
    addresses = paths(shared)

    assert {
        "/-/queue",
        "/-/story/1",
        "/-/search.json",
        "/-/mutes",
        "/-/live.json",
        "/-/rules/edit",
        "/-/article/1",
        "/-/act",
        "/-/undo",
        "/-/hit/1/bundle.zip",
        "/-/feed.atom",
    } <= set(addresses)
    assert len([path for path in addresses if path.startswith("/-/")]) > len(routes.PAGE_ROUTES)


def refusal_of(method: str, path: str) -> int:
    """The status that strangers get: people are sent to sign in, programs told that they have not."""
    if method not in ("GET", "HEAD", "POST"):
        return 405
    if path == "/-/feed.atom":  # has a token of its own in its address
        return 403
    return 303 if method == "GET" and not path.startswith("/-/api/") else 401


@pytest.mark.parametrize(
    "method",
    ["GET", "POST", *(pytest.param(method, marks=pytest.mark.slow) for method in ("HEAD", "PUT", "DELETE", "OPTIONS"))],
)  # fmt: skip
def test_strangers_get_nothing_from_any_route(shared: Desk, method: str) -> None:
    for path in [*paths(shared), *OTHERS]:
        response = shared.run(shared.ask(method, path, None))

        if path.startswith(OPEN) and "queue" not in path:
            continue
        assert response.status_code == refusal_of(method, path), (method, path)
        assert "tabulators" not in response.text, path
        if response.status_code == 303:
            assert response.headers["location"].startswith("/-/sign-in?next="), path


def test_viewers_read_and_never_write(shared: Desk) -> None:
    assert shared.get("/-/queue", "vera").status_code == 200
    assert 'action="/-/act"' not in shared.get("/-/queue", "vera").text
    for path, data in (
        ("/-/act", {"card": "1", "action": "confirmed", "seen": "0"}),
        ("/-/undo", {"batch": "x"}),
    ):
        assert shared.post(path, data, "vera").status_code == 403
    assert reviews(shared) == 0


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("rita", 403), ("lena", 200)])
def test_only_leads_write_sql_see_tokens_and_settings(shared: Desk, who: str, status: int) -> None:
    for path in (
        "/pollwatch?sql=select+1",
        "/pollwatch/hits?_where=1%3D1",
        "/pollwatch/readers",
        "/pollwatch/visits",
        "/-/plugins.json",
        "/-/metadata",
    ):
        assert shared.get(path, who).status_code == (
            status if "_where" not in path or status == 200 else 403
        ), path


@pytest.mark.parametrize(
    "path",
    [
        "/_internal",
        "/_internal/tables",
        "/-/permissions",
        "/-/allow-debug",
        "/-/messages",
        "/-/auth-token?token=x",
        "/-/logout",
        "/-/actor.json",
        "/-/patterns",
    ],
)
def test_some_pages_are_for_nobody(shared: Desk, path: str) -> None:
    assert shared.get(path, "lena").status_code == 403


def test_secrets_are_not_in_what_leads_may_see(shared: Desk) -> None:
    for path in ("/-/metadata.json", "/-/settings.json", "/-/plugins.json", "/-/databases.json"):
        text = shared.get(path, "lena").text

        assert "scrypt" not in text
        assert shared.ds._secret not in text


def test_sql_can_read_only(shared: Desk) -> None:
    for sql in (
        "delete from reviews",
        "update hits set status='new'",
        "pragma user_version = 9",
        "attach 'x.db' as x",
        "insert into readers(actor) values (1)",
    ):
        assert (
            shared.get("/pollwatch.json?sql=" + sql.replace(" ", "+"), "lena").status_code == 400
        ), sql


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "",
        "localhost@evil.example",
        "[::1",
        "review.example.evil",
    ],
)
def test_other_names_are_not_answered(shared: Desk, host: str) -> None:
    assert shared.get("/-/queue", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8001", "localhost", "[::1]:8001", "REVIEW.example", "review.example:443"]
)
def test_own_names_are_answered(shared: Desk, host: str) -> None:
    assert shared.get("/-/queue", headers={"host": host}).status_code == 200


@pytest.mark.slow
def test_every_answer_carries_the_headers(shared: Desk) -> None:
    for who in (None, "lena"):
        for path in [
            *paths(shared),
            "/nowhere",
            "/pollwatch/nowhere",
            "/-/pollwatch/pollwatch.css",
            "/-/static/app.css",
        ]:
            headers = shared.get(path, who).headers

            assert headers["content-security-policy"] == middleware.POLICY, path
            assert "unsafe" not in middleware.POLICY
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "same-origin", path
            assert headers["x-frame-options"] == "DENY", path
            if not path.startswith(("/-/pollwatch/", "/-/static/")):
                assert headers["cache-control"] == "private, no-store", path


def test_forms_from_other_sites_are_refused(shared: Desk) -> None:
    data = {"card": "1", "action": "confirmed", "seen": "0"}
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert shared.post("/-/act", data, headers=headers).status_code == 403
    assert (
        shared.run(shared.ask("POST", "/-/act", "rita", data=data)).status_code == 403
    )  # no token
    assert reviews(shared) == 0


def reviews(shared: Desk) -> int:
    connection = sqlite3.connect(shared.ds.pollwatch_desk.path)
    count = connection.execute("SELECT count(*) FROM reviews").fetchone()[0]
    connection.close()
    return int(count)


# Tables whose rows hold texts, passages or headlines as they were stored, by way of each form that Datasette gives.
WITH_TEXTS = ("articles", "article_texts", "article_texts_fts", "article_texts_fts_content", "entries", "entry_texts", "feed_words", "feed_words_fts", "hits", "hit_evidence", "text_versions", "text_alternatives", "stories", "events", "deliveries")  # fmt: skip


@pytest.mark.parametrize("who", ["vera", "rita"])
def test_texts_as_stored_are_for_leads(shared: Desk, who: str) -> None:
    for path in (f"/pollwatch/{table}{form}" for table in WITH_TEXTS for form in ("", ".json", ".csv?_stream=1", "?_search=tabulators")):  # fmt: skip
        hidden = path.startswith(
            "/pollwatch/article_texts_fts_content"
        )  # Datasette does not know it
        assert shared.get(path, who).status_code == (404 if hidden else 403), path
    for path in ("/pollwatch/article_texts/1", "/pollwatch/articles/1.json", "/pollwatch/hits/1"):
        assert shared.get(path, who).status_code == 403, path
        assert shared.get(path, "lena").status_code == 200, path
    listed = shared.get("/pollwatch", who).text
    assert "stories_view" in listed
    assert "article_texts" not in listed


def test_every_view_for_people_is_for_everyone(shared: Desk) -> None:
    views = shared.run(shared.ds.get_database("pollwatch").view_names())

    assert {shared.get(f"/pollwatch/{view}", "vera").status_code for view in views} == {200}


@pytest.mark.parametrize(
    ("set_by_a_library", "tls", "sent"),
    [
        ("a=1; Path=/", False, "a=1; Path=/; HttpOnly; SameSite=Lax"),
        ("a=1; Path=/", True, "a=1; Path=/; HttpOnly; SameSite=Lax; Secure"),
        ("a=1; secure; samesite=strict", True, "a=1; secure; samesite=strict; HttpOnly"),
    ],
)
def test_cookies_that_libraries_set_are_kept_from_scripts_and_other_sites(
    set_by_a_library: str, tls: bool, sent: str
) -> None:
    async def library(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"Set-Cookie", set_by_a_library.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    team = Team({}, SECRET, tls=tls)
    app = middleware.guarded_app(library, lambda: (team, Sessions(team)))

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/-/health")

    assert asyncio.run(answer()).headers.get_list("set-cookie") == [sent]
