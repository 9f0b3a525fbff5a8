"""The memory of boilerplate: a paragraph that stands in many articles of one site is not article text.

It is bounded: the newest of a site, for a while. A run takes what is boilerplate from here once, at its
start, so that neither order nor machine changes what is matched.
"""

import sqlite3
from datetime import datetime, timedelta

from model import Article
from storage.times import iso

PARAGRAPHS_KEPT = timedelta(days=60)
MOST_PER_SITE = 5_000


def count_paragraphs(connection: sqlite3.Connection, article: Article, read_at: datetime) -> None:
    """Count the article's paragraphs, once each, for its site. Called when it is first read whole."""
    if not article.host_group:
        return
    connection.executemany(
        """INSERT INTO paragraphs (site, hash, articles, first_seen_at, last_seen_at) VALUES (:site, :hash, 1, :at, :at)
           ON CONFLICT (site, hash) DO UPDATE SET articles = articles + 1, last_seen_at = excluded.last_seen_at""",
        [
            {"site": article.host_group, "hash": hash_, "at": iso(read_at)}
            for hash_ in sorted(set(article.paragraphs))
        ],
    )


def boilerplate(connection: sqlite3.Connection) -> dict[str, frozenset[int]]:
    """By site, the hashes of paragraphs that stand in five of its articles or more."""
    repeated: dict[str, set[int]] = {}
    for site, hash_ in connection.execute(
        "SELECT site, hash FROM paragraphs INDEXED BY paragraphs_often WHERE articles >= 5"
    ):
        repeated.setdefault(site, set()).add(hash_)
    return {site: frozenset(hashes) for site, hashes in repeated.items()}


def forget_paragraphs(connection: sqlite3.Connection, now: datetime, limit: int) -> int:
    """Drop up to `limit` paragraphs that were not seen for 60 days, or are beyond the newest 5,000
    of their site; returns how many."""
    row_count = connection.execute(
        """DELETE FROM paragraphs WHERE (site, hash) IN
             (SELECT site, hash FROM paragraphs WHERE last_seen_at < ? LIMIT ?)""",
        (iso(now - PARAGRAPHS_KEPT), limit),
    ).rowcount
    if row_count:
        return row_count
    row = connection.execute(
        "SELECT site FROM paragraphs GROUP BY site HAVING count(*) > ? LIMIT 1", [MOST_PER_SITE]
    ).fetchone()
    if row is None:
        return 0
    return connection.execute(
        """DELETE FROM paragraphs WHERE site = :site AND hash IN
             (SELECT hash FROM paragraphs WHERE site = :site ORDER BY articles >= 5 DESC, last_seen_at DESC, hash
              LIMIT :limit OFFSET :kept)""",
        {"site": row[0], "limit": limit, "kept": MOST_PER_SITE},
    ).rowcount
