"""What the nightly copies of a database are called: shards of one folder have one folder of copies."""

from collections.abc import Iterable
from datetime import datetime
from glob import escape
from pathlib import Path

USUAL = "pollwatch"  # the name of a database that is no shard
_MOMENT = f"{'[0-9]' * 8}-{'[0-9]' * 6}"


def copy_path(folder: Path, db: Path, now: datetime) -> Path:
    return folder / f"{db.stem}-{now:%Y%m%d-%H%M%S}.db"


def reviews_path(folder: Path, db: Path) -> Path:
    return folder / ("reviews.jsonl" if db.stem == USUAL else f"reviews-{db.stem}.jsonl")


def copies_of(folder: Path, db: Path) -> Iterable[Path]:
    """Of this database alone, in no order."""
    return folder.glob(f"{escape(db.stem)}-{_MOMENT}.db")
