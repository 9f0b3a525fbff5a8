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

AUTOMATION_NAME = "Pollwatch: a run without a heartbeat has crashed"
SILENCE = timedelta(seconds=90)  # three heartbeats of 30 seconds
# An event bears the state's name, so every name that our flows end with stands here.
END_STATES = (
    *("Completed", "CompletedWithErrors", "CompletedWithFaults", "Skipped", "Failed"),
    *("BadConfiguration", "BadInstallation", "TimedOut", "Cancelled", "Crashed"),
)


def zombie_automation() -> Automation:
    return Automation(
        name=AUTOMATION_NAME,
        description="Frees the deployment's concurrency slot after a worker was killed.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat", "prefect.flow-run.Running"},
            expect={
                "prefect.flow-run.heartbeat",
                *(f"prefect.flow-run.{name}" for name in END_STATES),
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
                # Never over a terminal state: where the scheduler started a run soon after a deploy,
                # Prefect holds the run's state events back for up to 15 minutes, and this trigger
                # fires for runs that ended well. Prefect then refuses the change.
                force=False,
                message="No heartbeat for 90 seconds: the process is gone. The next run goes on.",
            )
        ],
    )
