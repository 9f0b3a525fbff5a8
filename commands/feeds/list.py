"""`pollwatch feeds list`, `add` and `remove`."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import click
import yaml

from commands.feeds import table
from commands.output.faults import told
from commands.output.places import feeds_option, json_option
from extractors.feed_list.edit import add_feed, remove_feed
from extractors.feed_list.fields import FEED_FIELDS, FieldError
from extractors.feed_list.load import complete, load_feeds, same_address
from model import FeedSpec


@click.command("list", epilog="Example: pollwatch feeds list --category local-state")
@feeds_option
@click.option("--category", help="Only feeds of this category.")
@click.option("--disabled", is_flag=True, help="Only feeds that are switched off, with the reason.")
@json_option
def list_feeds(feeds: Path, category: str | None, disabled: bool, as_json: bool) -> None:
    """Show the feeds of feeds.yaml."""
    with told():
        listed = load_feeds(feeds).feeds
    chosen = [
        spec
        for spec in listed
        if category in (None, spec.category) and not (disabled and spec.enabled)
    ]
    if as_json:
        click.echo(json.dumps([asdict(spec) for spec in chosen], ensure_ascii=False, indent=2))
        return
    if not chosen:
        click.echo(
            f"No feeds in {feeds}. Add one: pollwatch feeds add URL" if not listed else "None."
        )
        return
    last = "reason" if disabled else "url"
    table.show(("id", "category", "lang", "on", last), [_row(spec, disabled) for spec in chosen])
    off = sum(not spec.enabled for spec in chosen)
    click.echo(f"\n{table.count(len(chosen), 'feed')}, {off} switched off.")


def _row(spec: FeedSpec, disabled: bool) -> tuple[str, ...]:
    last = (spec.reason or "") if disabled else spec.url
    return spec.id, spec.category, spec.language or "", "yes" if spec.enabled else "no", last


@click.command(
    epilog="Example: pollwatch feeds add https://example.org/feed/ --name 'Example Post' --region US-AZ"
)
@click.argument("url")
@feeds_option
@click.option("--name", help="What readers call it; the host if left out.")
@click.option("--id", "identity", help="A short name for commands; made of the name if left out.")
@click.option("--category", help="Such as local-state.")
@click.option("--language", help="Such as en.")
@click.option("--region", help="Such as US or US-AZ.")
@click.option("--outlet", help="The publisher, if the feed is only a part of it.")
@click.option("--owner", help="Who owns the outlet; outlets of one owner count once.")
@click.option(
    "--kind", type=click.Choice(["feed", "sitemap"]), help="A feed unless said otherwise."
)
@click.option("--auth", help="env:NAME or secret:block-name, where user:password is kept.")
@click.option("--notes", help="For the people who look after the list.")
def add(url: str, feeds: Path, identity: str | None, **given: str | None) -> None:
    """Add a feed to feeds.yaml, at its end. Comments and order stay."""
    with told():
        spec = _checked({"url": url, "id": identity, **given})
        if feeds.exists():
            _refuse_known(spec, feeds)
        add_feed(feeds, spec)
    click.echo(f"Added {spec.id} ({spec.url}) to {feeds}.")


def _checked(given: dict[str, str | None]) -> FeedSpec:
    values: dict[str, object] = {}
    for key, value in given.items():
        if value is None:
            continue
        try:
            values[key] = FEED_FIELDS[key](yaml.ScalarNode("tag:yaml.org,2002:str", value))
        except FieldError as fault:
            hint = f"\n    hint: {fault.hint}" if fault.hint else ""
            raise click.UsageError(f"{key}: {fault.why}{hint}") from fault
    return complete(values)


def _refuse_known(spec: FeedSpec, path: Path) -> None:
    for one in load_feeds(path).feeds:
        if same_address(one.url) == same_address(spec.url):
            click.echo(f"{spec.url} is listed already, as {one.id}.", err=True)
            sys.exit(1)
        if one.id == spec.id:
            click.echo(f"There is a feed {one.id} already: choose another --id.", err=True)
            sys.exit(2)


def unlike(spec: FeedSpec, taken: set[str]) -> FeedSpec:
    """The feed with an id that is not taken."""
    own, number = spec.id, 2
    while own in taken:
        own, number = f"{spec.id[:70]}-{number}", number + 1
    return replace(spec, id=own)


@click.command(epilog="Example: pollwatch feeds remove example-post")
@click.argument("feed")
@feeds_option
def remove(feed: str, feeds: Path) -> None:
    """Take a feed out of feeds.yaml, by its id or its address. What was read from it stays stored."""
    with told():
        remove_feed(feeds, feed)
    click.echo(f"Removed {feed} from {feeds}.")
