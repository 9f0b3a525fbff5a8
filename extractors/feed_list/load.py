"""feeds.yaml as a FeedList: every fault at once, each with its line. `edit.py` changes the file."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from config import fields
from config.document import Document
from config.fields import FieldError
from config.mapping import is_null, mapping_entries
from config.read import LOADER, read_yaml
from extractors.feed_list.feed_fields import FEED_FIELDS, SETTING_FIELDS, web_address
from model import ConfigError, FeedList, FeedSpec, Settings

LARGEST_FEED_LIST = 64_000_000  # bytes: 180,000 feeds take 30 MB
BEGIN_WITH_FEEDS = "begin the file with a line `feeds:`"
START_A_LIST = "start one: pollwatch feeds add URL"


@dataclass(slots=True)
class Listed:
    """A feed and where its fields stand in the file."""

    spec: FeedSpec
    node: yaml.Node
    nodes: dict[str, yaml.Node] = field(default_factory=dict)


@dataclass(slots=True)
class FeedListReader:
    """One pass over one feeds.yaml; gathers faults instead of stopping at the first."""

    document: Document
    settings: Settings = field(default_factory=Settings)
    listed: list[Listed] = field(default_factory=list)
    feeds_key: yaml.Node | None = None
    sequence: yaml.SequenceNode | None = None

    @property
    def feeds(self) -> tuple[FeedSpec, ...]:
        return tuple(listed.spec for listed in self.listed)


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
    reading = read_list(*read_feeds_file(path))
    faults = tuple(reading.document.faults)
    if not faults:
        return PartList(
            FeedList(str(path), reading.settings, reading.feeds), frozenset(), False, ()
        )
    if reading.sequence is None:
        return PartList(None, frozenset(), True, faults)
    broken = [item for item in reading.sequence.value if _holds_fault(item, faults)]
    sound = tuple(listed.spec for listed in reading.listed if listed.node not in broken)
    first = reading.sequence.start_mark.line + 1
    return PartList(
        FeedList(str(path), reading.settings, sound),
        frozenset(name for item in broken for name in _names(item)),
        any((fault.line or 0) < first for fault in faults),
        faults,
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
                yield feed_slug(str(value.value))


def load_feeds(path: Path) -> FeedList:
    """The whole list, or an ExceptionGroup with a ConfigError for every fault."""
    reading = read_list(*read_feeds_file(path))
    reading.document.raise_faults()
    return FeedList(str(path), reading.settings, reading.feeds)


def read_feeds_file(path: Path, *, loader: type = LOADER) -> tuple[Document, yaml.Node | None]:
    document, root = read_yaml(path, str(path), largest=LARGEST_FEED_LIST, loader=loader)
    if not path.exists():
        document.faults = [ConfigError(str(path), "does not exist", hint=START_A_LIST)]
    return document, root


def read_list(document: Document, root: yaml.Node | None) -> FeedListReader:
    reading = FeedListReader(document)
    if root is None:
        if not document.faults:
            document.refuse("is empty", hint=BEGIN_WITH_FEEDS)
        return reading
    if not isinstance(root, yaml.MappingNode):
        document.fault(root, "holds no `feeds:` list", hint=BEGIN_WITH_FEEDS)
        return reading
    keys = {
        name: node
        for name, _, node in mapping_entries(document, root, ("settings", "feeds"), "the file")
    }
    reading.feeds_key = next((key for key, _ in root.value if key.value == "feeds"), None)
    setting_values = fields.values(document, keys.get("settings"), SETTING_FIELDS, "settings")
    reading.settings = Settings(**setting_values)  # type: ignore[arg-type]
    if (node := keys.get("feeds")) is None:
        document.fault(root, "`feeds:` is missing", hint="add a line `feeds:` and the feeds below")
    elif isinstance(node, yaml.SequenceNode):
        reading.sequence = node
        reading.listed = [listed for item in node.value if (listed := _feed(document, item))]
        _refuse_twins(reading)
    elif not is_null(node):
        document.fault(node, "must be a list; each feed starts with `- `", name="feeds")
    return reading


def _feed(document: Document, item: yaml.Node) -> Listed | None:
    """A feed, or None when it is too broken to go on with; its faults are noted either way."""
    if isinstance(item, yaml.ScalarNode) and not is_null(item):
        try:
            return Listed(unnamed(web_address(item)), item, {"url": item})
        except FieldError as error:
            document.fault(item, error.why, name="url", hint=error.hint)
            return None
    if not isinstance(item, yaml.MappingNode):
        document.fault(item, "must be a mapping of `key: value` lines", name="feed")
        return None
    values = fields.values(document, item, FEED_FIELDS, "a feed")
    nodes = {key.value: value for key, value in item.value if isinstance(key, yaml.ScalarNode)}
    if "url" not in values:
        if "url" not in nodes or is_null(nodes["url"]):
            document.fault(item, "the feed has no `url`")
        return None
    spec = complete(values)
    if not spec.id:
        hint = "give the feed an `id:` of a-z, 0-9 and -"
        document.fault(item, "no id can be made of this name", hint=hint)
    return Listed(spec, item, nodes)


def complete(values: dict[str, object]) -> FeedSpec:
    """The feed with the defaults that depend on other fields."""
    bare = unnamed(str(values["url"]))
    spec = replace(bare, **values)  # type: ignore[arg-type]
    if "name" in values and "id" not in values:
        return replace(spec, id=feed_slug(spec.name) or bare.id)
    return spec


def unnamed(url: str) -> FeedSpec:
    """A feed of which only the address is known: named by its host, known by host and path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return FeedSpec(id=feed_slug(f"{host} {parts.path} {parts.query}"), name=host, url=url)


def feed_slug(name: str) -> str:
    """a-z, 0-9 and single dashes, at most 80; "" for a name with no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:80].strip("-")


def address_key(url: str) -> str:
    """A form in which two spellings of one feed's address are equal; not for requests."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').lower()}{port}{parts.path.rstrip('/')}{query}"


def _refuse_twins(reading: FeedListReader) -> None:
    document, ids = reading.document, Counter(listed.spec.id for listed in reading.listed)
    first: dict[str, Listed] = {}
    for listed in reading.listed:
        if ids[listed.spec.id] > 1 and listed.spec.id in first:
            line = first[listed.spec.id].node.start_mark.line + 1
            why = f'"{listed.spec.id}" is also the id of the feed in line {line}'
            document.fault(
                listed.nodes.get("id", listed.node), why, name="id", hint="give one another `id:`"
            )
        first.setdefault(listed.spec.id, listed)
        address = " " + address_key(listed.spec.url)  # the blank keeps addresses apart from ids
        if address in first:
            line = first[address].node.start_mark.line + 1
            document.fault(listed.nodes["url"], f"is listed already, in line {line}", name="url")
        first.setdefault(address, listed)
