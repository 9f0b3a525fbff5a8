"""Articles: due to be read, and read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from model.entry import EntryText
from model.outcome import Outcome

DateSource = Literal["feed", "page", "address", "text"]  # where a date of publication is from
Method = Literal["trafilatura", "fallback", "feed", "none"]


@dataclass(frozen=True, slots=True)
class UrlAttempt:
    """What came of asking for an article under one address."""

    url: str
    outcome: Outcome
    problem: str | None = None
    http_status: int | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Unread:
    """One article that is due to be read, with what its feed said of it."""

    article_id: int
    url: str
    canonical_url: str
    feed_id: str
    source: str  # outlet
    title: str
    published: datetime | None
    feed_text: str
    language: str | None
    attempts: int
    full_text: bool
    reread: bool = False  # read before; asked for again because it may have changed
    text_sha256: str | None = None
    reads: int = 0  # how often the page was read well so far
    summary: str = ""  # title and summary of the outlet's own feed
    entries: tuple[EntryText, ...] = ()  # of other feeds, not matched yet
    spoken: tuple[
        EntryText, ...
    ] = ()  # of the outlet's own: matched apart if the page is another's
    tried: tuple[UrlAttempt, ...] = ()  # addresses that failed before
    addresses: tuple[str, ...] = ()  # to be tried in this order: the own feed's, then others'
    shared_page: bool = False  # several items of the feed share the page: it is not fetched
    spoken_for: bool = True  # a feed of the outlet's own lists it, or nobody's page is asked for

    listed_only: bool = False  # its feeds' words are long, and are asked for when it is read

    @property
    def has_own_words(self) -> bool:
        """Whether it is matched by what its feed says; nothing is fetched."""
        return self.full_text or self.shared_page or self.url.startswith("feed:")


@dataclass(frozen=True, slots=True)
class Article:
    """A page as text. Exactly one of `body` long enough and `problem` set, or both for a partial."""

    url: str
    canonical_url: str  # trusted only within the same site, else `url`'s own canonical form
    title: str
    authors: tuple[str, ...]
    published: datetime | None
    language: str | None
    site: str | None
    body: str  # paragraphs separated by "\n"; NFC
    method: Method
    outcome: Outcome
    problem: str | None
    text_sha256: str  # of title + "\n\n" + body
    extractor: str  # name and version, such as "trafilatura 2.3.1"
    source: str = ""
    summary: str = ""  # the outlet's own feed on it; a field of the text, and part of its hash
    date_source: DateSource | None = None  # of `published`
    boilerplate: tuple[tuple[int, int], ...] = ()  # start and end in `body`: not matched
    host_group: str = ""  # whose memory of boilerplate its paragraphs belong to
    paragraphs: tuple[int, ...] = ()  # hashes, 64 bits signed, for that memory
    alternatives: tuple[tuple[str, str], ...] = ()  # name and text of others that the page holds
    next_page: str | None = None  # of a story of several pages, that is not read yet
    one_page: str | None = None  # the same story whole
