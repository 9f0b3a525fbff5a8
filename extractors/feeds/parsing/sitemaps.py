"""Sitemaps, news sitemaps, sitemap indexes and plain lists of addresses. Pure.

Many local papers have no feed, but a news sitemap for search engines. Times of change (`lastmod`)
become `updated`: an article that is changed is read again.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

from lxml import etree

from extractors.feeds.dates.moments import read_date, sane_moment
from extractors.feeds.parsing.entries import (
    MOST_ENTRIES,
    RawEntry,
    entries,
    is_address,
    language_tag,
)
from extractors.feeds.parsing.links import read_link
from extractors.feeds.parsing.text import ends_inside, one_line
from model import Outcome, ParsedFeed
from model.front_page import is_bare_front_page

MOST_CHILD_SITEMAPS = 500
MOST_SITEMAP_LINES = 50_000
MOST_EVENTS = 1_500_000
_OPENED_URL = re.compile(r"<(?:[\w.-]+:)?(?:url|sitemap)\s*>", re.IGNORECASE)
_SITEMAP_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>", re.IGNORECASE)
_CLOSED_URL = re.compile(r"</(?:[\w.-]+:)?(?:url|sitemap)\s*>", re.IGNORECASE)
_DATED = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/.]?(?P<month>0[1-9]|1[0-2])(?:[-_/.]?(?P<day>[0-3]\d))?(?!\d)"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMED = re.compile(
    rf"(?<![a-z])(?P<month>(?:{'|'.join(MONTHS)})[a-z]{{0,6}})[-_/.]?(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_SITEMAP_FILE = re.compile(r"\.xml(?:\.gz)?(?:\?|$)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEWS = re.compile(
    r"(?<![a-z])(?:google-?|sitemap-?)?(?:news|latest|recent|today)(?:-?sitemap)?(?![a-z])",
    re.IGNORECASE,
)
_BARE_AMPERSAND_OR_ENTITY = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)(\w{1,31};)?", re.IGNORECASE
)
_WANTED = {"loc", "lastmod", "publication_date", "title", "language", "name", "keywords"}


def parse_sitemap(text: str, url: str, now: datetime | None) -> ParsedFeed:
    """`text` starts at the root element: no document type, so no entities."""
    rows: list[dict[str, str]] = []
    problem = _read(with_plain_ampersands(text), rows)
    indexed = re.match(r"<(?:[\w.-]+:)?sitemapindex\b", text, re.IGNORECASE) is not None
    if indexed or any("sitemap" in row for row in rows) or _lists_sitemaps(rows):
        return _index(rows, url, now, problem)
    if len(rows) > MOST_ENTRIES:
        problem = f"The sitemap has {len(rows):,} pages; the first {MOST_ENTRIES:,} were read."
    raw_entries = (_raw_entry(row, now) for row in rows[:MOST_ENTRIES] if _is_listed(row))
    return ParsedFeed(
        title=next((row["name"] for row in rows if row.get("name")), ""),
        site_url=None,
        language=next((tag for row in rows if (tag := language_tag(row.get("language")))), None),
        format="sitemap",
        entries=entries(raw_entries, url),
        hint_seconds=None,
        outcome=Outcome.MALFORMED if problem else Outcome.OK,
        problem=problem,
        cut=problem is not None and ends_inside(text, _OPENED_URL, _CLOSED_URL, _SITEMAP_END),
    )


def _is_listed(row: dict[str, str]) -> bool:
    """Front pages are listed in most sitemaps, and are no articles."""
    return bool(row.get("loc")) and (bool(row.get("title")) or not is_bare_front_page(row["loc"]))


def _lists_sitemaps(rows: list[dict[str, str]]) -> bool:
    """Whether an index was written as if its sitemaps were pages."""
    return bool(rows) and all(_SITEMAP_FILE.search(row.get("loc", "")) for row in rows)


def with_plain_ampersands(text: str) -> str:
    """`?a=1&b=2` and `&eacute;` as XML has them; a parser that goes on after them drops both."""
    sections = text.split("<![CDATA[")
    sections[0] = _BARE_AMPERSAND_OR_ENTITY.sub(_escaped, sections[0])
    for place, section in enumerate(sections[1:], 1):
        inside, end, after = section.partition("]]>")
        sections[place] = inside + end + _BARE_AMPERSAND_OR_ENTITY.sub(_escaped, after)
    return "<![CDATA[".join(sections)


def _escaped(match: re.Match[str]) -> str:
    char = unescape(match[0]) if match[1] else match[0]
    return char if char != match[0] else f"&amp;{match[1] or ''}"


def _read(text: str, rows: list[dict[str, str]]) -> str | None:
    """Fills `rows` with the wanted texts of each <url> or <sitemap>; a sentence if it is broken."""
    parser = etree.XMLPullParser(
        events=("start", "end"), recover=True, resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    row: dict[str, str] | None = None
    count = 0
    problem = None
    try:
        for start in range(0, len(text), 65_536):
            parser.feed(text[start : start + 65_536].encode("utf-8", "replace"))
            for event, node in parser.read_events():
                count += 1
                row = _take(event, node, row, rows)
            if len(rows) > MOST_ENTRIES or count > MOST_EVENTS:
                return f"The sitemap is very long; the first {len(rows):,} pages were read."
        parser.close()
    except etree.XMLSyntaxError as exc:
        problem = f"The XML is broken ({str(exc.msg)[:200]})."
    for event, node in parser.read_events():
        row = _take(event, node, row, rows)
    errors = parser.feed_error_log
    if problem is None and len(errors):
        problem = f"The XML is broken (line {errors[0].line}: {errors[0].message[:200]})."
        if not _SITEMAP_END.search(text[-500:]):
            whole = len(
                _CLOSED_URL.findall(text)
            )  # the last one's address may be cut in the middle
            del rows[whole:]
    return problem


def _take(
    event: str, node: etree._Element, row: dict[str, str] | None, rows: list[dict[str, str]]
) -> dict[str, str] | None:
    name = node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""
    if event == "start":
        if name in {"url", "sitemap"}:
            row = {name: ""}
            rows.append(row)
        return row
    if name in {"url", "sitemap"}:
        node.clear()
        if (parent := node.getparent()) is not None:
            parent.remove(node)
        return None
    prefix = node.tag.partition("}")[0].lower() if isinstance(node.tag, str) else ""
    if row is not None and name in _WANTED and not re.search("image|video", prefix):
        row.setdefault(name, one_line(node.text or "", 2_100))
    return row


def _raw_entry(row: dict[str, str], now: datetime | None) -> RawEntry:
    published = sane_moment(read_date(row.get("publication_date", "")), now)
    updated = sane_moment(read_date(row.get("lastmod", "")), now)
    return RawEntry(
        None, row["loc"], row.get("title", ""), published, updated, language=row.get("language")
    )


def _index(
    rows: list[dict[str, str]], url: str, now: datetime | None, problem: str | None
) -> ParsedFeed:
    """Children with the newest change first: those hold the news. Pages beside them are kept."""
    indexed = any("sitemap" in row for row in rows)
    pages = [row for row in rows if indexed and "url" in row and row.get("loc")]
    listed = [
        (child, row.get("lastmod", ""))
        for row in rows
        if (indexed is False or "sitemap" in row)
        and (child := read_link(row.get("loc"), url))
        and is_address(child)
    ]
    ordered = newest_first(listed)
    if len(ordered) > MOST_CHILD_SITEMAPS:
        problem = f"The index lists {len(ordered):,} sitemaps; the {MOST_CHILD_SITEMAPS} newest were kept."
    outcome = Outcome.MALFORMED if problem else Outcome.OK
    newest = ordered[:MOST_CHILD_SITEMAPS]
    return ParsedFeed(
        title="",
        site_url=None,
        language=None,
        format="sitemap-index",
        entries=entries((_raw_entry(row, now) for row in pages[:MOST_ENTRIES]), url),
        hint_seconds=None,
        outcome=outcome,
        problem=problem,
        children=tuple(url for url, _ in newest),
        children_until=tuple(until for _, until in newest),
        cut=len(ordered) > MOST_CHILD_SITEMAPS,
    )


def newest_first(listed: Iterable[tuple[str, str]]) -> list[tuple[str, datetime | None]]:
    """Each child once, with the time up to which its pages may have changed, None if nothing tells.

    By `lastmod`; else by the month or day in its name, whose end it is; else `news` in its name
    comes first, then the highest year and number, or the end of the index, since most writers
    append. Children without a date come first when any has one: they may hold today's pages.
    """
    children: dict[str, tuple[datetime | None, int, int, int, int]] = {}
    for place, (url, lastmod) in enumerate(listed):
        until = read_date(lastmod) or _end_of_name(url)
        name = url.partition("://")[2].partition("/")[2]
        news = _newsy(name) if until is None else 0
        children.setdefault(url, (until, news, _year(name), _number(url), place))
    ordered = sorted(children.items(), key=lambda child: _age(*child[1]), reverse=True)
    return [(url, until) for url, (until, *_) in ordered]


def _age(
    until: datetime | None, news: int, year: int, number: int, place: int
) -> tuple[bool, float, int, int, int, int]:
    return until is None, until.timestamp() if until else 0.0, news, year, number, place


def _newsy(name: str) -> int:
    """2 where the file's name says that it holds news, 1 where a folder's does, else 0."""
    folder, _, file = name.rpartition("/")
    return 2 if _NEWS.search(file) else 1 if _NEWS.search(folder) else 0


def _end_of_name(url: str) -> datetime | None:
    """The end of the day or month that stands in a child's name, such as `2018-04`."""
    name = url.partition("://")[2]
    if worded := _MONTH_NAMED.search(name):
        return _end(int(worded["year"]), MONTHS.index(worded["month"][:3].lower()) + 1, 0)
    dated = _DATED.search(name)
    return _end(int(dated["year"]), int(dated["month"]), int(dated["day"] or 0)) if dated else None


def _end(year: int, month: int, day: int) -> datetime | None:
    try:
        if day:
            return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
        return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    except ValueError:
        return None


def _year(name: str) -> int:
    years = _YEAR.findall(name)
    return int(years[-1]) if years else 0


def _number(url: str) -> int:
    """The last number in the name: `post-sitemap12.xml` follows `post-sitemap2.xml`."""
    numbers = re.findall(r"\d{1,9}", url.rpartition("/")[2])
    return int(numbers[-1]) if numbers else 0


def parse_lines(text: str, url: str) -> ParsedFeed | None:
    """A text sitemap: nothing but addresses, one a line, and `#` notes; None for any other text."""
    lines = list(_addresses(text))
    if not lines:
        return None
    problem = None
    if len(lines) > MOST_ENTRIES:
        problem = f"The list is longer than {MOST_ENTRIES:,} addresses; the rest was not read."
    listed = entries((RawEntry(None, line, "") for line in lines[:MOST_ENTRIES]), url)
    outcome = Outcome.MALFORMED if problem else Outcome.OK
    return ParsedFeed("", None, None, "sitemap", listed, None, outcome, problem)


def _addresses(text: str) -> Iterator[str]:
    stripped = (line.strip() for line in text.split("\n", MOST_SITEMAP_LINES)[:MOST_SITEMAP_LINES])
    lines = [line for line in stripped if line and not line.startswith("#")]
    return iter(lines) if lines and all(map(is_address, lines)) else iter(())
