"""What was said without a database is read again, though a full disk or a kill cut a line short."""

from datetime import datetime, timedelta
from pathlib import Path

from alerts.spool import Spoken, Spool


def spoken(key: str) -> Spoken:
    return Spoken(key, "the disk is full", "desk", "2026-11-03T12:00:00.000Z", ok=True)


def test_what_follows_a_line_that_was_cut_short_is_kept(tmp_path: Path) -> None:
    database = tmp_path / "watch.db"
    Spool(database).add(spoken("first"))
    Spool(database).add(spoken("Kämmerer"))
    [path] = [file for file in tmp_path.iterdir() if "spool" in file.name]
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index("ä".encode()) + 1])  # in the middle of a letter, too

    Spool(database).add(spoken("third"))

    assert [entry.key for entry in Spool(database).entries()] == ["first", "third"]


def test_what_a_clock_that_was_ahead_has_told_silences_nothing_now(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "watch.db")
    spool.add(spoken("disk"))
    told_at = datetime.fromisoformat(spoken("disk").at)

    assert spool.is_silenced("disk", "desk", told_at)
    assert not spool.is_silenced("disk", "desk", told_at - timedelta(days=3))
