"""A lead takes over what somebody left who is not in the team."""

import sqlite3
from pathlib import Path

import pytest

from tests.review.conftest import Desk

OPEN, CLOSED = (3, 5), 1


@pytest.fixture
def left_desk(db: Path, desk: Desk) -> Desk:
    assert desk.act(CLOSED, "dismissed", 0, reason="old-news").status_code == 200
    with sqlite3.connect(db) as connection:
        connection.execute(f"UPDATE stories SET assigned_to = 'root' WHERE id IN {(*OPEN, CLOSED)}")
        connection.executemany("INSERT INTO saved_views (owner, name, query, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, '', '')", [("root", "Grave", "severity=critical", "root"), ("root", "Late", "flag=overdue", "root"), ("lena", "Late", "flag=linked", "lena")])  # fmt: skip
    connection.close()
    return desk


def ask(db: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(db) as connection:
        stored = connection.execute(sql).fetchall()
    connection.close()
    return stored


def assigned(db: Path) -> dict[object, object]:
    return dict(ask(db, "SELECT id, assigned_to FROM stories WHERE assigned_to IS NOT NULL ORDER BY id"))  # type: ignore[arg-type]  # fmt: skip


def test_a_lead_is_told_and_takes_all_of_it_in_one_act(left_desk: Desk, db: Path) -> None:
    page = left_desk.get("/-/queue", "lena").text
    assert "<bdi>root</bdi>, who is not in the team, left 2 open stories and 2 views." in page

    assert left_desk.post("/-/take-over", {"person": "root"}, "lena").status_code == 303

    assert assigned(db) == {1: "root", 3: "lena", 5: "lena"}
    assert set(ask(db, "SELECT name, query FROM saved_views WHERE owner = 'lena'")) == {("Late", "flag=linked"), ("Grave", "severity=critical"), ("Late (root)", "flag=overdue")}  # fmt: skip
    assert "who is not in the team" not in left_desk.get("/-/queue", "lena").text


def test_one_undo_takes_the_stories_back_and_views_can_be_dropped(
    left_desk: Desk, db: Path
) -> None:
    left_desk.post("/-/take-over", {"person": "root"}, "lena")
    left_desk.post("/-/undo", {}, "lena")

    assert assigned(db) == {1: "root", 3: "root", 5: "root"}
    ((number,),) = ask(db, "SELECT id FROM saved_views WHERE owner = 'lena' AND name = 'Grave'")
    left_desk.post("/-/views", {"drop": str(number)}, "lena")
    assert "left 2 open stories and 1 view." in left_desk.get("/-/queue", "lena").text


def test_only_leads_take_over_and_only_from_people_who_are_gone(left_desk: Desk, db: Path) -> None:
    assert "who is not in the team" not in left_desk.get("/-/queue", "rita").text
    assert left_desk.post("/-/take-over", {"person": "root"}, "rita").status_code == 403
    assert left_desk.post("/-/take-over", {"person": "rita"}, "lena").status_code == 404
    assert assigned(db) == {1: "root", 3: "root", 5: "root"}
