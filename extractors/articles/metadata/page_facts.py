"""Title, authors, dates, language and addresses of a page, from its head, its markup and its JSON-LD. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from extractors.articles.decoding import clean
from extractors.articles.metadata.json_ld import (
    date_of,
    is_article,
    is_web_page,
    json_ld_body,
    json_ld_text,
    json_ld_things,
    of_this_page,
    transcript_of,
    updates_of,
    videos_without_article,
)
from extractors.feeds.dates.moments import FURTHEST_AHEAD, read_date
from extractors.fetch.urls import canonical_url, same_site

_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][\w-]*)?$", re.I)
_BYLINE = re.compile(r"^\W*(?:(?:written|words|story|text) )?(?:by|von|por|par|di)\b[\s:]*", re.I)
_AND = re.compile(r"\s*[;|]\s*|,\s+(?=\S+ \S)(?:and |und |y |et )?|\s+(?:and|und|et|&)\s+")
_NO_NAME = re.compile(
    r"https?:|@|\d{2}|www\.|[<>{}]|\b(?:editor|reporter|correspondent|updated)\b", re.I
)
_REFRESH = re.compile(r"(\d{1,3})(?:\.\d{0,9})?\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\">]+)", re.I)
_DATE_NAMES = (
    *("article:published_time", "datepublished", "date", "og:article:published_time", "pubdate"),
    *("og:published_time", "article:published", "article.published", "published_time", "published"),
    *("publish-date", "publish_date", "publishdate", "publication_date", "publicationdate"),
    *("parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date", "dc.date.created"),
    *("dcterms.issued", "dcterms.created", "dcterms.date", "originalpublicationdate", "rbpubdate"),
    *("cxenseparse:recs:publishtime", "cxenseparse:publishtime", "article_date_original"),
)
# Microdata, and the microformats of hAtom and h-entry.
_MARKED_DATES = XPath(
    "//body//*[@itemprop='datePublished' or contains(concat(' ', @class, ' '), ' dt-published ')"
    " or self::abbr[contains(concat(' ', @class, ' '), ' published ')]]"
)
TIME_OF_DAY = re.compile(r"\d[:hH.]\d\d|T\d{4}|^\d{10}(?:\d{3})?$|^20\d{12}$")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything is as the page claims; nothing is checked against the world."""

    titles: tuple[str, ...]  # best first, the <title> last
    headline: str  # the first <h1>
    descriptions: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime | None  # an instant
    day: datetime | None  # where no instant is named
    language: str | None
    site: str | None
    canonical_url: str | None
    article_text: str  # JSON-LD articleBody
    transcript: str  # of a video or a sound on the page
    updates: tuple[str, ...]  # of a live blog, the newest first as it lists them
    paid: bool  # JSON-LD isAccessibleForFree is false
    refresh: str | None  # target of an immediate <meta refresh>


def page_facts(tree: HtmlElement, url: str) -> PageFacts:
    metas = _metas(tree)
    data = list(json_ld_things(tree))
    # The page comes after the article on it.
    things = of_this_page(sorted(filter(is_article, data), key=is_web_page), url)
    headline = next((clean(h.text_content())[:500] for h in tree.iter("h1")), "")
    titles = (metas.get("og:title"), *(json_ld_text(t.get("headline")) for t in things), headline)
    titles = (*titles, metas.get("twitter:title"), next((t.text for t in tree.iter("title")), ""))
    about = map(metas.get, ("description", "og:description", "twitter:description"))
    published = _published(tree, metas, data, things, _instant)
    return PageFacts(
        titles=tuple(
            dict.fromkeys(clean(t[:2000]).replace("\n", " ") for t in titles if t and t.strip())
        ),
        headline=headline.replace("\n", " "),
        descriptions=tuple(clean(text).replace("\n", " ") for text in about if text),
        authors=_authors(things, metas, tree),
        published=published,
        day=None if published else _published(tree, metas, data, things, read_date),
        language=_language(tree, metas),
        site=clean(metas.get("og:site_name", "")).replace("\n", " ")[:200] or None,
        canonical_url=_canonical(tree, metas, url),
        article_text=max((json_ld_body(thing) for thing in things), key=len, default=""),
        transcript=transcript_of(data),
        updates=tuple(update for thing in things for update in updates_of(thing)),
        paid=metas.get("article:content_tier") == "locked"
        or any(str(t.get("isAccessibleForFree")).lower() == "false" for t in things),
        refresh=_refresh(tree),
    )


def primary_language(tag: str | None) -> str | None:
    """The primary BCP 47 subtag in lower case, or None for what is none."""
    match = _LANGUAGE_TAG.match((tag or "").strip())
    return match[1].lower() if match and match[1].lower() not in {"und", "xx", "mul"} else None


def sane(date: datetime | None, now: datetime) -> datetime | None:
    """The date, unless it is before 1990 or more than 26 hours ahead."""
    if date is None or not 1990 <= date.year <= 9000 or date > now + FURTHEST_AHEAD:
        return None
    return date


def _metas(tree: HtmlElement) -> dict[str, str]:
    texts: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        content = meta.get("content")
        if name and content and len(texts) < 500:
            texts.setdefault(name, content[:5000])
    return texts


def _authors(
    things: list[dict[str, object]], metas: dict[str, str], tree: HtmlElement
) -> tuple[str, ...]:
    """Names by JSON-LD, else by <meta>, else as marked on the page."""
    names = [name for thing in things for name in _names(thing.get("author"))]
    if not names:
        keys = ("author", "parsely-author", "dc.creator", "sailthru.author", "article:author")
        names = [metas[key] for key in keys if key in metas][:1]
    if not names:
        marked = islice(filter(_is_byline, tree.iter("*")), 5)
        names = [str(element.text_content())[:300] for element in marked]
    return tuple(dict.fromkeys(name for text in names for name in _split_names(text)))[:20]


def _is_byline(element: HtmlElement) -> bool:
    names = element.get("class")
    if names is not None and ("author-name" in names or "byline" in names):
        return True
    return "author" in (element.get("itemprop"), element.get("rel"))


def _names(author: object) -> list[str]:
    if isinstance(author, list):
        return [name for person in author[:20] for name in _names(person)]
    if isinstance(author, dict):
        return _names(author.get("name"))
    return [author] if isinstance(author, str) else []


def _split_names(text: str) -> list[str]:
    """Single names out of a byline; addresses and sentences are none."""
    text = _BYLINE.sub("", " ".join(clean(text[:1000]).split()))
    names = [name.strip(" ,;|·•") for name in _AND.split(text)]
    return [n for n in names if 2 < len(n) <= 60 and len(n.split()) <= 6 and not _NO_NAME.search(n)]


def _published(
    tree: HtmlElement,
    metas: dict[str, str],
    data: list[dict[str, object]],
    things: list[dict[str, object]],
    parse: Callable[[str], datetime | None],
) -> datetime | None:
    """The first that `read` makes something of."""
    texts = chain(
        (date_of(thing.get("datePublished")) for thing in things),
        (metas.get(name, "") for name in _DATE_NAMES),
        _marked_dates(tree),  # looked for only where none of the above names one
        (date_of(thing.get("dateCreated")) for thing in things),
        (date_of(thing["uploadDate"]) for thing in videos_without_article(data)),
    )
    return next((date for text in texts if text and (date := parse(text))), None)


def _marked_dates(tree: HtmlElement) -> Iterator[str]:
    for element in _MARKED_DATES(tree)[:3]:
        yield element.get("datetime") or element.get("content") or element.get("title") or ""


def _instant(text: str) -> datetime | None:
    text = text.strip().partition("\n")[0][:60]
    return read_date(text) if TIME_OF_DAY.search(text) else None


def _language(tree: HtmlElement, metas: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    tags = (root.get("lang"), root.get("xml:lang"), metas.get("og:locale"), metas.get("language"))
    return next((code for tag in tags if (code := primary_language(tag))), None)


def _canonical(tree: HtmlElement, metas: dict[str, str], url: str) -> str | None:
    own = canonical_url(url)
    links = [link.get("href") for link in tree.iter("link") if _is_canonical(link)]
    for claim in [*links, metas.get("og:url")]:
        canonical = canonical_url(claim, url) if claim else None
        if canonical and own and same_site(canonical, own) and not _is_above(canonical, own):
            return canonical
    return own


def _is_canonical(link: HtmlElement) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _is_above(claim: str, own: str) -> bool:
    """Whether a claim names the site or a section that the address lies in.

    Some templates put the home page there on every story; believing it would make all stories
    of the site one article.
    """
    above, path = urlsplit(claim), urlsplit(own)
    if above.path == "/" and not above.query:
        return path.path != "/" or bool(path.query)
    rest = path.path.removeprefix(above.path.rstrip("/") + "/")
    is_page = re.fullmatch(r"(?:amp|page/\d+|\d{1,2}|print|index\.\w+)?/?", rest)
    return rest != path.path and not above.query and not is_page


def _refresh(tree: HtmlElement) -> str | None:
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match((meta.get("content") or "")[:3000].strip())
            if match and int(match[1]) <= 30:
                return match[2].strip()
    return None
