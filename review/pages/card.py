"""The reading page: the whole text with its marks, why it matched, who said what about it."""

import asyncio
import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from review import verdicts
from review.pages import filters, queue_page, responses
from review.queries import card as query
from review.queries import queue
from review.render import clause_list, compare, highlight, links


async def show(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    chosen = filters.read(request.args)
    card = await query.card(ds, int(request.url_vars["card"]))
    if card is None:
        raise NotFound("There is no such card.")
    wanted = request.args.get("hit") or ""
    hit = await query.hit(
        ds, int(wanted) if wanted.isdigit() and len(wanted) < 19 else card["lead_hit_id"]
    )
    if hit is None or hit["card_id"] != card["id"]:
        raise NotFound("This card has no such hit.")
    reader = await queue_page.visitor(ds, actor, responses.now())
    key = str(card["priority" if chosen.sort == "priority" else "last_at"])
    before, after = await queue.neighbours(ds, chosen, reader, key, card["id"])
    text = await query.text(ds, hit["article_id"], hit["text_sha256"])
    context = {
        "card": dict(card), "hit": dict(hit), **marked(hit, text),
        "address": links.safe(hit["url"]), "archived": links.archive(hit["url"]),
        "copies": [{**dict(copy), "address": links.safe(copy["url"])} for copy in await query.copies(ds, card["id"])],
        "others": await query.others(ds, card["story_id"], card["id"]),
        "record": await query.record(ds, card["id"]), "versions": await query.versions(ds, hit["article_id"]),
        "filters": chosen, "before": before, "after": after, "reasons": verdicts.REASONS,
        "here_url": chosen.url(f"/-/card/{card['id']}"), "quality": quality(hit),
    }  # fmt: skip
    return await responses.page(ds, request, "card.html", context)


def marked(hit: sqlite3.Row, text: sqlite3.Row | None) -> dict[str, object]:
    terms = highlight.terms(hit["terms_json"])
    colours = highlight.clauses(terms)
    title = text["title"] if text else hit["article_title"]
    body = (text["body"] if text else None) or ""
    return {
        "headline": highlight.html(title, highlight.within(terms, "title", title, colours=colours)),
        "lines": highlight.paragraphs(body, highlight.within(terms, "body", body, colours=colours)),
        "legend": [
            {"clause": clause, "colour": colour, "words": list(dict.fromkeys(t.text for t in terms if t.clause == clause))[:6]}
            for clause, colour in colours.items()
        ],
        "tree": clause_list.tree(hit["clauses_json"], terms, colours),
        "purged": text is None or text["body"] is None,
        "elsewhere": [term for term in terms if term.field in ("source", "url", "lang")],
    }  # fmt: skip


def quality(hit: sqlite3.Row) -> str:
    """How far to trust the text, in a few words."""
    if hit["partial"] or hit["method"] == "feed":
        return "the feed's own text only; the page could not be read"
    if hit["method"] == "fallback":
        return "read by the simpler fallback; menus or adverts may be among it"
    return "whole page" if hit["chars"] >= 800 else "short page"


async def differences(ds: Datasette, request: Request) -> Response:
    """How another outlet's text, or an earlier version, differs from one article's text."""
    responses.reader(request)
    first = await query.current(ds, int(request.url_vars["article"]))
    if first is None:
        raise NotFound("There is no such article, or its text was purged.")
    other = await _other(ds, request, first)
    if other is None or other["body"] is None:
        raise NotFound("There is no such text to compare with.")
    told = await asyncio.to_thread(
        compare.lines, f"{other['title']}\n{other['body']}", f"{first['title']}\n{first['body']}"
    )
    back = links.inside(request.args.get("next"), "/-/queue")
    names = {"before": _name(other), "after": _name(first)}
    return await responses.page(ds, request, "compare.html", {"told": told, "back": back, **names})


async def _other(ds: Datasette, request: Request, first: sqlite3.Row) -> sqlite3.Row | None:
    given = request.args.get("with") or ""
    if given.isdigit() and len(given) < 19:
        return await query.current(ds, int(given))
    return await query.text(ds, first["id"], request.args.get("version") or "")


def _name(row: sqlite3.Row) -> str:
    if "outlet" in row.keys():  # noqa: SIM118 (a Row has no "in")
        return str(row["outlet"])
    return f"text read {row['first_read_at'][:16].replace('T', ' ')} UTC"
