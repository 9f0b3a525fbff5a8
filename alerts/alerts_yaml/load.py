"""Reads alerts.yaml; every fault is told with file, line, column and a way out."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import cast

import yaml

from alerts.alerts_yaml import values
from alerts.alerts_yaml.config import AlertConfig, Channel, Route
from alerts.alerts_yaml.hours import EVERY_DAY, WEEKDAYS, Hours
from config import fields
from config.document import Document
from config.mapping import mapping_entries, meant
from config.read import read_yaml
from model import ConfigError

CHANNEL: dict[str, fields.Reader] = {
    "id": values.slug,
    "apprise": values.apprise,
    "webhook": values.webhook,
    "key": values.secret,
    "person": fields.text_field(),
    "budget": fields.number_field(2, 10_000),
    "per_minute": fields.number_field(1, 600),
    "fallback": values.slug,
}
QUIET: dict[str, fields.Reader] = {
    "hours": values.hours_span,
    "days": values.days,
    "unless": values.severity_name,
}
ROUTE: dict[str, fields.Reader] = {
    "id": values.slug,
    "channels": fields.list_of(values.slug),
    "kinds": values.kinds,
    "severity": values.severity_name,
    "relevance": fields.number_field(0, 1, whole=False),
    "categories": fields.list_of(fields.text_field()),
    "rules": fields.list_of(fields.text_field()),
    "tags": fields.list_of(fields.text_field()),
    "outlets": fields.list_of(fields.text_field()),
    "places": fields.list_of(fields.text_field()),
    "languages": fields.list_of(fields.text_field()),
    "hours": values.hours_span,
    "days": values.days,
    "quiet": lambda node: node,
    "budget": fields.number_field(2, 10_000),
}
ALERT_SETTINGS: dict[str, fields.Reader] = {
    "timezone": values.zone,
    "url": values.base_address,
    "ping_url": values.webhook,
    "run_every_minutes": fields.number_field(1, 1440),
}


def load_alerts(path: Path, shown: str | None = None) -> AlertConfig:
    """alerts.yaml, whole, or an ExceptionGroup with a ConfigError for every fault."""
    document, root = read_yaml(path, shown or str(path))
    config = read_alerts(document, root)
    document.raise_faults()
    return config


def read_alerts(document: Document, root: yaml.Node | None) -> AlertConfig:
    if root is None:
        if not document.faults:
            document.faults.append(ConfigError(document.path, "is empty", hint=WHOLE_FILE_HINT))
        return AlertConfig(document.path, (), ())
    top = {
        name: node
        for name, _, node in mapping_entries(
            document, root, ("settings", "channels", "routes"), "the file"
        )
    }
    settings = fields.values(document, top.get("settings"), ALERT_SETTINGS, "settings")
    zone = str(settings.pop("timezone", "UTC"))
    channels = [
        channel
        for node in listed_nodes(document, root, top, "channels")
        if (channel := read_channel(document, node)) is not None
    ]
    routes = [
        route
        for node in listed_nodes(document, root, top, "routes")
        if (route := read_route(document, node, zone)) is not None
    ]
    refuse_twins(document, top)
    check_names(document, top, {channel.id for channel in channels})
    return AlertConfig(document.path, tuple(channels), tuple(routes), **settings)  # type: ignore[arg-type]


WHOLE_FILE_HINT = "docs/alerts.md shows a whole file"


def listed_nodes(
    document: Document, root: yaml.Node, top: Mapping[str, yaml.Node], name: str
) -> list[yaml.Node]:
    node = top.get(name)
    if isinstance(node, yaml.SequenceNode) and node.value:
        return list(node.value)
    document.fault(node or root, "must be a list, each item beginning with `- `", name=name, hint=WHOLE_FILE_HINT)  # fmt: skip
    return []


def read_channel(document: Document, node: yaml.Node) -> Channel | None:
    before = len(document.faults)
    values = fields.values(document, node, CHANNEL, "a channel")
    if len(document.faults) > before:
        return None
    if "id" not in values:
        document.fault(node, "is missing", name="id", hint="such as `id: desk`")
    elif ("apprise" in values) == ("webhook" in values):
        document.fault(node, "has either `apprise:` or `webhook:`", name=str(values["id"]))
    elif "webhook" in values and "key" not in values:
        hint = "`key: env:NAME` signs each request, so that the receiver knows it is ours"
        document.fault(node, "is missing", name="key", hint=hint)
    else:
        return Channel(**values)  # type: ignore[arg-type]
    return None


def read_route(document: Document, node: yaml.Node, zone: str) -> Route | None:
    before = len(document.faults)
    route_values = fields.values(document, node, ROUTE, "a route")
    missing = [name for name in ("id", "channels") if name not in route_values]
    quiet = route_values.pop("quiet", None)
    if isinstance(quiet, yaml.Node):
        rest = fields.values(document, quiet, QUIET, "quiet")
        if "hours" not in rest:
            document.fault(quiet, "is missing", name="hours", hint='such as `hours: "22:00-06:00"`')
        else:
            route_values["quiet"] = hours_of(rest, zone)
            route_values["quiet_unless"] = rest.get("unless")
    if len(document.faults) == before:
        for name in missing:
            document.fault(node, "is missing", name=name)
    if len(document.faults) > before:
        return None
    if "hours" in route_values or "days" in route_values:
        route_values["hours"] = hours_of(route_values, zone)
    route_values.pop("days", None)
    return Route(**route_values)  # type: ignore[arg-type]


def hours_of(route_values: Mapping[str, object], zone: str) -> Hours:
    start, end = cast(tuple[time, time], route_values.get("hours", (time(0), time(0))))
    names = cast(tuple[str, ...], route_values.get("days", ()))
    return Hours(start, end, zone, frozenset(map(WEEKDAYS.index, names)) or EVERY_DAY)


def refuse_twins(document: Document, top: Mapping[str, yaml.Node]) -> None:
    for name in ("channels", "routes"):
        line_of_id: dict[str, int] = {}
        for node in id_nodes(top.get(name)):
            if node.value in line_of_id:
                why = f'"{node.value}" stands in line {line_of_id[node.value]} too'
                document.fault(node, why, name="id", hint="give one another id")
            line_of_id.setdefault(node.value, node.start_mark.line + 1)


def mapping_items(node: yaml.Node | None) -> list[yaml.MappingNode]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else []
    return [item for item in nodes if isinstance(item, yaml.MappingNode)]


def under(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    return [
        value for item in mapping_items(node) for name, value in item.value if name.value == key
    ]


def id_nodes(node: yaml.Node | None) -> list[yaml.ScalarNode]:
    return [value for value in under(node, "id") if isinstance(value, yaml.ScalarNode)]


def check_names(document: Document, top: Mapping[str, yaml.Node], names: set[str]) -> None:
    """Channels that routes and fallbacks name exist, and no fallback leads back to itself."""
    declared = names | {node.value for node in id_nodes(top.get("channels"))}
    for value in [*under(top.get("routes"), "channels"), *under(top.get("channels"), "fallback")]:
        for name in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(name, yaml.ScalarNode) and name.value not in declared:
                hint = meant(name.value, sorted(declared), "channels:")
                document.fault(name, f'there is no channel "{name.value}"', hint=hint)
    check_fallbacks(document, top.get("channels"))


def check_fallbacks(document: Document, channels: yaml.Node | None) -> None:
    pairs = [
        ({key.value: value for key, value in item.value}, item) for item in mapping_items(channels)
    ]
    to = {
        str(keys["id"].value): keys["fallback"]
        for keys, _ in pairs
        if "id" in keys and "fallback" in keys
    }
    for name, node in to.items():
        chain, at = {name}, str(node.value)
        while at in to and at not in chain:
            chain.add(at)
            at = str(to[at].value)
        if at in chain:
            document.fault(node, f'leads back to "{at}"', name="fallback", hint="end the chain at a channel that has none")  # fmt: skip
