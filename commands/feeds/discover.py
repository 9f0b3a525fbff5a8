"""`pollwatch feeds discover` and `check`: the two that ask the network without a run."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.feeds import table
from commands.feeds.add import unlike
from commands.feeds.with_client import allow_option, show_found, spec_of, with_client
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import feeds_option, json_option
from config.fields import FieldError
from extractors.feed_list.edit import add_feeds
from extractors.feed_list.feed_fields import check_address
from extractors.feed_list.load import address_key, load_feeds
from extractors.feed_list.network import in_environment, own_headers, references_of
from extractors.feeds.discover import PRIVATE_SITE_HINT, Discovered, discover
from extractors.feeds.parsing.parse import parse_feed
from extractors.fetch.client import Client
from model import FeedList, FeedSpec, Outcome, Settings
from model.plurals import count_of
from storage.times import ago

USABLE = {Outcome.OK, Outcome.MALFORMED}


@dataclass(frozen=True, slots=True)
class Checked:
    id: str
    url: str
    outcome: str
    entries: int
    newest: datetime | None
    moved_to: str | None
    sentence: str


@click.command(
    "discover",
    epilog="Example: ./pollwatch feeds discover https://example.org/ --add. Exit code 1: none found.",
)
@click.argument("url")
@feeds_option
@click.option("--add", "adding", is_flag=True, help="Add the site's main feed to feeds.yaml.")
@click.option(
    "--all", "every", is_flag=True, help="With --add: every feed that has posts of its own."
)
@allow_option
@json_option
def discover_feeds(
    url: str, feeds: Path, adding: bool, every: bool, allow: tuple[str, ...], as_json: bool
) -> None:
    """Find the feeds of a site: those its page names, its robots.txt lists, and the usual places.

    Changes nothing without --add.
    """
    url = url if "://" in url else f"https://{url}"
    with faults_as_messages():
        listed = load_feeds(feeds) if feeds.exists() else FeedList(str(feeds), Settings(), ())
    try:
        check_address(url)
    except FieldError as fault:
        raise click.UsageError(f"{url} {fault.why}") from fault
    discovered, why = asyncio.run(with_client(listed, allow, lambda c: discover(c, url)))
    if as_json:
        report = {"feeds": [feed.as_json() for feed in discovered], "problem": why or None}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif not discovered:
        click.echo(why, err=True)
    else:
        show_found(discovered)
    own: list[Discovered] = []
    if adding and discovered:
        with faults_as_messages():
            own = [feed for feed in discovered if feed.same_as is None]
            _add(own if every else own[:1], listed, feeds, quiet=as_json)
        if not (every or as_json) and len(own) > 1:
            other_feeds = count_of(len(own) - 1, "other feed")
            click.echo(f"{other_feeds} of the site left out.")
            click.echo("Add one with `pollwatch feeds add URL`, or all of them with --add --all.")
    sys.exit(0 if discovered else 1)


def _add(discovered: Sequence[Discovered], listed: FeedList, feeds: Path, *, quiet: bool) -> None:
    addresses = {address_key(spec.url) for spec in listed.feeds}
    taken_ids = {spec.id for spec in listed.feeds}
    specs: list[FeedSpec] = []
    for feed in discovered:
        if address_key(feed.url) in addresses:
            continue
        addresses.add(address_key(feed.url))
        spec = unlike(spec_of(feed), taken_ids)
        taken_ids.add(spec.id)
        specs.append(spec)
    if specs:
        add_feeds(feeds, specs)
    if not quiet:
        known_count = len(discovered) - len(specs)
        click.echo(f"Added {count_of(len(specs), 'feed')}; {known_count} listed already.")


@click.command(
    epilog="Example: ./pollwatch feeds check votebeat. Exit code 1: a feed did not answer with a feed."
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@feeds_option
@allow_option
@json_option
def check_feeds(ids: tuple[str, ...], feeds: Path, allow: tuple[str, ...], as_json: bool) -> None:
    """Poll feeds once and show how they answer; all enabled ones unless ids are given. Stores nothing."""
    with faults_as_messages():
        listed = load_feeds(feeds)
    chosen = _chosen(listed, ids)
    answers = asyncio.run(with_client(listed, allow, lambda c: _check_all(c, chosen)))
    if as_json:
        rows = [
            {**asdict(answer), "newest": answer.newest and answer.newest.isoformat()}
            for answer in answers
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        now = datetime.now(UTC)
        table.print_table(
            ("id", "outcome", "entries", "newest", "what happened"),
            [
                (
                    answer.id,
                    answer.outcome,
                    str(answer.entries),
                    _newest(answer, now),
                    answer.sentence,
                )
                for answer in answers
            ],
        )
    sys.exit(0 if all(answer.outcome in USABLE for answer in answers) else 1)


def _newest(feed: Checked, now: datetime) -> str:
    return ago(feed.newest, now) if feed.newest else ""


def _chosen(listed: FeedList, ids: tuple[str, ...]) -> list[FeedSpec]:
    by_id = {spec.id: spec for spec in listed.feeds}
    if missing := [feed_id for feed_id in ids if feed_id not in by_id]:
        raise click.UsageError(f"{listed.path} has no feed {', '.join(missing)}")
    return [by_id[feed_id] for feed_id in ids] or [spec for spec in listed.feeds if spec.enabled]


async def _check_all(client: Client, specs: Sequence[FeedSpec]) -> list[Checked]:
    return list(await asyncio.gather(*(_check_one(client, spec) for spec in specs)))


async def _check_one(client: Client, spec: FeedSpec) -> Checked:
    secrets = in_environment(reference for _, reference in references_of(spec))
    missing = [reference for _, reference in references_of(spec) if reference not in secrets]
    if missing:
        why = f"Not asked: {missing[0]} is not set here."
        return Checked(spec.id, spec.url, Outcome.UNAUTHORIZED, 0, None, None, why)
    answer = await client.get(
        spec.url,
        kind="feed",
        auth=secrets.get(spec.auth) if spec.auth else None,
        headers=own_headers(spec, secrets),
        user_agent_suffix=spec.user_agent_suffix,
    )
    if answer.outcome is not Outcome.OK:
        hint = PRIVATE_SITE_HINT if answer.outcome is Outcome.PRIVATE_ADDRESS else ""
        problem = f"{answer.sentence}{hint}"
        return Checked(spec.id, spec.url, answer.outcome, 0, None, answer.moved_to, problem)
    parsed = await asyncio.to_thread(
        parse_feed,
        answer.body,
        url=answer.final_url,
        content_type=answer.headers.get("content-type"),
        now=datetime.now(UTC),
    )
    dates = [when for entry in parsed.entries if (when := entry.published or entry.updated)]
    sentence = parsed.problem or (f"{len(parsed.children)} sitemaps" if parsed.children else "")
    if moved_to := answer.moved_to or parsed.new_address:
        sentence = f"Moved to {moved_to}. {sentence}".strip()
    newest = max(dates, default=None)
    return Checked(
        spec.id, spec.url, parsed.outcome, len(parsed.entries), newest, moved_to, sentence
    )
