"""A run with no Prefect around it; imports none."""

from collections.abc import Awaitable, Callable

from model import FeedPoll, FeedSpec


async def run_bare(kind: str, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """A batch with no Prefect around it."""
    await work()


async def say_nothing(spec: FeedSpec, poll: FeedPoll) -> None:
    """A failing feed where there is no Prefect to show it; its row in `polls` tells."""
