"""What a run tells of itself while it goes: the seam for progress bars and logs."""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Protocol

from model import FeedPoll, Hit, Reading, Unread


class Observer(Protocol):
    def planned(self, feeds: int, skipped: int) -> None: ...
    def polled(self, poll: FeedPoll, new: int) -> None: ...
    def to_read(self, articles: int) -> None: ...
    def read(self, unread: Unread, reading: Reading, hits: Sequence[Hit]) -> None: ...


class Silent:
    """Tells nobody."""

    def planned(self, feeds: int, skipped: int) -> None: ...
    def polled(self, poll: FeedPoll, new: int) -> None: ...
    def to_read(self, articles: int) -> None: ...
    def read(self, unread: Unread, reading: Reading, hits: Sequence[Hit]) -> None: ...


# A flow's parameters must be plain data, so the command line hands its observer in beside them.
OBSERVER: ContextVar[Observer] = ContextVar("OBSERVER", default=Silent())  # noqa: B039 - stateless
