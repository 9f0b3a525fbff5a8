"""The answer to an act: where its stories stand now, what was left out, and the new counts."""

import json
import sqlite3
from collections.abc import Callable, Sequence

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import act_words, database
from review.pages import responses
from review.pages.queue import filters, page, shared_counts
from review.render import story_card, template_context
from review.state import Actor
from storage.acts.verdicts import Done
from storage.queries.stories import queue, related
from storage.queries.stories.counts import Counts
from storage.stories.outward import HANDED_OVER, LEFT_NOTE

NOW = f"""SELECT s.id, s.tab, s.status, s.reason, s.review_count AS seen, s.claimed_by, s.assigned_to, s.severity, s.tags, v.actor AS judged_by, v.created_at AS judged_at,
  s.snoozed_until, {HANDED_OVER}, {LEFT_NOTE},
  (SELECT json_group_array(r.slug) FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND x.struck) AS struck_json FROM stories s LEFT JOIN story_reviews v ON v.id = s.verdict_id WHERE s.id IN (SELECT value FROM json_each(?))"""  # noqa: S608 (ours)
MOST_TOLD = 200  # stories listed in an answer; a page shows 25


async def answer(
    ds: Datasette, request: Request, result: Done, *, words: str, view: str, back: str, verdict: bool, undoable: bool, more: str = "", read_from: int = 0, then: int = 0, other: int = 0
) -> Response:  # fmt: skip
    """`other`: the story that a link was answered about; it is the one to name, as a card may have several."""
    if result.outcome == "nothing":
        return await _left_out(ds, request, result, view, back)
    actor = responses.reader(request)
    shared_counts.forget(ds)
    if not responses.wants_json(request):
        return Response.redirect(back, status=303)
    around = await _around(ds, actor, view, read_from, then)

    def read(connection: sqlite3.Connection) -> tuple[list[sqlite3.Row], str, list[sqlite3.Row], tuple[Counts, str | None]]:  # fmt: skip
        title = _title(connection, other or result.stories[0]) if len(result.stories) == 1 else ""
        same = related.joined(connection, json.dumps(result.stories)) if verdict else []
        return _now(connection, result.stories), title, same, around(connection)

    rows, title, same, (counted, following) = await database.read_snapshot(ds, read)
    words = act_words.act_sentence(words, title) if len(result.stories) == 1 else words
    words += f". {more}" if more else ""
    return Response.json({
        "ok": True, "batch": result.batch_id, "words": words, "undo": undoable, "verdict": verdict, "unlinks": result.unlinks, "next": following, **_counts(counted),
        "stories": [story_after_act(row, actor) for row in rows],
        "also": [f"{card['id']}:{card['review_count']}:{card['grown']}" for card in same],
        "left_out": [{"story": skipped.story, "why": skipped.why} for skipped in result.left_out],
    })  # fmt: skip


def _counts(counted: Counts) -> dict[str, object]:
    facets = {facet: {choice.value: choice.count for choice in choices} for facet, choices in counted.facets.items()}  # fmt: skip
    return {"tabs": counted.tabs, "facets": facets}


def story_after_act(row: sqlite3.Row, actor: Actor) -> dict[str, object]:
    """A story as the page now shows it; `struck`: its rules that somebody said are not its own."""
    now = {**dict(row), "handed_over": story_card.handed_over(row, actor)}
    del now["handed_over_whole"]
    until = now.pop("snoozed_until")
    return {
        **now,
        "struck": json.loads(now.pop("struck_json")),
        "words": status_words(row, actor),
        "snoozed": act_words.snoozed(until),
        "tags": template_context.few_tags(now["tags"]),
        "claiming": act_words.claiming(now["claimed_by"], actor["id"]),
    }


def _title(connection: sqlite3.Connection, story: int) -> str:
    [card] = queue.cards(connection, [story])
    return card.outgoing(str(card.story["title"]))


def _now(connection: sqlite3.Connection, stories: Sequence[int]) -> list[sqlite3.Row]:
    return connection.execute(NOW, [json.dumps(list(stories[:MOST_TOLD]))]).fetchall()


Around = Callable[[sqlite3.Connection], tuple[Counts, str | None]]


async def _around(ds: Datasette, actor: Actor, view: str, story: int, then: int) -> Around:
    """What reads the counts of the view, and the page of the story that follows `story` there now; somebody
    else may have judged `then`, which followed when it was opened."""
    chosen = filters.filters_of(Request.fake(f"/-/queue?{view[:4000]}").args)
    view_filter = await page.story_filter(ds, actor, chosen, responses.now())
    tally = await shared_counts.tally(ds)

    def around(connection: sqlite3.Connection) -> tuple[Counts, str | None]:
        counted = tally.counts(connection, view_filter)
        if not story:
            return counted, None
        _, after = queue.neighbours(connection, tally.narrowed(connection, view_filter), chosen.sort, story, then)  # fmt: skip
        return counted, chosen.url(f"-/story/{after}") if after else None

    return around


def status_words(row: sqlite3.Row, actor: Actor) -> str:
    """ "Dismissed: old or already known by you, just now"."""
    reason = act_words.REASON_WORDS.get(row["reason"], "")
    by = "you" if row["judged_by"] == actor["id"] else row["judged_by"]
    return f"{str(row['status']).capitalize()}{f': {reason.lower()}' if reason else ''} by {by}, {template_context.ago_or_day(row['judged_at'])}"  # fmt: skip


async def _left_out(ds: Datasette, request: Request, result: Done, view: str, back: str) -> Response:  # fmt: skip
    """Nothing was written; our script also hears where the stories stand now, so that its page can follow."""
    first = result.left_out[0]
    if first.why.startswith("there is no"):
        return await responses.message_page(ds, request, "Gone", f"{first.why.capitalize()}.", status=404, back=back)  # fmt: skip
    why = "; ".join(sorted({skipped.why for skipped in result.left_out})[:5])
    text = f"{why}. Nothing of yours was written: look again, then decide."
    now: dict[str, object] = {}
    if responses.wants_json(request):
        actor = responses.reader(request)
        left_out, around = [skipped.story for skipped in result.left_out], await _around(ds, actor, view, 0, 0)  # fmt: skip
        rows, (counted, _) = await database.read_snapshot(
            ds, lambda c: (_now(c, left_out), around(c))
        )
        now = {"stories": [story_after_act(row, actor) for row in rows], **_counts(counted)}
    return await responses.message_page(ds, request, "This story has changed", text, status=409, back=back, stale=True, **now)  # fmt: skip
