"""Search in the rule language over all articles, hit or not."""

import re

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from model import QueryError
from review import database, state
from review.pages import responses
from review.pages.queue import saved_views
from review.render import highlight, safe_links
from review.search import articles
from review.search.named_lists import word_lists
from storage.queries.articles.article_search import NO_BOUND, feed_words_missing_before
from storage.queries.articles.by_address import articles_at, listed_feeds_of, looks_like_address
from storage.queries.feed_health import health_of_feeds

# Words alone, as other searches take them, and a headline with its commas and colons
PLAIN_WORDS = re.compile(r"[\w'’-]+(?:[,;:.!?—–]*\s+[\w'’$%-]+)+[.!?]?")
# Begins at a letter: "-----" of a whole address would else be gone through once for each of its signs
WORD_ALONE = re.compile(r"\w+(?:['’-]+\w+)*")


async def search_page(ds: Datasette, request: Request) -> Response:
    actor = responses.reader(request)
    # `q`: what the queue and the API call it, as people type addresses
    typed = (request.args.get("find") or request.args.get("q") or "").strip()
    if looks_like_address(typed):
        return await address_page(ds, request, typed)
    before = responses.whole_number(request.args.get("before"), NO_BOUND)
    context: dict[str, object] = {"find": typed, "found": None, "error": None, "started": before != NO_BOUND, "looked_at_most": articles.MOST_READ}  # fmt: skip
    if typed:
        try:
            query = articles.read_query(typed, word_lists(state.of(ds).rules))
        except QueryError as error:
            context["error"] = located(typed, error)
        else:
            results = await database.read_snapshot(
                ds, lambda c: articles.find_articles(c, query, before=before)
            )
            context |= {"found": results, "results": [result(article) for article in results.articles], "unbounded": query.words is None}  # fmt: skip
            context["feed_words_missing_before"] = await database.read_snapshot(
                ds, feed_words_missing_before
            )
    views = await database.read_snapshot(ds, lambda c: saved_views.views_of(c, actor))
    context["views"] = await saved_views.listed(ds, actor, responses.now(), views)
    if responses.wants_json(request):
        return Response.json({k: v for k, v in context.items() if k in ("find", "error", "results")}, default=str)  # fmt: skip
    return await responses.page(ds, request, "search.html", context)


async def address_page(ds: Datasette, request: Request, address: str) -> Response:
    """The article at an address, with what became of it; or the feeds that should have listed it."""
    numbers = await database.read_snapshot(ds, lambda c: articles_at(c, address))
    if numbers:
        return Response.redirect(f"/-/article/{numbers[0]}", status=303)
    now = responses.now()
    feeds = await database.read_snapshot(
        ds, lambda c: health_of_feeds(c, now, listed_feeds_of(c, address))
    )
    context: dict[str, object] = {"find": address, "found": None, "error": None, "views": [], "unlisted": True, "feeds": feeds}  # fmt: skip
    return await responses.page(ds, request, "search.html", context)


def located(text: str, error: QueryError) -> dict[str, object]:
    """The error with the query cut at its place."""
    start = min(error.start, len(text))
    end = max(start + 1, min(error.end, len(text)))
    return {
        "why": error.why, "hint": error.hint, "before": text[:start], "at": text[start:end] or " ", "after": text[end:], "column": start + 1,
        "plain": " ".join(text.split()) if PLAIN_WORDS.fullmatch(text) else "", "plain_words": list(dict.fromkeys(WORD_ALONE.findall(text))),
    }  # fmt: skip


def result(match: articles.FoundArticle) -> dict[str, object]:
    article, hit = match.article, match.hit
    title, snippet = articles.outgoing(match)
    terms = tuple(
        highlight.MatchedTerm(e.field, e.start, e.end, e.text, e.clause) for e in hit.evidence
    )
    colours = highlight.clauses(terms)
    marks = highlight.marks_within(terms, hit.snippet_field, snippet, offset=hit.snippet_start, colours=colours)  # fmt: skip
    headline = highlight.marked_html(title, highlight.marks_within(terms, "title", title, colours=colours))  # fmt: skip
    return {
        "id": article["id"], "headline": headline, "outlet": article["outlet"], "feed": match.entry and match.entry.source, "published_at": article["published_at"],
        "first_seen_at": article["first_seen_at"], "region": article["region"], "address": safe_links.of_article(article),
        "passage": highlight.marked_html(snippet, marks) if hit.snippet_field != "title" else Markup(""),
        "story": article["story_id"] if article["tab"] else None, "tab": article["tab"],
    }  # fmt: skip
