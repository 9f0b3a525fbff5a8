"""`pollwatch feeds health` and `moved`: what the database knows of the feeds."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.feeds import table
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, feeds_option, json_option
from config.fields import FieldError
from extractors.feed_list.edit import set_url
from extractors.feed_list.feed_fields import check_address
from extractors.feed_list.load import address_key, load_feeds
from extractors.fetch.urls import mask
from model import FeedSpec
from model.plurals import count_of
from storage.queries.feed_health import FeedHealth, count_feeds, feed_health
from storage.queries.json_ready import json_ready
from storage.store import Store
from storage.times import ago


@click.command(
    epilog="Example: ./pollwatch feeds health --trouble. Exit code 1: an enabled feed gives nothing (failing, dormant, dead or never polled)."
)
@db_option
@click.option("--trouble", is_flag=True, help="Only feeds that a person should look at.")
@json_option
def health(db: Path, trouble: bool, as_json: bool) -> None:
    """How each feed has done lately: silent, failing, dormant, moved, far more or less than usual."""
    now = datetime.now(UTC)
    with faults_as_messages(), Store.open_existing(db) as store:
        feeds_health = feed_health(store.db, now)
    counts = count_feeds(feeds_health)
    shown = [feed for feed in feeds_health if feed.needs_a_look] if trouble else feeds_health
    if as_json:
        click.echo(json.dumps(json_ready(tuple(shown)), ensure_ascii=False, indent=2))
    else:
        rows = [_row(feed, now) for feed in shown]
        table.print_table(
            ("feed", "flags", "last good", "last new", "failures", "what happened"), rows
        )
        click.echo(f"\n{count_of(counts.listed, 'feed')}, {counts.in_trouble} in trouble.")
    sys.exit(1 if counts.in_trouble else 0)


def _row(feed: FeedHealth, now: datetime) -> tuple[str, ...]:
    sentence = feed.what_happened if feed.enabled else feed.reason or ""
    return (
        feed.id,
        feed.state,
        ago(feed.last_ok_at, now),
        ago(feed.last_entry_at, now),
        str(feed.failures),
        sentence,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A change of address that a server proposed. `problem`: why it is not applied."""

    id: str
    old: str
    new: str
    problem: str | None


@click.command(epilog="Example: ./pollwatch feeds moved --apply")
@db_option
@feeds_option
@click.option("--apply", "applying", is_flag=True, help="Change the addresses in feeds.yaml.")
@json_option
def moved(db: Path, feeds: Path, applying: bool, as_json: bool) -> None:
    """Feeds whose servers (301, 308) or that themselves (itunes:new-feed-url) name a new address for good; --apply changes feeds.yaml."""
    with faults_as_messages():
        with Store.open_existing(db) as store:
            listed = feed_health(store.db, datetime.now(UTC))
        moves = proposed(load_feeds(feeds).feeds, listed)
        for move in moves if applying else ():
            if move.problem is None:
                set_url(feeds, move.id, move.new)
    if as_json:
        rows = [{**asdict(move), "applied": applying and not move.problem} for move in moves]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not moves:
        click.echo("No feed has moved.")
        return
    lines = [(move.id, move.old, move.new, move.problem or "") for move in moves]
    table.print_table(("feed", "from", "to", "note"), lines)
    good = sum(move.problem is None for move in moves)
    if applying:
        click.echo(f"\nChanged the address of {count_of(good, 'feed')} in {feeds}.")
    elif good:
        click.echo("\nTo change feeds.yaml: pollwatch feeds moved --apply")


def proposed(listed: Iterable[FeedSpec], feeds: Iterable[FeedHealth]) -> tuple[Move, ...]:
    """Moves of feeds that are still listed under the old address."""
    specs = {spec.id: spec for spec in listed}
    taken_addresses = {address_key(spec.url) for spec in specs.values()}
    moves = []
    for feed in feeds:
        spec = specs.get(feed.id)
        if spec is None or not feed.moved_to or spec.url != feed.url or spec.url == feed.moved_to:
            continue
        problem = _problem(spec, feed.moved_to, taken_addresses)
        new = mask(feed.moved_to) if problem else feed.moved_to
        moves.append(Move(spec.id, spec.url, new, problem))
        taken_addresses.add(address_key(feed.moved_to))
    return tuple(moves)


def _problem(spec: FeedSpec, new: str, taken_addresses: set[str]) -> str | None:
    if address_key(new) in taken_addresses and address_key(new) != address_key(spec.url):
        return "this address is listed already: remove one of the two"
    try:
        check_address(new)
    except FieldError as fault:
        return f"the new address {fault.why}"
    return None
