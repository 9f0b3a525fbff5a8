"""Verdicts: whole cards, whole stories, undo, two people at once, the pipeline beside them."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from review.auth.team_file import Team
from tests.review.conftest import Desk

COPIED = """INSERT INTO reviews (hit_id, action, actor, reason, prev_status)
  VALUES (?, 'confirmed', 'pollwatch', 'copy of a judged story', 'new')"""


def ask(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(sql, values).fetchall()
    connection.close()
    return rows


def card(db: Path, number: int = 1) -> tuple[object, ...]:
    return ask(db, "SELECT status, review_count, assigned_to FROM cards WHERE id = ?", number)[0]


@pytest.mark.parametrize("action", ["confirmed", "escalated", "dismissed:not-election"])
def test_a_verdict_goes_for_every_copy(desk: Desk, db: Path, action: str) -> None:
    told = desk.act(1, action, 0).json()

    status = action.partition(":")[0]
    assert told["ok"]
    assert told["hits"] == 6
    assert told["tabs"][status] == 1
    assert card(db)[0] == status
    assert ask(db, "SELECT DISTINCT status FROM hits WHERE card_id = 1") == [(status,)]
    assert ask(db, "SELECT DISTINCT actor, prev_status, reason FROM reviews") == [
        ("rita", "new", action.partition(":")[2])
    ]


def test_the_actor_is_who_is_signed_in_not_what_the_form_says(desk: Desk, db: Path) -> None:
    desk.act(1, "confirmed", 0, actor="lena")

    assert ask(db, "SELECT DISTINCT actor FROM reviews") == [("rita",)]


@pytest.mark.parametrize(("form", "status"), [
    ({"action": "dismissed"}, 400), ({"action": "dismissed:made-up"}, 400), ({"action": "dismissed:other"}, 400), ({"action": "note"}, 400), ({"action": "note", "note": "x" * 5000}, 400),
    ({"action": "drop table"}, 400), ({"action": "confirmed", "seen": "-1"}, 400), ({"action": "confirmed", "card": "x"}, 400), ({"action": "confirmed", "card": "999"}, 404), ({"action": "confirmed", "card": "9" * 30}, 400),
])  # fmt: skip
def test_forms_that_make_no_sense_write_nothing(
    desk: Desk, db: Path, form: dict[str, str], status: int
) -> None:
    assert desk.post("/-/act", {"card": "1", "seen": "0", **form}).status_code == status
    assert ask(db, "SELECT count(*) FROM reviews") == [(0,)]


def test_two_reviewers_one_is_told(desk: Desk, db: Path) -> None:
    first = desk.act(1, "confirmed", 0, "rita")
    second = desk.act(1, "dismissed:old-news", 0, "remy")
    page = desk.post(
        "/-/act",
        {"card": "1", "action": "dismissed:old-news", "seen": "0"},
        "remy",
        headers={"accept": "text/html"},
    )

    assert first.status_code == 200
    assert second.status_code == page.status_code == 409
    assert second.json()["stale"]
    assert "rita" in second.json()["message"]
    assert "Look again" in page.text
    assert card(db)[0] == "confirmed"


def test_a_double_click_is_one_act(desk: Desk, db: Path) -> None:
    for _ in range(2):
        assert desk.act(1, "confirmed", 0, request_id="abc").json()["hits"] == 6
    assert ask(db, "SELECT count(*) FROM reviews") == [(6,)]


def test_undo_puts_back_and_keeps_the_record(desk: Desk, db: Path) -> None:
    batch = desk.act(1, "dismissed:old-news", 0).json()["batch"]
    told = desk.post("/-/undo", {"batch": batch})

    assert told.json()["status"] == "new"
    assert card(db)[0] == "new"
    assert ask(db, "SELECT count(*) FROM reviews") == [(12,)]
    assert desk.act(1, "confirmed", told.json()["seen"]).status_code == 200


def test_undo_takes_back_copied_verdicts_too(desk: Desk, db: Path) -> None:
    batch = desk.act(1, "confirmed", 0).json()["batch"]
    connection = sqlite3.connect(db)
    with connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(hits)")]
        taken = ", ".join(
            "(SELECT max(id) FROM articles)"
            if n == "article_id"
            else "'new'"
            if n == "status"
            else n
            for n in names[1:]
        )
        hit = connection.execute(
            f"INSERT INTO hits ({', '.join(names[1:])}) SELECT {taken} FROM hits WHERE id = 1"
        ).lastrowid
        connection.execute(COPIED, [hit])
    connection.close()

    assert desk.post("/-/undo", {"batch": batch}).status_code == 200
    assert ask(db, "SELECT DISTINCT status FROM hits WHERE card_id = 1") == [("new",)]


def test_undo_of_anothers_act_or_after_another_is_refused(desk: Desk, db: Path) -> None:
    told = desk.act(1, "confirmed", 0, "rita").json()

    assert desk.post("/-/undo", {"batch": told["batch"]}, "remy").status_code == 404
    desk.act(1, "escalated", told["seen"], "remy")
    assert desk.post("/-/undo", {"batch": told["batch"]}, "rita").status_code == 409
    assert card(db)[0] == "escalated"


def test_claim_and_release(desk: Desk, db: Path) -> None:
    told = desk.act(1, "claim", 0).json()
    assert card(db) == ("new", 1, "rita")
    assert desk.get("/-/queue?assigned=me").text.count('<article class="card') == 1
    assert desk.get("/-/queue?assigned=me", "remy").text.count('<article class="card') == 0

    desk.act(1, "unclaim", told["seen"])
    assert card(db)[2] is None


def test_the_whole_story_at_once(desk: Desk, db: Path) -> None:
    number = int(
        str(
            ask(
                db,
                "SELECT min(id) FROM cards WHERE story_id IN (SELECT story_id FROM cards GROUP BY 1 HAVING count(*) > 1)",
            )[0][0]
        )
    )
    told = desk.act(number, "confirmed", 0, story="1").json()

    assert len(told["cards"]) == 2
    assert ask(
        db,
        "SELECT DISTINCT status FROM cards WHERE story_id = (SELECT story_id FROM cards WHERE id = ?)",
        number,
    ) == [("confirmed",)]
    desk.post("/-/undo", {"batch": told["batch"]})
    assert ask(
        db,
        "SELECT DISTINCT status FROM cards WHERE story_id = (SELECT story_id FROM cards WHERE id = ?)",
        number,
    ) == [("new",)]


def test_without_script_a_form_goes_back_to_the_queue(desk: Desk) -> None:
    answer = desk.post(
        "/-/act",
        {"card": "1", "action": "confirmed", "seen": "0", "next": "/-/queue?severity=critical"},
        headers={"accept": "text/html"},
    )
    astray = desk.post(
        "/-/act",
        {"card": "2", "action": "confirmed", "seen": "0", "next": "//evil.example/"},
        headers={"accept": "text/html"},
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/-/queue?severity=critical")
    assert astray.headers["location"] == "/-/card/2"


def test_reviews_cannot_be_changed_even_by_sql(db: Path, desk: Desk) -> None:
    desk.act(1, "confirmed", 0)
    connection = sqlite3.connect(db)
    for sql in (
        "UPDATE reviews SET actor = 'x'",
        "DELETE FROM reviews",
        "INSERT OR REPLACE INTO reviews (id, hit_id, action, actor) VALUES (1, 1, 'new', 'x')",
        "DELETE FROM hits WHERE id = 1",
    ):
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(sql)
    connection.close()


@pytest.mark.slow
def test_many_at_once_while_the_pipeline_writes(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    """Two servers, eight reviewers' clicks on each of eight cards, and a writer between them."""
    stop, written = threading.Event(), []
    writer = threading.Thread(target=_pipeline, args=(db, stop, written))
    writer.start()
    desks = [opened(db, team), opened(db, team)]
    try:
        with ThreadPoolExecutor(2) as pool:
            tries = [
                pool.submit(
                    lambda d=d, who=who: [
                        d.act(n, "confirmed", 0, who).status_code for n in range(1, 9)
                    ]
                )
                for d, who in zip(desks, ("rita", "remy"), strict=True)
            ]
            codes = [one.result() for one in tries]
    finally:
        stop.set()
        writer.join()

    for pair in zip(*codes, strict=True):
        assert sorted(pair) == [200, 409]
    assert written.count("locked") == 0
    assert len(written) > 3
    assert ask(db, "SELECT count(*) FROM cards WHERE status = 'confirmed'") == [(8,)]
    assert ask(
        db,
        "SELECT count(*) FROM hits h JOIN cards c ON c.id = h.card_id WHERE h.status <> c.status",
    ) == [(0,)]


def _pipeline(db: Path, stop: threading.Event, written: list[str]) -> None:
    connection = sqlite3.connect(db, timeout=10, isolation_level=None)
    while not stop.is_set():
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO runs (flow, started_at) VALUES ('watch', '2026-11-23T10:00:00.000Z')"
            )
            stop.wait(0.02)
            connection.execute("COMMIT")
            written.append("ok")
        except sqlite3.OperationalError:
            written.append("locked")
        stop.wait(0.005)
    connection.close()
