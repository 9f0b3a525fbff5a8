"""`watch` and the nightly `maintain` on a schedule in this process: Prefect's runner, without a work pool."""

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

from prefect import serve
from prefect.context import refresh_global_settings_context
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from storage.database.errors import StorageError
from storage.queries.monitor.liveness import liveness
from storage.store import Store
from storage.upkeep.last_upkeep import last_upkeep

NIGHTLY_AT = time(3, 30)
# In UTC. No cron: Prefect 3.9.1 cannot plan one on Python 3.11 and 3.12 (docs/troubleshooting.md).
EACH_NIGHT = f"FREQ=DAILY;BYHOUR={NIGHTLY_AT.hour};BYMINUTE={NIGHTLY_AT.minute};BYSECOND=0"


def use_api(url: str) -> None:
    """Point this process, and the run processes that it starts, at one Prefect API."""
    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()


def serve_flows(parameters: dict[str, Any], db: Path, *, seconds: float) -> None:
    """Serve until the process is told to stop: a first run at once, one run at a time.

    What `parameters` give a run is one of all shards; `db` is the database of this one.
    """
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")
    shard = parameters.get("shard")
    ending = "" if shard is None else f"-{str(shard).replace('/', '-of-')}"
    runs = watch_deployment(f"served{ending}", parameters, seconds)
    nightly = nightly_deployment(f"served-nightly{ending}", db, str(parameters["rules"]))
    for deployment in (runs, nightly):
        deployment.apply()
    run_deployment(f"watch/{runs.name}", timeout=0, as_subflow=False)
    if night_was_missed(db, datetime.now(UTC)):
        run_deployment(f"maintain/{nightly.name}", timeout=0, as_subflow=False)
    serve(runs, nightly, limit=1, pause_on_shutdown=False)


def night_was_missed(db: Path, now: datetime) -> bool:
    """Whether nothing did the upkeep of the last night, as the machine was off: Prefect plans only what is
    to come. False while the database cannot be read, which the first run will say."""
    if not db.exists():
        return False
    try:
        with Store.open_existing(db) as store:
            since = last_upkeep(store.db.conn, db, now).tried_at or liveness(store.db.conn).first_at
    except StorageError:
        return False
    night = datetime.combine(now.date(), NIGHTLY_AT, UTC)
    due = night if night <= now else night - timedelta(days=1)
    return since is not None and since < due


def watch_deployment(name: str, parameters: dict[str, Any], seconds: float) -> RunnerDeployment:
    from flows.watch import watch

    deployment = watch.to_deployment(
        name=name,
        interval=seconds,
        parameters=parameters,
        tags=["pollwatch", "watch"],
        description="The watch, served by one process (`pollwatch serve`).",
        entrypoint_type=EntrypointType.MODULE_PATH,  # the path form would shadow our packages
    )
    return cast(RunnerDeployment, deployment)


def nightly_deployment(name: str, db: Path, rules: str) -> RunnerDeployment:
    """What the deployment `nightly` of prefect.yaml does, at its time."""
    from flows.maintain import maintain

    deployment = maintain.to_deployment(
        name=name,
        rrule=EACH_NIGHT,
        parameters={"db": str(db), "backups": str(db.parent / "backups"), "rules": rules},
        tags=["pollwatch", "maintain"],
        description="Forgets, optimises, backs up and draws the audit, served by `pollwatch serve`.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast(RunnerDeployment, deployment)
