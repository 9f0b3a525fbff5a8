"""A view of the queue to take away: CSV with chosen columns, or JSON page by page."""

import sqlite3
from collections.abc import Iterator

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

import privacy
from review import database, state
from review.pages import responses
from review.pages.queue import filters, page
from storage.queries.stories import queue
from storage.queries.stories.filter import StoryFilter

COLUMNS = {  # name -> what it holds, for the page that lets people choose
    "story": "Number of the story",
    "published": "Published (UTC); empty where no date was given",
    "seen": "First seen (UTC)",
    "headline": "Headline",
    "outlet": "Outlet",
    "outlets": "Outlets",
    "owners": "Owners",
    "severity": "Severity",
    "rules": "Rules, best first",
    "relevance": "Relevance, 0 to 1",
    "tab": "Where the queue shows it",
    "verdict": "Verdict",
    "reason": "Reason of a dismissal",
    "note": "Note with the verdict",
    "by": "Decided by",
    "reviewed": "Decided (UTC)",
    "assigned": "Assigned to",
    "tags": "Tags",
    "category": "Category",
    "region": "Region",
    "place": "Place",
    "language": "Language",
    "passage": "Passage; private places masked in stories about threats",
    "link": "Address of the article",
}


async def export(ds: Datasette, request: Request) -> Response:
    """CSV: the first 20,000 stories of the view; JSON: a page of it, and where to go on."""
    actor = responses.reader(request)
    chosen, now = filters.read(request.args), responses.now()
    wanted = await page.story_filter(ds, actor, chosen, now)
    form = request.url_vars["form"]
    size = page.MOST_ROWS if form == "csv" else min(responses.whole(request.args.get("size"), 100), 1000)  # fmt: skip
    cursor = filters.place(request.args.get("at"), chosen.sort)
    found, cards = await database.read(ds, lambda c: _rows(c, wanted, chosen.sort, cursor, size))
    names = [name for name in (request.args.get("columns") or "").split(",") if name in COLUMNS]
    names = names or list(COLUMNS)
    rows = [{name: row[name] for name in names} for row in map(row_of, cards)]
    if form == "csv":
        return responses.csv_table(f"pollwatch-{chosen.tab}", names, (list(row.values()) for row in rows))  # fmt: skip
    seen = await page.coverage(ds)
    following = filters.written(found.following)
    prefix = state.of(ds).team.path_prefix
    return Response.json({
        "coverage": seen.sentence, "total": found.total, "first": found.first, "rows": rows,
        "next": chosen.url(f"{prefix}/-/queue.json", at=following, size=str(size)) if following else None,
    })  # fmt: skip


def _rows(
    connection: sqlite3.Connection, wanted: StoryFilter, sort: str, cursor: queue.Cursor | None, size: int
) -> tuple[queue.QueuePage, list[queue.Card]]:  # fmt: skip
    found = queue.queue_page(connection, wanted, sort, cursor, size)
    return found, queue.cards(connection, found.stories)


def row_of(card: queue.Card) -> dict[str, object]:
    """One story as a row; what leaves is masked where the story is about threats to people."""
    story, categories = card.story, categories_of(card)
    return {
        "story": story["id"], "published": None if story["date_source"] == "seen" else story["published_at"], "seen": story["first_seen_at"],
        "headline": privacy.masked_for(categories, story["title"]), "outlet": story["outlet"], "outlets": story["outlets"], "owners": story["owners"],
        "severity": story["severity"], "rules": ", ".join(chip["slug"] for chip in standing(card)), "relevance": story["relevance"],
        "tab": story["tab"], "verdict": story["status"], "reason": story["reason"], "note": story["note"] or "", "by": story["judged_by"],
        "reviewed": story["judged_at"], "assigned": story["assigned_to"], "tags": story["tags"], "category": story["category"],
        "region": story["region"], "place": story["place"], "language": story["language"],
        "passage": privacy.masked_for(categories, story["snippet"]), "link": story["url"],
    }  # fmt: skip


def standing(card: queue.Card) -> Iterator[sqlite3.Row]:
    return (chip for chip in card.rules if chip["still_matches"] and not chip["struck"])


def categories_of(card: queue.Card) -> set[str]:
    """Of every rule that ever hit: a rule struck off does not make a home address public."""
    return {chip["category"] for chip in card.rules}


async def columns(ds: Datasette, request: Request) -> Response:
    """The form that lets people choose the columns of a CSV; sent, it leads to the file."""
    responses.reader(request)
    chosen = filters.read(request.args)
    if request.args.get("download"):
        picked = [name for name in request.args.getlist("column") if name in COLUMNS]
        return Response.redirect(chosen.url("/-/queue.csv", columns=",".join(picked)), status=303)
    return await responses.page(ds, request, "columns.html", {"filters": chosen, "columns": COLUMNS})  # fmt: skip
