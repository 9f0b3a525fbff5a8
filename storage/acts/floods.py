"""Floods: one outlet that brings more news in a run, or in a day of runs, than anybody could look through.

What it goes on to bring is muted for a day: counted and listed under Mutes, told of in the run's message,
and back in the queue when the mute ends or is ended. So a feed that was taken over, or a rule that
went wrong on one site, buries no other outlet's stories, and nothing of it is lost.
"""

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

from storage.acts.mutes import stand
from storage.stories.muting import standing_mutes
from storage.times import iso

MOST_NEWS = 200  # articles with hits that an outlet's feeds bring in a run; a busy newsroom has some twenty a day
MOST_NEWS_A_DAY = 500  # in all runs of 24 hours: one that brings 199 each hour is no better
ONE_DAY = timedelta(days=1)
NEWS = timedelta(days=3)
HELD_FOR = ONE_DAY
HELD_BY = "pollwatch"


# What a feed that was listed that day says is old is no news, within an hour of its first poll: an archive
# of sitemaps that is read in turn brings old pages all day, each poll some. What came before the outlet's last mute by us,
# or before somebody ended that, is forgiven: else the mute would stand again at once.
BROUGHT = """SELECT DISTINCT f.outlet, h.article_id FROM hits h JOIN feeds f ON f.id = h.feed_id JOIN articles a ON a.id = h.article_id
  LEFT JOIN (SELECT lower(value) AS outlet, max(coalesce(ended_at, created_at)) AS at FROM mutes
             WHERE kind = 'outlet' AND actor = :by GROUP BY 1) m ON m.outlet = lower(f.outlet)
  WHERE h.created_at > :since AND h.origin = 'watch' AND h.shown AND h.created_at > coalesce(m.at, '')
    AND NOT (f.added_at > :since AND julianday(a.first_seen_at) - julianday(f.added_at) < 1.0 / 24 AND coalesce(a.published_at, a.first_seen_at) < :news)"""


def brought_today(connection: sqlite3.Connection, now: datetime) -> dict[str, set[int]]:
    """By outlet, the articles with hits in the queue that its feeds brought in the last 24 hours."""
    since = now - ONE_DAY
    times = {"since": iso(since), "news": iso(since - NEWS), "by": HELD_BY}
    articles: defaultdict[str, set[int]] = defaultdict(set)
    for outlet, article in connection.execute(BROUGHT, times):
        articles[outlet].add(article)
    return articles


def hold_flood(connection: sqlite3.Connection, outlet: str, now: datetime) -> None:
    """Mute what `outlet` brings from now on. What the queue shows of it already stays there.

    The caller is inside BEGIN IMMEDIATE.
    """
    standing = standing_mutes(connection, iso(now))
    if any((mute.kind, mute.value) == ("outlet", outlet) for mute in standing):
        return
    stand(
        connection, kind="outlet", value=outlet, until=iso(now + HELD_FOR), actor=HELD_BY, at=iso(now),
        note=f"more than {MOST_NEWS} articles with hits in one run, or {MOST_NEWS_A_DAY} in a day; those after them wait here",
    )  # fmt: skip
