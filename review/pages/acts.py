"""Where verdicts arrive: from a plain form, or from the queue's own script as JSON."""

import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database, state, verdicts
from review.pages import responses
from review.queries import queue
from review.render import links
from review.state import Actor
from review.verdicts import Act, Done

WORDS = {
    "confirmed": "Confirmed", "dismissed": "Dismissed", "escalated": "Escalated", "new": "Put back to new",
    "note": "Note kept", "claim": "Claimed", "unclaim": "Released",
}  # fmt: skip


async def act(ds: Datasette, request: Request) -> Response:
    actor = responses.reviewer(request)
    if request.method != "POST":
        return await _only_post(ds, request)
    posted = await responses.form(request)
    asked = _read(posted, actor)
    if asked is None:
        return await responses.message(
            ds, request, "Not understood", "The form was incomplete.", status=400
        )
    problem = verdicts.stays_as_it_was(asked)
    back = links.inside(posted.get("next"), f"/-/card/{asked.card_id}")
    if problem:
        return await responses.message(
            ds, request, "One thing is missing", problem, status=400, back=back
        )
    done = await database.write(ds, lambda connection: verdicts.record(connection, asked))
    return await _answer(ds, request, done, asked, back)


def _read(posted: dict[str, str], actor: Actor) -> Act | None:
    word, _, reason = posted.get("action", "").partition(":")
    action = next((a for a in verdicts.ACTIONS if a == word), None)
    card, seen = posted.get("card", ""), posted.get("seen", "")
    if action is None or not (
        card.isdigit() and seen.isdigit() and len(card) < 19 and len(seen) < 19
    ):
        return None
    reason = (reason or posted.get("reason", "")) if action == "dismissed" else ""
    return Act(
        int(card), action, actor["id"], responses.stamp(responses.now()), int(seen), reason, posted.get("note", "").strip(),
        posted.get("story") == "1", posted.get("request_id", "")[:64] or None,
    )  # fmt: skip


async def _answer(ds: Datasette, request: Request, done: Done, asked: Act, back: str) -> Response:
    if done.outcome == "missing":
        return await responses.message(
            ds, request, "Gone", "There is no such card.", status=404, back=back
        )
    if done.outcome == "stale":
        return await _stale(ds, request, asked.card_id)
    room = state.of(ds)
    room.cache.forget("tabs")
    if not responses.wants_json(request):
        return Response.redirect(back, status=303)
    row = await database.row(ds, "SELECT * FROM cards WHERE id = ?", [asked.card_id])
    assert row is not None
    return Response.json({
        "ok": True, "batch": done.batch_id, "hits": done.hits, "cards": list(done.cards), "words": _words(asked, done),
        "status": row["status"], "seen": row["review_count"], "assigned_to": row["assigned_to"],
        "tabs": await queue.tabs(ds), "undo": asked.action != "note",
    })  # fmt: skip


def _words(asked: Act, done: Done) -> str:
    words = WORDS[asked.action]
    if asked.reason:
        words += f": {verdicts.REASONS[asked.reason].lower()}"
    if len(done.cards) > 1:
        words += f" ({len(done.cards)} rules of this story)"
    elif done.hits > 1:
        words += f" ({done.hits} copies)"
    return words


async def _stale(ds: Datasette, request: Request, card_id: int) -> Response:
    row = await database.row(ds, LATEST, [card_id])
    text = "Somebody else was here first. Nothing of yours was written."
    if row:
        text = f"{row['actor']} was here first ({WORDS[row['action']].lower()}). Nothing of yours was written: look again, then decide."
    return await responses.message(
        ds,
        request,
        "This card has changed",
        text,
        status=409,
        back=f"/-/card/{card_id}",
        stale=True,
    )


LATEST = """
SELECT rv.actor, rv.action, rv.created_at FROM reviews rv JOIN hits h ON h.id = rv.hit_id
WHERE h.card_id = ? ORDER BY rv.id DESC LIMIT 1
"""


async def undo(ds: Datasette, request: Request) -> Response:
    actor = responses.reviewer(request)
    if request.method != "POST":
        return await _only_post(ds, request)
    posted = await responses.form(request)
    batch, at = posted.get("batch", ""), responses.stamp(responses.now())
    done = await database.write(
        ds, lambda connection: verdicts.undo(connection, batch, actor["id"], at)
    )
    if done.outcome == "missing":
        return await responses.message(
            ds, request, "Nothing to undo", "You have no such act.", status=404
        )
    if done.outcome == "stale":
        text = "Somebody decided after you, so your act stays in the record as it is."
        return await responses.message(ds, request, "Too late to undo", text, status=409)
    state.of(ds).cache.forget("tabs")
    if responses.wants_json(request):
        row: sqlite3.Row | None = await database.row(
            ds, "SELECT status, review_count, assigned_to FROM cards WHERE id = ?", [done.cards[0]]
        )
        assert row is not None
        return Response.json({
            "ok": True, "words": "Undone", "cards": list(done.cards), "status": row["status"],
            "seen": row["review_count"], "assigned_to": row["assigned_to"], "tabs": await queue.tabs(ds),
        })  # fmt: skip
    return Response.redirect(links.inside(posted.get("next"), "/-/queue"), status=303)


async def _only_post(ds: Datasette, request: Request) -> Response:
    return await responses.message(
        ds, request, "Nothing to see", "This address takes verdicts; it shows nothing.", status=405
    )
