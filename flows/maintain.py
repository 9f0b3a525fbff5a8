"""The `maintain` flow: keeps the database small, quick and backed up."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from config.home import HOME
from flows.archive.upkeep import done_since, keep_up
from storage.database.errors import DamagedDatabase


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
    """One round of housekeeping, unless there was one since it was planned. Relative paths count from POLLWATCH_HOME, or else the project's folder.

    Args:
        db: The database.
        backups: The folder of backups.
        keep: How many backups stay.
        keep_bodies_days: Drop texts older than that which never had a hit; empty: keep all.
        rules: The rules, a folder or a file.
        audit_size: Articles that were not shown to draw for yesterday's blind audit; 0: none.
    """
    now = datetime.now(UTC)
    try:
        planned = flow_run.scheduled_start_time or now
        if (done_at := done_since(HOME / db, planned, now)) is not None:
            return Completed(message=f"done already, at {done_at:%Y-%m-%d %H:%M} UTC")
        message = keep_up(
            HOME / db,
            HOME / backups,
            HOME / rules,
            now,
            keep=keep,
            keep_bodies_days=keep_bodies_days,
            audit_size=audit_size,
        )
    except DamagedDatabase as damaged:
        return Failed(name="DamagedDatabase", message=str(damaged))
    get_run_logger().info(message)
    return Completed(message=message)
