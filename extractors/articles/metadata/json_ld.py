"""What a page says of itself as JSON-LD: the things it names, and which of them is the article. Pure."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from lxml.html import HtmlElement

from extractors.articles.decoding import markup_to_text
from extractors.fetch.urls import canonical_url
from extractors.loose_json import objects, read_loosely

_ARTICLE_TYPES = re.compile(
    r"(?:News|Reportage|Opinion|Analysis|Review|Background|Advertiser|Satirical|Blog|Scholarly|Tech)?"
    r"(?:Article|Posting|NewsArticle)|LiveBlogPosting|Report|WebPage$"
)
# What a page says to be others than itself.
_OTHER_PAGES = frozenset(
    ("itemListElement", "relatedLink", "significantLink", "citation", "mentions", "isBasedOn")
)
_POSTS = ("liveBlogUpdate", "blogPosts", "blogPost")
MOST_UPDATES = 1_000  # posts of a live blog
MOST_JSON = 2_000_000  # characters of JSON-LD looked at


def json_ld_things(tree: HtmlElement) -> Iterator[dict[str, object]]:
    budget = MOST_JSON
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > budget:
            continue
        budget -= len(text)
        with suppress(ValueError):
            yield from objects(_read(text), without=_OTHER_PAGES)


def _read(text: str) -> object:
    try:
        return json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return read_loosely(text)


def of_this_page(things: list[dict[str, object]], url: str) -> list[dict[str, object]]:
    """Without those that say of themselves to be at another address, where one is at this."""
    own = canonical_url(url)
    places = [_address(thing, url) for thing in things]
    if own is None or own not in places:
        return things
    return [thing for thing, at in zip(things, places, strict=True) if at in (None, own)]


def _address(thing: dict[str, object], url: str) -> str | None:
    main = thing.get("mainEntityOfPage")
    address = json_ld_text(thing.get("url")) or json_ld_text(
        main.get("@id") if isinstance(main, dict) else main
    )
    return canonical_url(address, url) if address else None


def is_article(thing: dict[str, object]) -> bool:
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE_TYPES.match(_bare(name)) for name in names)


def videos_without_article(things: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Videos and sounds of a page that names no article beside them."""
    things = list(things)
    if any(is_article(thing) and not is_web_page(thing) for thing in things):
        return []
    return [thing for thing in things if "uploadDate" in thing]


def is_web_page(thing: dict[str, object]) -> bool:
    return str(thing.get("@type")).endswith("WebPage")


def _bare(name: str) -> str:
    """`http://schema.org/NewsArticle` and `schema:NewsArticle` without where it is defined."""
    return name.rpartition("/")[2].rpartition(":")[2]


def json_ld_body(thing: dict[str, object]) -> str:
    return markup_to_text(json_ld_texts(thing.get("articleBody")))


def json_ld_texts(value: object) -> str:
    """A text, the text of a text object, or a list of such: a paragraph each."""
    if isinstance(value, list):
        return "\n".join(text for item in value[:MOST_UPDATES] if (text := json_ld_texts(item)))
    return json_ld_texts(value.get("text")) if isinstance(value, dict) else json_ld_text(value)


def updates_of(thing: dict[str, object]) -> Iterator[str]:
    """The posts of a live blog, headline and text, as one line or more each."""
    listed = next((posts for key in _POSTS if (posts := thing.get(key))), None)
    for update in (listed if isinstance(listed, list) else [listed])[:MOST_UPDATES]:
        if isinstance(update, dict):
            headline = markup_to_text(json_ld_text(update.get("headline")))
            texts = (json_ld_texts(update.get(key)) for key in ("text", "description"))
            text = json_ld_body(update) or markup_to_text(next(filter(None, texts), ""))
            joined = "\n".join(part for part in (headline, text) if part)
            if joined:
                yield joined


def transcript_of(things: Iterable[dict[str, object]]) -> str:
    """What is said in the longest video or sound of the page."""
    texts = (markup_to_text(json_ld_texts(thing.get("transcript"))) for thing in things)
    return max(texts, key=len, default="")


def date_of(value: object) -> str:
    """A date as it is written; numbers are seconds or milliseconds since 1970."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.0f}" if is_number else json_ld_texts(value)


def json_ld_text(value: object) -> str:
    return value if isinstance(value, str) else ""
