"""What the nightly copies of a database are called: shards of one folder have one folder of copies."""

from collections.abc import Iterable
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

USUAL_FOLDER = "backups"  # beside the database
USUAL = "pollwatch"  # the name of a database that is no shard
_MOMENT = f"{'[0-9]' * 8}-{'[0-9]' * 6}"


def copy_path(folder: Path, db: Path, now: datetime) -> Path:
    return folder / f"{db.stem}-{now:%Y%m%d-%H%M%S}.db"


def reviews_path(folder: Path, db: Path) -> Path:
    return folder / ("reviews.jsonl" if db.stem == USUAL else f"reviews-{db.stem}.jsonl")


def copies_of(folder: Path, db: Path) -> Iterable[Path]:
    """Of this database alone, in no order."""
    return folder.glob(f"{escape(db.stem)}-{_MOMENT}.db")


def made_at(copy: Path) -> datetime | None:
    """The moment in a copy's name; None where that is no moment."""
    try:
        return datetime.strptime(copy.stem[-15:], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def oldest_first(folder: Path, db: Path, now: datetime) -> list[Path]:
    """The copies of this database. Those of a clock that was ahead of `now` come first, since nothing
    says how old they are: the one that was made just now is never taken for an old one."""

    def age(copy: Path) -> tuple[bool, str]:
        at = made_at(copy)
        return at is not None and at <= now, copy.name

    return sorted(copies_of(folder, db), key=age)


def newest_copy(folder: Path, db: Path, now: datetime) -> datetime | None:
    """When the newest was made, by its name; None where there is none, or only such as lie ahead."""
    moments = (made_at(copy) for copy in copies_of(folder, db))
    return max((at for at in moments if at is not None and at <= now), default=None)
