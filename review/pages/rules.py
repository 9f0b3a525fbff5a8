"""How the rules do, and a rule edited on a copy: faults, examples, preview, download."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.formats.tables import whole_percent
from matchers.rules.new_rule import unfilled
from model import QueryError
from review import act_words, database, state
from review.editor import draft, from_search, keep, preview
from review.pages import responses
from review.pages.queue import page
from review.render import safe_links
from review.search import articles
from review.search.named_lists import word_lists
from storage.queries.rules.figures import RuleFigures, rule_figures

RULE_COLUMNS = (
    "slug", "title", "severity", "category", "status", "active", "version", "stories", "waiting", "confirmed", "escalated", "right", "wrong",
    "precision_percent", "low_percent", "high_percent",
)  # fmt: skip
QUICK_RULES = (
    0.1  # seconds: more than the queue waits, as people come here to see what their verdicts say
)
RULE_SORTS: dict[str, tuple[str, Callable[[RuleFigures], Any]]] = {
    "title": ("Title", lambda rule: str(rule.rule["title"]).lower()),
    "precision": ("Worst precision", lambda rule: (rule.precision.share is None, rule.precision.share or 0)),
    "wrong": ("Most false alarms", lambda rule: -rule.precision.wrong),
    "waiting": ("Most waiting", lambda rule: -rule.waiting),
    "severity": ("Severity", lambda rule: ("critical", "high", "medium", "low").index(str(rule.rule["severity"]))),
}  # fmt: skip


async def rules_page(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    figures = await state.figure(ds, "rules", rule_figures, quick=QUICK_RULES)
    form = request.url_vars.get("form")
    if form:
        return responses.table(form, "rules", [row_of(rule) for rule in figures], RULE_COLUMNS)
    sort = request.args.get("sort") or "title"
    sort = sort if sort in RULE_SORTS else "title"
    ordered = sorted(figures, key=lambda rule: (not rule.rule["active"], RULE_SORTS[sort][1](rule)))
    folder = state.of(ds).rules
    context = {
        "figures": ordered, "files": {rule.rule["slug"]: safe_links.rule_file(str(rule.rule["path"] or ""), folder) for rule in ordered}, "sort": sort, "sorts": {name: label for name, (label, _) in RULE_SORTS.items()},
        "counted": seconds_ago(state.of(ds).cache.age("rules")), "reasons": act_words.REASON_WORDS, "coverage": await page.feeds_seen(ds), "editable": folder is not None,
    }  # fmt: skip
    return await responses.page(ds, request, "rules.html", context)


def seconds_ago(age: float) -> str:
    """How old the figures are, where verdicts given meanwhile could be missed in them; else ""."""
    return "" if age < 15 else f"{age:.0f} s ago" if age < 120 else f"{age / 60:.0f} min ago"


def row_of(figures: RuleFigures) -> dict[str, object]:
    precision = figures.precision
    return {
        **figures.rule, "stories": figures.stories, "waiting": figures.waiting, "confirmed": figures.confirmed, "escalated": figures.escalated,
        "right": precision.right, "wrong": precision.wrong, "precision": precision.share, "low": precision.low, "high": precision.high,
        "precision_percent": whole_percent(precision.share), "low_percent": whole_percent(precision.low), "high_percent": whole_percent(precision.high),
    }  # fmt: skip


async def rule_editor(ds: Datasette, request: Request) -> Response:
    """The editor with a copy of a rule, a search as a new rule, or what was posted."""
    responses.reader(request)
    folder = state.of(ds).rules
    if request.method == "POST":
        posted = await responses.form(request)
        return await _answer(ds, request, posted)
    name = (request.args.get("rule") or "")[:100]
    text = await asyncio.to_thread(draft.original, name, folder) if name else None
    example = await _example(ds, request)
    if text is None:
        text = await _of_search(ds, request) or draft.new_draft("", *example)
    elif example:
        text = draft.with_example(text, *example)
    before = await asyncio.to_thread(keep.fingerprint, name, folder) if name and folder else ""
    context = {"text": text, "tried": await asyncio.to_thread(draft.read_draft, text, folder), "preview": None, "unfilled": unfilled(text), **_writing(ds, request, before)}  # fmt: skip
    return await responses.page(ds, request, "rule_editor.html", context)


async def _example(ds: Datasette, request: Request) -> tuple[str, str] | tuple[()]:
    """Headline and text of the article that the address names; of its feed where the page was not read."""
    number = responses.whole_number(request.args.get("article"), 0)
    stored = (
        await database.read_snapshot(ds, lambda c: articles.stored_article(c, number))
        if number
        else None
    )
    if stored is None or stored.text is None:
        return ()
    return stored.text.title, stored.text.body or stored.text.summary


async def _of_search(ds: Datasette, request: Request) -> str:
    """A new rule around the search that the address carries; "" without one."""
    typed = (request.args.get("query") or "").strip()[: articles.LONGEST_RULE_SEARCH]
    if not typed:
        return ""
    try:
        query = articles.read_query(typed, word_lists(state.of(ds).rules))
    except QueryError:
        return draft.new_draft(typed)  # with its fault at its place
    number = responses.whole_number(request.args.get("article"), 0)
    return await database.read_snapshot(ds, lambda c: from_search.draft_of_search(c, query, number))


def _writing(ds: Datasette, request: Request, before: str) -> dict[str, object]:
    """Leads may write where the server may."""
    lead = responses.reader(request)["role"] == "lead"
    return {"writable": lead and keep.may_write(state.of(ds).rules), "before": before}


async def _keep(ds: Datasette, request: Request, text: str, before: str) -> Response:
    actor, folder = responses.reader(request), state.of(ds).rules
    if folder is None or not _writing(ds, request, before)["writable"]:
        return await responses.message_page(ds, request, "Not here", "Leads write rules, where this server may write to the folder of the rules. Download the file instead.", status=403, back="/-/rules")  # fmt: skip
    try:
        kept_rule = await asyncio.to_thread(keep.keep_rule, text, before, folder, actor["name"], responses.now())  # fmt: skip
    except OSError as error:
        why = error.strerror or "the temporary folder has no room for a copy of it"
        kept_rule = keep.KeptRule(
            problem=f"The folder of the rules could not be written to: {why}."
        )
    if kept_rule.problem:
        return await responses.message_page(ds, request, "Nothing was written", kept_rule.problem, status=409, back="/-/rules", before=before)  # fmt: skip
    state.of(ds).cache.forget("rules")
    sentence = f"{kept_rule.file}, line {kept_rule.line}. The next run uses it; a rematch brings it to what is stored, and stories that it no longer matches go to Withdrawn."
    return await responses.message_page(ds, request, "Written", sentence, status=200, back="/-/rules", before=kept_rule.fingerprint)  # fmt: skip


async def _answer(ds: Datasette, request: Request, posted: dict[str, str]) -> Response:
    text = posted.get("text", "").replace("\r\n", "\n")
    if posted.get("do") == "download":
        headers = {"content-disposition": 'attachment; filename="rule.yaml"'}
        return Response(text, content_type="application/yaml; charset=utf-8", headers=headers)
    before = posted.get("before", "")[:64]
    if posted.get("do") == "write":
        return await _keep(ds, request, text, before)
    tried = await asyncio.to_thread(draft.read_draft, text, state.of(ds).rules)
    tried_on = None
    if posted.get("do") == "preview" and tried.rules.rules:
        tried_on = await database.read_snapshot(ds, lambda c: preview.preview(c, tried))
    context = {
        "text": text,
        "tried": tried,
        "preview": tried_on,
        "unfilled": unfilled(text),
        **_writing(ds, request, before),
    }
    if not responses.wants_json(request):
        return await responses.page(ds, request, "rule_editor.html", context)
    html = await responses.rendered(ds, request, "_tried.html", context)
    return Response.json({"ok": True, "faults": [asdict(fault) for fault in tried.faults], "html": html})  # fmt: skip
