"""Floods: one outlet that brings more news in a run than anybody could look through.

What it goes on to bring is muted for a day: counted and listed under Mutes, told of in the run's message,
and back in the queue when the mute ends or is ended. So a feed that was taken over, or a rule that
went wrong on one site, buries no other outlet's stories, and nothing of it is lost.
"""

import sqlite3
from datetime import datetime, timedelta

from storage.times import iso

MOST_NEWS = 200  # articles with hits of an outlet in a run; a busy newsroom has some twenty a day
NEWS = timedelta(days=3)
HELD_FOR = timedelta(days=1)
HELD_BY = "pollwatch"


def hold_flood(connection: sqlite3.Connection, outlet: str, now: datetime) -> None:
    """Mute what `outlet` brings from now on. What the queue shows of it already stays there.

    The caller is inside BEGIN IMMEDIATE.
    """
    connection.execute(
        """INSERT INTO mutes (kind, value, note, actor, created_at, until)
           SELECT 'outlet', :outlet, :note, :actor, :now, :until
           WHERE NOT EXISTS (SELECT 1 FROM mutes WHERE kind = 'outlet' AND value = :outlet AND ended_at IS NULL AND until > :now)""",
        {
            "outlet": outlet, "actor": HELD_BY, "now": iso(now), "until": iso(now + HELD_FOR),
            "note": f"more than {MOST_NEWS} articles with hits in one run; those after them wait here",
        },
    )  # fmt: skip
