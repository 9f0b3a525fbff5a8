"""The Atom feeds of the queue and of saved searches, and the tokens that let a feed reader in. A token is shown once."""

import hashlib
import secrets
import sqlite3
from datetime import datetime
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from review import database, state
from review.pages import responses
from review.pages.queue import filters, page, saved_views, search_feed
from review.render import safe_links
from storage.queries.stories import queue
from storage.times import iso

ENTRIES_A_FEED = 50
READERS_OF_ACTOR = "SELECT id, created_at, revoked_at FROM readers WHERE actor = ? ORDER BY id DESC"
WHOSE = "SELECT actor FROM readers WHERE token_sha256 = ? AND revoked_at IS NULL"


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def feed_readers_page(ds: Datasette, request: Request) -> Response:
    """One's tokens: list, make, revoke."""
    actor = responses.reader(request)
    fresh, find = "", _find(request)
    name = await saved_views.name_of_search(ds, actor["id"], find) if find else None
    if find and name is None:
        text = "Save the search under a name first; then it has a feed."
        return await responses.message_page(ds, request, "Not saved", text, status=404, back=f"/-/search?{urlencode({'find': find})}")  # fmt: skip
    if request.method == "POST":
        posted = await responses.form(request)
        revoke, at = posted.get("revoke", ""), iso(responses.now())
        if revoke.isdecimal() and len(revoke) < 19:
            await database.write(ds, lambda c: _revoke(c, int(revoke), actor["id"], at))
        else:
            fresh = secrets.token_urlsafe(32)
            await database.write(ds, lambda c: _make(c, actor["id"], token_digest(fresh), at))
    chosen = filters.filters_of(request.args)
    selection = urlencode({"find": find}) if find else chosen.query()
    more = f"{selection}&token={fresh}" if selection else f"token={fresh}"
    context = {
        "tokens": await database.rows(ds, READERS_OF_ACTOR, [actor["id"]]), "filters": chosen, "find": find, "search_name": name, "selection": selection,
        "address": f"{responses.own_address(ds, request)}/-/feed.atom?{more}" if fresh else "",
    }  # fmt: skip
    return await responses.page(ds, request, "feeds.html", context)


def _make(connection: sqlite3.Connection, actor: str, token_sha256: str, at: str) -> None:
    sql = "INSERT INTO readers (actor, token_sha256, created_at) VALUES (?, ?, ?)"
    connection.execute(sql, [actor, token_sha256, at])


def _revoke(connection: sqlite3.Connection, number: int, actor: str, at: str) -> None:
    sql = "UPDATE readers SET revoked_at = ? WHERE id = ? AND actor = ? AND revoked_at IS NULL"
    connection.execute(sql, [at, number, actor])


async def atom_feed(ds: Datasette, request: Request) -> Response:
    """The queue as filtered, or a saved search, newest first, for whoever holds a token of a person still on the team."""
    whose = await _whose(ds, request.args.get("token") or "")
    find = _find(request)
    template = "search_feed.xml" if find else "feed.xml"
    context = await _search(ds, request, whose, find) if find else await _queue(ds, request, whose)
    coverage = await page.feeds_seen(ds)
    shared = {"clean": xml_text, "coverage": coverage.sentence, "base": responses.own_address(ds, request)}  # fmt: skip
    return responses.atom(request, await responses.rendered(ds, request, template, context | shared))  # fmt: skip


async def _queue(ds: Datasette, request: Request, whose: str) -> dict[str, object]:
    chosen, now = filters.filters_of(request.args).with_(sort="seen"), responses.now()
    story_filter = chosen.stories(me=whose, now=iso(now))
    queue_page = await database.read_snapshot(
        ds, lambda c: queue.page_of_view(c, story_filter, "seen", cursor=None, size=ENTRIES_A_FEED)
    )
    cards = await database.read_snapshot(ds, lambda c: queue.cards(c, queue_page.stories))
    base = responses.own_address(ds, request)
    return {
        "entries": [entry(card, base) for card in cards], "page_url": base + chosen.url(), "name": f"Pollwatch: {chosen.in_words()}",
        "updated": max((card.story["last_seen_at"] for card in cards), default=_when_empty(now)),
    }  # fmt: skip


async def _search(ds: Datasette, request: Request, whose: str, find: str) -> dict[str, object]:
    """Of saved searches alone: a token that got about is no key to search with."""
    name = await saved_views.name_of_search(ds, whose, find)
    if name is None:
        raise NotFound("Nobody has saved this search any more: save it, or take its feed away.")
    matches = await search_feed.newest_matches(ds, find)
    return {
        "matches": matches, "name": f"Pollwatch: {name}", "page_url": f"{responses.own_address(ds, request)}/-/search?{urlencode({'find': find})}",
        "updated": max((match.first_seen_at for match in matches.entries), default=_when_empty(responses.now())),
    }  # fmt: skip


def _find(request: Request) -> str:
    return (request.args.get("find") or "").strip()


def _when_empty(now: datetime) -> str:
    """The time of a feed without entries: the same all day, so that its readers need not read it again."""
    return iso(now.replace(hour=0, minute=0, second=0, microsecond=0))


def entry(card: queue.Card, base: str) -> dict[str, object]:
    """What leaves: private places are masked in stories about threats to people."""
    story = card.story
    passage = (
        story if story["snippet_field"] != "title" else card.passage
    )  # the headline stands above it
    return {
        **dict(story), "title": card.outgoing(story["title"]), "snippet": card.outgoing(passage["snippet"]) if passage else "",
        "rules": [chip["title"] for chip in card.standing], "spoken_by": story["outlet"],
        "link": f"{base}/-/story/{story['id']}", "address": safe_links.of_article(story),
    }  # fmt: skip


async def _whose(ds: Datasette, token: str) -> str:
    row = await database.first_row(ds, WHOSE, [token_digest(token)]) if token else None
    if row is None or row["actor"] not in state.of(ds).team.people:
        raise Forbidden("This feed needs a token: make one on the page My Atom feed.")
    return str(row["actor"])


def xml_text(text: str) -> str:
    """Without the characters that XML 1.0 forbids."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r"
        or (
            ord(letter) >= 32
            and not 0xD800 <= ord(letter) <= 0xDFFF
            and ord(letter) not in (0xFFFE, 0xFFFF)
        )
    )
