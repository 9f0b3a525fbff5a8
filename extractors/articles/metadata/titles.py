"""Choosing a headline: the page's own without its site's name, else the feed's. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from extractors.articles.body.paragraphs import squash
from extractors.articles.metadata.page_facts import PageFacts

_PARTS = re.compile(r"\s+[|–—•·»«~-]\s+|\s*[|»]\s*|\s*::\s*")
_GENERIC = {
    *("", "home", "homepage", "news", "article", "index", "untitled", "notitle", "loading"),
    *("startseite", "accueil", "inicio", "untitleddocument", "pagenotfound", "404notfound"),
}


def pick_title(facts: PageFacts, feed_title: str, source: str, url: str) -> str:
    """One line. The feed's title stands in for a page title that says nothing."""
    names = {squash(name) for name in (facts.site or "", source, *_host_names(url))} - {""}
    for title in facts.titles:
        bare = without_site(title, names, facts.headline)
        if squash(bare) not in _GENERIC | names:
            return bare[:1000]
    return feed_title[:1000]


def without_site(title: str, names: Iterable[str], headline: str = "") -> str:
    """The title without a leading or trailing part that is only the site's name."""
    if headline and len(headline) >= 20 and title.startswith(headline):
        return headline
    title = title.strip(" |–—-·•»")
    for _ in range(3):
        pieces = list(_PARTS.finditer(title))
        if not pieces:
            break
        first, last = title[: pieces[0].start()], title[pieces[-1].end() :]
        if _names_site(last, names):
            title = title[: pieces[-1].start()].strip()
        elif _names_site(first, names):
            title = title[pieces[0].end() :].strip()
        else:
            break
    return title


def _names_site(part: str, names: Iterable[str]) -> bool:
    key = squash(part)
    return not key or any(
        key == name or (len(name) >= 4 and name in key and len(key) <= 2 * len(name) + 4)
        for name in names
    )


def _host_names(url: str) -> tuple[str, ...]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    return (host, *(label for label in labels[:-1] if len(label) >= 4))
