"""The `pollwatch` command: names every subcommand and loads one only when it is asked for."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any

import click

from commands.shared.lazy_group import LazyGroup

# Importing Prefect or trafilatura takes seconds, so each command's module is imported on use.
COMMANDS = {
    "demo": ("commands.demo", "Run everything on an invented newsroom on this machine."),
    "run": ("commands.run", "Poll the feeds once, read what is new, match it, store it."),
    "serve": ("commands.serve", "Run on a schedule in this one process."),
    "status": ("commands.status", "Feeds, last run, queue and coverage in a few lines."),
    "metrics": ("commands.integrations.metrics", "Print metrics of the monitor for Prometheus."),
    "doctor": (
        "commands.doctor.command",
        "Check everything that a run needs, and say how to fix it.",
    ),
    "feeds": ("commands.feeds.group", "List, add, remove, import, export, parse and check feeds."),
    "coverage": ("commands.coverage", "Show which hours of which feeds were seen."),
    "extract": ("commands.extract", "Show the article that Pollwatch reads from a page."),
    "match": ("commands.match", "Match JSON lines against the rules."),
    "rules": ("commands.rules.group", "Check, try, explain, format and list rules."),
    "rematch": ("commands.rematch", "Match the stored archive against the rules of today."),
    "audit": ("commands.audit.group", "Measure how much is missed, by a blind sample."),
    "alerts": (
        "commands.alerts.group",
        "Check alerts.yaml, test a channel, show and send what waits.",
    ),
    "report": (
        "commands.integrations.report",
        "Write a situation report: Markdown, HTML or PDF.",
    ),
    "queue": ("commands.integrations.queue", "List the stories of the queue."),
    "trace": ("commands.trace", "Say what became of a story that somebody misses."),
    "federate": ("commands.integrations.federate", "Show one queue over several databases."),
    "export": (
        "commands.integrations.export",
        "Export stories as JSON Lines, CSV, STIX 2.1 or MISP.",
    ),
    "tokens": ("commands.integrations.tokens", "Create, list and revoke API tokens."),
    "review": ("commands.review", "Open the review queue in Datasette."),
    "maintain": ("commands.maintain", "Do one night's upkeep: forget, back up, draw the audit."),
    "backup": ("commands.backup", "Copy the database safely while it is in use."),
    "deploy": ("commands.deploy", "Register the scheduled deployment with a Prefect server."),
}


# No file can have such a name, whatever a command would do with it.
NO_NAMES = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR}
# What standard output answers when it takes no more.
NO_OUTPUT = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}

POLLWATCH_COMMANDS = {name: (module, "command", text) for name, (module, text) in COMMANDS.items()}


class Commands(LazyGroup):
    parts = POLLWATCH_COMMANDS

    def main(self, *args: Any, **options: Any) -> Any:
        fill_closed_streams()
        try:
            Path.cwd()
        except FileNotFoundError:
            click.echo(
                "pollwatch: the current folder was removed; change to one that is there", err=True
            )
            sys.exit(2)
        try:
            try:
                return super().main(*args, **options)
            finally:
                sys.stdout.flush()
        except OSError as error:
            if error.errno not in NO_OUTPUT or error.filename:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still held is not tried again
            click.echo(f"pollwatch: standard output: {error.strerror}", err=True)
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MemoryError:
            click.echo(
                "pollwatch: out of memory here. A run needs some 400 MB: see `ulimit -v`.", err=True
            )
            ctx.exit(2)
        except OSError as error:
            if error.errno not in NO_NAMES or not error.filename:
                raise
            click.echo(f"pollwatch: {str(error.filename)[:100]}: {error.strerror}", err=True)
            ctx.exit(2)


def fill_closed_streams() -> None:
    """Else the next file that is opened, a database even, would take the place of the stream."""
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pollwatch")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Pollwatch watches news feeds for election-security stories and puts them into a queue for review."""
    if os.environ.get("NO_COLOR"):  # no-color.org
        ctx.color = False
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a curly quote shows a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
