"""The same database in a stock Datasette, without our plugin: readable views and ready questions."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # a Datasette of its own for each question

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, json, sys
from datasette.app import Datasette
import yaml
metadata = yaml.safe_load(open(sys.argv[2]))
ds = Datasette([sys.argv[1]], metadata=metadata)
async def main():
    for path in sys.argv[3:]:
        answer = await ds.client.get(path)
        print(json.dumps({"path": path, "status": answer.status_code, "text": answer.text}))
asyncio.run(main())
"""
VIEWS = ("stories_view", "hits_readable", "articles_readable", "feeds_now", "rules_precision", "coverage_by_hour", "hits_per_outlet_week", "reviews_log", "unread")  # fmt: skip
QUESTIONS = {
    "new_since_yesterday": "headline", "precision_by_rule": "precision_percent", "silent_feeds": "state", "phrase_without_hit?phrase=the": "headline",
    "outlets_by_state": "outlets", "hand_over": "headline",
}  # fmt: skip


def asked(db: Path, *paths: str) -> dict[str, tuple[int, str]]:
    """What a Datasette of its own process answers."""
    command = [sys.executable, "-c", PROGRAM, str(db), str(ROOT / "review" / "metadata.yaml"), *paths]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=db.parent, timeout=100)  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["path"]: (answer["status"], answer["text"]) for answer in answers}


def test_each_view_is_readable_with_its_description(db: Path) -> None:
    answers = asked(db, *(f"/pollwatch/{view}" for view in VIEWS), "/pollwatch")

    for path, (status, text) in answers.items():
        assert status == 200, path
        assert "Powered by" in text
        assert "sign-out" not in text
    assert "The queue as a table" in answers["/pollwatch/stories_view"][1]
    assert "US-ME" in answers["/pollwatch/stories_view"][1]
    assert "hand_over" in answers["/pollwatch"][1]


def test_rows_with_numbers_of_other_tables_lead_to_the_view_that_has_their_words(db: Path) -> None:
    answers = asked(db, "/pollwatch/hits/1", "/pollwatch/stories/1", "/pollwatch")

    assert "<a href='/pollwatch/hits_readable'>" in answers["/pollwatch/hits/1"][1]
    assert "<a href='/pollwatch/stories_view'>" in answers["/pollwatch/stories/1"][1]
    before_tables = answers["/pollwatch"][1].partition("Tables</h2>")[0]
    assert all(f"<a href='/pollwatch/{view}'>" in before_tables for view in VIEWS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_analysts_ask_is_one_click(db: Path, question: str) -> None:
    name, _, query = question.partition("?")
    path = f"/pollwatch/{name}.json?_shape=objects" + (f"&{query}" if query else "")
    status, text = asked(db, path)[path]
    report = json.loads(text)

    assert status == 200
    assert report["ok"] is not False
    assert QUESTIONS[question] in report["columns"]


def test_the_questions_answer_from_the_sample(db: Path) -> None:
    paths = ("/pollwatch/new_since_yesterday.json?_shape=array", "/pollwatch/silent_feeds.json?_shape=array", "/pollwatch/outlets_by_state.json?_shape=array")  # fmt: skip
    report = {path: json.loads(text) for path, (_, text) in asked(db, *paths).items()}

    assert len(report[paths[0]]) > 3
    assert {row["state"] for row in report[paths[1]]} == {"failing"}
    assert len(report[paths[1]]) == 2
    assert {row["region"] for row in report[paths[2]]} >= {"US-ME", "US-AZ"}


def test_tokens_and_other_internals_do_not_stand_among_the_tables(db: Path) -> None:
    [(status, text)] = asked(db, "/pollwatch").values()
    listed = text.partition("<h2>Tables</h2>")[2] or text.partition("Tables")[2]

    assert status == 200
    assert "/pollwatch/stories" in listed
    for table in ("api_tokens", "readers", "ended_sessions", "_sqlite_migrations", "fingerprints"):
        assert f'"/pollwatch/{table}"' not in text


def test_new_since_yesterday_has_what_was_judged_since(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE stories SET status = 'confirmed' WHERE tab = 'new'")
    connection.close()
    path = "/pollwatch/new_since_yesterday.json?_shape=array"
    rows = json.loads(asked(db, path)[path][1])

    assert len(rows) > 3
    assert {row["verdict"] for row in rows} == {"confirmed"}
