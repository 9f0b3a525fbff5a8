"""Each line of the doctor is true, says what to do, and counts in the exit code."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from commands.doctor.setup import check_clock, database
from demo.newsroom import Newsroom
from storage.store import Store
from tests.databases import new_store
from tests.flows.conftest import RULES
from tests.storage.release import release_0_1

pytestmark = pytest.mark.slow  # starts workers for each look

FEEDS = """settings:
  contact: https://desk.example/monitor
feeds:
  - {id: a, name: A, url: "http://localhost:1/feed"}
"""


def doctor(folder: Path, *arguments: object) -> tuple[Result, dict[str, dict[str, str]]]:
    files = ["--feeds", folder / "feeds.yaml", "--rules", RULES, "--db", folder / "watch.db"]
    done = CliRunner().invoke(main, ["doctor", "--json", *map(str, [*files, *arguments])])
    return done, {check["name"]: check for check in json.loads(done.output)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
    return tmp_path


def test_what_is_well_says_so_and_what_is_not_names_its_remedy(folder: Path) -> None:
    done, checks = doctor(folder)

    for name in ("Python", "workers", "certificates", "name service", "feeds", "rules", "contact"):
        assert checks[name]["level"] == "ok", checks[name]
    assert all(check["remedy"] for check in checks.values() if check["level"] != "ok")
    worst = {check["level"] for check in checks.values()}
    assert done.exit_code == (2 if "failure" in worst else 1 if "warning" in worst else 0)
    assert not (folder / "watch.db").exists()


def test_an_old_sqlite_is_warned_of(folder: Path) -> None:
    _, checks = doctor(folder)
    old = sqlite3.sqlite_version_info < (3, 51, 3)
    assert checks["SQLite"]["level"] == ("warning" if old else "ok")


def test_faults_of_feeds_and_a_missing_contact_are_named(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("feeds:\n  - {id: a, name: A}\n", "utf-8")
    done, checks = doctor(folder)
    assert done.exit_code == 2
    assert "feeds.yaml:2" in checks["feeds"]["message"]

    with Newsroom(ports=(0,) * 7) as newsroom:
        newsroom.write_feeds(folder / "feeds.yaml")
        text = (folder / "feeds.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if "contact:" not in line]
    (folder / "feeds.yaml").write_text("\n".join(lines), "utf-8")
    _, checks = doctor(folder)
    assert checks["contact"]["level"] == "warning"
    assert "settings" in checks["contact"]["remedy"]


def test_an_api_that_does_not_answer_is_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    _, checks = doctor(folder)
    assert checks["Prefect"]["level"] == "warning"
    assert "does not answer" in checks["Prefect"]["message"]


def test_a_file_that_is_no_database_is_a_failure(folder: Path) -> None:
    (folder / "watch.db").write_text("no database " * 100, "utf-8")
    done, checks = doctor(folder)
    assert (done.exit_code, checks["database"]["level"]) == (2, "failure")


def test_a_locked_or_newer_database_is_not_to_be_restored(folder: Path) -> None:
    new_store(folder / "watch.db", datetime.now(UTC)).close()
    with closing(sqlite3.connect(folder / "watch.db")) as newer:
        newer.execute("PRAGMA user_version = 4000")
    (check,) = database(folder / "watch.db")

    assert "schema version 4000" in check.message
    assert "git pull" in check.remedy
    assert "restore" not in check.remedy


def test_a_database_of_an_older_release_is_no_failure(tmp_path: Path) -> None:
    """After an upgrade doctor is run first of all: nothing has to be restored."""
    (database_line,) = database(release_0_1(tmp_path / "watch.db"))

    assert (database_line.level, database_line.remedy) == ("ok", "")
    assert "of an older release" in database_line.message


def test_a_trigger_that_somebody_planted_is_a_failure_by_name(tmp_path: Path) -> None:
    path = tmp_path / "handed-over.db"
    with new_store(path, datetime(2026, 11, 26, tzinfo=UTC)) as store:
        store.db.execute("DROP VIEW stories_view")
        store.db.execute("CREATE VIEW stories_view AS SELECT 1 AS id")
        store.db.execute(
            "CREATE TRIGGER quietly AFTER INSERT ON story_reviews BEGIN UPDATE stories SET title = ''; END"
        )

    (database_line, *_) = database(path)

    assert database_line.level == "failure"
    assert "trigger quietly, view stories_view" in database_line.message


def test_a_trigger_in_a_database_of_an_older_release_is_told_before_the_update_sets_it_off(
    tmp_path: Path,
) -> None:
    path = release_0_1(tmp_path / "watch.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER quietly AFTER INSERT ON runs BEGIN SELECT 1; END")

    (database_line,) = database(path)

    assert (database_line.level, "trigger quietly" in database_line.message) == ("failure", True)


def test_the_name_of_a_planted_trigger_writes_nothing_of_its_own_into_the_terminal(
    tmp_path: Path,
) -> None:
    path = tmp_path / "handed-over.db"
    with new_store(path, datetime(2026, 11, 26, tzinfo=UTC)) as store:
        for number in range(7):
            store.db.execute(f'CREATE TRIGGER "{number}\x1b]0;own\x07\nok       database fine{"x" * 900}" AFTER INSERT ON story_reviews BEGIN SELECT 1; END')  # fmt: skip

    (database_line, *_) = database(path)

    assert database_line.message.isprintable()
    assert database_line.message.endswith("… and 2 more")
    assert len(database_line.message) < 600


def test_a_clock_behind_what_is_stored_is_told() -> None:
    now = datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert check_clock(now + timedelta(hours=2), now).level == "warning"
    assert check_clock(now + timedelta(minutes=1), now).level == "ok"
    assert check_clock(None, now).level == "ok"


def test_status_shows_the_warnings_that_matter(folder: Path) -> None:
    Store.open(folder / "watch.db", now=datetime.now(UTC)).close()
    shown = CliRunner().invoke(main, ["status", "--db", str(folder / "watch.db")])
    output = "Warning    SQLite: " in shown.output
    assert output == (sqlite3.sqlite_version_info < (3, 51, 3))
