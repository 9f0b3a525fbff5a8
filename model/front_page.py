"""Front pages told from articles by their address: of links in feeds, of redirects, of what is typed in."""

import re
from urllib.parse import SplitResult, urlsplit

_FRONT = re.compile(
    r"/?|/(?:index|default|home|homepage)(?:\.[a-z]{2,5})?/?|/[a-z]{2}(?:[-_][a-z]{2})?/?",
    re.IGNORECASE,
)
# A front page with one of these in its query is a page of its own: `/?p=4711`.
NUMBERED = re.compile(
    r"(?:^|[&;])(?:[\w-]*id|p|q|s|a|n|art|article|story|post|news|item|page|view|option|act|action|do)=",
    re.IGNORECASE,
)


def is_front(parts: SplitResult) -> bool:
    """As `is_front_page`, of an address that is split already."""
    return _FRONT.fullmatch(parts.path) is not None and NUMBERED.search(parts.query) is None


def is_front_page(url: str) -> bool:
    """Whether the address is that of a whole site, with no more behind it than a language."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and is_front(parts)


def is_bare_front_page(url: str) -> bool:
    """The same without a query, which on some sites is all that tells a story: `/?2026/11/recount`."""
    return "?" not in url and is_front_page(url)
