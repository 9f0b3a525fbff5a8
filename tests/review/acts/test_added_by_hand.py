"""An article that no rule found, put into the queue by a person: a story as any other, and no hit of any rule."""

import json
from dataclasses import replace

import pytest

from storage.acts import mutes
from storage.ingest.rematch import Rematched, record_rematch
from storage.ingest.text_versions import drop_old_bodies
from storage.outbox.waiting_events import story_subjects
from storage.queries.export import exported
from storage.queries.rules import figures
from storage.rules import sync_rules
from storage.store import Store
from storage.stories import linking
from storage.times import iso
from tests.review.conftest import Desk
from tests.review.pages.test_article_page import desk as missed  # noqa: F401 (an item that no rule found)
from tests.storage.making import NOON, hit, rule, value

NOTE = "The clerk of Quillmark told me: it was the mains."
TEXT = "Poll books went dark at Quillmark. Call the clerk at home, 612-555-0147, she lives at 14 Elm Street."

ARTICLE = """INSERT INTO articles (title, url, url_canonical, url_hash, feed_id, outlet, language, region, first_seen_at, read_at, day, state, outcome, method, chars, text_sha256, versions, reads)
  SELECT 'Poll books went dark', 'https://harbor-daily.example/dark', 'https://harbor-daily.example/dark', 'q1', id, 'Harbor Daily', 'en', 'US-ME', :at, :at, substr(:at, 1, 10), 'read', 'ok',
    'trafilatura', 90, 'sha-dark', 1, 1 FROM feeds LIMIT 1 RETURNING id"""


@pytest.fixture
def article(desk: Desk) -> int:
    """One that was read whole and hit by no rule."""
    at = {"at": iso(NOON)}
    with store(desk) as opened, opened.db.conn:
        [number] = opened.db.conn.execute(ARTICLE, at).fetchone()
        [story] = opened.db.conn.execute("INSERT INTO stories (title, first_article_id, language, first_seen_at, last_seen_at) VALUES ('Poll books went dark', :article, 'en', :at, :at) RETURNING id", {**at, "article": number}).fetchone()  # fmt: skip
        fields = {**at, "article": number, "story": story, "text": TEXT}
        opened.db.conn.execute("UPDATE articles SET story_id = :story WHERE id = :article", fields)
        opened.db.conn.execute("INSERT INTO article_texts (article_id, title, summary, body) VALUES (:article, 'Poll books went dark', '', :text)", fields)  # fmt: skip
        opened.db.conn.execute("INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, method, extractor, chars) VALUES (:article, 'sha-dark', :at, 'Poll books went dark', 'trafilatura', 'x', 90)", fields)  # fmt: skip
    return int(number)


def add(desk: Desk, article: int, severity: str = "high", who: str = "rita") -> int:
    answer = desk.post(f"/-/article/{article}/add", {"severity": severity, "note": NOTE}, who, headers={"accept": "text/html"})  # fmt: skip
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def row(desk: Desk, story: int) -> dict[str, object]:
    rows = json.loads(desk.get("/-/queue.json?tab=all&size=1000").text)["rows"]
    return next(row for row in rows if row["story"] == story)


def store(desk: Desk) -> Store:
    return Store.open(desk.ds.pollwatch_desk.path, now=NOON)


def test_it_stands_in_the_queue_with_who_added_it_and_why(desk: Desk, article: int) -> None:
    before = desk.get(f"/-/article/{article}").text
    story = add(desk, article)
    card = desk.get("/-/queue?flag=added").text
    sheet = desk.get(f"/-/story/{story}").text
    stored = row(desk, story)

    assert "Put it into the queue" in before
    for page in (card, sheet):
        assert "added by hand" in page
        assert "<bdi>rita</bdi>" in page
        assert NOTE in page
        assert "No rule finds it." in page
    assert "<strong>put into the queue</strong> as <bdi>high</bdi>" in sheet
    assert "Poll books went dark at Quillmark" in sheet
    assert (stored["tab"], stored["severity"], stored["added"], stored["rules"], stored["published"]) == ("new", "high", "rita", "", None)  # fmt: skip
    assert "Put it into the queue" not in desk.get(f"/-/article/{article}").text


def test_viewers_cannot_and_nobody_adds_it_twice(desk: Desk, article: int) -> None:
    form = {"severity": "high", "note": ""}
    assert desk.post(f"/-/article/{article}/add", form, "vera").status_code == 403
    story = add(desk, article)
    again = desk.post(f"/-/article/{article}/add", form, "remy")

    assert again.status_code == 409
    assert "added by rita" in again.json()["message"]
    assert desk.post("/-/article/99999999/add", form).status_code == 404
    assert desk.post(f"/-/article/{article}/add", {"severity": "dire", "note": ""}).status_code == 400  # fmt: skip
    assert row(desk, story)["added"] == "rita"


def test_it_is_judged_tagged_and_assigned_as_any_other_and_undone_step_by_step(desk: Desk, article: int) -> None:  # fmt: skip
    story = add(desk, article)
    for number, (action, more) in enumerate([("tag", {"tag": "outage"}), ("assign", {"assignee": "lena"}), ("confirmed", {})], 1):  # fmt: skip
        assert desk.act(story, action, number, **more).status_code == 200
    judged = row(desk, story)
    for _ in range(3):
        assert desk.post("/-/undo", {}).status_code == 200
    waiting = row(desk, story)
    assert desk.post("/-/undo", {}).status_code == 200
    rows = json.loads(desk.get("/-/queue.json?tab=all&size=1000").text)["rows"]

    assert (judged["verdict"], judged["tags"], judged["assigned"], judged["by"]) == ("confirmed", "outage", "lena", "rita")  # fmt: skip
    assert (waiting["verdict"], waiting["tags"], waiting["assigned"]) == ("new", "", None)
    assert story not in {row["story"] for row in rows}
    assert "Put it into the queue" in desk.get(f"/-/article/{article}").text
    assert add(desk, article, who="remy") == story


def test_adding_is_not_taken_back_under_somebody_elses_verdict(desk: Desk, article: int) -> None:
    story = add(desk, article)
    assert desk.act(story, "confirmed", 1, "remy").status_code == 200
    answer = desk.post("/-/undo", {})

    assert answer.status_code == 409
    assert "remy was here since" in answer.json()["message"]
    assert row(desk, story)["verdict"] == "confirmed"


def test_it_counts_for_no_rule(desk: Desk, article: int) -> None:
    with store(desk) as opened:
        before = figures.rule_figures(opened.db.conn)
    story = add(desk, article)
    assert desk.act(story, "confirmed", 1).status_code == 200
    with store(desk) as opened:
        assert figures.rule_figures(opened.db.conn) == before
        assert value(opened, "SELECT hits + rules FROM stories WHERE id = ?", story) == 0
        assert not value(opened, "SELECT count(*) FROM hits WHERE story_id = ?", story)


def test_what_leaves_of_it_is_masked_as_no_rule_says_what_it_is_about(desk: Desk, article: int) -> None:  # fmt: skip
    story = add(desk, article)
    assert desk.act(story, "escalated", 1).status_code == 200
    with store(desk) as opened:
        passage = exported(opened.db.conn, ids=[story])[0].passage
        view = str(value(opened, "SELECT passage FROM stories_view WHERE story = ?", story))
        event = story_subjects(opened.db.conn, {story})[story].passage
    sheet = desk.get(f"/-/story/{story}").text
    whole = desk.get(f"/-/story/{story}.json").text

    for text in (passage, view, event, sheet, whole, desk.get("/-/queue?tab=escalated").text):
        assert "Quillmark" in text
        assert "Elm Street" not in text
        assert "555-0147" not in text


def test_a_rule_that_finds_it_later_adds_its_chip_and_takes_nothing_away(desk: Desk, article: int) -> None:  # fmt: skip
    """The hit would be unlikely by itself; the story stays where a person put it, as grave as they said."""
    story = add(desk, article, severity="critical")
    poll_books = rule("poll-books", severity="medium")
    with store(desk) as opened:
        sync_rules(opened.db, [poll_books], NOON)
        faint_hit = replace(hit(poll_books, TEXT, "dark"), relevance=0.01)
        record_rematch(
            opened.db, None, [Rematched(article, "sha-dark", (faint_hit,))], "rules", NOON
        )
    after = row(desk, story)
    sheet = desk.get(f"/-/story/{story}").text

    assert (after["tab"], after["severity"], after["rules"], after["added"]) == ("new", "critical", "poll-books", "rita")  # fmt: skip
    assert "added by hand" in sheet
    assert "No rule finds it." not in sheet
    assert "Why it matched" in sheet

    assert desk.post("/-/undo", {}).status_code == 200
    assert row(desk, story)["severity"] == "medium"


def test_only_a_mute_of_its_own_hides_it_and_only_days_snooze_it(desk: Desk, article: int) -> None:
    story = add(desk, article)
    assert desk.act(story, "snooze:rule", 1).status_code == 409
    assert desk.act(story, "snooze:1", 1).status_code == 200
    assert row(desk, story)["tab"] == "snoozed"
    assert desk.post("/-/undo", {}).status_code == 200
    with store(desk) as opened, opened.db.conn:
        until = "2099-01-01T00:00:00.000Z"
        assert mutes.mute(opened.db.conn, kind="outlet", value="Harbor Daily", until=until, actor="rita", at=iso(NOON))  # fmt: skip
        assert value(opened, "SELECT tab FROM stories WHERE id = ?", story) == "new"
        assert mutes.mute(opened.db.conn, kind="story", value=str(story), until=until, actor="rita", at=iso(NOON)).stories == 1  # fmt: skip
        assert value(opened, "SELECT tab FROM stories WHERE id = ?", story) == "muted"


def test_its_text_is_kept_and_it_is_compared_with_stories_of_its_days(desk: Desk, article: int) -> None:  # fmt: skip
    story = add(desk, article)
    with store(desk) as opened:
        with opened.db.conn:
            drop_old_bodies(opened.db, "2099-01-01", 1000)
        linking.propose(opened.db, NOON)
        assert value(opened, "SELECT body FROM article_texts WHERE article_id = ?", article) == TEXT
        assert value(opened, "SELECT linked_at FROM stories WHERE id = ?", story) == iso(NOON)


def test_an_item_whose_page_was_never_read_can_be_added_too(missed: Desk) -> None:  # noqa: F811
    article = missed.get("/-/search?find=Quillmark").text.partition("/-/article/")[2].partition('"')[0]  # fmt: skip
    story = add(missed, int(article))
    sheet = missed.get(f"/-/story/{story}").text

    assert "Voters waited for two hours" in sheet
    assert NOTE in sheet


def test_search_and_the_articles_own_page_mask_it_too(desk: Desk, article: int) -> None:
    pages = ("/-/search?find=clerk+AND+Quillmark+AND+home", f"/-/article/{article}")
    assert all("612-555-0147" in desk.get(page).text for page in pages)
    add(desk, article)

    assert all("612-555-0147" not in desk.get(page).text for page in pages)


def test_the_form_that_mutes_it_masks_its_headline(desk: Desk, article: int) -> None:
    with store(desk) as opened, opened.db.conn:
        for table, column in (("articles", "id"), ("article_texts", "article_id")):
            opened.db.conn.execute(f"UPDATE {table} SET title = 'Call 612-555-0147 at home' WHERE {column} = ?", [article])  # fmt: skip
        opened.db.conn.execute("UPDATE stories SET title = 'Call 612-555-0147 at home' WHERE first_article_id = ?", [article])  # fmt: skip
    form = desk.get(f"/-/mutes?story={add(desk, article)}").text

    assert "Call ••••" in form
    assert "612-555-0147" not in form
