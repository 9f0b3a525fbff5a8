"""Mutes: a phrase, an outlet, a rule or a story that leaves the queue until a date."""

import json
import sqlite3
from datetime import date, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.pages import responses
from review.pages.queue import shared_counts
from review.pages.queue.filters import Arguments
from review.state import Actor
from storage.acts import mutes, verdicts
from storage.acts.verdicts import Act
from storage.times import iso

MUTE_KINDS = {"phrase": "A phrase", "outlet": "An outlet", "rule": "A rule", "story": "A story"}
STORY_TO_MUTE = """SELECT s.id, coalesce(s.masked_title, s.title) AS shown, a.outlet, r.slug, r.title AS rule FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN hits h ON h.id = s.lead_hit_id
  LEFT JOIN rules r ON r.id = h.rule_id WHERE s.id = ?"""

# What selected stories have in common: an outlet or a rule of two of them or more, commonest first.
SHARED_BY = """SELECT kind, value, name, count(*) AS stories FROM (
  SELECT DISTINCT s.id, 'outlet' AS kind, a.outlet AS value, a.outlet AS name FROM stories s JOIN articles a ON a.story_id = s.id WHERE s.id IN (SELECT value FROM json_each(?1))
  UNION SELECT s.id, 'rule', r.slug, r.title FROM stories s JOIN story_rules x ON x.story_id = s.id AND NOT x.struck JOIN rules r ON r.id = x.rule_id WHERE s.id IN (SELECT value FROM json_each(?1)))
  GROUP BY kind, value HAVING stories > 1 ORDER BY stories DESC, kind, value LIMIT 12"""
MOST_SHARING = 300  # selected stories that are looked at; an address holds no more


async def mutes_page(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    if request.method == "POST":
        return await _change(ds, request, responses.reviewer(request))
    listed = await database.read_snapshot(
        ds, lambda c: mutes.mutes_in_force(c, iso(responses.now()))
    )
    until = (responses.now() + timedelta(days=7)).date().isoformat()
    kind, value, story = await _form_start(ds, request.args)
    chosen = [int(number) for number in (request.args.get("stories") or "").split(",")[:MOST_SHARING] if number.isdecimal() and len(number) < 19]  # fmt: skip
    shared = await database.rows(ds, SHARED_BY, [json.dumps(chosen)]) if chosen else ()
    context = {"shared": shared, "chosen": chosen, "mutes": listed, "kinds": MUTE_KINDS, "kind": kind, "value": value, "story": story, "until": until}  # fmt: skip
    return await responses.page(ds, request, "mutes.html", context)


async def _form_start(ds: Datasette, args: Arguments) -> tuple[str, str, dict[str, object] | None]:
    """What the form begins with, and the story that it was opened from."""
    number = args.get("story") or ""
    of_story = number.isdecimal() and len(number) < 19
    row = await database.first_row(ds, STORY_TO_MUTE, [int(number)]) if of_story else None
    story = None if row is None else dict(row)
    for kind in ("rule", "outlet"):
        if value := (args.get(kind) or "")[:100]:
            return kind, value, story
    return ("story", number, story) if story else ("phrase", "", None)


async def _change(ds: Datasette, request: Request, actor: Actor) -> Response:
    posted = await responses.form(request)
    end, now = posted.get("end", ""), iso(responses.now())
    if end.isdecimal() and len(end) < 19:
        await database.write(ds, lambda c: mutes.unmute(c, int(end), actor["id"], now))
    else:
        problem = await _mute(ds, posted, actor, now)
        if problem:
            return await responses.message_page(ds, request, "One thing is missing", problem, status=400, back="/-/mutes")  # fmt: skip
    shared_counts.forget(ds)
    return Response.redirect("/-/mutes", status=303)


async def _mute(ds: Datasette, posted: dict[str, str], actor: Actor, now: str) -> str | None:
    kind, value, until = posted.get("kind", ""), " ".join(posted.get("value", "").split())[:200], posted.get("until", "")  # fmt: skip
    if kind not in MUTE_KINDS or not value:
        return "Say what is to be muted."
    if kind == "phrase" and len(value) < 4:
        return "A phrase to mute has four characters or more: a shorter one hides too much."
    if until <= now[:10] or not is_day(until):
        return "A mute needs a day after today on which it ends."
    if not await database.read_snapshot(ds, lambda c: mutes.is_there(c, kind, value)):
        return f"{MUTE_KINDS[kind]} “{value}” is not known here, so nothing would be muted. A story is named by its number, a rule by its id."
    note = posted.get("note", "")[:400]

    def work(connection: sqlite3.Connection) -> None:
        muted = mutes.mute(connection, kind=kind, value=value, until=f"{until}T00:00:00.000Z", actor=actor["id"], at=now, note=note)  # fmt: skip
        verdicts.write_batch(connection, Act((), "mute", actor["id"], now), muted.stories, [])

    await database.write(ds, work)
    return None


def is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
