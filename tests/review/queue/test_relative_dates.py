"""Views that look back from now: in addresses, saved views, Atom, CSV and reports."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from datasette.utils.asgi import Request

from review.pages.queue import filters
from storage.queries.stories.view_address import of_query, query
from storage.times import iso
from tests.review.conftest import Desk

NOW = "2026-11-28T21:00:00.000Z"


def read(query_string: str) -> filters.Filters:
    return filters.filters_of(Request.fake(f"/-/queue?{query_string}").args)


@pytest.mark.parametrize(("address", "query", "since"), [
    ("since=7d", "since=7d", "2026-11-21T21:00:00.000Z"),
    ("since_last=7", "since=7d", "2026-11-21T21:00:00.000Z"),
    ("since_last=30&since=2026-01-01", "since=30d", "2026-10-29T21:00:00.000Z"),
    ("since=2026-11-22", "since=2026-11-22", "2026-11-22"),
    ("since=2026-11-22T10%3A00%3A00.000Z", "since=2026-11-22T10%3A00%3A00.000Z", "2026-11-22T10:00:00.000Z"),
    ("since=0d", "", ""), ("since=-3d", "", ""), ("since=12345d", "", ""), ("since_last=x", "", ""), ("since_last=0", "", ""),
    ("since=2026-13-99", "", ""), ("since=2026-1-9", "", ""), ("since=20261109", "", ""),
])  # fmt: skip
def test_days_back_stay_days_back_in_the_address_and_are_a_moment_to_storage(
    address: str, query: str, since: str
) -> None:
    chosen = read(address)

    assert chosen.query() == query
    assert chosen.stories(me="rita", now=NOW).published_since == since


def test_a_shared_view_of_days_back_is_read_the_same_by_reports() -> None:
    view_filter = of_query("since=7d&seen=1d&tab=all", now=NOW)

    assert (view_filter.published_since, view_filter.seen_since) == ("2026-11-21T21:00:00.000Z", "2026-11-27T21:00:00.000Z")  # fmt: skip
    assert (
        read(query(view_filter)).stories(me="rita", now=NOW) == view_filter
    )  # what a report links to


def test_a_saved_view_goes_with_the_time(desk: Desk, db: Path) -> None:
    for who, shared in (("rita", ""), ("lena", "1")):
        saving = {"name": f"week of {who}", "query": "since=7d&tab=all", "shared": shared}
        assert desk.post("/-/views", saving, who).status_code == 303
    connection = sqlite3.connect(db)
    assert set(connection.execute("SELECT owner, query FROM saved_views")) == {("rita", "tab=all&since=7d"), (None, "tab=all&since=7d")}  # fmt: skip
    eight, six = (iso(datetime.now(UTC) - timedelta(days=days)) for days in (8, 6))
    with connection:
        connection.execute("UPDATE stories SET published_at = ?", [eight])
        connection.execute("UPDATE stories SET published_at = ? WHERE id IN (1, 2)", [six])
    connection.close()

    page = desk.get("/-/queue?tab=all&since=7d").text

    assert "in the last 7 days" in page
    assert page.count('<article class="card') == 2
    assert page.partition("week of rita")[2].partition('class="n">')[2].startswith("2<")
    rows = desk.get("/-/queue.csv?tab=all&since=7d").text.splitlines()
    assert len(rows) == 3
    form = desk.post("/-/feeds?tab=all&since=7d", {}, headers={"accept": "text/html"}).text
    address = form.partition("/-/feed.atom?")[2].partition("<")[0].partition('"')[0]
    assert "since=7d" in address
    atom = desk.get("/-/feed.atom?" + address.replace("&amp;", "&"), None)
    assert atom.text.count("<entry>") == 2


@pytest.mark.parametrize(
    "sent", ["tag=выборы", "tag=%D0%B2%D1%8B%D0%B1%D0%BE%D1%80%D1%8B", "tag=a\u202eb\n"]
)
def test_a_view_of_letters_that_no_browser_leaves_as_they_are_is_kept(desk: Desk, db: Path, sent: str) -> None:  # fmt: skip
    assert desk.post("/-/views", {"name": "letters", "query": sent}).status_code == 303
    assert desk.get("/-/queue").status_code == 200
    assert desk.get("/-/search").status_code == 200


def test_what_is_assigned_to_me_is_shown_in_every_tab(desk: Desk) -> None:
    desk.act(1, "escalated", 0, "lena")
    desk.act(1, "assign", 1, "lena", assignee="rita")

    page = desk.get("/-/queue").text
    link = page.partition('<li><a href="')[2].partition('"')[0].replace("&amp;", "&")

    assert "assigned=me" in link
    assert 'id="story-1"' in desk.get(link).text
