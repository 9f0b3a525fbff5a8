"""An article that no rule found: read, explained, and made into a rule or an example of one."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from matchers.rules.new_rule import rule_from
from review.auth.team_file import Team
from review.editor.draft import read_draft
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.review.conftest import Desk
from tests.storage.making import HOUR, NOON, decision, entry, failure, poll, value

MISSED = "https://harbor-daily.example/missed"
RULES = """\
rules:
  - id: poll-books-down
    title: Poll books fail
    severity: high
    category: voting-equipment
    query: >-
      head:(("poll book*" OR pollbook*) NEAR/8 (fail* OR crash*))
    examples:
      match:
        - Pollbooks fail in two precincts
      ignore:
        - Schools closed
"""


@pytest.fixture
def desk(db: Path, team: Team, opened: Callable[[Path, Team], Desk], tmp_path: Path) -> Desk:
    """An item of a feed, whose page could not be read and which no rule found, and a folder with one rule."""
    with Store.open(db, now=NOON) as store:
        item = entry("missed", title="Pollbooks went dark at Quillmark", summary="Voters waited for two hours, a clerk said.", url=MISSED, canonical_url=MISSED)  # fmt: skip
        record_polls(store.db, None, [(poll(item, feed_id="harbor-daily"), decision())], NOON)
        number = int(str(value(store, "SELECT id FROM articles WHERE url = ?", MISSED)))
        record_readings(store.db, None, [failure(number, at=NOON)])
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yaml").write_text(RULES, encoding="utf-8")
    desk = opened(db, team)
    desk.ds.pollwatch_desk.rules = tmp_path / "rules"
    return desk


def plain(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", text).split()))


def edited(desk: Desk, address: str) -> str:
    page = desk.get(address).text
    return html.unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])  # fmt: skip


def address(desk: Desk) -> str:
    page = desk.get("/-/search?find=Quillmark").text
    return re.findall(r'"(/-/article/\d+)"', page)[0]


def test_a_search_leads_to_what_the_feed_said_and_to_the_rule_that_came_nearest(desk: Desk) -> None:
    page = address(desk)
    plain_page, why = (plain(desk.get(address).text) for address in (page, f"{page}?why=1"))

    assert "no rule hit it when it was read" in plain_page
    assert "Voters waited for two hours" in plain_page
    assert "Why does no rule find it?" in plain_page
    assert "No rule finds it" in why
    assert "poll-books-down" in why
    assert "fail*" in why


def test_an_address_leads_to_what_became_of_its_article(desk: Desk) -> None:
    led = desk.get("/-/search?find=" + quote("http://www.harbor-daily.example/missed/"))
    page = plain(desk.get(led.headers["location"]).text)

    assert led.status_code == 303
    assert "Stopped here: Nothing but its headline is known: it said 503." in page
    assert "No text of its own is stored, as its page was not read." in page


def test_a_headline_without_a_page_is_said_to_be_one_and_stands_among_what_failed(
    desk: Desk, db: Path
) -> None:
    number = int(address(desk).rpartition("/")[2])
    again = failure(number, at=NOON + HOUR)
    with Store.open(db, now=NOON) as store:
        kept = replace(again.article, title="Pollbooks went dark at Quillmark", text_sha256="a")
        record_readings(store.db, None, [replace(again, article=kept, state="partial")])

    assert "Nothing but its headline is stored, as its page could not be read." in plain(desk.get(address(desk)).text)  # fmt: skip
    listed = desk.get("/pollwatch/unread_failures.json?_shape=array").json()
    assert [(row["article"], row["state"]) for row in listed if row["link"] == MISSED] == [(number, "partial")]  # fmt: skip


def test_an_address_that_no_feed_listed_leads_to_the_feeds_of_its_site(desk: Desk) -> None:
    ours = plain(desk.get("/-/search?find=" + quote("https://harbor-daily.example/other")).text)
    other = plain(desk.get("/-/search?find=" + quote("https://else.example/other")).text)

    assert "No feed has listed this address." in ours
    assert re.search(r"Harbor Daily: silent; nothing new for \d+ days", ours)
    assert "No feed of the list is of this site." in other


def test_a_headline_with_commas_is_offered_as_a_phrase(desk: Desk) -> None:
    page = desk.get("/-/search?find=" + quote("Pollbooks went dark, at Quillmark")).text

    assert "the phrase" in page
    assert "find=Pollbooks%20AND%20went%20AND%20dark%20AND%20at%20AND%20Quillmark" in page


def test_a_miss_becomes_a_rule_that_finds_it_at_once(desk: Desk) -> None:
    number = address(desk).rpartition("/")[2]
    draft = read_draft(edited(desk, f"/-/rules/edit?article={number}"), None)

    assert draft.faults == ()
    assert [example.right for example in draft.examples] == [True, True]
    assert "Pollbooks went dark at Quillmark" in draft.examples[0].text


def test_a_miss_becomes_an_example_of_a_rule_which_then_fails_until_it_is_widened(desk: Desk) -> None:  # fmt: skip
    number = address(desk).rpartition("/")[2]
    text = edited(desk, f"/-/rules/edit?rule=poll-books-down&article={number}")

    assert [fault.why for fault in read_draft(text, None).faults] == [
        'the rule does not match: "Voters waited for two hours, a clerk said."'
    ]
    assert read_draft(text.replace("OR crash*", "OR crash* OR dark"), None).faults == ()


def test_a_search_that_finds_something_becomes_a_rule_without_a_fault(desk: Desk) -> None:
    number = address(desk).rpartition("/")[2]
    text = edited(desk, f"/-/rules/edit?query=Quillmark+AND+clerk&article={number}")

    assert "Quillmark AND clerk" in text
    assert read_draft(text, None).faults == ()


def test_a_search_alone_becomes_a_rule_with_a_stored_text_on_either_side(desk: Desk) -> None:
    """The words of the first stand below the opening that an example shows."""
    text = edited(desk, "/-/rules/edit?query=voting+NEAR/3+hours")
    draft = read_draft(text, None)

    assert draft.faults == ()
    assert [(example.kind, example.right) for example in draft.examples] == [("match", True), ("ignore", True)]  # fmt: skip
    assert "gave the wrong voting hours." in text.partition("ignore:")[0]
    assert "within hours of the malware notice" in text.partition("ignore:")[2]
    assert "Something else was reported" not in text


def test_a_search_that_finds_nothing_says_where_its_author_goes_on(desk: Desk) -> None:
    page = desk.get("/-/rules/edit?query=Quillmark+AND+unheard-of").text
    draft = read_draft(edited(desk, "/-/rules/edit?query=Quillmark+AND+unheard-of"), None)

    assert "The template's words still stand in lines 9, 14, 17, 19" in page
    assert draft.faults == ()
    assert [example.right for example in draft.examples] == [True, True]
    assert draft.examples[0].text.startswith("Quillmark unheard-of")


@pytest.mark.parametrize(
    "title",
    ['It\'s "late": #votes @ {polls} - & *', "Ya", "Votación: ¿qué pasó en el padrón?", "选举"],
)
def test_any_headline_makes_a_rule_that_loads(title: str) -> None:
    draft = read_draft(rule_from(title, "The first line of it. 'Quoted'", "other"), None)

    assert draft.faults == ()
    assert [example.right for example in draft.examples] == [True, True]


def test_an_article_that_is_not_there_is_said_to_be_missing(desk: Desk) -> None:
    assert desk.get("/-/article/999999999").status_code == 404
