"""A saved search has a count beside its name and an Atom feed, as a view of the queue has."""

import asyncio
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from review.search.articles import find_articles, read_query
from review.search.new_matches import count_new
from storage.times import iso
from tests.review.conftest import Desk

ATOM = "{http://www.w3.org/2005/Atom}"
FIND = "malware OR ransomware OR tabulators"


def save(desk: Desk, find: str = FIND, who: str = "rita", shared: str = "") -> None:
    form = {"name": "Machines", "query": f"find={quote(find)}", "shared": shared}
    assert desk.post("/-/views", form, who).status_code == 303


def token_of(desk: Desk, find: str = FIND) -> str:
    page = desk.post(f"/-/feeds?find={quote(find)}", {}, headers={"accept": "text/html"}).text
    return page.partition("token=")[2].partition('"')[0]


def feed_address(token: str, find: str = FIND) -> str:
    return f"/-/feed.atom?find={quote(find)}&token={token}"


def in_sidebar(desk: Desk) -> str:
    page = desk.get("/-/queue").text
    return page.partition("<bdi>Machines</bdi>")[2].partition("<span title=")[2].partition("</span>")[0]  # fmt: skip


def counted(desk: Desk) -> None:
    counting = desk.ds.pollwatch_desk.new_matches.counting
    if counting:
        desk.run(asyncio.wait([counting[1]]))


def seen(db: Path, age: timedelta, where: str = "1") -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute(
            f"UPDATE articles SET first_seen_at = ? WHERE {where}", [iso(datetime.now(UTC) - age)]
        )
    connection.close()


def rows_of(db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(db)
    connection.row_factory = sqlite3.Row
    return connection


def test_the_sidebar_says_how_much_is_new_and_no_page_waits_for_it(desk: Desk, db: Path) -> None:
    seen(db, timedelta(hours=1))
    save(desk)
    matches = len(find_articles(rows_of(db), read_query(FIND, {})).articles)

    before = in_sidebar(desk)
    counted(desk)
    after = in_sidebar(desk)

    assert before.endswith(">…")
    assert matches > 1
    assert after.endswith(f">{matches}")
    assert "first seen in the 24 hours before" in after


def test_what_was_seen_the_day_before_is_not_new(db: Path) -> None:
    seen(db, timedelta(hours=30))
    seen(db, timedelta(hours=1), "id = (SELECT max(article_id) FROM article_texts WHERE body LIKE '%tabulators%')")  # fmt: skip
    new = count_new(rows_of(db), "tabulators", None, datetime.now(UTC))

    assert (new.figure, new.more) == ("1", False)


def test_a_count_that_a_bound_stopped_says_so(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen(db, timedelta(hours=1))
    monkeypatch.setattr("review.search.new_matches.MOST_SECONDS_BEHIND", 0.0)
    new = count_new(rows_of(db), FIND, None, datetime.now(UTC))

    assert new.figure == "1+"
    assert "only the 1 newest were read" in new.sentence


def test_a_search_that_can_no_longer_be_read_says_why(desk: Desk) -> None:
    save(desk, "$depot")
    in_sidebar(desk)
    counted(desk)
    assert in_sidebar(desk).endswith(">?")
    assert "Could not be counted" in in_sidebar(desk)

    feed = ElementTree.fromstring(
        desk.get(feed_address(token_of(desk, "$depot"), "$depot"), None).text
    )
    assert "finds nothing any more" in str(feed.findtext(f"{ATOM}entry/{ATOM}title"))


def test_the_feed_holds_what_the_search_finds_and_how_far_back(desk: Desk, db: Path) -> None:
    save(desk)
    answer = desk.get(feed_address(token_of(desk)), None)
    feed = ElementTree.fromstring(answer.text)
    found = find_articles(rows_of(db), read_query(FIND, {})).articles
    links = [str(link.get("href")) for link in feed.iter(f"{ATOM}link") if not link.get("rel")][1:]

    assert [each.text for each in feed.iter(f"{ATOM}id")][1:] == [f"tag:pollwatch,2026:article/{match.article['id']}" for match in found]  # fmt: skip
    assert links == [f"http://127.0.0.1:8001/-/{page_of(match.article)}" for match in found]
    assert feed.findtext(f"{ATOM}title") == "Pollwatch: Machines"
    assert "back to those first seen at" in str(feed.findtext(f"{ATOM}subtitle"))
    assert answer.headers["content-type"].startswith("application/atom+xml")


def page_of(article: sqlite3.Row) -> str:
    return f"story/{article['story_id']}" if article["tab"] else f"article/{article['id']}"


def test_who_asks_again_for_what_has_not_changed_is_sent_nothing(desk: Desk) -> None:
    save(desk)
    token = token_of(desk)
    for address in (feed_address(token), f"/-/feed.atom?tab=all&token={token}"):
        first = desk.get(address, None)
        tag = first.headers["etag"]
        again = desk.get(address, None, headers={"if-none-match": f'"other", W/{tag}'})

        assert (again.status_code, again.text, again.headers["etag"]) == (304, "", tag)
        assert desk.get(address, None, headers={"if-none-match": '"other"'}).text == first.text


def test_a_reader_that_asks_each_minute_costs_one_search_as_long_as_nothing_is_written(
    desk: Desk, db: Path
) -> None:
    save(desk)
    room, address = desk.ds.pollwatch_desk, feed_address(token_of(desk))
    desk.get(address, None)
    connection = sqlite3.connect(db)
    kept = room.cache.answers["search", FIND].value

    later(desk)
    desk.get(address, None)
    assert room.cache.answers["search", FIND].value is kept

    with connection:
        connection.execute("UPDATE article_texts SET title = 'Another headline' WHERE article_id IN (SELECT max(article_id) FROM article_texts WHERE body LIKE '%tabulators%')")  # fmt: skip
    assert "Another headline" not in desk.get(address, None).text
    later(desk)
    assert "Another headline" in desk.get(address, None).text


def later(desk: Desk) -> None:
    """As if what is kept were over five minutes old, so that a reader waits for what is now."""
    answer = desk.ds.pollwatch_desk.cache.answers["search", FIND]
    answer.at, answer.took = answer.at - 301, 0.0


def test_only_ones_own_and_the_teams_searches_have_a_feed(desk: Desk) -> None:
    save(desk, who="remy")
    hers = desk.post("/-/feeds", {}, headers={"accept": "text/html"}).text
    token = hers.partition("token=")[2].partition('"')[0]

    assert desk.get(f"/-/feeds?find={quote(FIND)}").status_code == 404
    assert desk.get(feed_address(token), None).status_code == 404
    save(desk, who="remy", shared="1")
    assert desk.get(feed_address(token), None).status_code == 200
    assert desk.get(feed_address("wrong"), None).status_code == 403


def test_the_search_page_leads_to_the_feed_of_a_saved_search_alone(desk: Desk) -> None:
    link = re.compile(r'href="(/-/feeds\?find=[^"]+)"')
    assert not link.search(desk.get(f"/-/search?find={quote(FIND)}").text)
    save(desk)
    [address] = link.findall(desk.get(f"/-/search?find={quote(FIND)}").text)

    assert "the saved search <strong><bdi>Machines</bdi>" in desk.get(address).text
    assert link.search(desk.get("/-/search").text)
