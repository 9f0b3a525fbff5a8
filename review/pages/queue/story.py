"""The reading page of a story: its text with marks, why each rule hit, its outlets, its record."""

import asyncio
import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

import privacy
from review import act_words, database, state
from review.pages import responses
from review.pages.queue import filters, page, shared_counts
from review.render import reading_page, safe_links, story_card
from review.state import Actor
from storage.queries.monitor.alert_figures import StoryAlert, alerts_of_story
from storage.queries.stories import queue
from storage.queries.stories import story as query
from storage.queries.stories.filter import StoryFilter
from storage.times import iso

REVEALED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Opened:
    """All that the page shows of one story."""

    card: queue.Card
    hits: list[sqlite3.Row]
    hit: sqlite3.Row
    text: sqlite3.Row | None
    texts: list[sqlite3.Row]
    record: list[sqlite3.Row]
    linked: list[sqlite3.Row]
    versions: list[sqlite3.Row]
    alternatives: list[sqlite3.Row]
    alerts: tuple[StoryAlert, ...]
    before: int | None
    after: int | None


async def story_page(ds: Datasette, request: Request) -> Response:
    actor, now = responses.reader(request), responses.now()
    chosen = filters.filters_of(request.args)
    number, wanted_hit = (
        int(request.url_vars["story"]),
        responses.whole_number(request.args.get("hit"), 0),
    )
    then = responses.whole_number(request.args.get("then"), 0)
    view_filter = await page.story_filter(ds, actor, chosen, now)
    present = iso(now - page.PRESENT_FOR)
    tally = await shared_counts.tally(ds)
    opened = await database.read_snapshot(ds, lambda c: _open(c, number, wanted_hit, view_filter=tally.narrowed(c, view_filter), sort=chosen.sort, present=present, then=then))  # fmt: skip
    leaves_masked = opened.card.leaves_masked
    revealed = _revealed(opened.record, actor, now)
    record = await database.read_snapshot(ds, lambda c: query.acts_on(c, number, whole=True)) if revealed else opened.record  # fmt: skip
    covered = leaves_masked and not revealed
    marked = await asyncio.to_thread(reading_page.marked_reading, opened.hits, opened.hit, opened.text, leaves_masked=leaves_masked, revealed=revealed)  # fmt: skip
    alternatives = await asyncio.to_thread(reading_page.alternative_texts, opened.alternatives, covered=covered)  # fmt: skip
    context = {
        "card": story_card.card_context(opened.card, chosen, actor, now), "hit": dict(opened.hit), **marked.context,
        "rules": reading_page.rules_with_hits(opened.card.rules, opened.hits, opened.hit, marked.colours, covered=covered),
        "why_relevant": reading_page.why_relevant(opened.hit["relevance_json"]),
        "address": safe_links.of_article(opened.hit), "archived": safe_links.web_archive(safe_links.of_article(opened.hit)),
        "texts": [{**dict(text), "address": safe_links.of_article(text)} for text in opened.texts], "linked": [story_card.other(story, covered=leaves_masked) for story in opened.linked],
        "record": record, "alerts": opened.alerts, "versions": opened.versions, "filters": chosen, "before": opened.before, "after": opened.after,
        "reasons": act_words.REASONS, "reason_words": act_words.REASON_WORDS, "here_url": chosen.url(f"/-/story/{number}", then=str(opened.after or "")), "quality": reading_page.quality(opened.hit),
        "leaves_masked": leaves_masked, "revealed": revealed, "team": state.of(ds).team.reviewers, "claiming": act_words.claiming, "tab_words": page.TAB_WORDS, "loaded_at": iso(now),
        "alternatives": alternatives,
        "rule_file": lambda path: safe_links.rule_file(path or "", state.of(ds).rules), "claimed": _claim(opened.card.story, actor, now),
    }  # fmt: skip
    return await responses.page(ds, request, "story.html", context)


def _open(
    connection: sqlite3.Connection, number: int, wanted_hit: int, *, view_filter: StoryFilter, sort: str, present: str, then: int
) -> Opened:  # fmt: skip
    cards = queue.cards(connection, [number], present)
    if not cards:
        raise NotFound("There is no such story, or no rule ever hit it.")
    hits = query.hits_of(connection, number)
    lead = wanted_hit or cards[0].story["lead_hit_id"]
    hit = next((row for row in hits if row["id"] == lead), None) if hits else query.added(connection, number)  # fmt: skip
    if hit is None:
        raise NotFound("This story has no such hit.")
    before, after = queue.neighbours(connection, view_filter, sort, number, then)
    return Opened(
        cards[0], hits, hit, query.text_of_hit(connection, hit), query.printed_texts(connection, number), query.acts_on(connection, number),
        query.links_of_story(connection, number), query.versions(connection, hit["article_id"]),
        query.alternatives(connection, hit), alerts_of_story(connection, number), before, after,
    )  # fmt: skip


def _revealed(record: list[sqlite3.Row], actor: Actor, now: datetime) -> bool:
    """Whether this person asked, on the record, to see what is masked, a moment ago."""
    since = iso(now - REVEALED_FOR)
    return any(
        act["action"] == "reveal" and act["actor"] == actor["id"] and act["created_at"] >= since
        for act in record
    )


def _claim(row: sqlite3.Row, actor: Actor, now: datetime) -> str | None:
    """Who else is at it, if somebody is."""
    if not row["claimed_by"] or row["claimed_by"] == actor["id"]:
        return None
    return str(row["claimed_by"])


async def old_card(ds: Datasette, request: Request) -> Response:
    """Where a card of an earlier release has gone."""
    responses.reader(request)
    number = int(request.url_vars["card"])
    story = await database.read_snapshot(ds, lambda c: query.of_card(c, number))
    if story is None:
        raise NotFound("There is no such card.")
    ending = ".json" if request.path.endswith(".json") else ""
    query_string = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(f"/-/story/{story}{ending}{query_string}", status=301)


async def story_as_json(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    number = int(request.url_vars["story"])
    story = await database.read_snapshot(ds, lambda c: _story_whole(c, number))
    if story is None:
        raise NotFound("There is no such story.")
    return Response.json(story, default=str)


def _story_whole(connection: sqlite3.Connection, number: int) -> dict[str, object] | None:
    cards = queue.cards(connection, [number])
    if not cards:
        return None
    hits = [dict(hit) for hit in query.hits_of(connection, number)]
    for hit in hits:
        for name in ("terms", "clauses", "definition", "relevance"):
            hit[f"{name}_list" if name == "relevance" else name] = json.loads(hit.pop(f"{name}_json"))  # fmt: skip
    card = dict(cards[0].story)
    del card["handed_over_whole"]  # for the two between whom it passed, on the page alone
    story: dict[str, object] = {
        "story": card, "rules": [dict(chip) for chip in cards[0].rules], "hits": hits,
        "texts": [dict(row) for row in query.printed_texts(connection, number)], "record": [dict(row) for row in query.acts_on(connection, number)],
        "linked": [dict(row) for row in query.links_of_story(connection, number)],
    }  # fmt: skip
    if cards[0].leaves_masked:
        return cast("dict[str, object]", privacy.masked_values(story))
    return story
