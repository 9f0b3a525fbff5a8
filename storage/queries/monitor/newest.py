"""The newest moment that the database has seen."""

from datetime import datetime

from sqlite_utils import Database

from storage.times import parse_time

NEWEST_MOMENT = """SELECT max(moment) FROM (
  SELECT max(started_at) AS moment FROM runs UNION ALL SELECT max(polled_at) FROM polls
  UNION ALL SELECT max(last_polled_at) FROM feeds)"""


def newest_moment(db: Database) -> datetime | None:
    """When anything last began or was polled by the clock of that time; None: never."""
    (moment,) = db.execute(NEWEST_MOMENT).fetchone()
    return parse_time(moment) if moment else None
