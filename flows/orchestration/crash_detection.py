"""The automation that marks a run as Crashed when its process has died without a word.

A run whose worker was killed stays "Running" in Prefect and holds the deployment's only
concurrency slot, so that no later run would start. Source: Prefect's guide "Detect zombie flows".
"""

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

NAME = "Pollwatch: a run without a heartbeat has crashed"
SILENCE = timedelta(seconds=90)  # three heartbeats of 30 seconds
# An event bears the state's name, so every name that our flows end with stands here.
ENDS = ("Completed", "CompletedWithErrors", "Skipped", "Failed", "BadConfiguration", "Cancelled")


def zombie_automation() -> Automation:
    return Automation(
        name=NAME,
        description="Frees the deployment's concurrency slot after a worker was killed.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat", "prefect.flow-run.Running"},
            expect={
                "prefect.flow-run.heartbeat",
                "prefect.flow-run.Crashed",
                *(f"prefect.flow-run.{name}" for name in ENDS),
            },
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.pollwatch"}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                force=True,
                message="No heartbeat for 90 seconds: the process is gone. The next run goes on.",
            )
        ],
    )


async def ensure_automation() -> str:
    """Create the automation, or leave the one of that name as it is; "created" or "present"."""
    try:
        await Automation.aread(name=NAME)
    except ValueError:
        await zombie_automation().acreate()
        return "created"
    return "present"
