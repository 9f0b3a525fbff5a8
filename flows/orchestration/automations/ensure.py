"""Automations on the server: created once, brought up to date, never switched on against their owner."""

from typing import Any

from prefect.automations import Automation


async def ensure(automation: Automation) -> str:
    """Create the automation, or bring one of that name up to date; what was done, in a word."""
    try:
        installed = await Automation.aread(name=automation.name)
    except ValueError:
        await automation.acreate()
        return "created"
    if same(installed, automation):
        return "present"
    # Its owner's choice of switching it off stays.
    updated = automation.model_copy(update={"id": installed.id, "enabled": installed.enabled})
    await updated.aupdate()
    return "updated"


def same(installed: Automation, automation: Automation) -> bool:
    """Whether both trigger and act alike; the server adds ids and defaults of its own."""
    return comparable(installed) == comparable(automation)


def comparable(automation: Automation) -> dict[str, Any]:
    side = automation.model_dump(mode="json", include={"trigger", "actions", "description"})
    side["trigger"].pop("id", None)
    for listed in ("after", "expect", "for_each"):
        side["trigger"][listed] = sorted(side["trigger"][listed])
    return side
