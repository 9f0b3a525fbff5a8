"""The `maintain` flow: keeps the database small, quick and backed up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from flows.pipeline.options import HOME
from storage.errors import DamagedDatabase
from storage.store import Store
from storage.upkeep.backup import backup, export_reviews
from storage.upkeep.damage import look_for_damage
from storage.upkeep.maintenance import maintain as forget


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
) -> State[Any]:
    """One round of housekeeping. Relative paths count from the project's folder.

    Args:
        db: The database.
        backups: The folder of backups.
        keep: How many backups stay.
        keep_bodies_days: Drop texts older than that which never had a hit; empty: keep all.
    """
    now = datetime.now(UTC)
    folder = HOME / backups
    folder.mkdir(parents=True, exist_ok=True)
    with Store.open(HOME / db, now=now) as store:
        damage = look_for_damage(store.db, now)
        if damage is not None:
            return Failed(
                name="DamagedDatabase", message=str(DamagedDatabase(str(store.path), damage))
            )
        done = forget(store.db, now, keep_bodies_days=keep_bodies_days)
        size = backup(store.db, folder / f"pollwatch-{now:%Y%m%d-%H%M%S}.db")
        reviews = export_reviews(store.db, folder / "reviews.jsonl")
    dropped = drop_older(folder, keep)
    message = (
        f"{done.fingerprints} fingerprints, {done.polls} polls and {done.bodies} texts forgotten; "
        f"backup of {size / 1e6:.1f} MB and {reviews} reviews written; {dropped} old backups removed"
    )
    get_run_logger().info(message)
    return Completed(message=message)


def drop_older(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups; how many went."""
    old = sorted(folder.glob("pollwatch-*.db"))[: -max(1, keep)]
    for path in old:
        path.unlink()
    return len(old)
