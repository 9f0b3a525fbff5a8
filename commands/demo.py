"""`pollwatch demo`: the whole way on an embedded newsroom, twice, so that an update is seen too."""

import sys
from pathlib import Path

import click

from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import RULES, real_path
from config.home import HOME
from storage.database.errors import StorageError
from storage.store import Store

DEMO_DB = HOME / "data" / "demo.db"


@click.command(
    epilog="""\b
Example:
  ./pollwatch demo
  ./pollwatch review --db data/demo.db

\b
Exit codes: 0 everything worked; 1 something did not; 2 the database cannot be made there."""
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    default=DEMO_DB,
    help="Where to put the database (data/demo.db); replaced each time.",
)
def command(db: Path) -> None:
    """Run everything for real, on an invented newsroom served from this machine.

    Starts seven invented outlets on loopback HTTP (RSS, Atom, JSON Feed and RDF, pages with
    navigation and comments, one feed that fails), polls them twice with an update in between, and
    leaves a database worth opening. Nothing leaves this machine.
    """
    with faults_as_messages():
        worked = run_demo(real_path(db))
    sys.exit(0 if worked else 1)


def run_demo(db: Path) -> bool:
    from commands.shared.progress import Shown
    from commands.shared.summary import show_run
    from demo.newsroom import Newsroom
    from flows.orchestration.local import watch_here
    from flows.pipeline.inputs.options import Options, load_plan

    remove_old(db)
    with Newsroom() as newsroom:
        feeds = db.with_name(f"{db.stem}-feeds.yaml")
        newsroom.write_feeds(feeds)
        plan = load_plan(Options(feeds=feeds, rules=RULES, db=db, due_only=False))
        count = len(newsroom.outlets)
        click.secho(f"Polling {count} outlets of an invented newsroom on 127.0.0.1", bold=True)
        with Shown() as shown:
            first = watch_here(plan, shown, tell=print_step, prefect=False)
        show_run(db, first)
        newsroom.publish_second_edition()
        click.secho(
            "\nA second edition is out: new articles, and one that was corrected", bold=True
        )
        with Shown() as shown:
            second = watch_here(plan, shown, tell=print_step, prefect=False)
        show_run(db, second)
    show_next(db)
    return bool(first.stats.hits and second.stats.feeds_unchanged + second.stats.entries_new)


def remove_old(db: Path) -> None:
    """An earlier demo's database, and what SQLite keeps beside it; never a file of another make."""
    if db.exists() and not of_a_demo(db):
        raise CommandFailed(f"{db} is not a demo's database; the demo replaces no other file")
    try:
        db.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm", ".watch.lock", ".waiting.lock"):
            db.with_name(db.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise CommandFailed(f"cannot write {db}: {error.strerror}") from error


def of_a_demo(db: Path) -> bool:
    """Whether every feed ever polled into it was served from this machine."""
    if db == real_path(DEMO_DB):
        return True
    try:
        with Store.open_existing(db) as store:
            feeds = store.db.execute("SELECT url FROM feeds").fetchall()
    except StorageError:
        return False
    return all(url.startswith("http://127.0.0.1:") for (url,) in feeds)


def print_step(text: str) -> None:
    click.echo(text, err=True)


def show_next(db: Path) -> None:
    shown = db.relative_to(Path.cwd()) if db.is_relative_to(Path.cwd()) else db
    click.secho("\nWhat to type next", bold=True)
    for command_line, words in (
        (f"./pollwatch review --db {shown}", "read and judge the hits in your browser"),
        (f"./pollwatch status --db {shown}", "feeds, last run, queue, coverage"),
        ("./pollwatch rules list", "what it looks for"),
        ("./pollwatch feeds list", "what it would poll"),
        ("./pollwatch run", "poll the feeds of feeds.yaml into data/pollwatch.db"),
    ):
        click.echo(f"  {command_line:<42} {words}")
