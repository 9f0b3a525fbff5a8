"""The `rematch` flow: today's rules over the stored archive."""

from datetime import UTC, date, datetime
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from config.home import HOME
from flows.archive.rematch import rematch_archive
from flows.pipeline.inputs.options import faults_of
from matchers.rules.load import load_rules


@flow(
    name="rematch",
    flow_run_name=lambda: f"rematch {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    description="Match the stored archive against the rules of today. Touches no verdict.",
    persist_result=False,
    timeout_seconds=6 * 3600,
)
def rematch(
    rules: str = "rules", db: str = "data/pollwatch.db", since_day: date | None = None
) -> State[Any]:
    """Today's rules over the stored archive. Can be killed and started again.

    Args:
        rules: The rules, a folder or a file; a relative path counts from POLLWATCH_HOME, or else the project's folder.
        db: The database.
        since_day: Leave out articles that were first seen before that day.
    """
    logger = get_run_logger()
    try:
        ruleset = load_rules(HOME / rules)
    except ExceptionGroup as group:
        faults = faults_of(group)
        for fault in faults:
            logger.error("%s", fault)
        return Failed(name="BadConfiguration", message=str(faults[0]).splitlines()[0])
    run_id = str(flow_run.id) if flow_run.id else None
    totals = rematch_archive(
        HOME / db,
        ruleset,
        since_day=since_day.isoformat() if since_day else None,
        prefect_run_id=run_id,
    )
    return Completed(message=totals.message)
