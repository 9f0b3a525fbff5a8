"""What feedparser found, as a ParsedFeed. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from extractors.feeds.dates.moments import day_order, feed_moment
from extractors.feeds.parsing import text
from extractors.feeds.parsing.entries import (
    MOST_ENTRIES,
    RawEntry,
    entries,
    is_address,
    language_tag,
)
from extractors.feeds.parsing.feedparser_driver import ParsedDocument
from extractors.feeds.parsing.links import link_within, path_of_guid, read_link
from extractors.feeds.parsing.text import feed_paragraphs, one_line, plain_text, prose
from model import Outcome, ParsedFeed
from model.front_page import is_front_page

Moments = Callable[[Mapping[str, Any], str], datetime | None]
_DATE_KEYS = ("published", "updated", "created")
_WHOLE_TEXTS = ("yandex_full-text", "turbo_content", "full-text", "fulltext", "articlebody")
MOST_CHAPTERS = 200
HINT_BOUNDS = (10 * 60, 24 * 3600)
_PERIODS = {"hourly": 3600, "daily": 86_400, "dayly": 86_400, "weekly": 604_800}
_PERIODS |= {"monthly": 2_592_000, "yearly": 31_536_000, "always": 600}
_FORMATS = (("rss10", "rdf"), ("rss090", "rdf"), ("rss", "rss"), ("atom", "atom"), ("cdf", "cdf"))
_MAILBOX = re.compile(r"(?:mailto:)?[^\s<>()]{1,200}@[^\s<>()]{1,200}")
_RELATIONS = ("alternate", "", "enclosure", "related", "via")  # from best to worst


def from_document(
    document: ParsedDocument, root: str, url: str, now: datetime | None
) -> ParsedFeed:
    if not document.version and not document.entries:
        return no_feed(Outcome.NOT_A_FEED, f"This is XML (<{root[:40]}>), but no feed.")
    feed = document.feed
    read_moment = _moments(document, now)
    read_entries = entries(
        (
            _raw_entry(entry, read_moment, dated_once=document.version.startswith("rss"))
            for entry in document.entries[:MOST_ENTRIES]
        ),
        url,
    )
    problem = " ".join(_problems(document, root, len(read_entries)))
    return ParsedFeed(
        title=one_line(_text(feed, "title")),
        site_url=read_link(_string(feed, "link"), url),
        language=language_tag(_string(feed, "language")),
        format=next(
            (name for start, name in _FORMATS if document.version.startswith(start)), "rss"
        ),
        entries=read_entries,
        hint_seconds=feed_hint_seconds(feed),
        outcome=Outcome.MALFORMED if problem else Outcome.OK,
        problem=problem or None,
        cut=document.cut,
    )


def _problems(document: ParsedDocument, root: str, count: int) -> Iterator[str]:
    if document.broken:
        yield f"The XML is broken ({document.broken.rstrip('.')})."
    if not document.version and root != "channel":  # CDF has no version of its own
        yield f"The root element <{root[:40]}> is none of a feed."
    if document.more:
        yield (
            f"The feed holds more than {MOST_ENTRIES:,} entries or too much markup;"
            f" the first {count:,} entries were read, the rest was not."
        )


def _moments(document: ParsedDocument, now: datetime | None) -> Moments:
    """How the dates of this feed are read: one that can be read two ways is read as the others."""
    dates = (_string(entry, key) or "" for entry in document.entries for key in _DATE_KEYS)
    day_first = day_order(dates, _string(document.feed, "language"))

    def read_moment(entry: Mapping[str, Any], key: str) -> datetime | None:
        return feed_moment(entry.get(f"{key}_parsed"), entry.get(key), now, day_first=day_first)

    return read_moment


def _raw_entry(
    entry: Mapping[str, Any], read_moment: Moments, *, dated_once: bool = False
) -> RawEntry:
    """`dated_once`: RSS, whose `dc:date` feedparser takes for a change, is the day of publication."""
    guid, link = _string(entry, "id"), _string(entry, "link")
    if entry.get("guidislink") and link == guid and guid and not is_address(guid):
        link = path_of_guid(guid)  # feedparser takes every guid for a link; many are numbers
    if link and guid and is_address(guid) and is_front_page(link) and not is_front_page(guid):
        link = guid  # every item of such a feed links to the site
    content, language = _content(entry)
    published = read_moment(entry, "published") or read_moment(entry, "created")
    updated = read_moment(entry, "updated")
    return RawEntry(
        guid=guid,
        link=link or _other_link(entry) or link_within(_string(entry, "title") or ""),
        title=_text(entry, "title"),
        published=published or (updated if dated_once else None),
        updated=updated,
        summary=feed_paragraphs(_text(entry, "summary")),
        content=content,
        authors=_authors(entry),
        language=language or _detail(entry, "title").get("language"),
        origin=_string(entry, "feedburner_origlink"),
    )


def _string(element: Mapping[str, Any], key: str) -> str | None:
    value = element.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _dicts(element: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = element.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _detail(element: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    detail = element.get(f"{key}_detail")
    return detail if isinstance(detail, dict) else {}


def _text(element: Mapping[str, Any], key: str) -> str:
    return plain_of_kind(
        _string(element, key) or "", _detail(element, key).get("type", "text/html")
    )


def plain_of_kind(value: str, kind: object) -> str:
    return value[: text.LONGEST_MARKUP] if kind == "text/plain" else prose(value)


def _content(entry: Mapping[str, Any]) -> tuple[str, str | None]:
    """The longest content as plain text, and its language."""
    best, language = "", None
    for content in (*_dicts(entry, "content")[:8], *_other_texts(entry)):
        text = feed_paragraphs(plain_of_kind(_string(content, "value") or "", content.get("type")))
        if len(text) > len(best):
            best, language = text, content.get("language")
    return best, language


def _other_texts(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Whole articles under other names, as Yandex asks for them, and the chapters of a recording."""
    for name in _WHOLE_TEXTS:
        if value := _string(entry, name):
            yield {"value": value, "type": "text/html"}
    chapters = entry.get("psc_chapters")
    if isinstance(chapters, dict):
        titles = (
            _string(chapter, "title") for chapter in _dicts(chapters, "chapters")[:MOST_CHAPTERS]
        )
        yield {"value": "\n".join(filter(None, titles)), "type": "text/plain"}


def _authors(entry: Mapping[str, Any]) -> list[str]:
    """Names. A lone mailbox is taken apart here: feedparser cuts it after four letters of its zone."""
    listed, whole = _dicts(entry, "authors"), _string(entry, "author") or ""
    if len(listed) == 1 and "@" in whole:
        return [plain_text(_MAILBOX.sub("", whole)).strip(" ()<>\"',;") or whole]
    return [name for author in listed if (name := _author(author))]


def _author(author: Mapping[str, Any]) -> str | None:
    name = _string(author, "name")
    return plain_text(name) if name else _string(author, "email")


def _other_link(entry: Mapping[str, Any]) -> str | None:
    """For entries that name no page as their alternate: the best of what they do name."""
    guid, links = _string(entry, "id"), []
    for link in _dicts(entry, "links"):
        if href := _string(link, "href"):
            links.append((link, href))
        # An empty <link/> lets feedparser forget that a guid is an address.
        elif guid and is_address(guid):
            return guid
    links += [(link, src) for link in _dicts(entry, "content") if (src := _string(link, "src"))]
    for relation in _RELATIONS:
        for link, href in links:
            rel = str(link.get("rel") or "").lower().rpartition("/")[2]
            if rel == relation and (relation == "alternate" or _may_be_page(link)):
                return href
    return None


def _may_be_page(link: Mapping[str, Any]) -> bool:
    kind = str(link.get("type") or "").lower()
    return "html" in kind or (not kind and link.get("rel") != "enclosure")


def feed_hint_seconds(feed: Mapping[str, Any]) -> int | None:
    """The longest wait that the feed asks for, within 10 minutes and 24 hours; None if it asks for none."""
    hints = []
    ttl = _number(_string(feed, "ttl"))
    if ttl and ttl > 0:
        hints.append(ttl * 60)
    period = _PERIODS.get((_string(feed, "sy_updateperiod") or "").strip().lower())
    frequency = _number(_string(feed, "sy_updatefrequency"))
    if period:
        hints.append(period / (frequency if frequency and frequency > 0 else 1))
    low, high = HINT_BOUNDS
    return round(min(max(*hints, low), high)) if hints else None


def _number(digits: str | None) -> float | None:
    match = re.match(r"\s*(\d{1,9}(?:\.\d{1,6})?)", digits or "")
    return float(match[1]) if match else None


def no_feed(outcome: Outcome, problem: str) -> ParsedFeed:
    return ParsedFeed("", None, None, "", (), None, outcome, problem)
