"""`pollwatch feeds list` and `remove`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from commands.feeds import table
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import feeds_option, json_option
from extractors.feed_list.edit import remove_feed
from extractors.feed_list.load import load_feeds
from extractors.fetch.ssrf import RefusedUrl, allowlist, checked_url
from model import FeedSpec, Outcome, Settings
from model.plurals import count_of


@click.command("list", epilog="Example: ./pollwatch feeds list --category local-state")
@feeds_option
@click.option("--category", help="Only feeds of this category.")
@click.option("--disabled", is_flag=True, help="Only feeds that are switched off, with the reason.")
@json_option
def list_feeds(feeds: Path, category: str | None, disabled: bool, as_json: bool) -> None:
    """Show the feeds of feeds.yaml."""
    with faults_as_messages():
        whole = load_feeds(feeds)
    listed = whole.feeds
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
    table.print_table(
        ("id", "category", "lang", "on", last), [_row(spec, disabled=disabled) for spec in chosen]
    )
    if whole.settings.opml:
        click.echo(
            f"\nAnd those of {', '.join(whole.settings.opml)}: see `pollwatch feeds health`."
        )
    off = sum(not spec.enabled for spec in chosen)
    click.echo(f"\n{count_of(len(chosen), 'feed')}, {off} switched off.")
    for line in _never_asked(chosen, whole.settings):
        click.echo(line)


def _row(spec: FeedSpec, *, disabled: bool) -> tuple[str, ...]:
    last = (spec.reason or "") if disabled else spec.url
    return spec.id, spec.category, spec.language or "", "yes" if spec.enabled else "no", last


def _never_asked(specs: Sequence[FeedSpec], settings: Settings) -> Iterator[str]:
    """Feeds that every run refuses, by what their address says; names are judged once they are looked up."""
    for spec in specs:
        try:
            checked_url(spec.url, allowlist(settings.allow_addresses))
        except RefusedUrl as refused:
            way_out = ": see `allow_addresses` in docs/network.md" if refused.outcome is Outcome.PRIVATE_ADDRESS else ""  # fmt: skip
            yield f"Never asked: {spec.id} {refused.why}{way_out}."


@click.command(epilog="Example: ./pollwatch feeds remove example-post")
@click.argument("feed")
@feeds_option
def remove(feed: str, feeds: Path) -> None:
    """Take a feed out of feeds.yaml, by its id or its address. What was read from it stays stored."""
    with faults_as_messages():
        remove_feed(feeds, feed)
    click.echo(f"Removed {feed} from {feeds}.")
