"""When an article was published, and where that is known from. Pure.

The page's own instant comes first, then the feed's, the day in the address and the day that the
page's markup names; the day by the headline or what htmldate finds in the text comes last, since
htmldate also takes the year of a copyright notice for a date.
"""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from htmldate import find_date
from lxml.etree import XPath
from lxml.html import HtmlElement, tostring

from extractors.articles.body.paragraphs import PROSE, names_other_dates, words_of_element
from extractors.articles.metadata.page_facts import TIME_OF_DAY, PageFacts, sane
from extractors.feeds.dates.moments import day_order, read_date
from model import DateSource

Dated = tuple[datetime | None, DateSource | None]

# Place and day before a story's first word.
_DATELINE = re.compile(r"[^—–]{6,60}?(?:[—–:]|\s-\s|--)")
LONGEST_BYLINE = 100  # characters of a byline
NOON, AROUND_NOON = timedelta(hours=12), timedelta(hours=24)  # a day of any zone, as one of UTC
_OF_A_CHANGE = re.compile(r"updat|modif|actuali|aktualis|aggiorn|atualiz|mis à jour", re.IGNORECASE)
_OF_THE_FIRST = re.compile(
    r"publish|posted|publi[ée]|publicado|pubblicat|veröffentlicht|erstellt|입력|公開", re.IGNORECASE
)
_OF_OTHERS = frozenset(
    ("aside", "footer", "nav", "header", "form", "img", "figure", "script", "style")
)
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/_.]?)(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_WORDS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_TIMES = XPath("boolean(.//body//time/@datetime)")
_MONTH_IN_PATH = re.compile(
    rf"/(?P<year>20\d\d)/(?P<month>{_WORDS})[a-z]*/(?P<day>\d{{1,2}})/", re.IGNORECASE
)


def published(
    facts: PageFacts, feed: datetime | None, url: str, tree: HtmlElement, now: datetime
) -> Dated:
    """The instant and its source; (None, None) rather than a guess."""
    if date := sane(facts.published, now):
        return date, "page"
    if date := sane(feed, now):
        return date, "feed"
    if date := sane(in_address(url), now):
        instant = sane(_instant_by_the_headline(tree), now)
        is_that_day = instant is not None and abs(instant - date - NOON) <= AROUND_NOON
        return (instant, "page") if is_that_day else (date, "address")
    if date := sane(facts.day, now):
        return date, "page"
    date = sane(in_text(tree), now)
    date = date if date and date <= now + timedelta(days=1) else None  # no label is ahead of itself
    return (date, "text") if date else (None, None)


def in_address(url: str) -> datetime | None:
    """The whole day that stands in an address, such as /2026/11/27/ or 20261127."""
    path = urlsplit(url).path
    if date_parts := _MONTH_IN_PATH.search(path):
        month = _WORDS[3:-1].split("|").index(date_parts["month"].lower()) + 1
        return _day(int(date_parts["year"]), month, int(date_parts["day"]))
    for match in _IN_ADDRESS.finditer(path):
        bare = not match["mark"]
        if bare and len(match[0]) != 8:
            continue
        if date := _day(int(match["year"]), int(match["month"]), int(match["day"])):
            return date
    return None


def load_date_words() -> None:
    """Have dateparser, which htmldate asks of labels that it cannot read itself, compile its patterns of
    languages and time zones: 0.18 s of CPU, once a process."""
    label = '<html><body><p class="date">3 Sept. 2026</p><p>Ballots.</p></body></html>'
    find_date(label, original_date=True, extensive_search=True)


def in_text(tree: HtmlElement) -> datetime | None:
    """The day below or above the headline; else the one that htmldate finds in what is no side
    matter, unless it is a year that a copyright notice made a date of."""
    body = _without_other_days(tree)
    if day := _by_the_headline(body, tree.getroottree().getroot().get("lang")):
        return day
    metas = b"".join(tostring(meta) for meta in tree.iter("meta")).decode()
    markup = f"<html><head>{metas}</head>{tostring(body, encoding='unicode')}</html>"
    date_text = find_date(markup, original_date=True, extensive_search=True)
    day = datetime.fromisoformat(date_text).replace(tzinfo=UTC) if date_text else None
    if day and (day.month, day.day) == (1, 1) and not _names_new_year(markup, day.year):
        return None
    return day


def _instant_by_the_headline(tree: HtmlElement) -> datetime | None:
    """What the first label near the headline says in its markup, if that has a time of day."""
    moment = _by_the_headline(_without_other_days(tree), None) if _TIMES(tree) else None
    return moment if moment and moment != moment.replace(hour=0, minute=0, second=0) else None


def _by_the_headline(body: HtmlElement, language: str | None) -> datetime | None:
    """What the labels in the story's box name: not that of a change."""
    day_first = day_order((), language)
    for element in _story_box(body).iterdescendants("*"):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if _OF_A_CHANGE.search(names) and not _OF_THE_FIRST.search(names):
            continue
        text = element.get("datetime") or " ".join((element.text or "").split())
        for line in (text, " ".join((element.tail or "").split())):
            is_label = 6 <= len(line) <= LONGEST_BYLINE and any(map(str.isdigit, line))
            day = read_date(_first_said(line), day_first=day_first) if is_label else None
            if day is not None and line == element.get("datetime") and TIME_OF_DAY.search(line):
                return day
            if day is not None:
                return datetime(day.year, day.month, day.day, tzinfo=UTC)
        if element.get("class") == "prose":
            return None
    return None


def _first_said(label: str) -> str:
    """What a label says of the publication: "Updated Nov. 28, posted Nov. 27" without the change."""
    first = _OF_THE_FIRST.search(label)
    change = _OF_A_CHANGE.search(label, first.end() if first else 0)
    return label[first.start() if first else 0 : change.start() if change else None]


def _without_other_days(tree: HtmlElement) -> HtmlElement:
    """The body without what holds days of its own: footers, bars, lists of other stories, comments,
    pictures, addresses, and prose beyond its dateline."""
    body: HtmlElement = deepcopy(next(tree.iter("body"), tree))
    for element in [element for element in body.iterdescendants("*") if _has_other_days(element)]:
        element.drop_tree()
    for place, p in enumerate(
        [paragraph for paragraph in body.iter("p") if len(words_of_element(paragraph)) >= PROSE]
    ):
        text = words_of_element(p)
        p.clear(keep_tail=True)
        dateline = _DATELINE.match(text) if place == 0 else None
        p.text = dateline[0] if dateline else None
        p.set("class", "prose")
    for element in body.iter("a", "link"):
        element.attrib.pop("href", None)
    return body


def _story_box(tree: HtmlElement) -> HtmlElement:
    """The nearest box around the headline that holds prose, too; else the page's body."""
    headline = next(tree.iter("h1"), None)
    around = () if headline is None else headline.iterancestors()
    return next((box for box in around if box.find(".//p[@class='prose']") is not None), tree)


def _has_other_days(element: HtmlElement) -> bool:
    if element.find(".//h1") is not None or element.tag == "h1":
        return False
    return element.tag in _OF_OTHERS or names_other_dates(element)


def _names_new_year(markup: str, year: int) -> bool:
    """Whether the first of January stands on the page, not only its year."""
    first = rf"{year}\W0?1\W0?1(?!\d)|(?<!\d)0?1\W0?1\W{year}|\bjan\w*\.?\s+0?1(?:st)?,?\s+{year}|(?<!\d)0?1(?:st|\.|er|º)?\s+(?:de\s+)?(?:jan|ene|gen)\w*\.?,?\s+(?:de\s+)?{year}|{year}0101"
    return re.search(first, markup, re.IGNORECASE) is not None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
