"""A read that takes too long: after a start the page comes by itself, later it says what to ask for less."""

import pytest
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from review import database, state
from review.pages import error_pages
from tests.review.conftest import Desk

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def too_slow(desk: Desk, path: str = "/-/queue?tab=all", method: str = "GET") -> Response:
    """The answer to a request whose read was stopped."""
    desk.get("/-/queue")
    request = Request.fake(path, method=method)
    request.scope |= {"csrftoken": str, "headers": []}
    with pytest.raises(QueryInterrupted) as stopped:
        desk.run(
            database.read_snapshot(desk.ds, lambda c: c.execute(ENDLESS).fetchall(), longest_ms=20)
        )
    return desk.run(error_pages.failed(desk.ds, request, stopped.value)())


def test_a_server_started_a_moment_ago_asks_again_by_itself(desk: Desk) -> None:
    answer = too_slow(desk)

    assert answer.status == 503
    assert answer.headers["Refresh"] == answer.headers["Retry-After"] == "2"
    assert "Reading the archive, a moment" in answer.body
    assert 'href="/-/queue?tab=all"' in answer.body


def test_a_form_is_not_sent_again(desk: Desk) -> None:
    assert "Refresh" not in too_slow(desk, "/-/act", "POST").headers


def test_a_server_that_runs_for_long_says_what_to_do(desk: Desk) -> None:
    state.of(desk.ds).started_at -= state.WARMING_SECONDS

    answer = too_slow(desk)

    assert answer.status == 503
    assert "Refresh" not in answer.headers
    assert "Add a word or a filter" in answer.body
