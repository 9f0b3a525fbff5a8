"""One stored article, hit or not: its text, what feeds say of it, and why no rule finds it."""

import asyncio
from functools import lru_cache
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

import privacy
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.explain.nearest_rules import nearest_rules
from matchers.rules.load import files_to_load, load_folder
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import SEVERITIES
from review import act_words, database, state
from review.pages import responses
from review.pages.queue import shared_counts
from review.render import safe_links
from review.search import articles
from review.search.named_lists import state_of
from storage.acts import adding
from storage.queries.articles.trace import trace
from storage.stories.outward import leaves_masked
from storage.times import iso

FEW_REASONS = 3


async def article_page(ds: Datasette, request: Request) -> Response:
    """With `?why=1` also which rules came nearest, which reads the rules and takes a second or two."""
    responses.reader(request)
    number, folder = int(request.url_vars["article"]), state.of(ds).rules
    stored = await database.read_snapshot(ds, lambda c: articles.stored_article(c, number))
    if stored is None:
        raise NotFound("There is no such article.")
    traced = await database.read_snapshot(ds, lambda c: trace(c, number))
    near, text = None, stored.text
    if folder is not None and text is not None and request.args.get("why") == "1":
        near = await asyncio.to_thread(_nearest, folder, text)
    context = {
        **await asyncio.to_thread(_shown, stored),
        "steps": traced.steps if traced else (),
        "severities": SEVERITIES,
        "near": near,
        "explains": folder is not None and text is not None,
    }
    return await responses.page(ds, request, "article.html", context)


async def add_to_queue(ds: Datasette, request: Request) -> Response:
    """Put it into the queue, by hand."""
    actor, number = responses.reviewer(request), int(request.url_vars["article"])
    here = f"/-/article/{number}"
    if request.method != "POST":
        return Response.redirect(here, status=303)
    posted = await responses.form(request)
    severity, note = posted.get("severity", ""), posted.get("note", "").strip()
    if severity not in SEVERITIES or len(note) > act_words.LONGEST_NOTE:
        text = f"A severity, and a note of at most {act_words.LONGEST_NOTE:,} characters."
        return await responses.message_page(ds, request, "One thing is missing", text, status=400, back=here)  # fmt: skip
    addition = adding.Addition(number, severity, note, actor["id"], iso(responses.now()), posted.get("request_id", "")[:64] or None)  # fmt: skip
    result = await database.write(ds, lambda c: adding.add_by_hand(c, addition))
    if result is None:
        raise NotFound("There is no such article.")
    story = f"/-/story/{result.stories[0]}"
    if result.outcome == "nothing":
        return await responses.message_page(ds, request, "Nothing to do", f"{result.left_out[0].why.capitalize()}.", status=409, back=story)  # fmt: skip
    shared_counts.forget(ds)
    return Response.redirect(story, status=303)


def _shown(stored: articles.StoredArticle) -> dict[str, object]:
    """Masked like a story where the article stands in one about people."""
    row = stored.row
    covered = leaves_masked(row["added_by"], row["categories"])
    body = _masked(row["body"] or "", covered=covered)
    feeds = [
        {"outlet": entry.source, "title": _masked(entry.title, covered=covered), "said": _masked(entry.content or entry.summary, covered=covered)}
        for entry in stored.feed_texts
    ]  # fmt: skip
    return {
        "article": row, "headline": _masked(row["text_title"] or row["title"] or row["url"], covered=covered),
        "address": safe_links.of_article(row), "lines": [line for line in body.split("\n") if line.strip()], "feeds": feeds,
    }  # fmt: skip


def _masked(text: str, *, covered: bool) -> str:
    return privacy.masked(text) if covered else text


def _nearest(folder: Path, text: ArticleText) -> dict[str, object]:
    """The rules that hold now, and those that came nearest, each with its first reasons."""
    listed = (folder, *(file for file, _ in (*files_to_load(folder)[0], *files_to_load(folder)[1])))
    rules, engine = _compiled(folder, tuple((file, state_of(file)) for file in listed))
    matching = [hit.rule_id for hit in find_hits(engine, text)]
    near = [
        {"rule": rule, "reasons": reasons[:FEW_REASONS]}
        for rule, reasons in nearest_rules(rules, engine, text, set(matching))
    ]
    return {"held": matching, "nearly": near}


@lru_cache(maxsize=1)  # reading the rules takes two seconds
def _compiled(
    folder: Path, _files: tuple[tuple[Path, tuple[int, int]], ...]
) -> tuple[RuleSet, Engine]:
    rules = load_folder(folder).rules
    return rules, compile_rules(rules)
