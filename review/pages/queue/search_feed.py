"""The newest matches of a saved search, for its Atom feed."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from datasette.app import Datasette

from model import QueryError
from review import database, state
from review.cache import CachedAnswer
from review.render import safe_links
from review.search import articles
from review.search.named_lists import word_lists
from storage.queries.articles.article_search import feed_words_missing_before

MATCHES_A_FEED = 50
A_MINUTE = 60.0  # no search is made again for its feed within it
# Seconds after which a search is made anew though the file seems the same: two commits may share a tick of its clock
LONGEST_KEPT = 900.0


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One matching article, as it may leave. `story`: its story where that is in the queue."""

    article: int
    story: int | None
    title: str
    passage: str
    outlet: str
    feed: str  # whose words they are, where they stand in no text of the article; else ""
    published_at: str | None
    first_seen_at: str
    address: str | None


@dataclass(frozen=True, slots=True)
class NewestMatches:
    """`reach`: a sentence on how far back they go. `fault`: why there are none to be had."""

    entries: tuple[FeedEntry, ...] = ()
    reach: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class KeptMatches:
    """The matches as of one state of the database, searched for at a moment of the server's clock."""

    matches: NewestMatches
    version: tuple[tuple[int, int], ...]
    searched_at: float


async def newest_matches(ds: Datasette, find: str) -> NewestMatches:
    """At most a minute old, or twenty times as long as the search takes; while nothing is written, searched for once."""
    room, key = state.of(ds), ("search", find)

    async def again() -> KeptMatches:
        kept_matches = _kept(room.cache.answers.get(key))
        version, now = database.file_state(room.path), room.clock()
        if (
            kept_matches
            and kept_matches.version == version
            and now - kept_matches.searched_at < LONGEST_KEPT
        ):
            return kept_matches
        async with room.searching:
            matches = await database.read_snapshot(ds, lambda c: matches_now(c, find, room.rules))
        return KeptMatches(matches, version, now)

    return (await room.cache.get(key, again, fresh=A_MINUTE)).matches


def _kept(answer: CachedAnswer[object] | None) -> KeptMatches | None:
    return answer.value if answer and isinstance(answer.value, KeptMatches) else None


def matches_now(connection: sqlite3.Connection, find: str, rules: Path | None) -> NewestMatches:
    """As the first page of the search has them, and no more than a feed takes."""
    try:
        query = articles.read_query(find, word_lists(rules))
    except QueryError as error:
        return NewestMatches(fault=error.why)
    newest_found = articles.find_articles(connection, query)
    shown = newest_found.articles[:MATCHES_A_FEED]
    missing = feed_words_missing_before(connection)
    late = f" What feeds say beside articles seen up to {_minute(missing)} is not searched yet." if missing else ""  # fmt: skip
    return NewestMatches(tuple(map(feed_entry, shown)), reach_of(newest_found, len(shown)) + late)


def reach_of(newest_found: articles.Found, shown: int) -> str:
    """How far back the feed goes, and whether anything may lie beyond."""
    if newest_found.back_to is None:
        return "No stored article holds these words."
    matches = "1 match" if shown == 1 else f"{shown} matches"
    if shown < len(newest_found.articles):
        last = newest_found.articles[shown - 1].article["first_seen_at"]
        return f"The {matches} last seen, back to {_minute(last)}; older ones are left out."
    rest = "older ones are not searched" if newest_found.further else "that is all there is"
    return f"{matches} among the {newest_found.looked_at} newest articles that may fit, back to those first seen at {_minute(newest_found.back_to)}; {rest}."


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def feed_entry(match: articles.FoundArticle) -> FeedEntry:
    article = match.article
    title, passage = articles.outgoing(match)
    return FeedEntry(
        article["id"], article["story_id"] if article["tab"] else None, title or article["outlet"],
        passage if match.hit.snippet_field != "title" else "", article["outlet"], match.entry.source if match.entry else "",
        article["published_at"], article["first_seen_at"], safe_links.of_article(article),
    )  # fmt: skip
