"""Moments that a clock which was ahead left behind: pulled back, so that they silence nothing."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.database.connection import write_txn
from storage.times import iso

AHEAD = timedelta(minutes=5)  # that clocks of one desk may differ
FARTHEST_AHEAD = timedelta(days=31)  # past the longest pause that Pollwatch ever plans, 30 days

PULLED_BACK = (
    # What has happened already cannot lie in the future; what was planned from there is due.
    """UPDATE feeds SET next_poll_at = :now, last_polled_at = min(last_polled_at, :now),
         last_ok_at = min(last_ok_at, :now), last_full_at = min(last_full_at, :now)
       WHERE last_polled_at > :ahead OR next_poll_at > :farthest""",
    """UPDATE hosts SET not_before = NULL, failed_until = NULL, last_started_at = :now
       WHERE last_started_at > :ahead OR not_before > :farthest OR failed_until > :farthest""",
    """UPDATE articles SET next_attempt_at = :now, attempted_at = min(attempted_at, :now)
       WHERE next_attempt_at IS NOT NULL AND (next_attempt_at > :farthest OR attempted_at > :ahead)""",
    "DELETE FROM robots WHERE fetched_at > :ahead",
    # What quiet hours hold is held for as long as it was to be; what was tried, no longer than a day.
    """UPDATE deliveries SET created_at = :now, next_attempt_at = CASE WHEN state = 'held'
         THEN strftime('%Y-%m-%dT%H:%M:%fZ', julianday(:now) + julianday(next_attempt_at) - julianday(created_at)) ELSE :now END
       WHERE state IN ('waiting', 'held', 'sending') AND next_attempt_at IS NOT NULL
         AND (created_at > :ahead OR (state = 'sending' AND next_attempt_at > :tomorrow))""",
)


def pull_back(db: Database, now: datetime) -> int:
    """Make due what was planned by a clock that was ahead; how many rows that were.

    Rows of the past, such as polls and runs, stay as they were written.
    """
    moments = {
        "now": iso(now),
        "ahead": iso(now + AHEAD),
        "tomorrow": iso(now + AHEAD + timedelta(days=1)),
        "farthest": iso(now + FARTHEST_AHEAD),
    }
    with write_txn(db):
        return sum(db.execute(statement, moments).rowcount for statement in PULLED_BACK)
