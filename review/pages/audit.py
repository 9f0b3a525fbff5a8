"""The audit: judging the blind sample, and the recall that follows from it."""

import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.auth import permissions
from review.pages import responses
from review.render import safe_links
from review.state import Actor
from storage import audit
from storage.acts import second_opinions
from storage.queries import recall
from storage.queries.situation import AUDIT_DAYS, audit_span
from storage.times import iso

JUDGEMENTS: dict[str, audit.Judgement] = {"wanted": "wanted", "unwanted": "unwanted", "unsure": "unsure"}  # fmt: skip
RULE_CATEGORIES = "SELECT DISTINCT category FROM rules WHERE active ORDER BY category"


async def audit_page(ds: Datasette, request: Request) -> Response:
    """One article of the sample without rules, marks or scores; below, the recall so far."""
    actor = responses.reader(request)
    if request.method == "POST":
        return await _judge(ds, request, responses.reviewer(request))
    span = audit_span(responses.now())
    after, first = (responses.whole_number(request.args.get(name), 0) for name in ("after", "draw"))

    def look(connection: sqlite3.Connection) -> dict[str, object]:
        waiting = audit.next_draw(connection, after, first)
        sample = recall.sampled(connection, *span)
        estimate = recall.estimate(sample)
        return {
            "draw": waiting,
            "opinion": second_opinions.next_open(connection, actor["id"]),
            "recall": estimate,
            "precision": recall.shown_precision(sample),
            "missed": recall.missed_by_category(sample, estimate.missed) if estimate else {},
            "misses": recall.misses(connection, *span),
            "unsure": audit.unsure(connection),
            "categories": [row[0] for row in connection.execute(RULE_CATEGORIES)],
        }

    context = await database.read_snapshot(ds, look)
    draw = context["draw"]
    address = safe_links.safe(draw.url) if isinstance(draw, audit.OpenDraw) else None
    more = {"address": address, "days": AUDIT_DAYS, "may_review": permissions.may_review(actor)}
    return await responses.page(ds, request, "audit.html", {**context, **more})


async def _judge(ds: Datasette, request: Request, actor: Actor) -> Response:
    posted = await responses.form(request)
    if posted.get("judgement") == "again":
        return await _judge_again(ds, request, responses.whole_number(posted.get("draw"), 0))
    draw, judgement = posted.get("draw", ""), JUDGEMENTS.get(posted.get("judgement", ""))
    if not (draw.isdecimal() and len(draw) < 19) or judgement is None:
        return await responses.message_page(ds, request, "One thing is missing", "Say whether an analyst would want it.", status=400, back="/-/audit")  # fmt: skip

    def work(connection: sqlite3.Connection) -> bool:
        return audit.keep_judgement(
            connection,
            int(draw),
            judgement,
            category=posted.get("category", "")[:100] or None,
            note=posted.get("note", "")[:2000],
            actor=actor["id"],
            moment=iso(responses.now()),
        )

    if not await database.write(ds, work):
        return await responses.message_page(ds, request, "Judged already", "Somebody else judged it first; that verdict stands.", status=409, back="/-/audit")  # fmt: skip
    return Response.redirect(f"/-/audit?after={draw}", status=303)


async def _judge_again(ds: Datasette, request: Request, draw: int) -> Response:
    if not await database.write(ds, lambda connection: audit.judge_again(connection, draw)):
        return await responses.message_page(ds, request, "Not this one", "Only what nobody could tell is judged again.", status=409, back="/-/audit")  # fmt: skip
    return Response.redirect(f"/-/audit?draw={draw}", status=303)
