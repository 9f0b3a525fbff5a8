"""Automations of `deploy --notify`: Prefect itself says that runs fail, come late, or no longer end well.

They speak where our own sender cannot: when the worker is dead, the schedule paused or the disk full.
Only a dead Prefect server silences them; `ping_url` and `status --max-age` are for that.
"""

from datetime import timedelta
from uuid import UUID

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound

RUN_FAILED = "Pollwatch: a run failed"
RUN_LATE = "Pollwatch: a run is late"
NONE_ENDED_WELL = "Pollwatch: no run ended well"
BAD_ENDS = ("Failed", "BadConfiguration", "BadInstallation", "TimedOut", "Crashed")
STARTS = ("Pending", "Running", "Cancelled", "Completed", "Skipped")
STARTS_WITHIN = timedelta(minutes=10)  # a worker with a full queue may take some
FINISHED, DEPLOYED = "pollwatch.run.finished", "pollwatch.deployed"
OF_RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
WATCH_TAG = ResourceSpecification(
    {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.pollwatch"}
)
GOOD_ENDS = ResourceSpecification(
    {
        "prefect.resource.id": "pollwatch.watch",
        "pollwatch.state": ["completed", "completed-with-errors", "deployed"],
    }
)


class NoBlock(Exception):  # noqa: N818 - named for what is missing
    """`str()` says which notification block is missing, and how to make one."""


async def notification_block(name: str) -> UUID:
    """The block `type/name`, such as slack-webhook/desk. Raises NoBlock."""
    kind, _, block = name.removeprefix("block:").partition("/")
    async with get_client() as client:
        try:
            block_document = await client.read_block_document_by_name(block, kind)
        except ObjectNotFound:
            raise NoBlock(
                f"there is no Prefect block {name}: make a notification block in the UI under Blocks, "
                "and name it as TYPE/NAME, such as slack-webhook/desk"
            ) from None
    schema = block_document.block_schema
    if schema is None or "notify" not in schema.capabilities:
        raise NoBlock(f"the Prefect block {name} is not a notification block")
    return block_document.id


def automations(block: UUID, silence: timedelta) -> tuple[Automation, ...]:
    return run_failed(block), run_late(block), none_ended_well(block, silence)


def run_failed(block: UUID) -> Automation:
    return Automation(
        name=RUN_FAILED,
        description="Tells of each run that failed or crashed.",
        trigger=EventTrigger(
            expect={f"prefect.flow-run.{state}" for state in BAD_ENDS},
            match=OF_RUNS,
            match_related=WATCH_TAG,
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            SendNotification(
                block_document_id=block,
                subject="Pollwatch: {{ flow.name }} {{ flow_run.state.name }}",
                body="{{ flow_run.name }}: {{ flow_run.state.message }}\n{{ flow_run|ui_url }}",
            )
        ],
    )


def run_late(block: UUID) -> Automation:
    minutes = int(STARTS_WITHIN / timedelta(minutes=1))
    return Automation(
        name=RUN_LATE,
        description="Tells of a run that was due and did not start: the worker is dead or busy.",
        trigger=EventTrigger(
            after={"prefect.flow-run.Late"},
            expect={f"prefect.flow-run.{state}" for state in (*STARTS, *BAD_ENDS)},
            match=OF_RUNS,
            match_related=WATCH_TAG,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=STARTS_WITHIN,
        ),
        actions=[
            SendNotification(
                block_document_id=block,
                subject="Pollwatch: a run is late",
                body=f"{{{{ flow_run.name }}}} was due and did not start within {minutes} minutes. "
                "Is a worker alive?\n{{ flow_run|ui_url }}",
            )
        ],
    )


def none_ended_well(block: UUID, silence: timedelta) -> Automation:
    """Told once for each silence; `arm` starts the watch before the first run has ended."""
    minutes = f"{silence / timedelta(minutes=1):g}"
    return Automation(
        name=NONE_ENDED_WELL,
        description=f"Tells when no watch run ended well for {minutes} minutes: a dead worker, a paused "
        "schedule and a run that hangs look alike.",
        trigger=EventTrigger(
            after={FINISHED, DEPLOYED},
            expect={FINISHED},
            match=GOOD_ENDS,
            posture=Posture.Proactive,
            threshold=1,
            within=silence,
        ),
        actions=[
            SendNotification(
                block_document_id=block,
                subject="Pollwatch: no run ended well",
                body=f"No watch run ended well for {minutes} minutes. Look at the worker, the schedule "
                "and the last run; docs/operations.md says what each alarm means.",
            )
        ],
    )


def arm() -> None:
    """From now on a run is expected, also when none ever ended."""
    emit_event(DEPLOYED, {"prefect.resource.id": "pollwatch.watch", "pollwatch.state": "deployed"})
