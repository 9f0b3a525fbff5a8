"""feeds.yaml as a FeedList: every fault at once, each with its line. Editing it is feededit's work."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from extractors.feed_list import fields
from extractors.feed_list.fields import FEED_FIELDS, SETTING_FIELDS, FieldError, Reader
from extractors.feed_list.source import read_text
from model import ConfigError, FeedList, FeedSpec, Settings

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast


@dataclass(slots=True)
class Listed:
    """A feed and where its fields stand in the file."""

    spec: FeedSpec
    node: yaml.Node
    nodes: dict[str, yaml.Node] = field(default_factory=dict)


@dataclass(slots=True)
class FeedListReader:
    """One pass over one feeds.yaml; gathers faults instead of stopping at the first."""

    path: str
    settings: Settings = field(default_factory=Settings)
    listed: list[Listed] = field(default_factory=list)
    feeds_key: yaml.Node | None = None
    sequence: yaml.SequenceNode | None = None
    faults: list[ConfigError] = field(default_factory=list)

    def fault(self, node: yaml.Node | None, why: FieldError, name: str | None = None) -> None:
        mark = node.start_mark if node else None
        self.faults.append(
            ConfigError(
                self.path,
                why.why,
                field=name,
                line=mark.line + 1 if mark else None,
                column=mark.column + 1 if mark else None,
                hint=why.hint,
            )
        )


@dataclass(frozen=True, slots=True)
class PartList:
    """A feed list with what is wrong with it.

    `feeds` is None when nothing of the file can be used. `faulty`: ids and addresses that the
    entries with faults seem to stand for, as far as they can be read.
    """

    feeds: FeedList | None
    faulty: frozenset[str]
    settings_faulty: bool
    faults: tuple[ConfigError, ...]


def load_part(path: Path) -> PartList:
    """As much of the list as no fault touches; never raises for what the file says."""
    try:
        reading = read_list(read_text(path), str(path))
    except ExceptionGroup as group:
        broken_file = tuple(fault for fault in group.exceptions if isinstance(fault, ConfigError))
        return PartList(None, frozenset(), True, broken_file)
    if not reading.faults:
        whole = FeedList(reading.path, reading.settings, tuple(one.spec for one in reading.listed))
        return PartList(whole, frozenset(), False, ())
    if reading.sequence is None:
        return PartList(None, frozenset(), True, tuple(reading.faults))
    broken = [item for item in reading.sequence.value if _holds_fault(item, reading.faults)]
    sound = tuple(one.spec for one in reading.listed if one.node not in broken)
    first = reading.sequence.start_mark.line + 1
    return PartList(
        FeedList(reading.path, reading.settings, sound),
        frozenset(name for item in broken for name in _names(item)),
        any((fault.line or 0) < first for fault in reading.faults),
        tuple(reading.faults),
    )


def _holds_fault(item: yaml.Node, faults: Iterable[ConfigError]) -> bool:
    first, last = item.start_mark.line + 1, max(item.start_mark.line + 1, item.end_mark.line)
    return any(first <= (fault.line or 0) <= last for fault in faults)


def _names(item: yaml.Node) -> Iterator[str]:
    """The id and the address that a broken entry gives, and the id that its name would give."""
    if isinstance(item, yaml.ScalarNode):
        yield str(item.value)
    elif isinstance(item, yaml.MappingNode):
        for key, value in item.value:
            if isinstance(value, yaml.ScalarNode) and key.value in {"id", "url"}:
                yield str(value.value)
            elif isinstance(value, yaml.ScalarNode) and key.value == "name":
                yield slug(str(value.value))


def load_feeds(path: Path) -> FeedList:
    """The whole list, or an ExceptionGroup with a ConfigError for every fault."""
    reading = read_list(read_text(path), str(path))
    refuse(reading)
    return FeedList(reading.path, reading.settings, tuple(one.spec for one in reading.listed))


def refuse(reading: FeedListReader) -> None:
    if reading.faults:
        faults = sorted(reading.faults, key=lambda fault: (fault.line or 0, fault.column or 0))
        raise ExceptionGroup(f"{reading.path} has {len(faults)} fault(s)", faults)


def read_list(text: str, path: str, *, loader: type = Loader) -> FeedListReader:
    reading = FeedListReader(path)
    root = _compose(text, reading, loader)
    if root is None:
        return reading
    if not isinstance(root, yaml.MappingNode):
        why = FieldError("holds no `feeds:` list", "begin the file with a line `feeds:`")
        reading.fault(root, why)
        return reading
    keys = dict(_pairs(root, {"settings", "feeds"}, reading))
    reading.feeds_key = next((key for key, _ in root.value if key.value == "feeds"), None)
    if (node := keys.get("settings")) is not None and not _is_null(node):
        values = _values(node, SETTING_FIELDS, reading, "settings")
        reading.settings = Settings(**values)  # type: ignore[arg-type]
    if (node := keys.get("feeds")) is None:
        reading.fault(
            root, FieldError("`feeds:` is missing", "add a line `feeds:` and the feeds below")
        )
    elif isinstance(node, yaml.SequenceNode):
        reading.sequence = node
        reading.listed = [one for item in node.value if (one := _feed(item, reading))]
        _refuse_twins(reading)
    elif not _is_null(node):
        reading.fault(node, FieldError("must be a list; each feed starts with `- `"), "feeds")
    return reading


def _compose(text: str, reading: FeedListReader, loader: type) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        why = f"is not valid YAML: {exc.problem or exc.context or 'broken'}"
        reading.faults.append(ConfigError(reading.path, why, line=line, column=column))
        return None
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1 if isinstance(exc.position, int) else None
        why = "holds a character that YAML forbids"
        reading.faults.append(ConfigError(reading.path, why, line=line))
        return None
    except RecursionError:
        reading.faults.append(ConfigError(reading.path, "is nested too deeply to be a feed list"))
        return None
    if root is None:
        reading.fault(None, FieldError("is empty", "begin the file with a line `feeds:`"))
    return root


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _pairs(
    node: yaml.MappingNode, known: Iterable[str], reading: FeedListReader
) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name not in known:
            hint = fields.did_you_mean(name, known)
            reading.fault(key, FieldError(f"unknown key `{fields.shorten(name)}`", hint))
        elif name in seen:
            reading.fault(key, FieldError(f"`{name}` is given twice"))
        else:
            seen.add(name)
            yield name, value


def _values(
    node: yaml.Node, fields: dict[str, Reader], reading: FeedListReader, what: str
) -> dict[str, object]:
    if not isinstance(node, yaml.MappingNode):
        reading.fault(node, FieldError("must be a mapping of `key: value` lines"), what)
        return {}
    values: dict[str, object] = {}
    for name, value in _pairs(node, fields, reading):
        if _is_null(value):
            continue
        try:
            values[name] = fields[name](value)
        except FieldError as fault:
            reading.fault(fault.node or value, fault, name)
    return values


def _feed(item: yaml.Node, reading: FeedListReader) -> Listed | None:
    """A feed, or None when it is too broken to go on with; its faults are noted either way."""
    if isinstance(item, yaml.ScalarNode) and not _is_null(item):
        try:
            return Listed(unnamed(fields.web_address(item)), item, {"url": item})
        except FieldError as fault:
            reading.fault(item, fault, "url")
            return None
    values = _values(item, FEED_FIELDS, reading, "feed")
    if not isinstance(item, yaml.MappingNode):
        return None
    nodes = {key.value: value for key, value in item.value if isinstance(key, yaml.ScalarNode)}
    if "url" not in values:
        if "url" not in nodes or _is_null(nodes["url"]):
            reading.fault(item, FieldError("the feed has no `url`"))
        return None
    spec = complete(values)
    if not spec.id:
        why = FieldError(
            "no id can be made of this name", "give the feed an `id:` of a-z, 0-9 and -"
        )
        reading.fault(item, why)
    return Listed(spec, item, nodes)


def complete(values: dict[str, object]) -> FeedSpec:
    """The feed with the defaults that depend on other fields."""
    bare = unnamed(str(values["url"]))
    spec = replace(bare, **values)  # type: ignore[arg-type]
    if "name" in values and "id" not in values:
        return replace(spec, id=slug(spec.name) or bare.id)
    return spec


def unnamed(url: str) -> FeedSpec:
    """A feed of which only the address is known: named by its host, known by host and path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return FeedSpec(id=slug(f"{host} {parts.path} {parts.query}"), name=host, url=url)


def slug(name: str) -> str:
    """a-z, 0-9 and single dashes, at most 80; "" for a name with no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:80].strip("-")


def same_address(url: str) -> str:
    """A form in which two spellings of one feed's address are equal; not for requests."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').lower()}{port}{parts.path.rstrip('/')}{query}"


def _refuse_twins(reading: FeedListReader) -> None:
    ids = Counter(one.spec.id for one in reading.listed)
    first: dict[str, Listed] = {}
    for one in reading.listed:
        if ids[one.spec.id] > 1 and one.spec.id in first:
            line = first[one.spec.id].node.start_mark.line + 1
            why = f"`{one.spec.id}` is also the id of the feed in line {line}"
            reading.fault(
                one.nodes.get("id", one.node), FieldError(why, "give one another `id:`"), "id"
            )
        first.setdefault(one.spec.id, one)
        address = " " + same_address(one.spec.url)  # the blank keeps addresses apart from ids
        if address in first:
            line = first[address].node.start_mark.line + 1
            reading.fault(one.nodes["url"], FieldError(f"is listed already, in line {line}"), "url")
        first.setdefault(address, one)
