"""Putting an article that no rule found into the queue, as a story that a person vouches for.

It is judged, tagged, assigned and exported as any other, and has no hit: nothing of it counts for a rule.
"""

import sqlite3
from dataclasses import dataclass

import privacy
from model import SEVERITIES
from storage.acts.verdicts import Act, Done, LeftOut, batch_before, write_batch, write_review
from storage.stories import masks, story_rows
from storage.stories.content.places import place_named
from storage.stories.content.priority import priority
from storage.times import parse_time

WEIGHT = 1.0  # as relevant as can be: a person says so
CARD_CHARACTERS = 400  # characters that cards and exports show
ARTICLE_TO_ADD = """SELECT a.id, a.story_id, a.title, a.outlet, a.feed_id, a.region, a.language, a.first_seen_at, s.tab, s.added_by,
    coalesce(nullif(t.body, ''), t.summary, (SELECT coalesce(nullif(e.summary, ''), e.content) FROM entries e WHERE e.article_id = a.id ORDER BY e.id LIMIT 1), '') AS words,
    CASE WHEN a.published_at <= a.first_seen_at THEN a.published_at END AS published_at, coalesce(a.date_source, 'feed') AS date_source
  FROM articles a LEFT JOIN stories s ON s.id = a.story_id LEFT JOIN article_texts t ON t.article_id = a.id WHERE a.id = ?"""
BEGIN_STORY = """INSERT INTO stories (title, first_article_id, language, first_seen_at, last_seen_at) VALUES (:title, :article, :language, :seen, :seen)"""
INTO_THE_QUEUE = """UPDATE stories SET status = 'new', lane = 'shown', lead_article_id = :article, title = :title, outlet = :outlet, feed_id = :feed,
    region = :region, place = :place, language = :language, published_at = :published, date_source = :date_source, severity = :severity,
    severity_rank = :rank, relevance = NULL, priority = :priority, shown_at = :at, due_at = :due, opening = :opening WHERE id = :story"""


@dataclass(frozen=True, slots=True)
class Addition:
    """What somebody asks for; `severity`: what they take it for."""

    article_id: int
    severity: str
    note: str
    actor: str
    at: str
    request_id: str | None = None


def add_by_hand(connection: sqlite3.Connection, addition: Addition) -> Done | None:
    """Put the article's story into the queue; None: there is no such article, and `nothing`: it is there
    already. The caller is inside BEGIN IMMEDIATE."""
    again = batch_before(connection, addition.request_id)
    if again is not None:
        return again
    cursor = connection.execute(ARTICLE_TO_ADD, [addition.article_id])
    row = cursor.fetchone()
    if row is None:
        return None
    article = dict(zip([column[0] for column in cursor.description], tuple(row), strict=True))
    if article["tab"] is not None:
        by = f", added by {article['added_by']}" if article["added_by"] else ""
        return Done("nothing", stories=(article["story_id"],), left_out=(LeftOut(article["story_id"], article["title"], f"it is in the queue already{by}"),))  # fmt: skip
    story = article["story_id"] or _begin(connection, article)
    act = Act(((story, 0),), "add", addition.actor, addition.at, addition.severity, note=addition.note, request_id=addition.request_id)  # fmt: skip
    batch = write_batch(connection, act, 1, [])
    write_review(connection, batch, {"id": story, "status": None}, act)
    connection.execute(INTO_THE_QUEUE, {"story": story, **_shown(connection, article, addition)})
    masks.keep_masks(connection, story)
    return Done("done", batch, (story,))


def _begin(connection: sqlite3.Connection, article: dict[str, str]) -> int:
    """A story for an article whose page was not read yet; its text stays with it."""
    values = {"title": article["title"], "article": article["id"], "language": article["language"], "seen": article["first_seen_at"]}  # fmt: skip
    story = connection.execute(BEGIN_STORY, values).lastrowid
    assert story is not None
    connection.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story, article["id"]))
    return story


def _shown(
    connection: sqlite3.Connection, article: dict[str, str], addition: Addition
) -> dict[str, object]:
    rank, words = SEVERITIES.index(addition.severity), article["words"]
    dated = article["published_at"] is not None
    return {
        "article": article["id"], "title": article["title"], "outlet": article["outlet"], "feed": article["feed_id"], "region": article["region"],
        "place": place_named(article["title"], words[:1000], article["region"]), "language": article["language"],
        "published": article["published_at"] if dated else article["first_seen_at"], "date_source": article["date_source"] if dated else "seen",
        "severity": addition.severity, "rank": rank, "priority": priority(rank, WEIGHT, 1, parse_time(article["first_seen_at"])),
        "at": addition.at, "due": story_rows.due_at(connection, addition.severity, addition.at), "opening": opening(words),
    }  # fmt: skip


def opening(words: str) -> str:
    """The beginning of a text up to the end of a word, masked: no rule says what it is about."""
    text = privacy.masked(words[: 2 * CARD_CHARACTERS])
    return (
        text
        if len(text) <= CARD_CHARACTERS
        else f"{text[:CARD_CHARACTERS].rpartition(' ')[0] or text[:CARD_CHARACTERS]} …"
    )
