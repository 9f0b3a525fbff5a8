"""A story whose article spreads the falsehood: confirmed as such, shown, listed and exported."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from alerts.formats import misp, stix
from alerts.report.sections import sections
from review.act_words import REASON_WORDS, REASONS
from storage.queries.export import exported
from storage.queries.situation import situation
from storage.queries.stories.filter import StoryFilter
from tests.review.conftest import Desk

STORY = 3


@pytest.fixture
def marked(desk: Desk) -> Desk:
    assert desk.act(STORY, "confirmed:falsehood", 0).status_code == 200
    return desk


def test_the_answer_and_the_card_say_it_in_words(desk: Desk) -> None:
    answer = desk.act(STORY, "confirmed:falsehood", 0).json()

    assert answer["words"].endswith(": the article itself spreads the falsehood")
    assert "Confirmed: the article itself spreads the falsehood" in desk.get("/-/queue?tab=confirmed").text  # fmt: skip


def test_it_has_a_filter_a_column_and_a_mark_in_all_that_leaves(marked: Desk) -> None:
    report = json.loads(marked.get("/-/queue.json?tab=all&flag=falsehood").text)
    rows = csv.DictReader(io.StringIO(marked.get("/-/queue.csv?tab=confirmed").text.lstrip("\ufeff")))  # fmt: skip
    (database,) = (
        database for name, database in marked.ds.databases.items() if name == "pollwatch"
    )
    (story,) = exported(Database(str(database.path)).conn, ids=[STORY])

    assert [row["story"] for row in report["rows"]] == [STORY]
    assert {row["story"]: row["reason"] for row in rows}[str(STORY)] == "falsehood"
    assert "pollwatch:falsehood" in misp.events([story], instance="desk")
    assert '"falsehood"' in stix.bundle([story], instance="desk", now=datetime.now(UTC))


def test_the_situation_report_counts_it_and_links_to_the_same_stories(marked: Desk) -> None:
    (database,) = (
        database for name, database in marked.ds.databases.items() if name == "pollwatch"
    )
    now = datetime.now(UTC)
    report = situation(Database(str(database.path)), since=now - timedelta(days=400), now=now, base=StoryFilter())  # fmt: skip
    (line,) = (line for part in sections(report) for line in part.lines if "spread a falsehood" in line.text)  # fmt: skip

    assert line.text.startswith("1 ")
    assert ">1</strong> of <span data-total>1</span>" in marked.get(f"/{line.link}").text


def test_a_reason_that_makes_no_sense_is_refused(desk: Desk) -> None:
    assert desk.act(STORY, "confirmed:fiction", 0).status_code == 400
    assert desk.act(STORY, "dismissed:falsehood", 0).status_code == 400


def test_opinion_and_fiction_are_told_apart_and_older_verdicts_keep_theirs(desk: Desk) -> None:
    page = desk.get("/-/queue").text

    assert 'value="dismissed:comment"' in page
    assert 'value="dismissed:fiction"' in page
    assert 'value="dismissed:opinion"' not in page
    assert list(REASONS)[:4] == ["other-meaning", "not-election", "no-incident", "old-news"]
    assert REASON_WORDS["opinion"] == "Opinion, satire or fiction"
