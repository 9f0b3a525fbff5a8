"""Articles that are due to be read: new ones, retries and re-reads."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from model import Unread
from storage.times import iso, parse_or_none

Only = Literal["new", "again"]
DUE = {
    None: "",
    "new": "AND state = 'unread'",
    "again": "AND state <> 'unread'",
}


def unread(
    db: Database, now: datetime, *, limit: int, after_id: int = 0, only: Only | None = None
) -> tuple[Unread, ...]:
    """Up to `limit` due articles in the order of their ids, each canonical URL once.

    `only="new"` gives those never tried, `only="again"` retries and re-reads.
    """
    rows = db.execute(
        f"""SELECT a.id, a.url, a.url_canonical, f.slug, a.outlet, a.title, a.published_at, a.language,
             a.attempts, a.state, a.text_sha256, a.reads
           FROM (SELECT id FROM articles INDEXED BY articles_due
                 WHERE next_attempt_at IS NOT NULL AND id > ? AND next_attempt_at <= ? {DUE[only]}
                 ORDER BY id LIMIT ?) due
           JOIN articles a USING (id) JOIN feeds f ON f.id = a.feed_id ORDER BY a.id""",  # noqa: S608
        (after_id, iso(now), limit),
    ).fetchall()
    texts = feed_texts(db, [row[0] for row in rows])
    return tuple(as_unread(row, *texts.get(row[0], ("", False))) for row in rows)


def as_unread(row: Any, feed_text: str, full_text: bool) -> Unread:
    (
        article_id,
        url,
        canonical,
        feed,
        outlet,
        title,
        published,
        language,
        attempts,
        state,
        sha,
        reads,
    ) = row
    return Unread(
        article_id=article_id,
        url=url,
        canonical_url=canonical,
        feed_id=feed,
        source=outlet,
        title=title,
        published=parse_or_none(published),
        feed_text=feed_text,
        language=language,
        attempts=attempts,
        full_text=full_text,
        reread=state == "read",
        text_sha256=sha,
        reads=reads,
    )


def feed_texts(db: Database, article_ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """By article: the longest text that a feed gave of it, and whether a feed gives whole texts."""
    found: dict[int, tuple[str, bool]] = {}
    rows = db.execute(
        """SELECT e.article_id, CASE WHEN length(e.content) > length(e.summary) THEN e.content ELSE e.summary END,
             f.full_text
           FROM entries e JOIN feeds f ON f.id = e.feed_id
           WHERE e.article_id IN (SELECT value FROM json_each(?)) ORDER BY e.id""",
        [json.dumps(article_ids)],
    )
    for article_id, text, full_text in rows:
        longest, whole = found.get(article_id, ("", False))
        found[article_id] = (max(longest, text, key=len), whole or bool(full_text))
    return found
