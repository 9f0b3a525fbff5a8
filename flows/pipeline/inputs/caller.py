"""What the caller of a run brings beside the plan: who runs batches, who hears of progress, secrets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from alerts.sender import Sender
from model import FeedPoll, FeedSpec, Reading, Unread

RunTask = Callable[[str, str, Callable[[], Awaitable[None]]], Awaitable[None]]
FailFeed = Callable[[FeedSpec, FeedPoll], Awaitable[None]]


class Observer(Protocol):
    """Hears how a run goes, for progress bars and logs."""

    def planned(self, feeds: int, skipped: int) -> None: ...
    def polled(self, poll: FeedPoll, new: int) -> None: ...
    def to_read(self, articles: int) -> None: ...
    def read(self, unread: Unread, reading: Reading, new_hits: int) -> None: ...
    def noted(self, sentence: str) -> None: ...


class Silent:
    """Tells nobody."""

    def planned(self, feeds: int, skipped: int) -> None: ...
    def polled(self, poll: FeedPoll, new: int) -> None: ...
    def to_read(self, articles: int) -> None: ...
    def read(self, unread: Unread, reading: Reading, new_hits: int) -> None: ...
    def noted(self, sentence: str) -> None: ...


async def run_bare(kind: str, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """A batch with no Prefect around it."""
    await work()


async def ignore_failing_feed(spec: FeedSpec, poll: FeedPoll) -> None:
    """A failing feed where there is no Prefect to show it; its row in `polls` tells."""


@dataclass(frozen=True, slots=True)
class Caller:
    """By its defaults, a run with no Prefect around it, no secrets and no alerts."""

    run_task: RunTask = run_bare
    fail_feed: FailFeed = ignore_failing_feed
    observer: Observer = field(default_factory=Silent)
    secrets: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # by the names in feeds.yaml
    sender: Sender | None = None  # sends alerts meanwhile, and what is left of them at the end
    prefect_run_id: str | None = None
