"""Entries as every kind of feed makes them: bounded, resolved, and each with one identity. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from extractors.feeds.parsing.links import read_link, without_credentials
from extractors.feeds.parsing.text import clip, one_line, opening_of, text_digest
from extractors.fetch.urls import LONGEST_URL, canonical_url, host_group, same_site
from model import Entry, FeedSpec, Publisher, Unread

MOST_ENTRIES = 20_000  # of one document
LONGEST_GUID = 2_048
MOST_AUTHORS = 50
ALL_AT_ONCE = 4  # entries that nobody changes within one second
MOST_FOR_OTHERS = 100  # pages of one listed outlet, see OthersShare


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


def entries(raw_entries: Iterable[RawEntry], base: str) -> tuple[Entry, ...]:
    """Each distinct entry once, in the feed's order.

    Entries that share guid and address are one entry, unless the fragments of their links, their
    titles or else their texts differ: some feeds give every item the same link. Dates take no part.
    """
    all_entries = _without_build_time([_entry(raw_entry, base) for raw_entry in raw_entries])
    alike: dict[str, list[Entry]] = {}
    for entry in all_entries:
        alike.setdefault(entry.key, []).append(entry)
    tells = {key: _distinction(group) for key, group in alike.items() if len(group) > 1}
    entry_by_key: dict[str, Entry] = {}
    for entry in all_entries:
        if tell := tells.get(entry.key):
            entry = replace(entry, key=text_digest(entry.key, tell(entry))[:32])
        entry_by_key.setdefault(entry.key, entry)
    return tuple(entry_by_key.values())


def _without_build_time(listed: list[Entry]) -> list[Entry]:
    """A moment to the second at which most entries were changed is that of the list itself: taken for
    changes, it would have every page read again whenever the list is built."""
    moments = Counter(entry.updated for entry in listed if entry.updated)
    moment, count = next(iter(moments.most_common(1)), (None, 0))
    if moment is None or count < ALL_AT_ONCE or 2 * count <= len(listed) or not moment.second:
        return listed
    return [replace(entry, updated=None) if entry.updated == moment else entry for entry in listed]


def _distinction(group: Sequence[Entry]) -> Callable[[Entry], str] | None:
    """What tells the entries of one key apart: the first of these that tells all of them."""
    most = len({(entry.title, entry.content_sha256) for entry in group})
    if most == 1:
        return None
    for tell in (_fragment, _title):
        if len({tell(entry) for entry in group}) == most:
            return tell
    return lambda entry: f"{_title(entry)}\0{entry.content_sha256}"


def _fragment(entry: Entry) -> str:
    return (entry.url or "").partition("#")[2]


def _title(entry: Entry) -> str:
    return entry.title or entry.content_sha256


def _entry(raw: RawEntry, base: str) -> Entry:
    guid = clip(without_credentials(raw.guid.strip()), LONGEST_GUID) or None if raw.guid else None
    url, canonical = _addresses(raw, base)
    title = one_line(raw.title)
    content_sha256 = text_digest(
        *(" ".join(text.split()) for text in (title, raw.summary, raw.content))
    )
    return Entry(
        key=_key(guid, canonical or url, content_sha256),
        guid=guid,
        url=url,
        canonical_url=canonical,
        title=title or opening_of(raw.summary or raw.content),
        published=raw.published,
        updated=raw.updated,
        summary=raw.summary,
        content=raw.content,
        authors=_names(raw.authors),
        content_sha256=content_sha256,
        language=language_tag(raw.language),
    )


def _addresses(raw: RawEntry, base: str) -> tuple[str | None, str | None]:
    """What is opened, and the form that the article is known by: always of the same link.

    A publisher's own address (`feedburner:origLink`) is opened itself: a link of which only the
    name is believed would put one outlet's page under another's address. A link that is only
    long by what its canonical form drops is opened in that form.
    """
    origin = read_link(raw.origin, base)
    for url in (origin if origin and canonical_url(origin) else None, read_link(raw.link, base)):
        if url is not None:
            canonical = canonical_url(url)
            return (canonical if canonical and len(url) > LONGEST_URL else url), canonical
    return None, None


def _key(guid: str | None, address: str | None, content_sha256: str) -> str:
    """Guid and address; a guid that is an address loses its trackers first."""
    if guid is None and address is None:
        return text_digest("content", content_sha256)[:32]
    if guid is not None and guid.startswith(("http://", "https://")):
        page, mark, place = guid.partition("#")  # blogs number the posts of one page so
        guid = (canonical_url(page) or page) + mark + place
    return text_digest(guid or "", address or "")[:32]


def _names(authors: Sequence[str]) -> tuple[str, ...]:
    names = (one_line(name, 200) for name in authors[:MOST_AUTHORS])
    return tuple(dict.fromkeys(name for name in names if name))


def is_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def language_tag(language: object) -> str | None:
    """A BCP 47 tag from `en_US`, `EN-us` or ` en `; None for anything else."""
    if not isinstance(language, str) or len(language) > 40:
        return None
    first, *rest = language.strip().replace("_", "-").split("-")
    if not (2 <= len(first) <= 3 and first.isascii() and first.isalpha()):
        return None
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in rest):
        return None
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


# A listed feed may link to anything. So it speaks only for articles of its own site: the registrable
# domain of the address under which it is listed (on platforms that many publishers share, the host),
# and the domains that feeds.yaml names under `sites:`. Nothing that was fetched can extend this.


def speaks_for(spec: FeedSpec, url: str | None) -> bool:
    """Whether the feed is of the outlet that publishes at this address; without one, it speaks
    for itself."""
    if url is None:
        return True
    if same_site(spec.url, url):
        return True
    host = (urlsplit(url).hostname or "").lower()
    return any(host == site or host.endswith(f".{site}") for site in spec.sites)


def with_voice(spec: FeedSpec, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries, each marked with whether its feed speaks for the article."""
    return tuple(
        entry
        if entry.speaks == (speaks := speaks_for(spec, entry.canonical_url))
        else replace(entry, speaks=speaks)
        for entry in entries
    )


class Publishers:
    """Whose page an address is, by the feeds that are listed."""

    def __init__(self, specs: Iterable[FeedSpec]) -> None:
        self._by_group: defaultdict[str, list[FeedSpec]] = defaultdict(list)
        for spec in specs:
            addresses = (spec.url, *(f"https://{site}/" for site in spec.sites))
            for group in dict.fromkeys(map(host_group, addresses)):
                self._by_group[group].append(spec)

    def of(self, url: str, listing: FeedSpec | None) -> Publisher:
        """The listing feed's outlet where that speaks for the address; else the one outlet that
        does, else the name of the host: what led there is never named."""
        if listing is not None and speaks_for(listing, url):
            return Publisher(listing.outlet or listing.name, listing.owner)
        outlets = {spec.outlet or spec.name: spec.owner for spec in self._speaking_for(url)}
        if len(outlets) == 1:
            return Publisher(*outlets.popitem(), is_own=False)
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return Publisher(host, is_own=False, is_listed=bool(outlets))

    def know(self, url: str) -> bool:
        """Whether a listed feed is of the outlet that publishes at this address."""
        return bool(self._speaking_for(url))

    def _speaking_for(self, url: str) -> list[FeedSpec]:
        return [spec for spec in self._by_group.get(host_group(url), ()) if speaks_for(spec, url)]


class OthersShare:
    """How many pages of a listed outlet one run reads only because other outlets' feeds name them.

    A feed of 20,000 such links would have the outlet's own stories wait for hours behind them.
    """

    def __init__(self, publishers: Publishers) -> None:
        self._publishers = publishers
        self._admitted: Counter[str] = Counter()

    def admits(self, unread: Unread) -> bool:
        if unread.spoken_for or not self._publishers.know(unread.url):
            return True
        return self._takes(unread.url)

    def admits_hop(self, unread: Unread, spec: FeedSpec | None, url: str) -> bool:
        """Whether a redirect may lead there: into a listed outlet that is not that of the feed, it takes
        of that outlet's share. What leads there may look like anybody's page before."""
        if host_group(url) == host_group(unread.url) or (spec and speaks_for(spec, url)):
            return True
        return not self._publishers.know(url) or self._takes(url)

    def _takes(self, url: str) -> bool:
        group = host_group(url)
        self._admitted[group] += 1
        return self._admitted[group] <= MOST_FOR_OTHERS
