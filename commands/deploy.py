"""`pollwatch deploy`: from nothing to a scheduled deployment, in one command."""

import asyncio
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import click
import yaml

from commands.shared import spans
from commands.shared.shared_options import LOOPBACK
from config.home import HOME, PROJECT

POOL = "pollwatch"
PREFECT_PORT = 4200
STARTING = 2.0  # seconds between two looks for a server that is starting


@click.command(
    epilog="""\b
Example, from nothing to a scheduled run:
  ./pollwatch prefect server start                       # terminal 1: http://127.0.0.1:4200
  ./pollwatch deploy                                     # terminal 2; --reset undoes changes
  ./pollwatch prefect worker start --pool pollwatch

\b
To have Prefect notify you when runs fail, come late, or none ends well:
  ./pollwatch deploy --notify slack-webhook/desk --silent-after 45m"""
)
@click.option(
    "--reset", is_flag=True, help="Undo what was changed in the UI: set all that prefect.yaml says."
)
@click.option(
    "--notify",
    metavar="TYPE/NAME",
    help="Prefect notification block to tell of runs that fail, come late, or no longer end well.",
)
@click.option(
    "--silent-after",
    callback=spans.length,
    default="30m",
    show_default=True,
    help="With --notify: how long no run may have ended well.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a server that is starting.",
)
def command(reset: bool, notify: str | None, silent_after: timedelta, wait: int) -> None:
    """Register the deployments of prefect.yaml with the Prefect server.

    Creates the work pool if there is none, deploys, and sets up the automation that marks
    runs whose process was killed. Can be repeated: a schedule, parameter or pause that somebody
    changed in the UI stays, and is named. Speaks to the server on port 4200 of this machine unless
    PREFECT_API_URL or a Prefect profile names another.
    """
    require_server(wait)
    from flows.orchestration.automations.crash_detection import zombie_automation
    from flows.orchestration.automations.ensure import ensure

    block = block_of(notify) if notify else None
    make_pool()
    deploy_all(reset=reset)
    state = asyncio.run(ensure(zombie_automation()))
    click.echo(f"Automation for killed runs: {state}.")
    if block is not None:
        set_up_notices(block, silent_after)
    click.echo(f"\nNow start a worker:  ./pollwatch prefect worker start --pool {POOL}")
    click.echo(
        "The first run begins when its schedule next comes round; none begins by itself now."
    )
    click.echo("Run it once, now:    ./pollwatch prefect deployment run watch/every-15-minutes")


def block_of(name: str) -> UUID:
    from flows.orchestration.automations.notify import NoBlock, notification_block

    try:
        return asyncio.run(notification_block(name))
    except NoBlock as missing:
        click.echo(f"--notify: {missing}", err=True)
        sys.exit(2)


def set_up_notices(block: UUID, silence: timedelta) -> None:
    from flows.orchestration.automations.ensure import ensure
    from flows.orchestration.automations.notify import arm, automations

    for automation in automations(block, silence):
        click.echo(f"Automation “{automation.name}”: {asyncio.run(ensure(automation))}.")
    arm()


def make_pool() -> None:
    """The pool, unless there is one: its limits and job variables may be an operator's."""
    from flows.orchestration.server.api import has_pool

    if not asyncio.run(has_pool(POOL)):
        run_prefect("work-pool", "create", POOL, "--type", "process", quiet=True)


def deploy_all(*, reset: bool) -> None:
    """prefect.yaml, with what an operator changed in its place, by Prefect's own `deploy`."""
    from flows.orchestration.deployments import merged_with_server, remember_settings

    own = HOME / "prefect.yaml"
    file = own if own.exists() else PROJECT / "prefect.yaml"
    document = yaml.safe_load(file.read_text("utf-8"))
    merged = asyncio.run(merged_with_server(document, reset=reset))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "prefect.yaml"
        file.write_text(yaml.safe_dump(merged.document, sort_keys=False), "utf-8")
        # Quiet, as it tells each time to start a worker by a command that is on no PATH here.
        run_prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(file), quiet=True)
    asyncio.run(remember_settings(merged.record))
    for deployment in merged.document["deployments"]:
        click.echo(f"Deployed: {deployment['entrypoint'].rpartition('.')[2]}/{deployment['name']}")
    for kept_field in merged.kept_fields:
        click.echo(f"Kept: {kept_field}")
    if merged.kept_fields:
        click.echo("These were changed on the server; ./pollwatch deploy --reset undoes that.")


def require_server(wait: int) -> None:
    """Exit with 2 and a sentence unless a configured Prefect API answers within `wait` seconds."""
    from flows.orchestration.server.api import api_url, unreachable

    url = api_url()
    if url is None:
        click.echo(
            "No Prefect server is configured.\n"
            "  Start one:          ./pollwatch prefect server start\n"
            "  and point at it:    export PREFECT_API_URL=http://127.0.0.1:4200/api",
            err=True,
        )
        sys.exit(2)
    why = unreachable()
    if why is not None and wait:
        click.echo(f"Waiting up to {wait} s for the Prefect server at {url} …")
    deadline = time.monotonic() + wait
    while why is not None and time.monotonic() < deadline:
        time.sleep(STARTING)
        why = unreachable()
    if why is not None:
        click.echo(f"The Prefect API at {url} does not answer ({why}).", err=True)
        click.echo(f"  {start_hint(url)}", err=True)
        sys.exit(2)


def start_hint(url: str) -> str:
    """How to start the server that `url` names."""
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK:
        return f"Start the server on {parts.hostname}, or point PREFECT_API_URL at another."
    port = "" if parts.port in (None, PREFECT_PORT) else f" --port {parts.port}"
    return f"Start one:  ./pollwatch prefect server start{port}"


def run_prefect(*arguments: str, quiet: bool = False) -> None:
    """Prefect's own command line, from the project's folder; its failure ends ours."""
    process = subprocess.run(
        [str(Path(sys.executable).with_name("prefect")), *arguments],
        cwd=HOME,
        capture_output=quiet,
        text=True,
        check=False,
    )
    if process.returncode:
        if quiet:
            click.echo(process.stdout + process.stderr, err=True)
        click.echo(f"prefect {' '.join(arguments)} failed", err=True)
        sys.exit(1)
