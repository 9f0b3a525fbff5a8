"""How a run shows in Prefect: batches as tasks, failing feeds by name, artifacts, events."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.exceptions import PrefectException
from prefect.logging.loggers import LoggingAdapter
from prefect.runtime import flow_run
from prefect.states import Failed

from model import FeedPoll, FeedSpec

MOST_RED_TASKS = 100  # past this the feed-health artifact alone lists the rest
LOST = (httpx.HTTPError, PrefectException, OSError)  # what a Prefect API out of reach raises


class PrefectTasks:
    """Runs batches as Prefect tasks. A Prefect that goes away costs its own record, never ours."""

    def __init__(self, logger: logging.Logger | LoggingAdapter) -> None:
        self.logger = logger
        self.red = 0
        self.lost: str | None = None

    async def run_task(self, kind: str, name: str, work: Callable[[], Awaitable[None]]) -> None:
        began = False

        async def batch() -> None:
            nonlocal began
            began = True
            await work()

        if self.lost is None:
            try:
                await task(
                    name=f"{kind}-batch", task_run_name=safe_run_name(name), cache_policy=NO_CACHE
                )(batch)()
            except LOST as error:
                if began:
                    raise
                self.give_up(error)
            else:
                self.logger.info("%s: done", name)
                return
        await work()

    async def fail_feed(self, spec: FeedSpec, poll: FeedPoll) -> None:
        """A red task run with the feed's name, whose message says what went wrong."""
        self.red += 1
        if self.red > MOST_RED_TASKS or self.lost is not None:
            return

        def sick() -> State[Any]:
            return Failed(message=f"{poll.outcome}: {poll.sentence} ({spec.url})")

        run = task(name="feed", task_run_name=safe_run_name(spec.name), cache_policy=NO_CACHE)(sick)
        try:
            run(return_state=True)
        except LOST as error:
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        self.lost = f"{type(error).__name__}: {error}"
        self.logger.warning(
            "Prefect can no longer be reached; the run goes on without it (%s)", self.lost
        )

    async def show_table(
        self, key: str, rows: Sequence[dict[str, object]], description: str
    ) -> None:
        if self.lost is not None:
            return
        try:
            await acreate_table_artifact(list(rows), key=key, description=description)
        except LOST as error:
            self.give_up(error)

    async def name_run(self, name: str) -> None:
        """Name the flow run for what it brought; Prefect itself names runs only at their start."""
        if self.lost is not None or flow_run.id is None:
            return
        try:
            async with get_client() as client:
                await client.update_flow_run(UUID(str(flow_run.id)), name=name)
        except LOST as error:
            self.give_up(error)

    def tell(
        self, event: str, name: str, payload: dict[str, object], labels: Mapping[str, str]
    ) -> None:
        """An event of the resource `pollwatch.<name>`. Automations choose by labels, not by payload."""
        if self.lost is None:
            resource = {"prefect.resource.id": f"pollwatch.{name}"}
            resource |= {f"pollwatch.{key}": value for key, value in labels.items() if value}
            emit_event(event, resource, payload=payload)


def safe_run_name(name: str) -> str:
    """Prefect formats run names with `str.format`; braces in a feed's name must not count."""
    return name.replace("{", "(").replace("}", ")")[:120]
