"""A phrase that stood in a feed's item is found on every page that searches, and said to be the feed's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from review.auth.team_file import Team
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.review.conftest import Desk
from tests.storage.making import NOON, decision, entry, failure, poll, value

Opened = Callable[[Path, Team], Desk]
UNREAD = "https://harbor-daily.example/unread"
THREATENED = "SELECT a.url FROM articles a JOIN story_rules r ON r.story_id = a.story_id WHERE r.category = 'physical-security' ORDER BY a.id LIMIT 1"
NUMBER = "(207) 622-4417"


@pytest.fixture
def desk(db: Path, team: Team, opened: Opened) -> Desk:
    """An item whose page cannot be read, and an aggregator's words on a story about people."""
    with Store.open(db, now=NOON) as store:
        stored_text = str(value(store, THREATENED))
        own = entry("unread", title="Seals broken at the Quillmark depot", summary="A clerk found them at dawn.", url=UNREAD, canonical_url=UNREAD)  # fmt: skip
        other = entry("x", title=f"Quillmark caller left the number {NUMBER}", url=stored_text, canonical_url=stored_text, speaks=False)  # fmt: skip
        for feed_id, listed in (("harbor-daily", own), ("statehouse-wire", other)):
            record_polls(store.db, None, [(poll(listed, feed_id=feed_id), decision())], NOON)
        article = value(store, "SELECT id FROM articles WHERE url = ?", UNREAD)
        record_readings(store.db, None, [failure(int(str(article)), at=NOON)])
    return opened(db, team)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_the_search_finds_an_item_whose_page_could_not_be_read(desk: Desk) -> None:
    page = plain(desk.get('/-/search?find="broken at the Quillmark" AND dawn').text)

    assert "1 match among the 1 newest articles with these words" in page
    assert "Seals broken at the Quillmark depot" in page
    assert "in the feed's text" in page


def test_what_another_feed_says_is_named_after_it_and_masked(desk: Desk) -> None:
    page = plain(desk.get("/-/search?find=Quillmark NEAR/3 caller").text)

    assert "in the feed's text, Statehouse Wire" in page
    assert "Quillmark caller left the number" in page
    assert NUMBER not in page
    assert "•" in page


def test_the_queue_finds_the_story_by_the_words_of_a_feed(desk: Desk) -> None:
    answer = desk.get("/-/queue.json?tab=all&q=Quillmark caller").json()

    assert len(answer["rows"]) == 1


def test_an_article_that_says_it_itself_is_no_feeds(desk: Desk) -> None:
    page = plain(desk.get("/-/search?find=tabulators").text)

    assert "match" in page
    assert "in the feed's text" not in page


def test_the_search_says_how_far_an_older_database_is_taken_in(
    db: Path, team: Team, opened: Opened
) -> None:
    with Store.open(db, now=NOON) as store:
        store.db.execute("INSERT INTO facts (key, value) VALUES ('feed_words_below', '3')")

    assert "is not searched yet" in opened(db, team).get("/-/search?find=tabulators").text
