"""`pollwatch feeds add`: the address of a feed or a home page in, an entry of feeds.yaml out."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import yaml

from commands.feeds.with_client import allow_option, show_found, spec_of, with_client
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import feeds_option
from config.fields import FieldError
from extractors.feed_list.edit import add_feeds
from extractors.feed_list.feed_fields import FEED_FIELDS
from extractors.feed_list.load import address_key, complete, load_feeds
from extractors.feed_list.network import in_environment
from extractors.feeds.discover import (
    Discovered,
    are_same,
    feed_in,
    feeds_of_site,
    named_by,
)
from extractors.fetch.client import Client
from extractors.fetch.urls import host_group
from model import FeedList, FeedSpec, Outcome, Settings
from model.front_page import is_front_page
from model.plurals import count_of

MOST_FEEDS_COMPARED = 3  # listed feeds of the same site that are asked whether they say the same
PRIVATE_FEED_HINT = (
    "Runs ask it once its network is named: `allow_addresses:` under `settings:` in feeds.yaml,"
    " or --allow-address, here and for `run`."
)


@dataclass(frozen=True, slots=True)
class AddressContent:
    """What stands at an address: feeds, or why that is not known."""

    feeds: tuple[Discovered, ...]
    why: str
    outcome: Outcome
    repeats: FeedSpec | None = None  # a listed feed with the same posts


@click.command(
    epilog="""\b
Examples:
  ./pollwatch feeds add https://example.org/feed/ --name 'Example Post' --region US-AZ
  ./pollwatch feeds add https://example.org/            # a home page: finds its feeds
  ./pollwatch feeds add https://example.org/ --pick 2   # the second of them

\b
Exit code 1: nothing was added."""
)
@click.argument("url")
@feeds_option
@click.option("--name", help="What readers call it; the feed's title or host if left out.")
@click.option("--id", "identity", help="A short name for commands; made of the name if left out.")
@click.option("--category", help="Its category, such as local-state.")
@click.option("--language", help="Such as en.")
@click.option("--region", help="Such as US or US-AZ.")
@click.option("--outlet", help="The publisher, if the feed is only a part of it.")
@click.option("--owner", help="Who owns the outlet; outlets of one owner count once.")
@click.option(
    "--kind", type=click.Choice(["feed", "sitemap"]), help="A feed unless said otherwise."
)
@click.option("--interval-minutes", help="A fixed interval, 10 to 10080, instead of its own pace.")
@click.option("--auth", help="env:NAME or secret:block-name, where user:password is kept.")
@click.option("--notes", help="For the people who look after the list.")
@click.option("--pick", metavar="N|all", help="Of a site with several feeds, this one or all.")
@click.option("--offline", is_flag=True, help="Add the address as it is, without asking it.")
@allow_option
def add_feed(
    url: str,
    feeds: Path,
    identity: str | None,
    pick: str | None,
    offline: bool,
    allow: tuple[str, ...],
    **fields: str | None,
) -> None:
    """Add a feed to feeds.yaml, at its end. Comments and order stay.

    The address is asked once. That of a web page leads to the site's feeds: one of them is added,
    its main one unless you choose otherwise. What does not answer now is added as it is.
    """
    url = url if ":" in url else f"https://{url}"
    fields |= {"id": identity}
    with faults_as_messages():
        new_feed = _checked({"url": url, **fields})
        listed = load_feeds(feeds) if feeds.exists() else FeedList(str(feeds), Settings(), ())
        _refuse_known(new_feed, listed)
        specs = [new_feed] if offline else _asked(new_feed, listed, allow, pick, fields)
        add_feeds(feeds, specs)
    for spec in specs:
        click.echo(f"Added {spec.id} ({spec.url}) to {feeds}.")
    if allow:
        click.echo(PRIVATE_FEED_HINT)


def _checked(fields: dict[str, str | None]) -> FeedSpec:
    values: dict[str, object] = {}
    for key, value in fields.items():
        if value is None:
            continue
        try:
            values[key] = FEED_FIELDS[key](yaml.ScalarNode("tag:yaml.org,2002:str", value))
        except FieldError as fault:
            hint = f"\n    hint: {fault.hint}" if fault.hint else ""
            raise click.UsageError(f"{key}: {fault.why}{hint}") from fault
    return complete(values)


def _refuse_known(spec: FeedSpec, listed: FeedList) -> None:
    for other in listed.feeds:
        if address_key(other.url) == address_key(spec.url):
            _refuse(f"{spec.url} is listed already, as {other.id}.")
        if other.id == spec.id:
            _refuse(f"There is a feed {other.id} already: choose another --id.", 2)


def _refuse(why: str, code: int = 1) -> None:
    click.echo(why, err=True)
    sys.exit(code)


def _asked(
    new_feed: FeedSpec,
    listed: FeedList,
    allow: tuple[str, ...],
    pick: str | None,
    fields: dict[str, str | None],
) -> list[FeedSpec]:
    """The feeds that the address stands for. Exits where there are none."""
    looked = asyncio.run(
        with_client(listed, allow, lambda client: read_address(client, new_feed, listed))
    )
    if looked.repeats is not None:
        other = looked.repeats
        _refuse(
            f"{new_feed.url} lists the same posts as {other.id} ({other.url}), so it is not a source of"
            " its own. Add it all the same with --offline."
        )
    if looked.outcome is not Outcome.OK:
        hint = f" {PRIVATE_FEED_HINT}" if looked.outcome is Outcome.PRIVATE_ADDRESS else ""
        click.echo(f"Not seen as a feed yet: {looked.why}{hint}", err=True)
        return [new_feed]
    if not looked.feeds:
        _refuse(f"{new_feed.url} is not a feed. {looked.why} Add it all the same with --offline.")
    chosen = without_listed(_chosen(looked.feeds, pick), looked.feeds, listed)
    if not chosen:
        _refuse(f"The feed of {new_feed.url} is listed already.")
    return _named(chosen, new_feed, listed, fields)


async def read_address(client: Client, new_feed: FeedSpec, listed: FeedList) -> AddressContent:
    """Ask the address, and for a web page the places where its site's feeds are."""
    auth = in_environment([new_feed.auth]).get(new_feed.auth) if new_feed.auth else None
    page = await client.get(new_feed.url, kind="feed", auth=auth)
    if (feed := feed_in(page)) is not None:
        feed = replace(feed, url=new_feed.url)
        return AddressContent((feed,), "", page.outcome, await _repeated(client, feed, listed))
    if page.outcome is not Outcome.OK and not named_by(page):
        # A front page that refuses programs may have a feed that does not.
        is_front = is_front_page(new_feed.url) and page.status is not None
        site_feeds = (await feeds_of_site(client, page, new_feed.url))[0] if is_front else ()
        return AddressContent(site_feeds, page.sentence, Outcome.OK if site_feeds else page.outcome)
    return AddressContent(*await feeds_of_site(client, page, new_feed.url), Outcome.OK)


async def _repeated(client: Client, feed: Discovered, listed: FeedList) -> FeedSpec | None:
    """The listed feed of the same site that lists the same posts."""
    group = host_group(feed.url)
    of_site = [spec for spec in listed.feeds if host_group(spec.url) == group]
    for spec in of_site[:MOST_FEEDS_COMPARED]:
        other = feed_in(await client.get(spec.url, kind="feed"))
        if other is not None and are_same(feed.posts, other.posts):
            return spec
    return None


def _chosen(feeds: Sequence[Discovered], pick: str | None) -> list[Discovered]:
    """What was picked, what the person at the terminal says, or the site's main feed."""
    own = [feed for feed in feeds if feed.same_as is None]
    if pick is None and len(own) == 1:
        return own
    if pick is None:
        show_found(feeds)
        if sys.stdin.isatty() and sys.stdout.isatty():
            pick = click.prompt("Which one? Its number, or all", default="1")
        else:
            other_feeds = count_of(len(own) - 1, "other feed")
            click.echo(
                f"The first is taken, {other_feeds} left out; --pick 2 takes another, --pick all each."
            )
            pick = "1"
    if pick == "all":
        return own
    if not (pick.isdecimal() and 1 <= int(pick) <= len(feeds)):
        raise click.UsageError(f"--pick: a number from 1 to {len(feeds)}, or all, not {pick[:40]}")
    return [feeds[int(pick) - 1]]


def without_listed(
    chosen: Sequence[Discovered], feeds: Sequence[Discovered], listed: FeedList
) -> list[Discovered]:
    """Those of which neither the address nor another one with the same posts is listed."""
    addresses = {address_key(spec.url) for spec in listed.feeds}
    there = {feed.same_as or feed.url for feed in feeds if address_key(feed.url) in addresses}
    return [feed for feed in chosen if (feed.same_as or feed.url) not in there]


def _named(
    chosen: Sequence[Discovered],
    new_feed: FeedSpec,
    listed: FeedList,
    fields: dict[str, str | None],
) -> list[FeedSpec]:
    """The entries: what was given counts, what the feed says of itself fills the gaps."""
    taken_ids = {spec.id for spec in listed.feeds}
    specs: list[FeedSpec] = []
    for feed in chosen:
        values = {key: getattr(new_feed, key) for key, value in fields.items() if value is not None}
        if len(chosen) > 1:
            values = {key: value for key, value in values.items() if key not in {"id", "name"}}
        spec = spec_of(feed)
        if "name" in values and "id" not in values:
            values["id"] = new_feed.id
        spec = unlike(replace(spec, **values), taken_ids)
        taken_ids.add(spec.id)
        specs.append(spec)
    return specs


def unlike(spec: FeedSpec, taken_ids: set[str]) -> FeedSpec:
    """The feed with an id that is not taken."""
    own, number = spec.id, 2
    while own in taken_ids:
        own, number = f"{spec.id[:70]}-{number}", number + 1
    return replace(spec, id=own)
