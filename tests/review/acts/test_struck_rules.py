"""Rules that are struck off a story, with its verdict or alone, and what that changes."""

import json
import sqlite3
from pathlib import Path

from tests.review.conftest import Desk
from tests.review.stored import ask, story


def test_not_this_rule_weighs_the_story_anew_and_can_be_taken_back(desk: Desk, db: Path) -> None:
    before = ask(db, "SELECT rules, relevance, lane FROM stories WHERE id = 2")
    desk.act(2, "strike", 0, subject="election-office-ransomware", reason="other-meaning")

    assert ask(db, "SELECT rules FROM stories WHERE id = 2") == [(1,)]
    assert ask(db, "SELECT struck FROM story_rules WHERE story_id = 2 ORDER BY rule_id") == [(1,), (0,)]  # fmt: skip
    text = desk.get("/-/story/2").text
    assert "It fits after all" in text
    assert "not this rule, says <bdi>rita</bdi>" in text
    assert "threats-election-workers" in str(json.loads(desk.get("/-/queue.json?size=500").text)["rows"])  # fmt: skip
    desk.post("/-/undo", {})
    assert ask(db, "SELECT rules, relevance, lane FROM stories WHERE id = 2") == before


def test_the_last_rule_struck_takes_the_story_out_of_the_queue(desk: Desk, db: Path) -> None:
    desk.act(1, "strike", 0, subject="election-office-ransomware")

    assert story(db)[2] == "gone"
    assert 1 in [row["story"] for row in desk.get("/-/queue.json?tab=gone").json()["rows"]]


def test_rules_ticked_as_wrong_do_not_count_as_right(desk: Desk, db: Path) -> None:
    wrong, right = (slug for (slug,) in ask(db, "SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = 2 ORDER BY r.slug"))  # fmt: skip

    answer = desk.act(2, "confirmed", 0, struck=str(wrong), note="seen it").json()

    assert answer["words"].startswith("Confirmed, without 1 rule: “")
    assert answer["stories"][0]["struck"] == [wrong]
    figures = {row["slug"]: (row["right"], row["wrong"]) for row in desk.get("/-/rules.json").json()["rows"]}  # fmt: skip
    assert figures[str(wrong)] == (0, 1)
    assert figures[str(right)] == (1, 0)
    assert desk.post("/-/undo", {}).json()["stories"][0]["struck"] == []


def test_nothing_ticked_is_nothing_to_strike_off(desk: Desk, db: Path) -> None:
    answer = desk.act(2, "strike", 0)

    assert answer.status_code == 400
    assert answer.json()["message"] == "Tick the rules that do not belong there."
    assert ask(db, "SELECT count(*) FROM story_reviews") == [(0,)]


def test_every_chip_of_a_card_can_be_seen(desk: Desk, db: Path) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("INSERT OR IGNORE INTO story_rules SELECT 2, r.id, x.lead_hit_id, 'low', 0, x.category, 'shown', 0.5, 0.4, 1, 1, 0, NULL, NULL, NULL, x.first_at FROM rules r JOIN story_rules x ON x.story_id = 2 AND x.rule_id = 1")  # fmt: skip
    connection.close()

    card = desk.get("/-/queue").text.partition('id="story-2"')[2].partition("</article>")[0]

    assert card.count('class="chip ') == 6
    assert "<summary>2 more</summary>" in card
