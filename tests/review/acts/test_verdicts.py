"""Verdicts and undo: one story or many, in one act and undone in one; two people at once, the pipeline beside them."""

import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from review import act_words
from review.auth.team_file import Team
from tests.review.conftest import Desk
from tests.review.stored import ask, story


@pytest.mark.parametrize("action", ["confirmed", "escalated", "dismissed:not-election"])
def test_a_verdict_goes_for_the_story_with_all_its_texts_and_rules(
    desk: Desk, db: Path, action: str
) -> None:
    answer = desk.act(2, action, 0, note="seen it").json()

    status, _, reason = action.partition(":")
    assert answer["ok"]
    assert answer["stories"][0]["status"] == status
    assert answer["tabs"][status] == 1
    assert answer["tabs"]["new"] == 27
    assert story(db, 2) == (status, 1, status)
    assert ask(db, "SELECT actor, prev_status, reason, note FROM story_reviews") == [("rita", "new", reason, "seen it")]  # fmt: skip
    seen_hits = json.loads(str(ask(db, "SELECT seen_json FROM story_reviews")[0][0]))
    assert sorted(seen_hits["rules"]) == [1, 2]
    assert len(seen_hits["owners"]) == 3


def test_next_is_the_story_that_followed_when_this_one_was_opened(desk: Desk, db: Path) -> None:
    first, second = ask(db, "SELECT id FROM stories WHERE tab = 'new' ORDER BY priority DESC, id DESC LIMIT 2")  # fmt: skip
    assert f'data-then="{second[0]}"' in desk.get(f"/-/story/{first[0]}").text
    connection = sqlite3.connect(db)
    with connection:  # as when its strongest rule is struck off
        connection.execute("UPDATE stories SET priority = -1 WHERE id = ?", first)
    connection.close()
    opened = {"from": str(first[0]), "then": str(second[0])}

    assert 'rel="next">Next' not in desk.get(f"/-/story/{first[0]}").text
    assert f'/-/story/{second[0]}" data-next' in desk.get(f"/-/story/{first[0]}?then={second[0]}").text  # fmt: skip
    assert desk.act(int(str(first[0])), "confirmed", 0, **opened).json()["next"] == f"-/story/{second[0]}"  # fmt: skip
    desk.act(int(str(second[0])), "confirmed", 0, who="remy")
    again = desk.act(int(str(first[0])), "escalated", 1, **opened).json()
    assert (
        again["next"] is None
    )  # the one that followed is judged meanwhile, and nothing stands below


def test_the_actor_is_who_is_signed_in_not_what_the_form_says(desk: Desk, db: Path) -> None:
    desk.act(1, "confirmed", 0, actor="lena")

    assert ask(db, "SELECT DISTINCT actor FROM story_reviews") == [("rita",)]


@pytest.mark.parametrize(("form", "status"), [
    ({"action": "dismissed"}, 400), ({"action": "dismissed:made-up"}, 400), ({"action": "dismissed:other"}, 400), ({"action": "note"}, 400), ({"action": "note", "note": "x" * 5000}, 400),
    ({"action": "drop table"}, 400), ({"action": "bundle"}, 400), ({"action": "confirmed", "items": "1:-1"}, 400), ({"action": "confirmed", "items": "x:0"}, 400), ({"action": "confirmed", "items": ""}, 400),
    ({"action": "confirmed", "items": "999:0"}, 404), ({"action": "confirmed", "items": "9" * 30 + ":0"}, 400), ({"action": "assign", "assignee": "nobody-here"}, 400), ({"action": "tag", "tag": " "}, 400),
    ({"action": "tag", "tag": "x" * 61}, 400), ({"action": "strike", "subject": "no-such-rule"}, 404), ({"action": "join", "subject": "1"}, 404), ({"action": "join", "subject": "x"}, 404),
    ({"action": "confirmed", "items": " ".join(f"{n}:0" for n in range(3000))}, 400),
])  # fmt: skip
def test_forms_that_make_no_sense_write_nothing(
    desk: Desk, db: Path, form: dict[str, str], status: int
) -> None:
    assert desk.post("/-/act", {"items": "1:0", **form}).status_code == status
    assert ask(db, "SELECT count(*) FROM story_reviews") == [(0,)]


def test_two_reviewers_one_is_told(desk: Desk, db: Path) -> None:
    first = desk.act(1, "confirmed", 0, "rita")
    second = desk.act(1, "dismissed:old-news", 0, "remy")
    page = desk.post("/-/act", {"items": "1:0", "action": "dismissed:old-news"}, "remy", headers={"accept": "text/html"})  # fmt: skip

    assert first.status_code == 200
    assert second.status_code == page.status_code == 409
    assert second.json()["stale"]
    assert "rita was here first" in second.json()["message"]
    assert "Look again" in page.text
    assert story(db)[0] == "confirmed"


def test_a_double_click_is_one_act(desk: Desk, db: Path) -> None:
    for _ in range(2):
        assert desk.act(1, "confirmed", 0, request_id="abc").json()["stories"][0]["seen"] == 1
    assert ask(db, "SELECT count(*) FROM story_reviews") == [(1,)]


@pytest.mark.parametrize(("second", "counts"), [
    ({"items": "2:1 3:0", "action": "confirmed"}, [(2, 2), (3, 1)]),  # other stories
    ({"items": "1:1 2:1", "action": "dismissed:old-news"}, [(1, 2), (2, 2)]),  # another act
])  # fmt: skip
def test_a_form_that_is_sent_once_more_with_another_act_is_that_act(
    desk: Desk, db: Path, second: dict[str, str], counts: list[tuple[int, int]]
) -> None:
    """As from a page that the browser's Back shows again, with the request id that it had."""
    desk.post("/-/act", {"items": "1:0 2:0", "action": "confirmed", "request_id": "abc"})
    answer = desk.post("/-/act", {"request_id": "abc", **second}).json()

    assert [(each["id"], each["seen"]) for each in answer["stories"]] == counts


def test_thirty_stories_in_one_act_and_back_in_one(desk: Desk, db: Path) -> None:
    shown = desk.get("/-/queue/ids.json?severity=high").json()["stories"]
    answer = desk.post("/-/act", {"items": " ".join(shown), "action": "dismissed:old-news", "view": "severity=high"}).json()  # fmt: skip

    assert len(shown) == 13
    assert answer["tabs"]["new"] == 0
    assert answer["tabs"]["dismissed"] == 13
    assert ask(db, "SELECT count(DISTINCT batch_id), count(*) FROM story_reviews") == [(1, 13)]
    undone = desk.post("/-/undo", {"view": "severity=high"}).json()
    assert undone["tabs"]["new"] == 13
    assert ask(db, "SELECT DISTINCT tab FROM stories WHERE severity = 'high'") == [("new",)]
    assert ask(db, "SELECT count(*) FROM story_reviews") == [(26,)]


def test_what_changed_since_it_was_shown_is_left_out_and_named(desk: Desk, db: Path) -> None:
    shown = desk.get("/-/queue/ids.json?severity=high").json()["stories"]
    number = int(shown[3].partition(":")[0])
    desk.act(number, "escalated", 0, "remy")
    answer = desk.post("/-/act", {"items": " ".join(shown), "action": "confirmed"}).json()

    assert answer["left_out"] == [{"story": number, "why": "remy was here first (escalated)"}]
    assert "Left out 1: “" in answer["words"]
    assert story(db, number)[0] == "escalated"
    assert ask(db, "SELECT count(*) FROM stories WHERE status = 'confirmed'") == [(12,)]
    assert json.loads(str(ask(db, "SELECT left_out_json FROM batches WHERE actor = 'rita'")[0][0]))[0]["story"] == number  # fmt: skip


@pytest.mark.slow
def test_checkboxes_without_script_are_one_act(desk: Desk, db: Path) -> None:
    """A browser sends one `items` for each box; the form of the bulk act is plain HTML."""
    page = desk.get("/-/queue").text
    assert page.count('form="bulk" data-pick') == 25
    response = desk.post("/-/act", {"items": ["1:0", "2:0", "3:0"], "action": "confirmed"}, headers={"accept": "text/html"})  # type: ignore[dict-item]  # fmt: skip

    assert response.status_code == 303
    assert ask(db, "SELECT stories FROM batches") == [(3,)]


def test_a_claim_that_was_taken_over_goes_back_to_whose_it_was(desk: Desk, db: Path) -> None:
    desk.act(1, "claim", 0, "remy")
    since = ask(db, "SELECT claimed_at FROM stories WHERE id = 1")
    desk.act(1, "claim", 1, "rita")
    answer = desk.post("/-/undo", {}, "rita").json()

    assert answer["stories"][0]["claimed_by"] == "remy"
    assert ask(db, "SELECT claimed_by FROM stories WHERE id = 1") == [("remy",)]
    assert ask(db, "SELECT claimed_at FROM stories WHERE id = 1") == since
    assert "released</strong> to <bdi>remy</bdi>: undone" in desk.get("/-/story/1").text


def test_two_hundred_tags_are_a_line_on_the_card(desk: Desk) -> None:
    for number in range(12):
        answer = desk.act(1, "tag", number, tag=f"tag {number:02}").json()["stories"][0]

    assert answer["tags"] == "tag 00, tag 01, tag 02, tag 03, tag 04, tag 05, tag 06, tag 07 and 4 more"  # fmt: skip
    assert "tag 07 and 4 more</bdi>" in desk.get("/-/story/1").text


@pytest.mark.parametrize(("title", "short"), [
    ("Board posts the count", "Board posts the count"), ("Wahl" * 20 + " und mehr", "Wahl" * 15 + "…"), ("选举官员" * 20, "选举官员" * 15 + "…"),
    ("Board posts the count " * 4, "Board posts the count Board posts the count Board posts …"),
])  # fmt: skip
def test_an_act_names_its_story_however_long_its_words(title: str, short: str) -> None:
    assert act_words.act_sentence("Note kept", title) == f"Note kept: “{short}”"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("2026-11-04T08:00:00.000Z", "2026-11-04"),
        ("9999-12-31T00:00:00.000Z", "its rule is changed"),
        ("9999 ballots", "9999 ballots"),
        ("2026-maricopa-AZ", "2026-maricopa-AZ"),
    ],
)
def test_moments_are_told_in_words_and_tags_as_they_are(subject: str, words: str) -> None:
    assert act_words.subject_words(subject) == words


def test_two_tags_in_one_field_are_not_run_together(desk: Desk, db: Path) -> None:
    refused = desk.act(3, "tag", 0, tag="Georgia, runoff")
    assert refused.status_code == 400
    assert "add “georgia” and “runoff” one after the other" in refused.json()["message"]
    assert ask(db, "SELECT tags FROM stories WHERE id = 3") == [("",)]


def test_undo_is_a_stack(desk: Desk, db: Path) -> None:
    desk.act(1, "confirmed", 0)
    desk.act(2, "dismissed:old-news", 0)
    desk.act(3, "assign", 0, assignee="remy")
    desk.act(3, "tag", 1, tag="Recount  Georgia")
    assert ask(db, "SELECT assigned_to, tags FROM stories WHERE id = 3") == [("remy", "recount georgia")]  # fmt: skip

    for _ in range(4):
        assert desk.post("/-/undo", {}).status_code == 200
    assert ask(db, "SELECT DISTINCT status FROM stories WHERE id < 4") == [("new",)]
    assert ask(db, "SELECT assigned_to, tags FROM stories WHERE id = 3") == [(None, "")]
    assert desk.post("/-/undo", {}).status_code == 404
    assert desk.post("/-/undo", {}, "remy").status_code == 404


def test_undo_after_another_is_refused(desk: Desk, db: Path) -> None:
    answer = desk.act(1, "confirmed", 0, "rita").json()
    desk.act(1, "escalated", 1, "remy")
    refused = desk.post("/-/undo", {"batch": answer["batch"]}, "rita")

    assert refused.status_code == 409
    assert "remy was here since" in refused.json()["message"]
    assert story(db)[0] == "escalated"
    assert desk.post("/-/undo", {"batch": answer["batch"]}, "remy").status_code == 404


@pytest.mark.slow
def test_viewers_read_and_change_nothing(desk: Desk, db: Path) -> None:
    for path, form in (("/-/act", {"items": "1:0", "action": "confirmed"}), ("/-/undo", {}), ("/-/mutes", {"kind": "story", "value": "1", "until": "2099-01-01"}), ("/-/views", {"name": "x", "shared": "1"})):  # fmt: skip
        assert desk.post(path, form, "vera").status_code == 403
        assert desk.post(path, form, None).status_code == 401
    assert ask(db, "SELECT count(*) FROM story_reviews") == [(0,)]
    assert "data-acts" not in desk.get("/-/queue", "vera").text


def test_what_is_masked_is_shown_on_record(desk: Desk, db: Path) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("UPDATE article_texts SET body = replace(body, 'The county clerk', 'Her home at 12 Elm Road was named. The county clerk') WHERE article_id IN (SELECT lead_article_id FROM stories WHERE id = 2)")  # fmt: skip
    connection.close()

    assert "12 Elm Road" not in desk.get("/-/story/2").text
    assert "Elm" not in desk.get("/-/queue.csv").text
    desk.act(2, "reveal", 0)
    assert "12 Elm Road" in desk.get("/-/story/2").text
    assert "12 Elm Road" not in desk.get("/-/story/2", "remy").text
    assert story(db, 2)[1] == 0
    assert ask(db, "SELECT action, actor FROM story_reviews") == [("reveal", "rita")]


@pytest.mark.slow
def test_a_hundred_acts_of_two_people_beside_a_writing_pipeline(desk: Desk, db: Path, team: Team, opened: Callable[[Path, Team], Desk]) -> None:  # fmt: skip
    stop = threading.Event()

    def pipeline() -> int:
        connection = sqlite3.connect(db, timeout=10, isolation_level=None)
        written = 0
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE stories SET copies = copies + 1 WHERE id <= 28")
            connection.execute("COMMIT")
            written += 1
            stop.wait(0.005)
        connection.close()
        return written

    def reviewer(own_desk: Desk, who: str) -> int:
        done = 0
        for number in range(1, 29):
            for action in ("confirmed", "escalated"):
                seen_count = ask(db, "SELECT review_count FROM stories WHERE id = ?", number)[0][0]
                done += own_desk.act(number, action, int(str(seen_count)), who).status_code == 200
        return done

    with ThreadPoolExecutor(3) as pool:
        running = pool.submit(pipeline)
        people = [pool.submit(reviewer, own_desk, who) for own_desk, who in ((desk, "rita"), (opened(db, team), "remy"))]  # fmt: skip
        accepted = [person.result() for person in people]
        stop.set()
        assert running.result() > 10

    assert ask(db, "SELECT count(*) FROM story_reviews") == [(sum(accepted),)]
    assert ask(db, "SELECT count(*) FROM stories s WHERE review_count <> (SELECT count(*) FROM story_reviews WHERE story_id = s.id)") == [(0,)]  # fmt: skip
    assert ask(db, "SELECT count(*) FROM stories s WHERE verdict_id IS NOT NULL AND status <> (SELECT action FROM story_reviews WHERE id = s.verdict_id)") == [(0,)]  # fmt: skip


@pytest.mark.parametrize("sql", [
    "UPDATE story_reviews SET note = 'x'", "DELETE FROM story_reviews", "INSERT OR REPLACE INTO story_reviews (id, story_id, action, actor) SELECT id, story_id, 'new', 'x' FROM story_reviews",
])  # fmt: skip
def test_the_record_cannot_be_changed(desk: Desk, db: Path, sql: str) -> None:
    desk.act(1, "confirmed", 0)
    connection = sqlite3.connect(db)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(sql)
    connection.close()
