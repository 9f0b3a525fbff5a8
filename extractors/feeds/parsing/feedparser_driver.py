"""feedparser, driven with limits. The only module that knows it.

`feedparser.parse` takes addresses, file names and any amount of work. Here its own strict and
loose parsers get text that was decoded before, without a document type, and stop when a fixed
amount of markup has been read; what was read until then is kept.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax import SAXException, SAXParseException, expatreader, handler, xmlreader

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.util import FeedParserDict

from extractors.feeds.parsing.entries import MOST_ENTRIES
from extractors.feeds.parsing.text import ends_inside
from extractors.feeds.parsing.xml_head import DocumentHead

MOST_MARKUP = 60_000  # elements and stray signs: some seconds of work
MOST_CHARACTERS = 32_000_000
_OPENED_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)\b", re.IGNORECASE)
CLOSED_ENTRY = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"</(?:[\w.-]{1,40}:)?(?:link|guid|id)\s*>|<(?:[\w.-]{1,40}:)?link\b[^<>]*\bhref\b[^<>]*>",
    re.IGNORECASE,
)
_CUT_CODES = {3, 5, 20}  # expat: no element found, unclosed token, unclosed CDATA
# feedparser makes `AT&T;` of `AT&T`; what is not a reference is meant as it stands.
_BARE_AMPERSAND = re.compile(
    r"(<!\[CDATA\[(?:.*?\]\]>|.*))|&(?!#\d{1,8};|#x[\da-f]{1,8};|[a-z][a-z\d]{1,31};)",
    re.IGNORECASE | re.DOTALL,
)
# Whatever feedparser trips over in a broken document: it promises no exceptions of its own.
_TRIPS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)


class EnoughError(Exception):
    """The document holds more than will be read."""


@dataclass(slots=True)
class ParsedDocument:
    """What feedparser made of it."""

    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    version: str
    broken: str | None = None  # why it is not well-formed
    more: bool = False  # there was more than the limits allow
    # It breaks off inside an entry, which is left out where its link may be half of one.
    cut: bool = False


class _Quick(FeedParserDict):  # type: ignore[misc]
    """Copied for every title and summary; the general way takes a third of all time."""

    def __deepcopy__(self, memo: object) -> FeedParserDict:
        return FeedParserDict(self)


class _Limits:
    """Mixed into both parsers: counts the work and drops what nobody reads."""

    sanitize_html = False  # only plain text is kept
    resolve_relative_uris = False
    markup = 0.0
    texts = 0

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        self._count(1 + len(attrs) // 8 + len(self.namespaces_in_use) // 50)  # type: ignore[attr-defined]
        super().unknown_starttag(tag, attrs)  # type: ignore[misc]

    def handle_data(self, text: str, escape: int = 1) -> None:
        self.texts += len(text)
        if len(text) < 2:
            self._count(0.2)
        if self.texts > MOST_CHARACTERS:
            raise EnoughError
        super().handle_data(text, escape)  # type: ignore[misc]

    def handle_charref(self, ref: str) -> None:
        self._count(0.2)
        digits, base = (ref[1:], 16) if ref[:1] in "xX" else (ref, 10)
        try:
            number = int(digits[:10], base)
        except ValueError:
            return
        if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:  # chr() fails beyond
            super().handle_charref(ref)  # type: ignore[misc]

    def handle_entityref(self, ref: str) -> None:
        self._count(0.1)
        super().handle_entityref(ref)  # type: ignore[misc]

    def push_content(self, *args: object) -> None:
        super().push_content(*args)  # type: ignore[misc]
        self.contentparams: _Quick = _Quick(self.contentparams)

    def _add_tag(self, term: object, scheme: object, label: object) -> None:
        """Tags are not read; feedparser compares each with all before."""

    def _end_category(self) -> None:
        self.pop("category")  # type: ignore[attr-defined]

    _end_keywords = _end_category

    def _start_item(self, attrs: dict[str, str]) -> None:
        if len(self.entries) >= MOST_ENTRIES:  # type: ignore[attr-defined]
            raise EnoughError
        super()._start_item(attrs)  # type: ignore[misc]

    _start_entry = _start_item

    def _start_link(self, attrs: dict[str, str]) -> None:
        self._keep_first(super()._start_link, attrs)  # type: ignore[misc]

    def _end_link(self) -> None:
        self._keep_first(super()._end_link)  # type: ignore[misc]

    def _keep_first(self, handler: Callable[..., None], *attrs: dict[str, str]) -> None:
        """Of several links of an entry, the first; feedparser would take the last."""
        handler(*attrs)
        entry = self._get_context() if self.inentry else {}  # type: ignore[attr-defined]
        if first := entry.get("first_link"):
            entry["link"] = first
        elif (links := entry.get("links")) and entry.get("link") == links[-1].get("href"):
            entry["first_link"] = entry.get("link")

    def _count(self, work: float) -> None:
        self.markup += work
        if self.markup > MOST_MARKUP:
            raise EnoughError


class _Reader(expatreader.ExpatParser):
    """Hands on texts whole. Without this, escaped markup comes sign by sign."""

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True  # type: ignore[attr-defined]


class _Strict(_Limits, StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_Limits, LooseFeedParser):  # type: ignore[misc]
    pass


def read_document(text: str, head: DocumentHead) -> ParsedDocument:
    """Strictly if it is well-formed, else loosely. Reads no file and no network; never raises."""
    body = text[head.start :]
    document, cut_off = _strictly(body, head)
    if document.broken and not document.more and not cut_off:
        document = _loosely(body, head, document)
    document.cut = document.broken is not None and breaks_off(body, head.root)
    if cut_off and document.entries and not _has_address(body[_last_entry(body) :]):
        document.entries.pop()
        document.cut = True
    if head.netscape and document.version.startswith("rss"):
        document.version = "rss091n"
    return document


def breaks_off(body: str, root: str) -> bool:
    """Whether it ends inside an entry: what followed was lost."""
    end = re.compile(rf"</(?:[\w.-]{{1,40}}:)?{re.escape(root)}\s*>", re.IGNORECASE)
    return ends_inside(body, _OPENED_ENTRY, CLOSED_ENTRY, end)


def _last_entry(body: str) -> int:
    return max((match.start() for match in _OPENED_ENTRY.finditer(body)), default=0)


def _has_address(entry: str) -> bool:
    """Whether the beginning of an entry holds a whole address or number; of half a link nothing good
    comes."""
    return _ADDRESSED.search(entry) is not None


def _strictly(body: str, head: DocumentHead) -> tuple[ParsedDocument, bool]:
    """The document, and whether it is sound but for its missing end."""
    parser = _Strict("", None, "utf-8")
    declared = "".join(f'<!ENTITY {name} "{value}">' for name, value in head.entities.items())
    prolog = f"<!DOCTYPE feed [{declared}]>" if declared else ""
    source = xmlreader.InputSource()
    source.setByteStream(BytesIO((prolog + body).encode("utf-8", "replace")))
    # Read as one piece: old versions of expat read a long token again for each piece of it.
    # Only entities of ours are declared, and expat of Python opens nothing by itself.
    reader = _Reader(True, 64 * 1024 * 1024)
    reader.setFeature(handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    try:
        return _strict_reading(reader, source, parser)
    finally:
        reader.reset()  # it and expat hold each other, and with that the whole text


def _strict_reading(reader: Any, source: Any, parser: Any) -> tuple[ParsedDocument, bool]:
    try:
        reader.parse(source)
    except EnoughError:
        return _document(parser, None, more=True), False
    except SAXParseException as exc:
        for error in (exc, exc.getException()):
            if error is not None:
                error.with_traceback(None)  # its frames hold the whole text, and it holds them
        if getattr(exc.getException(), "code", None) in _CUT_CODES:
            return _document(parser, "the document is cut off"), True
        return _document(parser, f"line {exc.getLineNumber()}: {exc.getMessage()}"), False
    except (SAXException, *_TRIPS) as exc:
        return _document(parser, str(exc)[:200] or type(exc).__name__), False
    return _document(parser, None), False


def _loosely(body: str, head: DocumentHead, strict: ParsedDocument) -> ParsedDocument:
    parser = _Loose("", None, "utf-8", head.entities)
    more = False
    try:
        parser.feed(_BARE_AMPERSAND.sub(lambda match: match[1] or "&amp;", body))
    except EnoughError:
        more = True
    except _TRIPS:  # what was read until then is better than nothing
        pass
    parser.rawdata = ""
    loose = _document(parser, strict.broken, more=more)
    return loose if len(loose.entries) >= len(strict.entries) else strict


def _document(parser: Any, broken: str | None, *, more: bool = False) -> ParsedDocument:
    parser.exc = None  # its traceback would keep the whole text alive
    entries = [dict(dict.items(entry)) for entry in parser.entries]
    version = parser.version or ""
    if version.startswith("rss10"):  # an item's rdf:about is its link, by the standard
        for entry in entries:
            entry.setdefault("link", entry.get("id"))
    return ParsedDocument(dict(dict.items(parser.feeddata)), entries, version, broken, more)
