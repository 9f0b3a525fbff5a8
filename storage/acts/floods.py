"""Floods: one outlet that brings more news in a run than anybody could look through.

What it goes on to bring is muted for a day: counted and listed under Mutes, told of in the run's message,
and back in the queue when the mute ends or is ended. So a feed that was taken over, or a rule that
went wrong on one site, buries no other outlet's stories, and nothing of it is lost.
"""

import sqlite3
from datetime import datetime, timedelta

from storage.acts.mutes import stand
from storage.stories.muting import standing_mutes
from storage.times import iso

MOST_NEWS = 200  # articles with hits that an outlet's feeds bring in a run; a busy newsroom has some twenty a day
NEWS = timedelta(days=3)
HELD_FOR = timedelta(days=1)
HELD_BY = "pollwatch"


def hold_flood(connection: sqlite3.Connection, outlet: str, now: datetime) -> None:
    """Mute what `outlet` brings from now on. What the queue shows of it already stays there.

    The caller is inside BEGIN IMMEDIATE.
    """
    standing = standing_mutes(connection, iso(now))
    if any((mute.kind, mute.value) == ("outlet", outlet) for mute in standing):
        return
    stand(
        connection, kind="outlet", value=outlet, until=iso(now + HELD_FOR), actor=HELD_BY, at=iso(now),
        note=f"more than {MOST_NEWS} articles with hits in one run; those after them wait here",
    )  # fmt: skip
