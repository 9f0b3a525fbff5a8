"""A second opinion: blind, by somebody else, and the agreement that follows."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from review import server
from review.auth.team_file import Team
from storage.queries.stories.agreement import agreement
from tests.review.conftest import Desk


@pytest.fixture
def twice(db: Path, team: Team, opened: Callable[[Path, Team], Desk]) -> Desk:
    """A team that judges everything twice."""
    everything = replace(team, second_opinions=100.0, due_minutes={"critical": 15})
    server.keep_settings(db, everything)
    return opened(db, everything)


def number(page: str) -> str:
    match = re.search(r'name="opinion" value="(\d+)"', page)
    assert match
    return match[1]


def test_somebody_else_judges_again_and_sees_no_verdict(twice: Desk, db: Path) -> None:
    twice.act(5, "dismissed", 0, reason="old-news", note="seen on Monday")
    assert "Nothing waits" in twice.get("/-/second", "rita").text
    page = twice.get("/-/second", "remy").text

    assert "(1 for you)" in twice.get("/-/audit", "remy").text
    assert "for you)" not in twice.get("/-/audit", "rita").text
    for words in ("old-news", "already known", "seen on Monday", "rita", "<mark"):
        assert words not in page.partition("<main")[2]
    form = {"opinion": number(page), "verdict": "confirmed", "note": ""}
    assert twice.post("/-/second", form, "rita").status_code == 409
    assert twice.post("/-/second", form, "vera").status_code == 403
    assert twice.post("/-/second", form, "remy").status_code == 303
    assert twice.post("/-/second", form, "lena").status_code == 409
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT status, review_count FROM stories WHERE id = 5").fetchone() == ("dismissed", 1)  # fmt: skip
        assert connection.execute("SELECT action, subject, actor FROM story_reviews ORDER BY id").fetchall()[-1] == ("opinion", "confirmed", "remy")  # fmt: skip


def test_what_a_second_opinion_says_is_kept_masked_under_its_own_number(
    twice: Desk, db: Path
) -> None:
    twice.act(5, "dismissed", 0, reason="old-news", note="seen on Monday")
    form = {"opinion": number(twice.get("/-/second", "remy").text), "verdict": "confirmed"}
    twice.post("/-/second", form | {"note": "Her home at 12 Elm Road was named."}, "remy")

    with sqlite3.connect(db) as connection:
        ((action, note),) = connection.execute("SELECT r.action, m.note FROM masked_notes m JOIN story_reviews r ON r.id = m.review_id")  # fmt: skip
    assert action == "opinion"
    assert "Elm" not in note


def test_kappa_is_that_of_cohen(twice: Desk, db: Path) -> None:
    verdict_pairs = [("confirmed", "confirmed"), ("escalated", "confirmed"), ("dismissed", "dismissed"), ("dismissed", "confirmed")]  # fmt: skip
    for story, (first, second) in enumerate(verdict_pairs, 1):
        twice.act(story, first, 0, reason="old-news" if first == "dismissed" else "")
        form = {"opinion": number(twice.get("/-/second", "remy").text), "verdict": second}
        twice.post("/-/second", form, "remy")

    with sqlite3.connect(db) as connection:
        measured = agreement(connection, "2000")
    assert measured is not None
    assert (measured.stories, measured.agreed, measured.kappa) == (4, 3, pytest.approx(0.5))
    assert "agreed on 3 of 4 stories: kappa <strong>0.50</strong>" in twice.get("/-/overview").text


def test_what_was_undone_is_judged_by_nobody(twice: Desk) -> None:
    twice.act(5, "confirmed", 0)
    twice.post("/-/undo", {})

    assert "Nothing waits" in twice.get("/-/second", "remy").text


def test_nothing_is_drawn_where_nobody_asked_for_it(desk: Desk) -> None:
    desk.act(5, "confirmed", 0)

    assert "Nothing waits" in desk.get("/-/second", "remy").text
