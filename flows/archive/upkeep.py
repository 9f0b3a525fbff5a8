"""One night's upkeep: what is too old forgotten, a checked backup, and the audit of the day before."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from flows.archive.audit import SAMPLE_SIZE, draw_day
from matchers.rules.load import load_rules
from storage.audit import last_drawn_before
from storage.database.errors import DamagedDatabase, StorageError
from storage.store import Store
from storage.upkeep.backup import backup, export_reviews, forget_unfinished
from storage.upkeep.copies import copy_path, oldest_first, reviews_path
from storage.upkeep.damage import look_for_damage
from storage.upkeep.last_upkeep import last_upkeep, note_done, note_failed
from storage.upkeep.maintenance import maintain_database as forget

AUDITED_LATE = 7  # days, for which the sample is still drawn


def keep_up(
    db: Path,
    backups: Path,
    rules: Path,
    now: datetime,
    *,
    keep: int = 7,
    keep_bodies_days: int | None = None,
    audit_size: int = SAMPLE_SIZE,
) -> str:
    """What was done, in one line.

    Raises DamagedDatabase before anything is changed, and what opening the database or writing the
    backup raises. How it went is noted in the database, for `status`, `doctor` and alerts.
    """
    with Store.open(db, now=now) as store:
        try:
            backup_sentence = checked_and_kept(store, backups, now, keep_bodies_days)
        except (StorageError, OSError) as failure:
            note_failed(store.db, db, str(failure), now)
            raise
        removed = drop_older(backups, db, keep, now)
        note_done(store.db, now)
    drawn = audit_of_yesterday(db, rules, audit_size, now)
    return f"{backup_sentence}; {removed} old backups removed; {drawn}"


def done_since(db: Path, planned: datetime, now: datetime) -> datetime | None:
    """When upkeep was done, where that is after this one was planned: a machine that was off makes up for
    each night that it missed, and backups of one hour would take the place of those of a week. None, too,
    where the database cannot be read as it is: the upkeep itself brings it up to date, or says why not."""
    try:
        with Store.open_existing(db) as store:
            done_at = last_upkeep(store.db.conn, db, now).done_at
    except StorageError:
        return None
    return done_at if done_at is not None and done_at >= planned else None


def checked_and_kept(
    store: Store, backups: Path, now: datetime, keep_bodies_days: int | None
) -> str:
    backups.mkdir(parents=True, exist_ok=True)
    damage = look_for_damage(store.db, now)
    if damage is not None:
        raise DamagedDatabase(str(store.path), damage)
    return forgotten_and_kept(store, backups, now, keep_bodies_days)


def forgotten_and_kept(
    store: Store, folder: Path, now: datetime, keep_bodies_days: int | None
) -> str:
    """Forget what is old, write the backup and the reviews, and say how much of each."""
    for place in (folder, store.path.parent):
        forget_unfinished(place, now)
    forgotten = forget(store.db, now, keep_bodies_days=keep_bodies_days)
    size = backup(store.db, copy_path(folder, store.path, now))
    reviews = export_reviews(store.db, reviews_path(folder, store.path))
    return (
        f"{forgotten.fingerprints} fingerprints, {forgotten.polls} polls and {forgotten.bodies} texts forgotten; "
        f"backup of {size / 1e6:.1f} MB and {reviews} reviews written"
    )


def audit_of_yesterday(db: Path, rules: Path, size: int, now: datetime) -> str:
    """Draw the audit, and say so; what a night without upkeep or a faulty rule file put off, too."""
    if size <= 0:
        return "no audit drawn"
    try:
        ruleset = load_rules(rules)
    except ExceptionGroup:
        return "no audit drawn: the rules have a fault"
    rng = random.SystemRandom()
    sentences = [
        f"{draw_day(db, ruleset, day, now=now, size=size, rng=rng).articles} articles drawn for the audit of {day}"
        for day in days_to_draw(db, now)
    ]
    return "; ".join(sentences)


def days_to_draw(db: Path, now: datetime) -> list[str]:
    """Yesterday, after the days since the last that was drawn, of a week at most."""
    days = [f"{now - timedelta(days=back):%Y-%m-%d}" for back in range(AUDITED_LATE, 0, -1)]
    with Store.open_existing(db) as store:
        last = last_drawn_before(store.db.conn, days[-1])
    return [day for day in days if last is not None and day > last] or days[-1:]


def drop_older(folder: Path, db: Path, keep: int, now: datetime) -> int:
    """Remove all but the newest `keep` backups of the database; how many went."""
    old = oldest_first(folder, db, now)[: -max(1, keep)]
    for path in old:
        path.unlink()
    return len(old)
