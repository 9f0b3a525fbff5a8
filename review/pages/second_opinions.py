"""Second opinions: judging a story again without seeing the first verdict."""

import asyncio
from typing import cast, get_args

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

import privacy
from review import database
from review.pages import responses
from review.render import safe_links
from review.state import Actor
from storage.acts import second_opinions
from storage.times import iso


async def second_opinions_page(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    if request.method == "POST":
        return await _judge(ds, request, responses.reviewer(request))
    draw = await database.read_snapshot(ds, lambda c: second_opinions.next_open(c, actor["id"]))
    context: dict[str, object] = {"opinion": draw}
    if draw:
        title, body = draw.title, draw.body
        if draw.leaves_masked:
            title, body = privacy.masked(title), await asyncio.to_thread(privacy.masked, body)
        context |= {"title": title, "lines": body.split("\n"), "address": safe_links.safe(draw.url)}
    return await responses.page(ds, request, "second.html", context)


async def _judge(ds: Datasette, request: Request, actor: Actor) -> Response:
    posted = await responses.form(request)
    number, verdict = posted.get("opinion", ""), posted.get("verdict", "")
    if not (number.isdecimal() and len(number) < 19) or verdict not in get_args(
        second_opinions.Verdict
    ):
        return await responses.message_page(ds, request, "One thing is missing", "Confirm, dismiss or escalate.", status=400, back="/-/second")  # fmt: skip
    chosen, at = cast("second_opinions.Verdict", verdict), iso(responses.now())
    note = posted.get("note", "")[:2000]
    was_stored = await database.write(ds, lambda c: second_opinions.keep_opinion(c, int(number), chosen, note=note, actor=actor["id"], at=at))  # fmt: skip
    if not was_stored:
        return await responses.message_page(ds, request, "Not this one", "Somebody else judged it first, or the first verdict is yours.", status=409, back="/-/second")  # fmt: skip
    return Response.redirect("/-/second", status=303)
