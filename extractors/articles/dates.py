"""When an article was published, and where that is known from. Pure.

The page's own instant comes first, then the feed's, then the day in the address; what htmldate
finds in the text comes last, since it also takes the year of a copyright notice for a date.
"""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from htmldate import find_date

from extractors.articles.metadata import sane
from model import DateSource

Dated = tuple[datetime | None, DateSource | None]

_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/_.]?)(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_WORDS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_NAMED = re.compile(
    rf"/(?P<year>20\d\d)/(?P<month>{_WORDS})[a-z]*/(?P<day>\d{{1,2}})/", re.IGNORECASE
)


def published(
    page: datetime | None, feed: datetime | None, url: str, markup: str, now: datetime
) -> Dated:
    """The instant and its source; (None, None) rather than a guess."""
    if date := sane(page, now):
        return date, "page"
    if date := sane(feed, now):
        return date, "feed"
    if date := sane(in_address(url), now):
        return date, "address"
    date = sane(in_text(markup), now)
    return (date, "text") if date else (None, None)


def in_address(url: str) -> datetime | None:
    """The whole day that stands in an address, such as /2026/11/27/ or 20261127."""
    path = urlsplit(url).path
    if named := _NAMED.search(path):
        month = _WORDS[3:-1].split("|").index(named["month"].lower()) + 1
        return _day(int(named["year"]), month, int(named["day"]))
    for found in _IN_ADDRESS.finditer(path):
        bare = not found["mark"]
        if bare and len(found[0]) != 8:
            continue
        if date := _day(int(found["year"]), int(found["month"]), int(found["day"])):
            return date
    return None


def in_text(markup: str) -> datetime | None:
    """The day that htmldate finds, unless it is a year that a copyright notice made a date of."""
    found = find_date(markup, original_date=True, extensive_search=True)
    day = datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None
    if day and (day.month, day.day) == (1, 1) and not _names_new_year(markup, day.year):
        return None
    return day


def _names_new_year(markup: str, year: int) -> bool:
    """Whether the first of January stands on the page, not only its year."""
    first = rf"{year}\W0?1\W0?1(?!\d)|(?<!\d)0?1\W0?1\W{year}|\bjan\w*\.?\s+0?1(?:st)?,?\s+{year}|(?<!\d)0?1(?:st|\.|er|º)?\s+(?:de\s+)?(?:jan|ene|gen)\w*\.?,?\s+(?:de\s+)?{year}|{year}0101"
    return re.search(first, markup, re.IGNORECASE) is not None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
