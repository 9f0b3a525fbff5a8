"""`pollwatch federate`: the queues of several databases, such as those of shards, as one."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from alerts.formats import tables
from commands.integrations.story_options import stories_limit_option, tab_option
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import json_option
from storage.queries.coverage import answering_lately
from storage.queries.export import exported
from storage.queries.stories import queue
from storage.queries.stories.saved import view_filter
from storage.store import Store
from storage.times import iso


@dataclass(frozen=True, slots=True)
class Federated:
    """One story; `also_in`: databases whose story is led by the same article."""

    database: Path
    priority: float
    row: dict[str, object]
    also_in: tuple[Path, ...] = ()


@click.command(
    epilog="""\b
Examples:
  ./pollwatch federate data/pollwatch-1of2.db data/pollwatch-2of2.db
  ./pollwatch federate data/pollwatch-*.db --json | jq -r '.stories[].headline'"""
)
@click.argument("databases", type=click.Path(path_type=Path), nargs=-1, required=True)
@tab_option
@stories_limit_option
@json_option
def command(databases: tuple[Path, ...], tab: str, limit: int, as_json: bool) -> None:
    """One queue over several databases, best first; a verdict is given in the database named.

    A story that several of them hold, led by the same article, is shown once.
    """
    now = datetime.now(UTC)
    stories: list[Federated] = []
    total, coverage_of = 0, {}
    with faults_as_messages(), ExitStack() as opened:
        for db in dict.fromkeys(databases):
            store = opened.enter_context(Store.open_existing(db))
            best, waiting = first_of(store, db, tab, limit, now)
            stories, total = [*stories, *best], total + waiting
            coverage_of[str(db)] = answering_lately(store.db.conn, now).sentence
    merged = best_first(stories)[:limit]
    if as_json:
        shown = [as_plain(story) for story in merged]
        click.echo(json.dumps({"coverage": coverage_of, "total": total, "stories": shown}, ensure_ascii=False, indent=2))  # fmt: skip
        return
    for story in merged:
        click.echo(line(story))
    click.echo(f"{len(merged)} of {total} stories in {len(coverage_of)} databases")
    for name, sentence in coverage_of.items():
        click.echo(f"  {name}: {sentence}")


def first_of(
    store: Store, db: Path, tab: str, limit: int, now: datetime
) -> tuple[list[Federated], int]:
    """The best stories of one database, and how many there are."""
    chosen = replace(view_filter(store.db.conn, None, iso(now)), tab=tab)
    page, cards = queue.listing(store.db.conn, chosen, limit)
    priorities = {card.story["id"]: card.story["priority"] for card in cards}
    stories = exported(store.db.conn, ids=list(page.stories))
    return [Federated(db, priorities[story.id], tables.row(story)) for story in stories], page.total


def best_first(stories: Sequence[Federated]) -> list[Federated]:
    """By priority, which is counted alike in every database; stories of one leading article as one."""
    leading: dict[Any, Federated] = {}
    for story in sorted(stories, key=lambda story: -story.priority):
        link = story.row["link"] or (story.database, story.row["story"])
        if (first := leading.get(link)) is None:
            leading[link] = story
        else:
            leading[link] = replace(first, also_in=(*first.also_in, story.database))
    return list(leading.values())


def as_plain(story: Federated) -> dict[str, object]:
    also = [str(path) for path in story.also_in]
    return {"database": str(story.database), "also_in": also, **story.row}


def line(story: Federated) -> str:
    row = story.row
    also = f" (also in {', '.join(path.stem for path in story.also_in)})" if story.also_in else ""
    where = f"{story.database.stem} {row['story']}"
    return f"{where:>22}  {row['severity'] or '':<8}  {str(row['headline'])[:80]}  [{row['outlet']}]{also}"
