"""The `maintain` flow: keeps the database small, quick and backed up."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from flows.archive.audit import draw_day
from flows.pipeline.inputs.options import PROJECT
from matchers.rules.load import load_rules
from storage.errors import DamagedDatabase
from storage.store import Store
from storage.upkeep.backup import backup, export_reviews, forget_unfinished
from storage.upkeep.damage import look_for_damage
from storage.upkeep.maintenance import maintain_database as forget


@flow(
    name="maintain",
    flow_run_name=lambda: f"maintain {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    description="Forget old fingerprints and polls, optimise, write a checked backup.",
    persist_result=False,
    timeout_seconds=3600,
)
def maintain(
    db: str = "data/pollwatch.db",
    backups: str = "data/backups",
    keep: Annotated[int, Field(ge=1, le=1000)] = 7,
    keep_bodies_days: Annotated[int, Field(ge=1, le=36500)] | None = None,
    rules: str = "rules",
    audit_size: Annotated[int, Field(ge=0, le=500)] = 15,
) -> State[Any]:
    """One round of housekeeping. Relative paths count from the project's folder.

    Args:
        db: The database.
        backups: The folder of backups.
        keep: How many backups stay.
        keep_bodies_days: Drop texts older than that which never had a hit; empty: keep all.
        rules: The rules, a folder or a file.
        audit_size: Articles that were not shown to draw for yesterday's blind audit; 0: none.
    """
    now = datetime.now(UTC)
    folder = PROJECT / backups
    folder.mkdir(parents=True, exist_ok=True)
    with Store.open(PROJECT / db, now=now) as store:
        damage = look_for_damage(store.db, now)
        if damage is not None:
            return Failed(
                name="DamagedDatabase", message=str(DamagedDatabase(str(store.path), damage))
            )
        kept = forgotten_and_kept(store, folder, now, keep_bodies_days)
    drawn = audit_of_yesterday(PROJECT / db, PROJECT / rules, audit_size, now)
    message = f"{kept}; {drop_older(folder, keep)} old backups removed; {drawn}"
    get_run_logger().info(message)
    return Completed(message=message)


def forgotten_and_kept(
    store: Store, folder: Path, now: datetime, keep_bodies_days: int | None
) -> str:
    """Forget what is old, write the backup and the reviews, and say how much of each."""
    for place in (folder, store.path.parent):
        forget_unfinished(place, now)
    done = forget(store.db, now, keep_bodies_days=keep_bodies_days)
    size = backup(store.db, folder / f"pollwatch-{now:%Y%m%d-%H%M%S}.db")
    reviews = export_reviews(store.db, folder / "reviews.jsonl")
    return (
        f"{done.fingerprints} fingerprints, {done.polls} polls and {done.bodies} texts forgotten; "
        f"backup of {size / 1e6:.1f} MB and {reviews} reviews written"
    )


def audit_of_yesterday(db: Path, rules: Path, size: int, now: datetime) -> str:
    """Draw the audit, and say so; a faulty rule file puts it off to the next night."""
    if size <= 0:
        return "no audit drawn"
    day = f"{now - timedelta(days=1):%Y-%m-%d}"
    try:
        done = draw_day(db, load_rules(rules), day, now=now, size=size, rng=random.SystemRandom())
    except ExceptionGroup:
        return "no audit drawn: the rules have a fault"
    return f"{done.articles} articles drawn for the audit of {day}"


def drop_older(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups; how many went."""
    old = sorted(folder.glob("pollwatch-*.db"))[: -max(1, keep)]
    for path in old:
        path.unlink()
    return len(old)
