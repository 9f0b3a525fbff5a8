"""The queue: filters, search, order, paging, and what a card shows."""

import html
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from datasette.utils.asgi import Request

from review.auth.team_file import Team
from review.pages.queue import filters
from review.search import words as search
from tests.review import sample
from tests.review.conftest import Desk


def rows(desk: Desk, query: str = "") -> list[dict[str, object]]:
    report: list[dict[str, object]] = json.loads(desk.get(f"/-/queue.json?size=500&{query}").text)[
        "rows"
    ]
    return report


@pytest.mark.parametrize(("query", "good"), [
    ("severity=critical", lambda r: r["severity"] == "critical"), ("severity=critical&severity=low", lambda r: r["severity"] in ("critical", "low")), ("category=equipment", lambda r: r["category"] == "equipment"),
    ("rule=ballot-drop-box", lambda r: "ballot-drop-box" in str(r["rules"])), ("feed=harbor-daily", lambda r: r["outlet"] == "Harbor Daily"), ("outlet=Harbor+Daily", lambda r: r["outlet"] == "Harbor Daily"), ("region=US-ME", lambda r: r["region"] == "US-ME"), ("language=es", lambda r: r["language"] == "es"),
    (f"since={sample.iso(sample.NOW)[:10]}", lambda r: str(r["published"]) >= sample.iso(sample.NOW)[:10]), ("until=2001-01-01", lambda r: False),
    ("relevance=0.7", lambda r: float(str(r["relevance"])) >= 0.7), ("assigned=nobody", lambda r: r["assigned"] is None), ("assigned=me", lambda r: False),
    ("status=confirmed", lambda r: False), ("tab=unlikely", lambda r: False), ("tag=recount", lambda r: False), ("flag=reopened", lambda r: False),
])  # fmt: skip
def test_filters(shared: Desk, query: str, good: Callable[[dict[str, object]], bool]) -> None:
    stored = rows(shared, query)

    assert all(good(row) for row in stored)
    assert len(stored) == sum(good(row) for row in rows(shared))


def test_words_are_searched_in_texts_too(shared: Desk) -> None:
    assert len(rows(shared, "q=tabulators")) == 7


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
    for sort in filters.QUEUE_SORTS:
        address, stories = f"/-/queue.json?size=7&sort={sort}&tab=all", []
        while address:
            report = json.loads(shared.get(address).text)
            stories += report["rows"]
            address = report["next"]

        assert len({row["story"] for row in stories}) == len(stories) == report["total"] == 28


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


def test_a_verdict_on_a_later_page_leads_back_to_that_page(shared: Desk) -> None:
    first = shared.get("/-/queue?tab=all").text
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])  # type: ignore[index]
    acts = re.findall(r'class="acts".*?name="next" value="([^"]+)"', shared.get(following).text, re.DOTALL)  # fmt: skip

    assert set(map(html.unescape, acts)) == {following}


@pytest.mark.parametrize("choice", ["low", "high", "a & b=c"])
def test_a_choice_of_a_facet_leads_to_the_filters_with_it_or_without(choice: str) -> None:
    narrowed = filters.Filters(tab="all", severity=("high",), q="ballot box", assigned=("me",))
    address = narrowed.toggling("severity")(choice)

    chosen = filters.filters_of(Request.fake(address).args)
    assert chosen == narrowed.toggled("severity", choice)
    assert address == chosen.url()


@pytest.mark.parametrize(
    ("address", "words", "meant"),
    [
        ("assignee=me&tab=open", "assignee=me", "/-/queue?assigned=me&amp;tab=open"),
        ("severty=high", "severty=high", "/-/queue?severity=high"),
        ("flag=overdu", "flag=overdu", ""),
        ("colour=red", "colour=red", ""),
        ("since=yesterday", "since=yesterday", ""),
        ("tab=all&assigned=me&since_last=7&q=", "", ""),
    ],
)
def test_a_word_that_is_no_filter_is_said_to_be_left_out(
    shared: Desk, address: str, words: str, meant: str
) -> None:
    page = shared.get(f"/-/queue?{address}").text
    assert ("is no filter of the queue" in page) == bool(words)
    assert (f"<bdi>{words}</bdi> in this address" in page) == bool(words)
    assert (f'<a href="{meant}">Did you mean this?' in page) if meant else "Did you mean" not in page  # fmt: skip


def test_filters_survive_the_address() -> None:
    view = filters.Filters(
        tab="all", q="a b", severity=("low", "high"), seen="visit", flag="linked"
    )

    class Arguments(dict[str, list[str]]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            return super().get(name, [default])[0]  # type: ignore[list-item]

        def getlist(self, name: str) -> list[str]:
            return super().get(name, [])  # type: ignore[return-value]

    assert filters.filters_of(Arguments(parse_qs(view.query()))) == view
    assert view.toggled("severity", "low").severity == ("high",)


@pytest.mark.slow
def test_an_empty_queue_tells_the_coverage(
    tmp_path: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    sample.empty(tmp_path / "empty.db").close()
    desk = opened(tmp_path / "empty.db", team)

    assert "an empty queue says nothing" in desk.get("/-/queue").text
    for path in ("/-/overview", "/-/sources", "/-/rules", "/-/runs", "/pollwatch"):
        assert desk.get(path).status_code == 200


@pytest.mark.slow
def test_new_since_my_last_visit(desk: Desk) -> None:
    desk.get("/-/queue")
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    with connection:
        connection.execute(
            "UPDATE visits SET last_at = ?", [sample.iso(sample.NOW.replace(year=2020))]
        )
    connection.close()
    desk.ds.pollwatch_desk.visits.clear()

    assert len(rows(desk, "seen=visit")) == 28
    assert "New since my last visit" in desk.get("/-/queue").text


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


@pytest.mark.parametrize("address", ["/-/nowhere", "/nowhere", "/-/story/x"])
def test_an_address_of_no_page_is_said_to_be_none(desk: Desk, address: str) -> None:
    answer = desk.get(address, headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
