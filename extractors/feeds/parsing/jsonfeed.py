"""JSON Feed 1.0 and 1.1, read tolerantly: wrong types are skipped, not refused. Pure.

Read as well: JSON inside a call (JSONP) or behind a guard against being run as a script, with
comments and commas that JSON does not know or single quotes, a bare list of items, one item a line, and the posts of WordPress'
own interface (`/wp-json/wp/v2/posts`), for sites that switched their feeds off.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from extractors.feeds.dates.moments import read_date, sane_moment
from extractors.feeds.parsing.entries import (
    MOST_ENTRIES,
    RawEntry,
    entries,
    is_address,
    language_tag,
)
from extractors.feeds.parsing.links import path_of_guid, read_link
from extractors.feeds.parsing.text import (
    LONGEST_MARKUP,
    feed_paragraphs,
    one_line,
    plain_text,
    quoted,
    unescaped,
)
from extractors.loose_json import read_loosely
from model import Outcome, ParsedFeed

_WRAPPING_KEYS = (
    "feed",
    "data",
    "channel",
    "posts",
    "articles",
    "entries",
)  # what interfaces put it in
_MOST_DEEP = 200  # json's C scanner recurses
# What stands before JSON that a page fetches as a script: guards, comments, a call, a variable.
_GUARD = re.compile(
    r"\)\]\}'?,?|(?:while|for)\s?\((?:1|;;|true)\);?(?:\{\})?|//[^\n]*|/\*.*?\*/|[;\s]+", re.S
)
_CALL = re.compile(
    r"(?:typeof [\w$.]{1,80} ={2,3} ?[\"']function[\"'] ?&& ?)?"
    r"(?:(?:var|let|const)\s+[\w$]{1,80}\s*=|(?:[\w$]{1,80}\.){0,8}[\w$]{1,80}\s*[=(])\s*\(?\s*(?=[{\[])"
)


_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*+"|'((?:[^'\\]|\\.)*+)'|\b(True|False|None)\b""", re.DOTALL)
_LITERALS = {"True": "true", "False": "false", "None": "null"}
_UNESCAPED = {"\\'": "'", '"': '\\"', "\\x": "\\u00"}


def within_script(text: str) -> str | None:
    """The JSON that a script hands over or assigns; None for any other text."""
    at = 0
    while (guard := _GUARD.match(text, at)) and at < len(text):
        at = guard.end()
    if call := _CALL.match(text, at):
        return text[call.end() :].rstrip("; \t\r\n)")
    return text[at:] if at and text[at : at + 1] in {"{", "["} else None


def parse_json_feed(text: str, url: str, now: datetime | None) -> ParsedFeed:
    data, broken, breaks_off = _load(text)
    if not data:
        return _none(broken or "This is JSON, but no JSON Feed.")
    items = data.get("items")
    versioned = "jsonfeed.org" in str(data.get("version", ""))[:200]
    if not isinstance(items, list) or not (versioned or _looks_like_items(items)):
        why = _message(data) or "it has no `version` of jsonfeed.org"
        return _none(f"This is JSON, but no JSON Feed: {why}.")
    usable = [item for item in items if isinstance(item, dict)]
    read_items = (_raw_entry(item, data, now) for item in usable[:MOST_ENTRIES])
    problem = " ".join(
        [broken]
        if broken
        else _problems(versioned=versioned, usable=len(usable), listed=len(items))
    )
    return ParsedFeed(
        title=one_line(_words(data, "title")),
        site_url=read_link(_string(data, "home_page_url"), url),
        language=language_tag(data.get("language")),
        format="json",
        entries=entries(read_items, url),
        hint_seconds=None,
        outcome=Outcome.MALFORMED if problem else Outcome.OK,
        problem=problem or None,
        cut=breaks_off,
    )


def _message(data: Mapping[str, Any]) -> str | None:
    """What an interface says instead: {"error": "rate limited"}."""
    messages = [text for name in ("error", "message", "detail") if (text := _string(data, name))]
    return f"it says {quoted(messages[0])}" if messages else None


def _none(problem: str) -> ParsedFeed:
    return ParsedFeed("", None, None, "", (), None, Outcome.NOT_A_FEED, problem)


def _load(text: str) -> tuple[dict[str, Any], str | None, bool]:
    """The object, a sentence if it is broken, and whether it breaks off before its list ends; of a
    broken one, the whole items are kept."""
    text = text.strip().lstrip("\ufeff")
    if text.count("[" * _MOST_DEEP) or text.count('{"a":' * _MOST_DEEP):
        return {}, "This is JSON nested too deeply for a feed.", False
    try:
        document = json.loads(text, strict=False)
    except json.JSONDecodeError as exc:
        broken = f"The JSON is broken in line {exc.lineno} ({exc.msg})."
        if data := _loosely(text):
            return data, broken, False
        at_the_end = exc.pos >= len(text) or exc.msg.startswith("Unterminated string")
        return _salvaged(text), broken, at_the_end and not text.endswith("]")
    except (ValueError, RecursionError):
        why = "This is JSON that cannot be read: nested too deeply, or with absurd numbers."
        return {}, why, False
    return _feed(document), None, False


def _feed(document: object) -> dict[str, Any]:
    if isinstance(document, list):
        return {
            "items": [_of_wordpress(item) if isinstance(item, dict) else item for item in document]
        }
    if not isinstance(document, dict):
        return {}
    if not isinstance(document.get("items"), list):
        for name in _WRAPPING_KEYS:
            if isinstance(inner := document.get(name), dict | list) and _feed(inner).get("items"):
                return _feed(inner)
    return document


def _loosely(text: str) -> dict[str, Any]:
    """The object without the comments and the commas that only scripts may have."""
    for reader in (read_loosely, _quoted_singly, _line_by_line):
        with suppress(ValueError):
            return _feed(reader(text))
    return {}


def _quoted_singly(text: str) -> object:
    """What a script prints instead of JSON, such as Python's `{'title': None}`."""
    if not re.match(r"[\[{][\s\[{]{0,20}'", text):
        raise ValueError("has other quotes")
    return read_loosely(_TOKEN.sub(_as_json, text))


def _as_json(match: re.Match[str]) -> str:
    if match[2] is not None:
        return _LITERALS[match[2]]
    if match[1] is None:
        return match[0]
    inner = re.sub(r"\\(.)|\"", lambda sign: _UNESCAPED.get(sign[0], sign[0]), match[1], flags=re.S)
    return f'"{inner}"'


def _line_by_line(text: str) -> object:
    """JSON Lines: an item each."""
    lines = [line for line in text.split("\n", MOST_ENTRIES)[:MOST_ENTRIES] if line.strip()]
    items = [json.loads(line, strict=False) for line in lines]
    if len(items) < 2 or not all(isinstance(item, dict) for item in items):
        raise ValueError("not an object a line")
    return items


def _of_wordpress(post: dict[str, Any]) -> dict[str, Any]:
    """A post of WordPress' interface under JSON Feed's names; any other object as it is."""
    title, content, excerpt = (post.get(name) for name in ("title", "content", "excerpt"))
    if not isinstance(title, dict) or "rendered" not in title:
        return post
    return {
        "id": post.get("id"),
        "url": post.get("link"),
        "title": plain_text(_string(title, "rendered")),
        "summary": plain_text(_string(excerpt, "rendered")) if isinstance(excerpt, dict) else "",
        "content_html": content.get("rendered") if isinstance(content, dict) else "",
        "date_published": post.get("date_gmt"),
        "date_modified": post.get("modified_gmt"),
    }


def _salvaged(text: str) -> dict[str, Any]:
    """The head and the whole items of a feed that breaks off somewhere in its items."""
    start = re.search(r'"items"\s*:\s*\[', text)
    if start is None:
        return {}
    items: list[Any] = []
    decoder, at = json.JSONDecoder(strict=False), start.end()
    try:
        while len(items) <= MOST_ENTRIES and (match := re.compile(r"[\s,]*(?=\{)").match(text, at)):
            item, at = decoder.raw_decode(text, match.end())
            items.append(item)
    except (ValueError, RecursionError):
        pass  # this item is the one that is broken
    try:
        head = json.loads(text[: start.start()].rstrip().rstrip(",") + "}", strict=False)
    except (ValueError, RecursionError):
        head = {}
    return {**head, "items": items} if isinstance(head, dict) and items else {}


def _looks_like_items(items: list[Any]) -> bool:
    first = items[0] if items and isinstance(items[0], dict) else {}
    texts = {"title", "content_html", "content_text", "summary", "date_published"}
    return "id" in first and bool(texts & set(first))


def _problems(*, versioned: bool, usable: int, listed: int) -> list[str]:
    problems = [] if versioned else ["The feed does not say which version of JSON Feed it is."]
    if usable < listed:
        problems.append(f"{listed - usable} of {listed} items are not objects.")
    if usable > MOST_ENTRIES:
        problems.append(f"The feed has {usable:,} items; the first {MOST_ENTRIES:,} were read.")
    return problems


def _raw_entry(item: Mapping[str, Any], feed: Mapping[str, Any], now: datetime | None) -> RawEntry:
    guid = item.get("id")
    guid = str(guid) if isinstance(guid, str | int | float) and not isinstance(guid, bool) else None
    link = _string(item, "url") or _string(item, "external_url")
    markup, text = _string(item, "content_html"), _string(item, "content_text")
    return RawEntry(
        guid=guid,
        link=link or (guid if guid and is_address(guid) else path_of_guid(guid or "")),
        title=_words(item, "title"),
        published=_moment(item, "date_published", now),
        updated=_moment(item, "date_modified", now),
        summary=feed_paragraphs(_words(item, "summary")),
        content=feed_paragraphs(plain_text(markup) if markup else text[:LONGEST_MARKUP]),
        authors=_authors(item) or _authors(feed),
        language=item.get("language") if isinstance(item.get("language"), str) else None,
    )


def _string(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value.strip() if isinstance(value, str) else ""


def _words(mapping: Mapping[str, Any], key: str) -> str:
    """Plain text by the standard; many writers escape it as if it were markup."""
    return unescaped(_string(mapping, key))


def _moment(item: Mapping[str, Any], key: str, now: datetime | None) -> datetime | None:
    value = item.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value)) if abs(value) < 1e15 else ""
    return sane_moment(read_date(value), now) if isinstance(value, str) else None


def _authors(mapping: Mapping[str, Any]) -> list[str]:
    listed = mapping.get("authors")
    people = listed if isinstance(listed, list) else [mapping.get("author")]
    return [
        name for person in people if isinstance(person, dict) and (name := _string(person, "name"))
    ]
