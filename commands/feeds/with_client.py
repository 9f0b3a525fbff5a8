"""What the commands share that ask the network without a run."""

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from commands.feeds import table
from extractors.feed_list.load import complete
from extractors.feed_list.network import in_environment, proxies_of, references
from extractors.feeds.discover import Discovered
from extractors.fetch.client import Client
from extractors.fetch.request import user_agent
from extractors.fetch.ssrf import allowlist
from extractors.fetch.throttle import HostGate
from extractors.fetch.transport.proxies import Proxies
from model import FeedList, FeedSpec

allow_option = click.option(
    "--allow-address",
    "--allow",
    "allow",
    multiple=True,
    metavar="CIDR",
    help="Also ask this private network, such as 127.0.0.0/8. Repeatable.",
)
T = TypeVar("T")


async def with_client(
    listed: FeedList, allow: tuple[str, ...], work: Callable[[Client], Awaitable[T]]
) -> T:
    settings = listed.settings
    try:
        allowlist(allow)
    except ValueError as error:
        raise click.UsageError(f"--allow: {error}") from error
    gate = HostGate(
        seconds_between=settings.seconds_between_requests,
        concurrent=settings.concurrent_requests,
    )
    async with Client(
        user_agent=user_agent(settings.contact),
        gate=gate,
        allow=(*settings.allow_addresses, *allow),
        proxies=_proxies(listed),
    ) as client:
        return await work(client)


def _proxies(listed: FeedList) -> Proxies:
    secrets = in_environment(reference for _, _, reference in references(listed))
    try:
        return proxies_of(listed, secrets, os.environ)
    except ValueError as wrong:
        raise click.ClickException(f"proxy: {wrong}") from wrong


def show_found(feeds: Sequence[Discovered]) -> None:
    """Feeds of a site; what repeats another's posts is shown below it, as no source of its own."""
    rows = [
        (
            str(number),
            feed.format,
            str(feed.entries),
            f"as {feed.same_as}" if feed.same_as else feed.how,
            feed.url,
        )
        for number, feed in enumerate(feeds, 1)
    ]
    table.print_table(("", "format", "entries", "found by", "url"), rows)


def spec_of(feed: Discovered) -> FeedSpec:
    values: dict[str, object] = {"url": feed.url, "kind": feed.kind}
    values |= {"name": feed.title[:200]} if feed.title else {}
    values |= {"language": feed.language} if feed.language else {}
    return complete(values)
