"""The JSON Schema of alerts.yaml, for editors; made of the loader's own tables."""

from typing import Any

from alerts.alerts_yaml import load, values
from alerts.alerts_yaml.hours import WEEKDAYS
from alerts.kinds import EVENT_KINDS
from model import SEVERITIES

SECRET_SCHEMA = {"type": "string", "pattern": f"^({values.SECRET})$"}
SHORT_TEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 200}
SLUG = {"type": "string", "pattern": f"^{values.CHANNEL_ID}$"}
HOURS_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d$"}
SEVERITY = {"enum": list(SEVERITIES)}
BUDGET = {"type": "integer", "minimum": 2, "maximum": 10_000}
DAY_LIST: dict[str, Any] = {"enum": list(WEEKDAYS)}
WEB = {"type": "string", "pattern": f"^(https?://.+|{values.SECRET})$"}


def alerts_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pollwatch alerts",
        **mapping(
            {
                "settings": mapping(settings(), load.ALERT_SETTINGS),
                "channels": {"type": "array", "minItems": 1, "items": channel()},
                "routes": {"type": "array", "minItems": 1, "items": route()},
            },
            ("settings", "channels", "routes"),
            ("channels", "routes"),
        ),
    }


def mapping(
    properties: dict[str, Any], keys: Any, required: tuple[str, ...] = ()
) -> dict[str, Any]:
    assert set(properties) == set(keys), set(properties) ^ set(keys)
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}  # fmt: skip
    return schema | ({"required": list(required)} if required else {})


def one_or_many(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "minItems": 1, "items": item}]}


def settings() -> dict[str, Any]:
    return {
        "timezone": {"type": "string", "description": "Such as America/Phoenix; UTC if left out."},
        "url": {"type": "string", "pattern": "^https?://", "description": "Of the review server, for links."},
        "ping_url": {**WEB, "description": "Requested after each good run: a dead man's switch."},
        "run_every_minutes": {"type": "integer", "minimum": 1, "maximum": 1440},
    }  # fmt: skip


def channel() -> dict[str, Any]:
    properties = {
        "id": SLUG,
        "apprise": {"type": "string", "pattern": f"^({values.SECRET_OR_BLOCK})$", "description": "Holds an Apprise URL."},
        "webhook": {**WEB, "description": "Our own JSON, signed with `key`."},
        "key": SECRET_SCHEMA,
        "person": {**SHORT_TEXT_SCHEMA, "description": "Reviewer: stories assigned to them come here."},
        "budget": {**BUDGET, "description": "Messages an hour; past it one summary."},
        "per_minute": {"type": "integer", "minimum": 1, "maximum": 600},
        "fallback": {**SLUG, "description": "Channel that speaks when this one cannot."},
    }  # fmt: skip
    either = [{"required": ["apprise"]}, {"required": ["webhook", "key"]}]
    return {**mapping(properties, load.CHANNEL, ("id",)), "oneOf": either}


def route() -> dict[str, Any]:
    texts = one_or_many(SHORT_TEXT_SCHEMA)
    kinds = {"enum": [kind for kind in EVENT_KINDS if kind != "test"]}
    quiet = {"hours": HOURS_SCHEMA, "days": one_or_many(DAY_LIST), "unless": SEVERITY}
    properties = {
        "id": SLUG,
        "channels": one_or_many(SLUG),
        "kinds": one_or_many(kinds),
        "severity": {**SEVERITY, "description": "This grave or more severe."},
        "relevance": {"type": "number", "minimum": 0, "maximum": 1},
        "categories": texts,
        "rules": texts,
        "tags": texts,
        "outlets": texts,
        "places": {**texts, "description": "US takes in US-AZ."},
        "languages": texts,
        "hours": {**HOURS_SCHEMA, "description": "The route holds only then."},
        "days": one_or_many(DAY_LIST),
        "quiet": {**mapping(quiet, load.QUIET, ("hours",)), "description": "Holds; never drops."},
        "budget": BUDGET,
    }
    return mapping(properties, load.ROUTE, ("id", "channels"))
