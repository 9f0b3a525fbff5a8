"""`pollwatch run`: one run of the `watch` flow, here and now."""

import json
import sys
from typing import TYPE_CHECKING

import click

from commands.shared.faults import faults_as_messages
from commands.shared.numbers import Finite, NetworkParam
from commands.shared.progress import Shown
from commands.shared.scale import Scale, scale_options
from commands.shared.shared_options import RunFiles, json_option, run_files_options
from extractors.workers.granted import usable_cores
from model import ConfigError
from model.plurals import count_of
from storage.database.errors import AnotherRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.pipeline.inputs.options import Options


@click.command(
    epilog="""\b
Examples:
  ./pollwatch run                                  # feeds.yaml, rules/, data/pollwatch.db
  ./pollwatch run --all --feeds my.yaml --db my.db
  ./pollwatch run --json | jq .hits
  ./pollwatch run --cluster local[4]               # pages read by four Dask workers, as a try

\b
Exit codes: 0 all feeds answered; 1 some feeds failed, a rule or feed entry has a fault, or another
run is under way; 2 feeds.yaml or the database cannot be used at all."""
)
@run_files_options
@click.option(
    "--due-only/--all", default=True, help="Poll only the feeds that are due (default), or all."
)
@click.option(
    "--max-minutes",
    type=Finite(min=0, min_open=True),
    help="Poll no further feed and start no further page after this long.",
)
@click.option(
    "--allow-address",
    "allow",
    multiple=True,
    type=NetworkParam(),
    metavar="CIDR",
    help="Also fetch from this private network, such as 127.0.0.0/8. Repeatable.",
)
@click.option(
    "--pace",
    type=Finite(min=0, max=3600),
    help="Seconds between requests to one host; 0 only for servers of your own.",
)
@click.option(
    "--processes",
    type=click.IntRange(min=1, max=64),
    default=min(usable_cores(), 8),
    help="How many processes read pages; default: one for each processor core that it may use, at most 8.",
)
@scale_options
@click.option(
    "--prefect/--no-prefect",
    default=None,
    help="Record the run in Prefect, or not; default: where a Prefect API is configured.",
)
@json_option
def command(
    files: RunFiles,
    due_only: bool,
    max_minutes: float | None,
    allow: tuple[str, ...],
    pace: float | None,
    processes: int,
    scale: Scale,
    prefect: bool | None,
    as_json: bool,
) -> None:
    """Poll the feeds once, read what is new, match it against the rules, store it.

    Needs no Prefect server. With an API configured the run shows in its UI; if that is out of
    reach, the run says so and goes on.
    """
    from flows.pipeline.inputs.options import Options

    options = Options(
        feeds=files.feeds,
        rules=files.rules,
        db=files.db,
        alerts=files.alerts,
        due_only=due_only,
        max_minutes=max_minutes,
        allow_addresses=allow,
        seconds_between_requests=pace,
        processes=processes,
        cluster=scale.cluster,
        cluster_lost=scale.cluster_lost,
        shard=scale.shard,
    )
    with faults_as_messages():
        code = run_and_print(options, as_json=as_json, prefect=prefect)
    sys.exit(code)


def run_and_print(options: "Options", *, as_json: bool, prefect: bool | None) -> int:
    from commands.shared.summary import run_as_json, show_run
    from flows.orchestration.local import watch_here
    from flows.pipeline.inputs.options import load_plan

    plan = load_plan(options)
    print_faults(plan.faults)
    try:
        with Shown() as shown:
            ended = watch_here(
                plan, shown, tell=lambda text: click.echo(text, err=True), prefect=prefect
            )
    except AnotherRun as other:
        click.echo(f"pollwatch: {other}; nothing was done.", err=True)
        return 1
    print_faults(ended.faults[len(plan.faults) :])  # of live lists, which the run itself reads
    if as_json:
        click.echo(json.dumps(run_as_json(plan.options.db, ended), ensure_ascii=False, indent=2))
    else:
        show_run(plan.options.db, ended)
    return 1 if ended.stats.feeds_failed or ended.faults else 0


def print_faults(faults: "Sequence[ConfigError]") -> None:
    """Each fault, and what the run does about it."""
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        click.echo(
            f"{count_of(len(faults), 'fault')}: the run goes on with the last good version of what is faulty, or without it.",
            err=True,
        )
