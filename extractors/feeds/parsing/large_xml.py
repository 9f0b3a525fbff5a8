"""Feeds of thousands of entries, read with lxml: feedparser needs half a millisecond for each entry.

It knows the elements that matter of RSS, RDF and Atom, and returns them under feedparser's names.
Whatever is shorter is feedparser's; where too much is missing here, the caller goes back to it.
"""

import re
from typing import Any

from lxml import etree

from extractors.feeds.parsing.entries import MOST_ENTRIES
from extractors.feeds.parsing.feedparser_driver import (
    CLOSED_ENTRY,
    ParsedDocument,
    breaks_off,
)
from extractors.feeds.parsing.xml_head import DocumentHead

LONG_FEED = 1_000  # entries from which on this reader is used
MOST_ELEMENTS = 500_000
_DATE_TAGS = {
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "updated": "updated",
    "modified": "updated",
    "date": "updated",
    "created": "created",
}
_HTMLISH = re.compile(r"</\w+>|&#?\w+;")


def read_long(text: str, head: DocumentHead) -> ParsedDocument:
    """The entries in the order of the document. Never raises; stops at the limits and says so."""
    parser = etree.XMLPullParser(
        events=("start", "end"), recover=True, resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    document = ParsedDocument({}, [], _version(text, head))
    count = 0
    try:
        for start in range(head.start, len(text), 65_536):
            parser.feed(text[start : start + 65_536].encode("utf-8", "replace"))
            for event, node in parser.read_events():
                count += 1
                if event == "end":
                    _take(node, document)
            if count > 2 * MOST_ELEMENTS or len(document.entries) > MOST_ENTRIES:
                document.more = True
                break
        else:
            parser.close()
    except etree.XMLSyntaxError as exc:
        document.broken = str(exc.msg)[:200]
    for event, node in parser.read_events() if not document.more else ():
        if event == "end":
            _take(node, document)
    errors = parser.feed_error_log
    if document.broken is None and not document.more and len(errors):
        document.broken = f"line {errors[0].line}: {errors[0].message[:200]}"
        document.cut = breaks_off(text, head.root)
        if document.cut:
            whole = len(CLOSED_ENTRY.findall(text))  # the last one's link may be cut in the middle
            del document.entries[whole:]
    del document.entries[MOST_ENTRIES:]
    return document


def _version(text: str, head: DocumentHead) -> str:
    if head.root == "feed":
        return "atom10"
    return "rss10" if head.root == "rdf" else "rss20"


def _name(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _take(node: etree._Element, document: ParsedDocument) -> None:
    name = _name(node)
    parent = node.getparent()
    if name in {"item", "entry"}:
        document.entries.append(_entry(node))
        node.clear()
        while parent is not None and node.getprevious() is not None:
            del parent[0]
    elif parent is not None and _name(parent) in {"channel", "feed"}:
        _take_of_feed(name, node, document.feed)


def _take_of_feed(name: str, node: etree._Element, feed: dict[str, Any]) -> None:
    if name in {"title", "language", "ttl"} and node.text:
        feed.setdefault(name, node.text)
    elif name in {"updateperiod", "updatefrequency"} and node.text:
        feed.setdefault(f"sy_{name}", node.text)
    elif name == "link" and node.get("rel", "alternate") == "alternate":
        feed.setdefault("link", node.get("href") or node.text or "")


def _entry(node: etree._Element) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    about = node.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    if about:
        entry |= {"id": about, "link": about, "guidislink": True}
    for child in node:
        name, text = _name(child), child.text or ""
        if name in {"guid", "id"}:
            _take_guid(child, text.strip(), entry)
        elif name == "link":
            _take_link(child, text.strip(), entry)
        elif name in _DATE_TAGS:
            entry.setdefault(_DATE_TAGS[name], text.strip())
        elif name in {"author", "creator"}:
            author = "".join(child.itertext()).strip() if name == "creator" else _author(child)
            entry.setdefault("authors", []).append({"name": author})
        else:
            _take_text(name, child, entry)
    return entry


def _take_guid(child: etree._Element, text: str, entry: dict[str, Any]) -> None:
    entry["id"] = text
    if child.get("isPermaLink", "true").lower() == "true" and "link" not in entry:
        entry |= {"link": text, "guidislink": True}


def _take_link(child: etree._Element, text: str, entry: dict[str, Any]) -> None:
    href = (child.get("href") or text).strip()
    if href and child.get("rel", "alternate") == "alternate":
        if entry.get("guidislink") or "link" not in entry:
            entry["link"] = href
        entry["guidislink"] = False


def _author(child: etree._Element) -> str:
    name = next((element.text for element in child if _name(element) == "name"), None)
    return (name or child.text or "").strip()


def _take_text(name: str, child: etree._Element, entry: dict[str, Any]) -> None:
    if name not in {"title", "description", "summary", "content", "encoded"}:
        return
    kind = child.get("type", "")
    text = "".join(child.itertext()) if len(child) else child.text or ""
    plain = (
        len(child)
        or kind in {"text", "text/plain"}
        or (name == "title" and not _HTMLISH.search(text))
    )
    detail = {"value": text, "type": "text/plain" if plain else "text/html"}
    if name in {"content", "encoded"}:
        entry.setdefault("content", []).append(detail)
        return
    name = "title" if name == "title" else "summary"
    entry.setdefault(name, text)
    entry.setdefault(f"{name}_detail", detail)
