"""What `pollwatch deploy` sets of each deployment, and what it leaves as an operator changed it.

A field is set only while it holds what the last `deploy` set, which is recorded in a Prefect
variable; where there is no record, what the prefect.yaml of release 0.1.0 set counts as such.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.exceptions import ObjectNotFound
from prefect.variables import Variable

DEPLOYED_VARIABLE = "pollwatch_deployed"
Fields = dict[str, Any]  # "parameters.db", "schedule.nightly.when", "paused", …: value
COMMON = {"paused": False, "limit": 1}
RELEASE_0_1_0: dict[str, Fields] = {
    "watch/every-15-minutes": {
        **COMMON,
        "schedule.quarter-hourly.when": {"interval": 900},
        "schedule.quarter-hourly.active": True,
        "parameters.feeds": "feeds.yaml",
        "parameters.rules": "rules",
        "parameters.db": "data/pollwatch.db",
        "parameters.due_only": True,
        "parameters.max_minutes": 13,
    },
    "maintain/nightly": {
        **COMMON,
        "schedule.nightly.when": {"cron": "30 3 * * *", "timezone": "UTC"},
        "schedule.nightly.active": True,
        "parameters.db": "data/pollwatch.db",
        "parameters.backups": "data/backups",
        "parameters.keep": 7,
    },
    "rematch/archive": {
        **COMMON,
        "parameters.rules": "rules",
        "parameters.db": "data/pollwatch.db",
    },
}


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field that an operator changed, so that it stays."""

    deployment: str
    field: str
    value: Any
    ours: Any

    def __str__(self) -> str:
        here = "removed" if self.value is None else f"{self.value!r}"
        return f"{self.deployment}: {self.field} stays {here} (prefect.yaml: {self.ours!r})"


@dataclass(frozen=True, slots=True)
class Merged:
    """prefect.yaml as it is to be deployed, what of it is an operator's, and the next record."""

    document: dict[str, Any]
    kept_fields: tuple[KeptField, ...]
    record: dict[str, Fields]


async def merged_with_server(document: Mapping[str, Any], *, reset: bool) -> Merged:
    """`document` (prefect.yaml, read) beside what the server holds. `reset` keeps nothing."""
    last = cast(Any, await Variable.aget(DEPLOYED_VARIABLE, default=None))
    record: dict[str, Fields] = dict(last) if isinstance(last, dict) else {}
    copied = deepcopy(dict(document))
    kept_fields: list[KeptField] = []
    for entry in copied["deployments"]:
        name = f"{entry['entrypoint'].rpartition('.')[2]}/{entry['name']}"
        ours, theirs = fields_of_entry(entry), await fields_on_server(name)
        before = record.get(name) or RELEASE_0_1_0.get(name, {})
        chosen, record[name] = ours, ours
        if theirs is not None and not reset:
            stay = stays(theirs, before, ours)
            chosen = {key: value for key, value in {**ours, **stay}.items() if value is not None}
            record[name] = ours | {key: before.get(key) for key in stay}
            kept_fields += [
                KeptField(name, key, value, ours.get(key)) for key, value in stay.items()
            ]
        write_fields(entry, chosen)
    return Merged(copied, tuple(kept_fields), record)


async def remember_settings(record: dict[str, Fields]) -> None:
    await Variable.aset(DEPLOYED_VARIABLE, cast(Any, record), overwrite=True)


def stays(theirs: Fields, before: Fields, ours: Fields) -> Fields:
    """What the server holds that neither the last deploy set nor this one would; None: removed."""
    keys = theirs.keys() | (before.keys() & ours.keys())
    changed = {key: theirs.get(key) for key in sorted(keys) if theirs.get(key) != before.get(key)}
    return {key: value for key, value in changed.items() if value != ours.get(key)}


def fields_of_entry(entry: Mapping[str, Any]) -> Fields:
    fields: Fields = {
        "paused": bool(entry.get("paused", False)),
        "limit": (entry.get("concurrency_limit") or {}).get("limit"),
    }
    for key, value in (entry.get("parameters") or {}).items():
        fields[f"parameters.{key}"] = value
    for schedule in entry.get("schedules") or ():
        when = {key: schedule[key] for key in ("interval", "cron", "rrule", "timezone") if key in schedule}  # fmt: skip
        fields[f"schedule.{schedule['slug']}.when"] = when
        fields[f"schedule.{schedule['slug']}.active"] = schedule.get("active", True)
    return fields


def write_fields(entry: dict[str, Any], fields: Fields) -> None:
    """The inverse of `fields_of_entry`, into the entry itself."""
    entry["paused"] = fields["paused"]
    entry["parameters"] = {
        key.removeprefix("parameters."): value
        for key, value in fields.items()
        if key.startswith("parameters.")
    }
    slugs = {key.split(".")[1]: None for key in fields if key.startswith("schedule.")}
    entry["schedules"] = [
        {
            "slug": slug,
            **fields[f"schedule.{slug}.when"],
            "active": fields.get(f"schedule.{slug}.active", True),
        }
        for slug in slugs
        if f"schedule.{slug}.when" in fields
    ]
    if "limit" in fields:
        entry["concurrency_limit"] = {**entry["concurrency_limit"], "limit": fields["limit"]}
    else:
        entry.pop("concurrency_limit", None)


async def fields_on_server(name: str) -> Fields | None:
    async with get_client() as client:
        try:
            return fields_of_deployment(await client.read_deployment_by_name(name))
        except ObjectNotFound:
            return None


def fields_of_deployment(deployment: DeploymentResponse) -> Fields:
    limit = deployment.global_concurrency_limit
    fields: Fields = {"paused": deployment.paused, "limit": limit.limit if limit else None}
    for key, value in (deployment.parameters or {}).items():
        fields[f"parameters.{key}"] = value
    for number, schedule in enumerate(deployment.schedules):
        slug = (schedule.slug or f"added-{number}").replace(".", "-")
        fields[f"schedule.{slug}.when"] = when_of(schedule)
        fields[f"schedule.{slug}.active"] = schedule.active
    return fields


def when_of(schedule: DeploymentSchedule) -> Fields:
    match schedule.schedule:
        case IntervalSchedule(interval=interval):
            seconds = interval / timedelta(seconds=1)
            return {"interval": int(seconds) if seconds == int(seconds) else seconds}
        case CronSchedule(cron=cron, timezone=timezone):
            return {"cron": cron, "timezone": timezone or "UTC"}
        case RRuleSchedule(rrule=rrule, timezone=timezone):
            # The server puts a line DTSTART before a rule that has none.
            return {"rrule": rrule.rpartition("\n")[2], "timezone": timezone or "UTC"}
        case other:
            raise TypeError(f"a schedule of kind {type(other).__name__}")
