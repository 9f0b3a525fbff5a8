"""Whether last night's backup can be relied on: noted when done, when failed, and missed when neither."""

from datetime import timedelta
from pathlib import Path

import pytest

from flows.archive.upkeep import days_to_draw, done_since, drop_older, keep_up
from storage import runs
from storage.database.errors import StorageError
from storage.outbox.monitor_events import troubles
from storage.store import Store
from storage.upkeep.last_upkeep import last_upkeep, upkeep_trouble
from tests.databases import new_store
from tests.storage.making import NOON

NIGHT = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with new_store(tmp_path / "p.db", NOON) as store:
        runs.start(store.db, "watch", prefect_run_id=None, code_version=None, ruleset_sha256=None,
                   weights_sha256=None, now=NOON, alone=True)  # fmt: skip
    return tmp_path / "p.db"


def night(db: Path, now_in_nights: float, backups: Path | None = None) -> None:
    now = NOON + now_in_nights * NIGHT
    keep_up(db, backups or db.parent / "backups", Path("rules"), now, audit_size=0)


def dangers(db: Path, after: timedelta) -> list[str]:
    with Store.open_existing(db) as store:
        found = troubles(store.db.conn, db, NOON + after, every=QUARTER)
    return [trouble.why for trouble in found if trouble.key == "danger:upkeep"]


def test_an_installation_that_never_makes_a_backup_is_told_so_on_its_third_day(db: Path) -> None:
    assert dangers(db, 2 * NIGHT) == []
    assert dangers(db, 3 * NIGHT) == [
        "no backup was ever made, in 3 days of runs, and nothing old forgotten"
    ]


def test_upkeep_that_stopped_is_missed_after_two_nights(db: Path) -> None:
    night(db, 1)

    assert dangers(db, 3 * NIGHT) == []
    assert dangers(db, 5 * NIGHT) == ["the last nightly upkeep, with its backup, was 4 days ago"]


def test_upkeep_that_fails_says_why_until_one_is_done(db: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "backups"
    in_the_way.write_text("a file")
    night(db, 1, tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        night(db, 2)

    assert dangers(db, 2 * NIGHT) == [
        f"the nightly upkeep failed just now ([Errno 17] File exists: '{in_the_way}'); it was last done 24 h ago"
    ]

    in_the_way.unlink()
    night(db, 3)
    assert dangers(db, 3 * NIGHT) == []


def test_nights_that_were_missed_together_are_made_up_for_once(db: Path, tmp_path: Path) -> None:
    """A machine that was off for two nights has both planned runs before it, and those of today to come."""
    night(db, 3)
    woken = NOON + 3 * NIGHT + QUARTER

    assert done_since(db, NOON + 2 * NIGHT, woken) == NOON + 3 * NIGHT
    assert done_since(db, woken, woken) is None, "started by hand just now"
    assert done_since(db, NOON + 4 * NIGHT, NOON + 4 * NIGHT + QUARTER) is None, "the next night"
    assert done_since(tmp_path / "none.db", NOON, woken) is None


def test_a_copy_in_the_usual_folder_counts_before_anything_was_noted(db: Path) -> None:
    (db.parent / "backups").mkdir()
    (db.parent / "backups" / f"p-{NOON + NIGHT:%Y%m%d-%H%M%S}.db").write_bytes(
        b"of an older release"
    )

    assert dangers(db, 3 * NIGHT) == []
    assert dangers(db, 4 * NIGHT) != []


def test_upkeep_of_a_clock_that_was_ahead_counts_for_nothing(db: Path) -> None:
    night(db, 400)

    with Store.open_existing(db) as store:
        upkeep = last_upkeep(store.db.conn, db, NOON + 4 * NIGHT)
        assert upkeep_trouble(upkeep, NOON, NOON + 4 * NIGHT) is not None


def test_copies_of_a_clock_that_was_ahead_never_push_out_the_one_just_made(tmp_path: Path) -> None:
    ahead = [tmp_path / f"p-2031010{day}-033000.db" for day in range(1, 8)]
    today = tmp_path / f"p-{NOON:%Y%m%d-%H%M%S}.db"
    for path in (*ahead, today):
        path.write_bytes(b"copy")

    assert drop_older(tmp_path, tmp_path / "p.db", 7, NOON) == 1
    assert today.exists()
    assert not ahead[0].exists()


def test_a_database_that_cannot_be_opened_fails_as_before(tmp_path: Path) -> None:
    (tmp_path / "p.db").write_bytes(b"something else" * 100)

    with pytest.raises(StorageError):
        night(tmp_path / "p.db", 1)


@pytest.mark.parametrize(
    ("last_drawn", "days"),
    [
        (None, ["2026-11-02"]),
        ("2026-11-01", ["2026-11-02"]),
        ("2026-11-02", ["2026-11-02"]),  # asked again, nothing is drawn twice
        ("2026-10-30", ["2026-10-31", "2026-11-01", "2026-11-02"]),
        ("2026-01-01", [f"2026-10-{day}" for day in range(27, 32)] + ["2026-11-01", "2026-11-02"]),
        ("2027-01-01", ["2026-11-02"]),  # by a clock that was ahead
    ],
)
def test_days_whose_night_was_missed_are_audited_late(
    db: Path, last_drawn: str | None, days: list[str]
) -> None:
    if last_drawn is not None:
        with Store.open(db, now=NOON) as store:
            store.db.execute(
                "INSERT INTO audit_strata (day, stratum, size, drawn, chance, ruleset_sha256) VALUES (?, 'x', 9, 1, 0.1, '')",
                [last_drawn],
            )

    assert days_to_draw(db, NOON) == days
