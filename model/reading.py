"""What reading one article brought, on its way to storage."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from model.article import Article, UrlAttempt
from model.hit import EntryMatch, Hit


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose page was read: of the feed that listed it, or of another outlet, to which it led."""

    outlet: str
    owner: str | None = None
    # The listing feed's: what that says of the article may stand beside the page.
    is_own: bool = True
    is_listed: bool = True  # some feed of the list is the outlet's own


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one article brought, ready to be stored in one transaction."""

    article_id: int
    article: Article
    hits: tuple[Hit, ...]
    read_at: datetime
    state: Literal["read", "partial", "failed"]
    next_attempt_at: datetime | None  # a retry, or a re-read on the decaying schedule
    http_status: int | None = None
    duration_ms: int = 0
    asked: bool = True  # False: held back for its host's sake, which is not an attempt
    entry_matches: tuple[EntryMatch, ...] = ()  # of entries that speak for themselves
    tried: tuple[UrlAttempt, ...] = ()  # addresses that were asked for
    publisher: Publisher | None = None  # None: as the article's row has it

    @property
    def is_headline(self) -> bool:
        """Whether nothing but the feed's headline is known: the page failed, and is counted with those."""
        return self.state == "partial" and not self.article.body


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a worker made of one page: the article, its hits, and those of other feeds' words on it."""

    article: Article
    hits: tuple[Hit, ...]
    entry_matches: tuple[EntryMatch, ...] = ()
    publisher: Publisher | None = None
