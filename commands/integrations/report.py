"""`pollwatch report`: the situation, for whoever hands over or must be told at seven."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from alerts.report import render
from alerts.report.pdf import NoPrinterError, pdf
from commands.shared import spans
from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import alerts_option, db_option
from commands.shared.source import written_to
from storage.queries.situation import Situation, situation
from storage.queries.stories.saved import view_filter
from storage.store import Store
from storage.times import iso


@click.command(
    epilog="""\b
Examples:
  ./pollwatch report --since 12h                          # Markdown, to read here
  ./pollwatch report --since 24h --view Arizona --html > situation.html
  ./pollwatch report --since 12h --pdf --out situation.pdf"""
)
@click.option(
    "--since",
    callback=spans.length,
    default="12h",
    show_default=True,
    help="How far back: 12h, 7d.",
)
@click.option("--view", help="Only what this shared view of the queue shows.")
@click.option("--md", "form", flag_value="md", default="md", help="Markdown (the default).")
@click.option("--html", "form", flag_value="html", help="HTML, for mail and paper.")
@click.option("--pdf", "form", flag_value="pdf", help="PDF, through WeasyPrint or Chromium.")
@click.option(
    "--url", help="Address of the review server, for links; default: the one in alerts.yaml."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")
@click.option(
    "--send", is_flag=True, help="Put it into the outbox instead, for the routes that take digests."
)
@alerts_option
@db_option
def command(
    since: timedelta,
    view: str | None,
    form: str,
    url: str | None,
    out: Path | None,
    send: bool,
    alerts: Path,
    db: Path,
) -> None:
    """The situation: coverage first, then stories, categories with passages, sources, quality, notes."""
    now = datetime.now(UTC)
    if send:
        store_report(db, alerts, since, view, now)
        return
    with faults_as_messages():
        situation = stored_situation(db, view, now - since, now)
        address = url.rstrip("/") + "/" if url else review_address(alerts, db)
    document = report_bytes(situation, form, address)
    if out is not None:
        written_to(out, document)
    elif form == "pdf" and sys.stdout.isatty():
        raise CommandFailed("a PDF cannot be printed: name a file with --out")
    else:
        sys.stdout.buffer.write(document)


def store_report(db: Path, alerts: Path, since: timedelta, view: str | None, now: datetime) -> None:
    from alerts.report.digest import store_digest

    try:
        with faults_as_messages():
            new = store_digest(db, alerts, since=since, view=view, now=now)
    except ValueError as error:
        raise CommandFailed(str(error)) from None
    click.echo("stored; the sender takes it on" if new else "there is one for this hour already")


def stored_situation(db: Path, view: str | None, since: datetime, now: datetime) -> Situation:
    with Store.open_existing(db) as store:
        try:
            base = view_filter(store.db.conn, view, iso(now))
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        return situation(store.db, since=since, now=now, base=base, view=view)


def review_address(alerts: Path, db: Path) -> str | None:
    from alerts.alerts_yaml.last_good import in_use

    config = in_use(alerts, db).config
    return config.url if config is not None else None


def report_bytes(situation: Situation, form: str, url: str | None) -> bytes:
    if form == "md":
        return render.markdown(situation, url).encode()
    page = render.report_html(situation, url)
    if form == "html":
        return page.encode()
    try:
        return pdf(page)
    except NoPrinterError as error:
        raise CommandFailed(str(error)) from None
