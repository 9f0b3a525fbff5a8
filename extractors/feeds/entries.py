"""Entries as every kind of feed makes them: bounded, resolved, and each with one identity. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from extractors.feeds.text import clip, digest, one_line
from extractors.fetch.urls import canonical_url
from model import Entry

MOST_ENTRIES = 20_000  # of one document
LONGEST_GUID = 2_048
MOST_AUTHORS = 50


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry as its feed says it; texts are plain already."""

    guid: str | None
    link: str | None
    title: str
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    authors: Sequence[str] = ()
    language: str | None = None
    origin: str | None = None  # the publisher's own address, where `link` is a redirect service


def entries(said: Iterable[RawEntry], base: str) -> tuple[Entry, ...]:
    """Each distinct entry once, in the feed's order.

    Entries that share guid and address are one entry, unless their titles differ: some feeds
    give every item the same link. Dates take no part.
    """
    made = [_entry(one, base) for one in said]
    variants = Counter(key for key, _ in {(one.key, _distinction(one)) for one in made})
    kept: dict[str, Entry] = {}
    for one in made:
        if variants[one.key] > 1:
            one = replace(one, key=digest(one.key, _distinction(one))[:32])
        kept.setdefault(one.key, one)
    return tuple(kept.values())


def _distinction(entry: Entry) -> str:
    return entry.title or entry.content_sha256


def _entry(said: RawEntry, base: str) -> Entry:
    guid = clip(said.guid.strip(), LONGEST_GUID) or None if said.guid else None
    url = absolute(said.link, base)
    canonical = canonical_url(said.origin) if said.origin else None
    canonical = canonical or (canonical_url(url) if url else None)
    title = one_line(said.title)
    content_sha256 = digest(
        *(" ".join(text.split()) for text in (title, said.summary, said.content))
    )
    return Entry(
        key=_key(guid, canonical or url, content_sha256),
        guid=guid,
        url=url,
        canonical_url=canonical,
        title=title,
        published=said.published,
        updated=said.updated,
        summary=said.summary,
        content=said.content,
        authors=_names(said.authors),
        content_sha256=content_sha256,
        language=language_tag(said.language),
    )


def _key(guid: str | None, address: str | None, content_sha256: str) -> str:
    """Guid and address; a guid that is an address loses its trackers first."""
    if guid is None and address is None:
        return digest("content", content_sha256)[:32]
    if guid is not None and guid.startswith(("http://", "https://")):
        page, mark, place = guid.partition("#")  # blogs number the posts of one page so
        guid = (canonical_url(page) or page) + mark + place
    return digest(guid or "", address or "")[:32]


def _names(authors: Sequence[str]) -> tuple[str, ...]:
    names = (one_line(name, 200) for name in authors[:MOST_AUTHORS])
    return tuple(dict.fromkeys(name for name in names if name))


def absolute(link: str | None, base: str) -> str | None:
    """The link as an absolute address; as it stands when `base` is empty or it makes no sense."""
    link = (link or "").strip()
    if not link:
        return None
    try:
        whole = urlsplit(link).scheme not in {"http", "https"} or is_address(link)
        return clip(urljoin(base, link), 16_384) if base and whole else link
    except ValueError:
        return link


def is_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def language_tag(said: object) -> str | None:
    """A BCP 47 tag from `en_US`, `EN-us` or ` en `; None for anything else."""
    if not isinstance(said, str) or len(said) > 40:
        return None
    first, *rest = said.strip().replace("_", "-").split("-")
    if not (2 <= len(first) <= 3 and first.isascii() and first.isalpha()):
        return None
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in rest):
        return None
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])
