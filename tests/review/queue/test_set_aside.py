"""Stories that are snoozed, muted, joined or handed over."""

import re
from pathlib import Path

import pytest

from tests.review.conftest import Desk
from tests.review.stored import ask, story


@pytest.mark.slow
def test_snooze_and_wake(desk: Desk, db: Path) -> None:
    desk.act(1, "snooze:7", 0)
    answer = desk.act(2, "snooze:rule", 0).json()["stories"]
    assert (
        answer[0]["snoozed"] == "until its rule is changed"
    )  # for the card as it stands, under *All* too

    assert [story(db, n)[2] for n in (1, 2)] == ["snoozed", "snoozed"]
    assert ask(db, "SELECT snooze_version_id FROM stories WHERE id = 2") == [(1,)]
    assert "until its rule is changed" in desk.get("/-/queue?tab=snoozed").text
    assert (
        "snoozed until</strong> <bdi>Ransomware at an election office</bdi> is changed"
        in desk.get("/-/story/2").text
    )
    desk.act(1, "wake", 1)
    assert story(db)[2] == "new"


def test_what_selected_stories_share_is_offered_to_be_muted(desk: Desk, db: Path) -> None:
    alike = [number for (number,) in ask(db, "SELECT id FROM stories s WHERE tab = 'new' AND EXISTS (SELECT 1 FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND r.slug = 'voting-equipment-access') ORDER BY id LIMIT 3")]  # fmt: skip
    page = desk.get(f"/-/mutes?stories={','.join(map(str, alike))},x").text

    assert f"{len(alike)} of {len(alike)}</span>" in page
    assert (
        f'href="/-/mutes?rule=voting-equipment-access&amp;stories={",".join(map(str, alike))}"'
        in page
    )
    assert "share no outlet" in desk.get("/-/mutes?stories=999999").text


def test_a_mute_hides_counts_and_lists_and_ends(desk: Desk, db: Path) -> None:
    form = {
        "kind": "outlet",
        "value": "La Voz del Valle",
        "until": "2099-01-01",
        "note": "opinion page",
    }
    assert desk.post("/-/mutes", form).status_code == 303
    hidden = ask(db, "SELECT count(*) FROM stories WHERE tab = 'muted'")[0][0]

    assert hidden
    assert "La Voz del Valle" in desk.get("/-/mutes").text
    assert desk.get("/-/queue.json?tab=muted").json()["total"] == hidden
    assert desk.post("/-/mutes", {**form, "until": "2020-01-01"}).status_code == 400
    assert desk.post("/-/mutes", {"kind": "phrase", "value": "a", "until": "2099-01-01"}).status_code == 400  # fmt: skip
    for until in ("2099-13-01", "2099-9-1", "tomorrow"):
        assert desk.post("/-/mutes", {**form, "until": until}).status_code == 400
    desk.post("/-/mutes", {"end": "1"})
    assert ask(db, "SELECT count(*) FROM stories WHERE tab = 'muted'") == [(0,)]


@pytest.mark.parametrize(("kind", "value"), [("outlet", "La Voz del Vale"), ("rule", "no-such-rule"), ("story", "99999"), ("story", "La Voz")])  # fmt: skip
def test_a_mute_of_what_is_not_there_is_refused(desk: Desk, kind: str, value: str) -> None:
    refused = desk.post("/-/mutes", {"kind": kind, "value": value, "until": "2099-01-01"})

    assert refused.status_code == 400
    assert f"“{value}” is not known here" in refused.json()["message"]


def test_a_story_to_mute_is_named_with_its_outlet_and_its_rule(desk: Desk) -> None:
    page = desk.get("/-/mutes?story=1").text

    assert "<strong>This story: <bdi>Ransomware shuts Alder County" in page
    assert 'href="/-/mutes?story=1&amp;rule=election-office-ransomware"' in page
    assert 'value="Harbor Daily"' in desk.get("/-/mutes?story=1&outlet=Harbor+Daily").text


def test_a_verdict_names_the_joined_stories_that_still_wait(desk: Desk, db: Path) -> None:
    desk.act(1, "join", 0, subject="3")
    desk.act(1, "join", 1, subject="4")

    assert desk.act(1, "confirmed", 2).json()["also"] == ["3:0:0", "4:0:0"]
    assert desk.act(3, "confirmed", 0).json()["also"] == []
    assert desk.act(1, "note", 3, note="seen").json()["also"] == []


def test_links_are_joined_and_refused(desk: Desk, db: Path) -> None:
    desk.act(1, "join", 0, subject="3")
    assert "same event, says <bdi>rita</bdi>" in desk.get("/-/story/3").text
    desk.act(3, "refuse", 0, subject="1")

    assert ask(db, "SELECT story_id, other_id, state FROM story_links") == [(1, 3, "refused")]


@pytest.mark.slow
def test_a_story_is_handed_over_with_a_note(desk: Desk, db: Path) -> None:
    desk.act(1, "assign", 0, assignee="remy", handover="the clerk calls back at four")

    for page in ("/-/queue?assigned=me", "/-/story/1"):
        shown = re.sub(r"<[^>]*>", "", desk.get(page, "remy").text)
        assert "For remy, from rita: the clerk calls back at four" in shown
    assert ask(db, "SELECT json_extract(payload_json, '$.note') FROM events WHERE kind = 'story-assigned'") == [("the clerk calls back at four",)]  # fmt: skip
    desk.act(1, "unassign", 1, "remy")
    assert "calls back at four" not in desk.get("/-/queue", "remy").text
