"""Files that are no database of ours: each command says so in a line, and leaves them as they are."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from storage.feeds import sync_feeds
from tests.databases import new_store
from tests.storage.making import feed

RULE = """\
id: outage
title: Outage
severity: high
category: test
query: outage
examples: {match: [An outage.], ignore: [Nothing.]}
"""
LOOKING = [
    ["status"],
    ["coverage"],
    ["backup", "copy.db"],
    ["backup", "--reviews", "reviews.jsonl"],
    ["review", "--no-open"],
    ["rematch", "--dry-run", "--rules", "../outage.yaml"],
    ["rematch", "--rules", "../outage.yaml"],
    ["feeds", "health"],
    ["feeds", "moved"],
    ["rules", "stats"],
    ["rules", "try", "outage", "--rules", "../outage.yaml"],
    ["rules", "why", "outage", "--rules", "../outage.yaml", "--article", "1"],
    ["rules", "why-not", "outage", "--rules", "../outage.yaml", "--article", "1"],
]


def empty(path: Path) -> None:
    path.touch()


def of_others(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE recipes (title TEXT)")
        conn.commit()


def without_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")


def text(path: Path) -> None:
    path.write_text("SQLite is a library, and this is a text on it. " * 50, encoding="utf-8")


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


WRONG: list[tuple[Callable[[Path], None], str]] = [
    (empty, "it is empty"),
    (of_others, "it is a SQLite file that Pollwatch did not make"),
    (without_tables, "it is empty"),
    (text, "its content is something else"),
    (folder, "it is a directory"),
    (pipe, "it is not a regular file"),
]


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with a rule beside it."""
    (tmp_path / "outage.yaml").write_text(RULE, encoding="utf-8")
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
@pytest.mark.parametrize(("make", "why"), WRONG, ids=lambda value: getattr(value, "__name__", ""))
def test_a_file_that_is_no_database_of_ours_is_refused_and_left_alone(
    here: Path, make: Callable[[Path], None], why: str, command: list[str]
) -> None:
    path = here / "wrong.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""

    done = invoke(*command, "--db", path)

    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert done.output.count("\n") == 1
    assert f"wrong.db is not a Pollwatch database: {why}; ./pollwatch run makes one" in done.output
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert [each.name for each in here.iterdir()] == ["wrong.db"]


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_without_a_file_they_say_what_makes_one(here: Path, command: list[str]) -> None:
    done = invoke(*command, "--db", here / "none.db")

    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert "pollwatch run" in done.output
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_a_damaged_database_is_told_without_a_traceback(here: Path, command: list[str]) -> None:
    path, now = here / "torn.db", datetime.now(UTC)
    with new_store(path, now) as store:
        sync_feeds(store.db, [feed()], now)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:8192] + b"\xa5" * (size - 8192))

    done = invoke(*command, "--db", path)

    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert "is damaged" in done.output


def test_damage_that_sqlite_itself_cannot_quote_is_told(here: Path) -> None:
    path = here / "torn.db"
    with new_store(path, datetime.now(UTC)):
        pass
    whole = path.read_bytes()
    named = whole.replace(
        b"tablefeedsfeeds", b"table\xff\xff\xff\xff\xfffeeds"
    )  # what SQLite quotes
    path.write_bytes(named.replace(b"CREATE TABLE", b"\xff" * 12))

    for command in ("status", "backup"):
        done = invoke(command, *(["copy.db"] if command == "backup" else []), "--db", path)

        assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
        assert "torn.db is damaged" in done.output


def test_a_backup_of_a_damaged_database_names_the_database(here: Path) -> None:
    path = here / "torn.db"
    with new_store(path, datetime.now(UTC)) as store:
        [page] = store.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'feeds'").fetchone()  # fmt: skip
    bytes_ = bytearray(path.read_bytes())
    bytes_[(page - 1) * 8192 : page * 8192] = bytes(8192)
    path.write_bytes(bytes_)

    done = invoke("backup", "copy.db", "--db", path)

    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert "torn.db is damaged" in done.output
    assert [each.name for each in here.glob("copy*")] == []


def test_a_run_leaves_the_file_of_another_program_as_it_is(here: Path) -> None:
    feeds, path = here / "feeds.yaml", here / "taken.db"
    feeds.write_text(
        "feeds:\n- {id: a, name: A, url: 'http://127.0.0.1:9/', enabled: false, reason: none}\n"
    )
    run = ("run", "--rules", "../outage.yaml", "--feeds", feeds, "--db", path)
    of_others(path)
    before = path.read_bytes()

    refused = invoke(*run)

    assert (refused.exit_code, path.read_bytes()) == (2, before), refused.output
    assert "Pollwatch did not make" in refused.output


@pytest.mark.parametrize(
    "command", [["backup", "DEVICE"], ["backup", "--reviews", "DEVICE"]], ids=" ".join
)
def test_what_is_no_file_is_never_replaced_by_a_copy(here: Path, command: list[str]) -> None:
    path, device = here / "watch.db", here / "device"
    new_store(path, now=datetime.now(UTC)).close()
    os.mkfifo(device)

    done = invoke(*(device if word == "DEVICE" else word for word in command), "--db", path)

    assert done.exit_code == 2, done.output
    assert f"cannot write {device}: it is not a regular file" in done.output
    assert device.is_fifo()


def test_an_export_or_a_report_into_a_pipe_without_a_reader_is_refused(here: Path) -> None:
    path, device = here / "watch.db", here / "device"
    new_store(path, now=datetime.now(UTC)).close()
    os.mkfifo(device)

    for command in (["export", "jsonl"], ["report"], ["metrics"]):
        done = invoke(*command, "--db", path, "--out", device)

        assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
        assert f"{device}: No such device or address" in done.output
        assert device.is_fifo()


@pytest.mark.parametrize(
    "command",
    [["export", "csv", "--out"], ["report", "--out"], ["metrics", "--out"], ["backup"]],
    ids=" ".join,
)
def test_another_database_is_written_over_by_nothing(here: Path, command: list[str]) -> None:
    path, other = here / "watch.db", here / "other.db"
    new_store(path, now=datetime.now(UTC)).close()
    of_others(other)
    before = other.read_bytes()

    done = invoke(*command, other, "--db", path)

    assert (done.exit_code, other.read_bytes()) == (2, before), done.output
    assert f"cannot write {other}: it is" in done.output
    assert "name another file" in done.output
