"""Whether a story goes on at another address, as a page of several. Pure.

Only that is told: the other parts are not read, and a text that lacks them is no whole story.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

_NEXT = XPath("//link[contains(@rel, 'next')]|//a[contains(@rel, 'next')]")
_SIGNS = ('rel="next', "rel='next", "rel=next")
MOST_NEXT_LINKS = 10
# What the address of a part has beyond that of the first: `?page=2`, `/2/`, `-2.html`, `/seite-2`.
_NAMES = r"(?:page|pagina|pag|pg|seite|sivu|strona|p)"
_IN_QUERY = re.compile(rf"{_NAMES}=[2-9]", re.IGNORECASE)
_IN_PATH = re.compile(rf"[/_,.-](?:{_NAMES}[/_-]?)?[2-9]/?", re.IGNORECASE)
_SUFFIX = re.compile(r"(\.[a-z]{3,5})?/?$", re.IGNORECASE)
# Where addresses have no suffix, `-2` is what a blog adds to the next story of the same headline.
_SAME_HEADLINE = re.compile(r"[_,.-][2-9]/?")


def next_part(tree: HtmlElement, markup: str, url: str) -> str | None:
    """The address at which the page's own links say that it goes on; None for the next story."""
    if not any(sign in markup for sign in _SIGNS):  # far cheaper than a look at each link
        return None
    links: list[HtmlElement] = _NEXT(tree)
    for link in links[:MOST_NEXT_LINKS]:
        reference = (link.get("href") or "").strip()
        try:
            address = str(urljoin(url, reference))
            is_part = _is_part(urlsplit(url), urlsplit(address))
        except ValueError:  # no address at all
            continue
        if is_part:
            return address.partition("#")[0]
    return None


def _is_part(own: SplitResult, other: SplitResult) -> bool:
    if own.hostname != other.hostname or len(own.path) < 2:
        return False  # the second page of a site's front page is a list
    own_query, other_query = set(own.query.split("&")), set(other.query.split("&"))
    if own.path.rstrip("/") == other.path.rstrip("/"):
        if own_query - other_query - {""}:
            return False  # the next one in a list of numbers: `?p=7`, `?p=8`
        more = other_query - own_query
        return len(more) == 1 and _IN_QUERY.fullmatch(more.pop()) is not None
    stem, other_stem = _SUFFIX.sub("", own.path), _SUFFIX.sub("", other.path)
    added = other_stem.removeprefix(stem)
    if stem == own.path.rstrip("/") and _SAME_HEADLINE.fullmatch(added):
        return False
    return added != other_stem and _IN_PATH.fullmatch(added) is not None
