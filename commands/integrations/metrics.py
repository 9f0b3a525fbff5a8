"""`pollwatch metrics`: the monitor's own figures, for Prometheus."""

import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option
from commands.shared.source import written_to
from storage.database.errors import StorageError
from storage.queries.monitor.metrics import Metrics, metrics
from storage.store import Store


@click.command(
    epilog="""\b
Examples:
  ./pollwatch metrics                                     # print them
  ./pollwatch metrics --out /var/lib/node_exporter/pollwatch.prom
  ./pollwatch metrics --listen 9108                       # http://127.0.0.1:9108/metrics"""
)
@db_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file, whole or not at all."
)
@click.option(
    "--listen", type=click.IntRange(1, 65535), help="Answer on this port of 127.0.0.1 until Ctrl-C."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def command(db: Path, out: Path | None, listen: int | None, host: str) -> None:
    """Print metrics for Prometheus: last good run, unread articles, feeds, coverage, queue and outbox."""
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(db))
    with faults_as_messages():
        Store.open_existing(db).close()
    if listen is not None:
        start_http_server(listen, host, registry)
        click.echo(f"http://{host}:{listen}/metrics; Ctrl-C stops.", err=True)
        threading.Event().wait()
    text = generate_latest(registry)
    if out is None:
        sys.stdout.write(text.decode())
        return
    written_to(out, text)  # whole: a scraper never sees half a file


class DatabaseCollector(Collector):
    """Reads the database at each scrape. When it cannot, `pollwatch_up` says so."""

    def __init__(self, database: Path) -> None:
        self.database = database

    def describe(self) -> list[Metric]:
        return []  # nothing is counted while registering

    def collect(self) -> Iterator[Metric]:
        now = datetime.now(UTC)
        try:
            with Store.open_existing(self.database) as store:
                figures = metrics(store.db, now)
        except StorageError:
            yield gauge("up", "Whether the database can be read.", 0)
            return
        yield gauge("up", "Whether the database can be read.", 1)
        yield from families(figures)


def families(figures: Metrics) -> Iterator[Metric]:
    at = figures.last_good_run_at
    single = (
        ("last_good_run_timestamp_seconds", "When the last run ended well.", at.timestamp() if at else None),
        ("silent_seconds", "Since the last good run.", figures.silent_seconds),
        ("run_failing", "1 when a run failed or crashed since the last good one.", int(figures.run_failing)),
        ("oldest_unread_seconds", "Age of the oldest article that was never tried.", figures.oldest_unread_seconds or 0),
        ("coverage_share", "Share of feed hours seen in 24 hours.", figures.coverage_share),
        ("feeds_answering", "Feeds that answered in 24 hours.", figures.feeds_answering),
        ("feeds_listed", "Feeds listed and enabled.", figures.feeds_listed),
        ("outbox_waiting", "Alerts that wait to be sent.", figures.outbox.waiting),
        ("outbox_dead", "Alerts that could not be sent.", figures.outbox.dead),
        ("upkeep_seconds", "Since the last nightly upkeep, with its backup.", figures.upkeep_seconds),
        ("oldest_new_seconds", "Age of the story that waits longest for a verdict.", figures.oldest_new_seconds or 0),
    )  # fmt: skip
    for name, help_text, value in single:
        if value is not None:
            yield gauge(name, help_text, value)
    yield labelled("feeds", "Feeds by their worst flag.", "state", figures.feeds)
    yield labelled("stories_shown_7d", "Stories shown in 7 days.", "severity", figures.hits)
    yield labelled("queue_stories", "Stories by where the queue shows them.", "tab", figures.queue)
    yield labelled("verdict_seconds_7d", "From shown to the first verdict.", "quantile", quantiles(figures.verdict_seconds))  # fmt: skip


def quantiles(seconds: tuple[float, ...]) -> dict[str, float]:
    if not seconds:
        return {}
    return {share: seconds[int(float(share) * (len(seconds) - 1))] for share in ("0.5", "0.9", "1")}


def gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pollwatch_{name}", help_text, value=value)


def labelled(
    name: str, help_text: str, label: str, values: dict[str, int] | dict[str, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"pollwatch_{name}", help_text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
