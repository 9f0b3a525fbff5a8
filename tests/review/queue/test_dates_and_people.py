"""When a story was published and who judged it are said alike wherever it is shown or leaves."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from review import app
from review.auth.team_file import Team
from storage import tokens
from storage.outbox.waiting_events import story_subjects
from tests.review import sample
from tests.review.conftest import Desk

DATED, UNDATED = 1, 2


@pytest.fixture(scope="module")
def desk(team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two stories that rita confirmed with a note and remy assigned to lena since; nobody gave a date for one."""
    path = sample.write(tmp_path_factory.mktemp("dates") / "pollwatch.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE articles SET published_at = NULL WHERE story_id = ?", [UNDATED])
        connection.execute("UPDATE stories SET published_at = first_seen_at, date_source = 'seen' WHERE id = ?", [UNDATED])  # fmt: skip
    connection.close()
    item = Desk(app.build(path, team))
    for story in (DATED, UNDATED):
        assert item.act(story, "confirmed", 0, note="Seen\nin two papers").status_code == 200
        assert item.act(story, "assign", 1, "remy", assignee="lena").status_code == 200
    yield item
    item.close()


def table(text: str) -> dict[str, dict[str, str]]:
    assert text.startswith("\ufeff")
    return {row["story"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}


def command(desk: Desk, form: str) -> str:
    path = str(desk.ds.pollwatch_desk.path)
    return CliRunner().invoke(main, ["export", form, "--db", path]).output


def query(desk: Desk, sql: str, *values: object) -> list[sqlite3.Row]:
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def said(desk: Desk, story: int) -> dict[str, tuple[Any, ...]]:
    """By where it is said: date (up to the minute), by whom, when (up to the minute)."""
    web = table(desk.get("/-/queue.csv?tab=all").text)[str(story)]
    own = table(command(desk, "csv"))[str(story)]
    page = next(row for row in json.loads(desk.get("/-/queue.json?tab=all").text)["rows"] if row["story"] == story)  # fmt: skip
    line = next(item for item in map(json.loads, command(desk, "jsonl").splitlines()) if item["id"] == story)  # fmt: skip
    [view] = query(desk, "SELECT * FROM stories_view WHERE story = ?", story)
    [hit] = query(desk, "SELECT published, \"by\", NULL FROM hits_readable WHERE story = ? LIMIT 1", story)  # fmt: skip
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    event = story_subjects(connection, {story})[story]
    connection.close()
    judged = view["reviewed"]
    shown = {
        "csv": (web["published"], web["by"], web["reviewed"]), "command's csv": (own["published"], own["by"], own["reviewed"]),
        "json": (page["published"], page["by"], page["reviewed"]), "command's jsonl": (line["published_at"], line["reviewed_by"], line["reviewed_at"]),
        "view": (view["published"], view["by"], view["reviewed"]), "hits": (hit["published"], hit["by"], judged),
        "alert": (event.published_at and event.published_at.isoformat(), event.reviewed_by, judged),
    }  # fmt: skip
    return {where: (minute(date) if date else None, by, minute(at)) for where, (date, by, at) in shown.items()}  # fmt: skip


@pytest.mark.parametrize("story", [DATED, UNDATED])
def test_the_same_date_and_reviewer_everywhere(desk: Desk, story: int) -> None:
    words = said(desk, story)
    [row] = query(desk, "SELECT s.published_at, v.created_at FROM stories s JOIN story_reviews v ON v.id = s.verdict_id WHERE s.id = ?", story)  # fmt: skip
    date = minute(row["published_at"]) if story == DATED else None

    assert set(words.values()) == {(date, "rita", minute(row["created_at"]))}, words


def test_card_and_reading_page_say_that_no_date_was_given_and_whose_verdict_it_is(desk: Desk) -> None:  # fmt: skip
    page = desk.get("/-/queue?tab=confirmed&sort=seen").text
    card = page.partition(f'id="story-{UNDATED}"')[2].partition("</article>")[0]
    sheet = desk.get(f"/-/story/{UNDATED}").text

    assert "no date given" in card
    assert "by <bdi>rita</bdi>" in card
    assert "no date given" in sheet


def test_the_api_gives_no_date_where_none_was_given(desk: Desk) -> None:
    connection = sqlite3.connect(desk.ds.pollwatch_desk.path)
    with connection:
        token = tokens.create_token(connection, name="t", actor="soc", scopes=("read:queue",), lasts=timedelta(days=9), by="lena", now=sample.NOW)  # fmt: skip
    connection.close()
    answer = desk.run(desk.ask("GET", f"/-/api/v1/stories/{UNDATED}", None, headers={"authorization": f"Bearer {token}"}))  # fmt: skip
    story = answer.json()["story"]

    assert (story["published_at"], story["reviewed_by"], story["note"]) == (None, "rita", "Seen\nin two papers")  # fmt: skip


def test_an_atom_entry_without_a_date_has_none(desk: Desk) -> None:
    page = desk.post("/-/feeds", {}, headers={"accept": "text/html"}).text
    token = page.partition("token=")[2].partition('"')[0]
    feed = desk.get(f"/-/feed.atom?tab=confirmed&token={token}", None).text
    entries = {entry.partition("story/")[2].partition("<")[0]: entry for entry in feed.split("<entry>")[1:]}  # fmt: skip

    assert "<published>" in entries[str(DATED)]
    assert "<published>" not in entries[str(UNDATED)]


def test_both_tables_have_the_same_columns_and_values_and_no_line_break_in_a_cell(desk: Desk) -> None:  # fmt: skip
    web, own = table(desk.get("/-/queue.csv?tab=all").text), table(command(desk, "csv"))

    assert web == own
    assert web[str(DATED)]["note"] == "Seen in two papers"
    assert not [cell for row in own.values() for cell in row.values() if "\n" in cell]


@pytest.mark.parametrize(
    ("page", "column"),
    [("/-/queue.csv?tab=all", "seen"), ("/-/sources.csv", "last_polled_at"), ("/-/runs.csv", "started_at"),
     ("/pollwatch/stories_view.csv", "first_seen")],
)  # fmt: skip
def test_times_in_a_csv_are_dates_to_a_spreadsheet_of_any_language(
    desk: Desk, page: str, column: str
) -> None:
    rows = list(csv.DictReader(io.StringIO(desk.get(page).text.removeprefix("\ufeff"))))

    assert rows
    assert [row[column] for row in rows if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", row[column])] == []  # fmt: skip


def test_a_table_of_stories_names_the_zone_of_its_times(desk: Desk) -> None:
    assert {row["zone"] for row in table(command(desk, "csv")).values()} == {"UTC"}


def test_a_filter_by_publication_leaves_out_what_has_no_date(desk: Desk) -> None:
    def shown(query: str) -> tuple[bool, bool]:
        rows = json.loads(desk.get(f"/-/queue.json?tab=confirmed&{query}").text)["rows"]
        numbers = {row["story"] for row in rows}
        return DATED in numbers, UNDATED in numbers

    assert shown("") == (True, True)
    assert shown("since=2020-01-01") == (True, False)
    assert shown("since=9999d") == (True, False)


def test_a_story_put_back_to_new_was_judged_by_nobody(desk: Desk) -> None:
    assert desk.act(3, "confirmed", 0).status_code == 200
    assert desk.act(3, "new", 1).status_code == 200
    [view] = query(desk, "SELECT * FROM stories_view WHERE story = 3")
    row = table(desk.get("/-/queue.csv?tab=all").text)["3"]

    assert (view["by"], view["reviewed"]) == (None, None)
    assert (row["by"], row["reviewed"]) == ("", "")


def test_a_headline_is_masked_by_any_rule_that_ever_hit(db: Path) -> None:
    """The category of the story is another rule's."""
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE stories SET title = 'Clerk of 14 Elm Street, where she lives with her family, was threatened', category = 'ballots' WHERE id = 1")  # fmt: skip
        connection.execute("UPDATE story_rules SET category = 'threats', struck = 1 WHERE story_id = 1")  # fmt: skip
    connection.close()
    answer = CliRunner().invoke(main, ["export", "jsonl", "--db", str(db)]).output
    line = next(item for item in map(json.loads, answer.splitlines()) if item["id"] == 1)

    assert "Elm Street" not in line["headline"]
    assert "•" in line["headline"]
