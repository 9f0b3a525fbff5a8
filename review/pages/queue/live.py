"""What the queue's script asks every few seconds: what is new, who looks at what."""

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import act_words, database
from review.pages import responses
from review.pages.queue import filters, page, shared_counts
from storage.queries.stories import since_loaded as query
from storage.times import iso

MOST_STORIES_WATCHED = 60  # stories asked about at once


async def live_json(ds: Datasette, request: Request) -> Response:
    actor, now = responses.reader(request), responses.now()
    chosen = filters.filters_of(request.args)
    view_filter = await page.story_filter(ds, actor, chosen, now)
    stories = [int(n) for n in (request.args.get("stories") or "").split(",")[:MOST_STORIES_WATCHED] if n.isdecimal() and len(n) < 19]  # fmt: skip
    loaded_at, present = (request.args.get("loaded") or "9999")[:24], iso(now - page.PRESENT_FOR)
    tally = await shared_counts.tally(ds)
    answer, mine = await database.read_snapshot(ds, lambda c: (query.changes_since(c, view_filter, loaded_at=loaded_at, stories=stories, actor=actor["id"], present_since=present), page.mine(c, tally, actor, now)))  # fmt: skip
    coverage = await page.feeds_seen(ds)
    return Response.json({
        "mine": mine, "fresh": answer.fresh, "coverage": coverage.sentence,
        "stories": {row["id"]: {**dict(row), "watched_by": answer.watched.get(row["id"], ()), "last_act": act_words.act_words(row["last_act"]), "claiming": act_words.claiming(row["claimed_by"], actor["id"])} for row in answer.stories},
    })  # fmt: skip


async def presence(ds: Datasette, request: Request) -> Response:
    """POST: I look at this story now."""
    actor = responses.reader(request)
    if request.method != "POST":
        return Response.redirect("/-/queue", status=303)
    story = (await responses.form(request)).get("story", "")
    if story.isdecimal() and len(story) < 19:
        now = iso(responses.now())
        await database.write_if_writable(
            ds, lambda c: query.note_presence(c, int(story), actor["id"], now)
        )
    return Response.json({"ok": True})
