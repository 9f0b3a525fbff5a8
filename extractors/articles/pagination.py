"""Where a story of several pages goes on, and where all of it stands on one page. Pure.

Only an address that is the first page's own with a number counts: a "next" link leads to the next
story as often, and a site's list of pages to its archive. What is asked for is decided in
`several_pages.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from extractors.fetch.urls import canonical_url

# Where the link may be a number alone; others hold the story's own name. Each costs 0.1 ms a page.
_RELATIVE_SIGNS = ('rel="next', "?page=2")
MOST_PAGE_LINKS = 2_000
MOST_NEXT_LINKS = 20  # links to one page that are asked what they are called
LONGEST_CALL = 100  # characters of what a link is called
LONGEST_CLASSES = 500  # characters of an element's classes
LONGEST_RELATIVE = 20  # characters of an address that is nothing but a number: `?page=2`, `2/`
# What the address of a part has beyond that of the first: `?page=2`, `/2/`, `-2.html`, `/seite-2`.
_NAMES = r"(?:page|paged|pagina|pag|pg|seite|sivu|strona|sida|side|part|p)"
_IN_QUERY = re.compile(rf"{_NAMES}=([2-9])", re.IGNORECASE)
_FIRST_IN_QUERY = re.compile(rf"{_NAMES}=1", re.IGNORECASE)
_IN_PATH = re.compile(rf"[/_,.-](?:{_NAMES}[/_-]?)?([2-9])/?", re.IGNORECASE)
_SUFFIX = re.compile(r"(\.[a-z]{3,5})?/?$", re.IGNORECASE)
# Where addresses have no suffix, `-2` is what a blog adds to the next story of the same headline.
_SAME_HEADLINE = re.compile(r"[_,.-][2-9]/?")
# A link without rel="next" must be called after the page that it leads to, or "next".
_CALLED = re.compile(
    r"(?:\W*(?:next|continue|continued|weiter|nächste|suivant|suite|siguiente|continuar|próxima"
    r"|seguinte|avanti|successiva|segue|volgende|verder|nästa|neste|næste|seuraava|następna|dalej"
    r"|další|следующая|далее|наступна|sonraki|下一页|次へ|다음)\b.{0,40}"
    r"|\W*(?:page|part|seite|pagina|página|strona|sida|side|teil|partie|pág)?\W{0,3}\d(?:\W.{0,12})?|[›»→>]+)",
    re.IGNORECASE | re.DOTALL,
)
# Behind the story's own name in an address
_BEHIND = re.compile(r"[^\s\"'<>]{0,60}?[/=_,.-][a-z]{0,10}[/_-]?[2-9]\b", re.IGNORECASE)
SHORTEST_SLUG = 3  # letters
MOST_MENTIONS = 200  # of the name on a page that are looked at
_OF_OTHERS = re.compile(r"comment|disqus|discussion|archive|related", re.IGNORECASE)
_WHOLE = (
    r"(?:page|paged|pagewanted|pagina|seite|view|show|onglet|p)=(?:all|full|alle|single|-1|print)"
    r"|(?:single-?page|one-?page|full|print|all)=(?:1|true|yes|y)"
)
_WHOLE_QUERY = re.compile(_WHOLE, re.IGNORECASE)
_WHOLE_PATH = re.compile(
    r"[/_,.-](?:komplettansicht|gesamt|full|all|single-?page|singlepage|print|onepage|complet|completo)/?",
    re.IGNORECASE,
)
_LISTS = XPath("count(//article[.//a][.//h2 or .//h3])")
FEWEST_LISTED = 4  # articles with headlines of their own on one page: a list


@dataclass(frozen=True, slots=True)
class OtherPages:
    """Addresses; None where the page's links name none."""

    following: str | None = None
    whole: str | None = None  # all of the story on one page


NO_OTHERS = OtherPages()


def other_pages(
    tree: HtmlElement,
    markup: str,
    url: str,
    canonical: str | None = None,
    *,
    first: str | None = None,
    number: int = 1,
) -> OtherPages:
    """What the links of page `number` of the story that begins at `first` (None: `url`) say.

    `canonical` is what the page calls its own address: many name the view on one page there.
    """
    base = _parts_of(first or url)
    if base is None or len(base.path) < 2:
        return NO_OTHERS  # the second page of a site's front page is a list
    whole = canonical if canonical and canonical != url and _is_whole(base, canonical) else None
    if not _may_go_on(markup, base):  # far cheaper than a look at each link
        return OtherPages(whole=whole) if whole else NO_OTHERS
    links = list(_addresses(tree, url, _slug_of(base)))
    numbered = (link for link in links if _number_of(base, link[1]) == number + 1)
    next_links = islice(numbered, MOST_NEXT_LINKS)
    following = next((address for link, address in next_links if _leads_on(link)), None)
    if following is None or _LISTS(tree) >= FEWEST_LISTED:  # a print link alone says nothing
        return OtherPages(whole=whole) if whole else NO_OTHERS
    views = (address for link, address in links if link.tag == "a" and _is_whole(base, address))
    return OtherPages(following, whole or next(views, None))


def _may_go_on(markup: str, base: SplitResult) -> bool:
    """Whether the page has a link of that kind at all."""
    slug, at = _slug_of(base), 0
    if len(slug) >= SHORTEST_SLUG:
        for _ in range(MOST_MENTIONS):
            if (at := markup.find(slug, at) + len(slug)) < len(slug):
                break
            if _BEHIND.match(markup, at):
                return True
    return any(sign in markup for sign in _RELATIVE_SIGNS)


def _slug_of(base: SplitResult) -> str:
    return _SUFFIX.sub("", base.path).rpartition("/")[2]


def _addresses(tree: HtmlElement, url: str, slug: str) -> Iterator[tuple[HtmlElement, str]]:
    """Links whose address has the story's own name in it."""
    for link in islice(tree.iter("a", "link"), MOST_PAGE_LINKS):
        reference = (link.get("href") or "").strip()
        if not reference or (slug not in reference and len(reference) > LONGEST_RELATIVE):
            continue
        try:
            address = str(urljoin(url, reference))
        except ValueError:  # no address at all
            continue
        if slug in address:
            yield link, address.partition("#")[0]


def _leads_on(link: HtmlElement) -> bool:
    if "next" in (link.get("rel") or ""):
        return True
    if link.tag == "link":
        return False
    called = str(link.text_content()).strip()
    if len(called) > LONGEST_CALL or not _CALLED.fullmatch(called):
        return False
    for element in (link, *link.iterancestors()):
        classes, name = element.get("class") or "", element.get("id") or ""
        if _OF_OTHERS.search(f"{classes[:LONGEST_CLASSES]} {name[:LONGEST_CLASSES]}"):
            return False
    return True


def _parts_of(address: str) -> SplitResult | None:
    """An address without trackers, and without the number of a first page."""
    try:
        parts = urlsplit(canonical_url(address) or "")
    except ValueError:
        return None
    query = "&".join(pair for pair in parts.query.split("&") if not _FIRST_IN_QUERY.fullmatch(pair))
    return parts._replace(query=query) if parts.hostname else None


def _number_of(base: SplitResult, address: str) -> int | None:
    """Which page of the story an address is of; None for another story's."""
    other = _parts_of(address)
    if other is None or _host(other) != _host(base):
        return None
    own_query, other_query = _pairs(base), _pairs(other)
    if base.path.rstrip("/") == other.path.rstrip("/"):
        more = other_query - own_query
        if own_query - other_query or len(more) != 1:
            return None  # the next one in a list of numbers: `?p=7`, `?p=8`
        match = _IN_QUERY.fullmatch(more.pop())
        return int(match[1]) if match else None
    if own_query != other_query:
        return None
    added = _added(base, other)
    if added is None:
        return None
    has_no_suffix = _SUFFIX.sub("", base.path) == base.path.rstrip("/")
    if has_no_suffix and _SAME_HEADLINE.fullmatch(added):
        return None
    match = _IN_PATH.fullmatch(added)
    return int(match[1]) if match else None


def _is_whole(base: SplitResult, address: str) -> bool:
    """Whether an address is that of the story on one page."""
    other = _parts_of(address)
    if other is None or _host(other) != _host(base):
        return False
    more = _pairs(other) - _pairs(base)
    if base.path.rstrip("/") == other.path.rstrip("/"):
        return len(more) == 1 and _WHOLE_QUERY.fullmatch(more.pop()) is not None
    added = _added(base, other)
    return not more and added is not None and _WHOLE_PATH.fullmatch(added) is not None


def _added(base: SplitResult, other: SplitResult) -> str | None:
    """What a path has beyond the first page's, suffixes apart; None for another path."""
    stem, other_stem = _SUFFIX.sub("", base.path), _SUFFIX.sub("", other.path)
    return other_stem.removeprefix(stem) if other_stem.startswith(stem) else None


def _pairs(parts: SplitResult) -> set[str]:
    return set(parts.query.split("&")) - {""}


def _host(parts: SplitResult) -> tuple[str, int | None]:
    try:
        return (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return "", None
