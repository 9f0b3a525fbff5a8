"""A situation report put into the outbox, for the channels whose routes take digests."""

from datetime import datetime, timedelta
from pathlib import Path

from alerts.alerts_yaml.last_good import in_use
from alerts.report import render
from alerts.report.sections import report_title
from storage.outbox import waiting_events
from storage.outbox.outbox import Outbox
from storage.queries.situation import situation
from storage.queries.stories.saved import view_filter
from storage.times import iso


def store_digest(
    database: Path, alerts: Path, *, since: timedelta, view: str | None, now: datetime
) -> bool:
    """Whether it is a new one: of one view there is one digest an hour, however often this is called.

    Raises ValueError with a sentence for a view that cannot be reported on.
    """
    config = in_use(alerts, database).config
    url = config.url if config is not None else None
    outbox = Outbox.open(database)
    try:
        base = view_filter(outbox.conn, view, iso(now))
        report = situation(outbox.db, since=now - since, now=now, base=base, view=view)
        payload = {"title": report_title(report), "text": render.markdown(report, url), "html": render.report_html(report, url)}  # fmt: skip
        key = f"digest:{view or ''}:{now:%Y-%m-%dT%H}"
        with outbox.transaction():
            return waiting_events.add_event_at(outbox.conn, "digest", key, now, payload)
    finally:
        outbox.close()
