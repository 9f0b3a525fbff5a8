"""A story that is handed over arrives, and every act keeps the name of who did it."""

import csv
import io
import re
import sqlite3
from pathlib import Path

from tests.review.conftest import Desk

MINE = "/-/queue?tab=open&sort=due&assigned=me"


def handed_over(desk: Desk) -> None:
    """Lena escalates story 2, Remy gives it to Rita."""
    desk.act(2, "escalated", 0, "lena")
    desk.act(2, "assign", 1, "remy", assignee="rita", handover="please call the county")


def test_it_is_found_in_the_view_of_what_is_assigned_to_me_and_from_the_first_page(desk: Desk) -> None:  # fmt: skip
    handed_over(desk)
    start = desk.get("/-/queue", "rita").text
    mine = desk.get(MINE, "rita").text

    assert re.search(r'href="/-/queue\?assigned=me&amp;tab=open&amp;sort=due" data-mine-link>For me <span class="n" data-mine>1</span>', start)  # fmt: skip
    assert re.findall(r'<article[^>]* id="story-(\d+)"', mine) == ["2"]
    assert re.search(r"For <bdi[^>]*>rita</bdi>, from <bdi[^>]*>remy</bdi>: <bdi[^>]*>please call the county</bdi>", mine)  # fmt: skip
    assert "data-mine>0</span>" in desk.get("/-/queue", "lena").text


def test_the_view_leaves_out_what_is_closed(desk: Desk) -> None:
    handed_over(desk)
    desk.act(3, "assign", 0, "lena", assignee="rita")
    assert set(re.findall(r'<article[^>]* id="story-(\d+)"', desk.get(MINE, "rita").text)) == {"2", "3"}  # fmt: skip
    desk.act(3, "confirmed", 1, "rita")

    assert re.findall(r'<article[^>]* id="story-(\d+)"', desk.get(MINE, "rita").text) == ["2"]


def test_who_looks_is_told_of_a_hand_over_without_a_reload(desk: Desk) -> None:
    loaded = "2026-01-01T00:00:00.000Z"
    before = desk.get(f"/-/live.json?tab=open&assigned=me&loaded={loaded}&stories=2", "rita").json()
    handed_over(desk)
    after = desk.get(f"/-/live.json?tab=open&assigned=me&loaded={loaded}&stories=2", "rita").json()

    assert (before["mine"], before["fresh"]) == (0, 0)
    assert (after["mine"], after["fresh"]) == (1, 1)
    assert after["stories"]["2"]["last_act"] == "assigned to"


def test_a_number_to_call_is_whole_for_the_two_between_whom_it_passed_and_masked_for_others(desk: Desk) -> None:  # fmt: skip
    desk.act(2, "assign", 0, "remy", assignee="rita", handover="call the clerk on 404-555-0142")
    shown = {person: ("404-555-0142" in desk.get("/-/queue?tab=open", person).text, "404-555-0142" in desk.get("/-/story/2", person).text) for person in ("rita", "remy", "lena", "vera")}  # fmt: skip

    assert shown == {"rita": (True, True), "remy": (True, True), "lena": (False, False), "vera": (False, False)}  # fmt: skip


def test_a_number_to_call_leaves_in_no_file_of_the_story_or_the_queue(desk: Desk) -> None:
    desk.act(1, "assign", 0, "remy", assignee="rita", handover="call the clerk on 404-555-0142")

    for person in ("vera", "rita"):
        assert desk.get("/-/story/1.json", person).json()["story"]["handed_over"].startswith("call the clerk")  # fmt: skip
        for address in ("/-/story/1.json", "/-/queue.json?tab=open", "/-/queue.csv?tab=open", "/-/live.json?stories=1"):  # fmt: skip
            assert "0142" not in desk.get(address, person).text, address


def test_a_note_is_there_again_once_a_later_assignment_is_taken_back(desk: Desk) -> None:
    desk.act(1, "assign", 0, "remy", assignee="rita", handover="call the clerk on 404-555-0142")
    desk.act(1, "assign", 1, "lena", assignee="remy")
    answer = desk.post("/-/undo", {}, "lena", headers={"accept": "application/json"}).json()
    pages = {person: desk.get("/-/story/1", person).text for person in ("rita", "remy", "lena")}

    assert (answer["stories"][0]["assigned_to"], answer["stories"][0]["assigned_by"]) == ("rita", "remy")  # fmt: skip
    assert answer["stories"][0]["handed_over"].startswith("call the clerk on ")
    assert {person: "404-555-0142" in page for person, page in pages.items()} == {"rita": True, "remy": True, "lena": False}  # fmt: skip


def test_its_atom_feed_has_it(desk: Desk) -> None:
    handed_over(desk)
    page = desk.post("/-/feeds?tab=open&assigned=me", {}, "rita", headers={"accept": "text/html"}).text  # fmt: skip
    [address] = re.findall(r"https?://[^\"<\s]+token=[\w-]+", page)[:1]
    feed = desk.get(address.partition("8001")[2].replace("&amp;", "&"), None).text

    assert re.findall(r"/-/story/(\d+)", feed)[:1] == ["2"]


def test_the_verdict_keeps_its_name_when_somebody_else_assigns(desk: Desk) -> None:
    handed_over(desk)
    card = desk.get("/-/queue?tab=escalated", "rita").text
    answer = desk.act(2, "tag", 2, "remy", tag="georgia").json()
    rows = csv.DictReader(io.StringIO(desk.get("/-/queue.csv?tab=escalated", "rita").text.lstrip("\ufeff")))  # fmt: skip

    assert re.search(r"Escalated by <bdi>lena</bdi>", card)
    assert answer["stories"][0]["words"].startswith("Escalated by lena, ")
    assert [row["by"] for row in rows] == ["lena"]


def test_a_story_without_a_date_is_exported_without_one(desk: Desk, db: Path) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("UPDATE stories SET published_at = first_seen_at, date_source = 'seen' WHERE id = 2")  # fmt: skip
    connection.close()
    rows = {row["story"]: row for row in csv.DictReader(io.StringIO(desk.get("/-/queue.csv").text.lstrip("\ufeff")))}  # fmt: skip
    listed = {row["story"]: row for row in desk.get("/-/queue.json").json()["rows"]}

    assert rows["2"]["published"] == ""
    assert rows["3"]["published"].startswith("20")
    assert listed[2]["published"] is None
    assert listed[2]["seen"]


def test_a_note_stands_on_the_card_for_whoever_comes_next(desk: Desk) -> None:
    desk.act(2, "note", 0, "rita", note="an older word")
    answer = desk.post(
        "/-/act",
        {"items": "2:1", "action": "note", "note": "I called the clerk: nothing stolen"},
        "rita",
        headers={"accept": "application/json"},
    ).json()
    card = desk.get("/-/queue", "remy").text.partition('id="story-2"')[2].partition("</article>")[0]

    assert (answer["stories"][0]["left_by"], answer["stories"][0]["left_note"]) == ("rita", "I called the clerk: nothing stolen")  # fmt: skip
    assert re.search(r"Note by <bdi[^>]*>rita</bdi>: <bdi[^>]*>I called the clerk: nothing stolen</bdi>", card)  # fmt: skip
    assert "an older word" not in card
