"""OPML, the lists that feed readers exchange: folders are categories. Pure; nothing is expanded."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import yaml
from lxml import etree

from config.fields import FieldError
from extractors.feed_list.feed_fields import FEED_FIELDS, check_address
from extractors.feed_list.load import address_key, feed_slug, unnamed
from extractors.feeds.parsing.text import LONGEST_FEED, decoded_feed, one_line
from extractors.feeds.parsing.xml_head import read_head
from model import FeedSpec

NS = "urn:pollwatch:opml"
MOST_OUTLINES = 200_000
FOLDERS_KEPT = 20  # around a feed; libxml2 reads 256 levels
_END = re.compile(r"</(?:\w+:)?opml\s*>", re.IGNORECASE)
_ADDRESS = re.compile(r"\sxmlurl\s*=", re.IGNORECASE)
_FEED_TYPES = frozenset(("rss", "atom", "feed"))
# Not `auth`: a stranger's list must not choose which of our secrets is sent to its servers.
_OUR_ATTRIBUTES = ("id", "outlet", "owner", "region", "notes", "reason", "kind", "interval_minutes")


class OpmlError(Exception):
    """The bytes are not OPML; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an OPML file brings to a list. `bad` holds a sentence for each row left out."""

    feeds: tuple[FeedSpec, ...]
    known: tuple[str, ...]  # addresses that are listed already
    bad: tuple[str, ...]
    lost: str | None = None  # a sentence on rows that broken XML took with it


def read_opml(body: bytes, listed: Iterable[FeedSpec] = ()) -> Imported:
    """The feeds that `listed` lacks, with ids unlike all others. Raises OpmlError."""
    root, text, broken_at = _root(body)
    listed_keys = {address_key(spec.url) for spec in listed}
    ids = {spec.id for spec in listed}
    feeds: list[FeedSpec] = []
    listed_urls: list[str] = []
    bad: list[str] = []
    addresses = 0
    for row, (outline, folders) in enumerate(_outlines(root), 1):
        addresses += "xmlurl" in outline
        try:
            spec = _spec(outline, folders)
        except FieldError as fault:
            bad.append(f"row {row} ({_name(outline) or 'no name'}): {fault.why}")
            continue
        if spec is None:
            continue
        if address_key(spec.url) in listed_keys:
            listed_urls.append(spec.url)
            continue
        listed_keys.add(address_key(spec.url))
        feeds.append(_with_own_id(spec, ids))
    if broken_at and not (feeds or listed_urls or bad):
        raise OpmlError("the XML is broken, and no feed could be read")
    lost = _lost(text, addresses, broken_at)
    return Imported(tuple(feeds), tuple(listed_urls), tuple(bad), lost)


def _lost(text: str, addresses: int, broken_at: int) -> str | None:
    """What a reader that goes on after broken XML passed over."""
    if not broken_at:
        return None
    if not _is_whole(text):
        return f"breaks off before its end; the {addresses} rows that came whole were read"
    missing = len(_ADDRESS.findall(_without_comments(text))) - addresses
    if missing <= 0:
        return None
    return f"the XML is broken (line {broken_at}): {missing} of {missing + addresses} rows with an address could not be read"


def _without_comments(text: str) -> str:
    """Not by a pattern: one that seeks an end from each of a million beginnings takes days."""
    parts, after = list[str](), 0
    while (start := text.find("<!--", after)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[after:start])
        after = end + 3
    return "".join([*parts, text[after:]])


def _is_whole(text: str) -> bool:
    return _END.search(text, max(len(text) - 2_000, 0)) is not None


def _root(body: bytes) -> tuple[etree._Element, str, int]:
    """The root element, its text, and the line in which the XML is broken first: 0 for none."""
    if len(body) > LONGEST_FEED:
        raise OpmlError("the file is larger than 10 MB")
    text, _ = decoded_feed(body)
    head = read_head(text)
    if head.root != "opml":
        complaint = f"its root element is <{head.root[:40]}>" if head.root else "it is not XML"
        raise OpmlError(f"this is not OPML: {complaint}")
    lines_before, text = text.count("\n", 0, head.start), text[head.start :]
    rows = text if _is_whole(text) else text[: text.rfind(">") + 1]  # without half a row
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:  # the document type is left out, and with it every entity
        root = etree.fromstring(rows.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise OpmlError(f"the XML is broken: {str(exc)[:120]}") from exc
    if root is None:
        raise OpmlError("the XML is broken, and no feed could be read")
    line = parser.error_log[0].line if len(parser.error_log) else 0
    return root, text, line + lines_before if line else 0


def _outlines(root: etree._Element) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Each outline's attributes, names in lower case, and the folders around it, outermost first."""
    body = next((node for node in root if _local_name(node) == "body"), None)
    stack: list[tuple[etree._Element, tuple[str, ...]]]
    stack = [(node, ()) for node in reversed(root if body is None else body)]
    room = MOST_OUTLINES
    while stack and room:
        node, folders = stack.pop()
        if _local_name(node) != "outline":
            continue
        room -= 1
        outline = {
            name.rpartition("}")[2].lower(): value.strip() for name, value in node.attrib.items()
        }
        yield outline, folders
        inner = folders if _url(outline) else (*folders, _name(outline))[:FOLDERS_KEPT]
        stack += [(child, inner) for child in reversed(node)]


def _local_name(node: etree._Element) -> str:
    """In lower case, without a namespace; "" for comments."""
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _url(outline: dict[str, str]) -> str:
    """Some writers call the address of a feed `url`, as that of a link is called."""
    typed = outline.get("type", "").lower() in _FEED_TYPES
    return outline.get("xmlurl") or (outline.get("url", "") if typed else "")


def _name(outline: dict[str, str]) -> str:
    return one_line(outline.get("title") or outline.get("text") or "", 200)


def _spec(outline: dict[str, str], folders: tuple[str, ...]) -> FeedSpec | None:
    """The feed, None for a folder or a note, FieldError for a feed that cannot be used."""
    url = _url(outline)
    if not url:
        if outline.get("type", "").lower() in _FEED_TYPES:
            raise FieldError("has no xmlUrl")
        return None
    if url.startswith(("feed:http", "feed://")):
        url = "https://" + url[7:] if url.startswith("feed://") else url[5:]
    bare = unnamed(check_address(url))
    name = _name(outline) or bare.name
    category = "/".join(folder for folder in folders if folder)
    category = category or outline.get("category", "").split(",")[0].strip("/")
    category = one_line(category, 200)
    spec = replace(bare, name=name, category=category, id=feed_slug(name) or bare.id)
    values = {key: value for key in (*_OUR_ATTRIBUTES, "language") if (value := outline.get(key))}
    ours = {key: FEED_FIELDS[key](_node(value)) for key, value in values.items()}
    ours |= {"enabled": outline.get("enabled") != "false"}
    ours |= {"full_text": outline.get("full_text") == "true"}
    return replace(spec, **ours)  # type: ignore[arg-type]


def _node(value: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value)


def _with_own_id(spec: FeedSpec, ids: set[str]) -> FeedSpec:
    own, count = spec.id, 2
    if own in ids:
        own = unnamed(spec.url).id
    while own in ids:
        own, count = f"{spec.id[:70]}-{count}", count + 1
    ids.add(own)
    return replace(spec, id=own)


def write_opml(feeds: Iterable[FeedSpec], title: str = "Pollwatch feeds") -> bytes:
    """Disabled feeds too. Settings of ours are attributes in a namespace that readers pass over."""
    ET.register_namespace("pollwatch", NS)
    opml = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(opml, "head"), "title").text = title
    body = ET.SubElement(opml, "body")
    folders: dict[str, ET.Element] = {}
    for spec in feeds:
        ET.SubElement(_folder(body, spec.category, folders), "outline", _attributes(spec))
    ET.indent(opml)
    return bytes(ET.tostring(opml, encoding="utf-8", xml_declaration=True)) + b"\n"


def _folder(body: ET.Element, category: str, folders: dict[str, ET.Element]) -> ET.Element:
    if not category:
        return body
    if category not in folders:
        above, _, name = category.rpartition("/")
        parent = _folder(body, above, folders)
        folders[category] = ET.SubElement(parent, "outline", {"text": name, "title": name})
    return folders[category]


def _attributes(spec: FeedSpec) -> dict[str, str]:
    attributes = {"type": "rss", "text": spec.name, "title": spec.name, "xmlUrl": spec.url}
    if spec.language:
        attributes["language"] = spec.language
    for key in _OUR_ATTRIBUTES:
        if (value := getattr(spec, key)) and (key, value) != ("kind", "feed"):
            attributes[f"{{{NS}}}{key}"] = str(value)
    if spec.full_text:
        attributes[f"{{{NS}}}full_text"] = "true"
    if not spec.enabled:
        attributes[f"{{{NS}}}enabled"] = "false"
    return attributes
