"""The `digest` flow: the situation report at seven and at shift change, through the alert channels."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from alerts.report.digest import store_digest
from alerts.sender import Sender
from config.home import HOME, in_force
from flows.orchestration.feed_secrets import alert_secret
from storage.database.errors import AnotherRun


@flow(
    name="digest",
    description="Put the situation report into the outbox and send it.",
    persist_result=False,
)
def digest(
    db: str = "data/pollwatch.db",
    alerts: str = "alerts.yaml",
    hours: float = 12,
    view: str | None = None,
) -> State[Any]:
    """`view`: only what this shared view of the queue shows. Routes with `kinds: digest` take it."""
    now = datetime.now(UTC)
    try:
        new = store_digest(
            HOME / db,
            in_force(HOME, alerts),
            since=timedelta(hours=hours),
            view=view,
            now=now,
        )
    except ValueError as error:
        return Failed(name="BadConfiguration", message=str(error))
    try:
        last_round = Sender(HOME / db, in_force(HOME, alerts), resolve=alert_secret).round()
    except AnotherRun:
        return Completed(message="stored; the sender that is at work sends it")
    if not new:
        return Completed(message="there is one for this hour already")
    return Completed(message=f"stored; {last_round.sent} messages sent, {last_round.failed} failed")
