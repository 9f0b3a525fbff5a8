"""What the reading page makes of a text and its hits: marks, legend, and why each rule hit."""

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import privacy
from matchers.relevance.explanation import for_and_against
from model import Outcome
from review.render import chips, clause_list, highlight

_PAGES = re.compile(r"(\d+ pages|all on one page)$")
LONGEST_SHOWN_TEXT = 20_000  # characters that are shown; the database holds the rest


@dataclass(frozen=True, slots=True)
class Marked:
    """What the page shows of a text, and the colour of each clause in it."""

    context: dict[str, object]
    colours: dict[str, int]


def marked_reading(
    hits: Sequence[sqlite3.Row],
    hit: sqlite3.Row,
    text: sqlite3.Row | None,
    *,
    leaves_masked: bool,
    revealed: bool,
) -> Marked:
    """The text that `hit` is of, with the marks of every standing hit of the same text. Masks of a text as
    long as an article may be take a second, of a hostile one half a minute: not for the server's loop."""
    same = [row for row in hits if same_text(row, hit) and (row["id"] == hit["id"] or not row["struck"])]  # fmt: skip
    same.sort(key=lambda row: row["id"] != hit["id"])
    terms = tuple(term for row in same for term in highlight.terms(row["terms_json"]))
    colours = highlight.clauses(terms, len(highlight.terms(hit["terms_json"])))
    title, summary, body = parts(hit, text)
    stored = (title, summary, body)
    hidden = tuple(map(privacy.masked, stored)) if leaves_masked else stored
    if not revealed:
        title, summary, body = hidden
    within = {
        name: highlight.marks_within(terms, name, part, colours=colours)
        for name, part in (("title", title), ("summary", summary), ("body", body))
    }
    context: dict[str, object] = {
        "headline": highlight.marked_html(title, within["title"]),
        "summary": highlight.marked_html(summary, within["summary"]) if within["summary"] else "",
        "lines": highlight.marked_paragraphs(body, within["body"]),
        "legend": legend(terms, colours),
        "purged": text is None or not body, "holds_private": hidden != stored,
        "elsewhere": [term for term in terms if term.field in ("source", "url", "lang")],
    }  # fmt: skip
    return Marked(context, colours)


def legend(
    terms: Sequence[highlight.MatchedTerm], colours: dict[str, int]
) -> list[dict[str, object]]:
    """The coloured clauses, each with the words that met it; all others together."""
    entries: dict[int, dict[str, object]] = {}
    for colour in sorted(set(colours.values())):
        own = [term for term in terms if colours[term.clause] == colour]
        clause = (
            min((highlight.bare_clause(term.clause) for term in own), key=len)
            if colour < highlight.MARK_COLOURS
            else "further clauses"
        )
        entries[colour] = {"clause": clause, "colour": colour, "words": list(dict.fromkeys(term.text for term in own))}  # fmt: skip
    return list(entries.values())


def same_text(hit: sqlite3.Row, other: sqlite3.Row) -> bool:
    return all(hit[name] == other[name] for name in ("article_id", "entry_id", "text_sha256"))


def parts(hit: sqlite3.Row, text: sqlite3.Row | None) -> tuple[str, str, str]:
    """Title, summary and body; of an entry its content, or its summary where that is all it said."""
    if text is None:
        return str(hit["article_title"]), "", ""
    if hit["entry_id"] is not None:
        return text["title"] or "", "", text["content"] or text["summary"] or ""
    return text["title"], text["summary"] or "", text["body"] or ""


def rules_with_hits(
    of_story: Sequence[sqlite3.Row],
    hits: Sequence[sqlite3.Row],
    shown: sqlite3.Row,
    colours: dict[str, int],
    *,
    covered: bool,
) -> list[dict[str, object]]:
    """Each rule of the story with its best hit, the one on the text that is shown before all others.
    `colours`: of the clauses in that text; what stands elsewhere has none."""
    rules = []
    for rule in of_story:
        of_rule = [hit for hit in hits if hit["rule_id"] == rule["rule_id"]]
        best = next((hit for hit in of_rule if same_text(hit, shown)), of_rule[0] if of_rule else None)  # fmt: skip
        if best is None:
            continue
        terms = highlight.terms(best["terms_json"])
        rules.append({
            **chips.chip(dict(rule), best, covered=covered), "hit": dict(best), "here": same_text(best, shown),
            "tree": clause_list.clause_rows(best["clauses_json"], terms, colours if same_text(best, shown) else {}),
        })  # fmt: skip
    return rules


def why_relevant(relevance_json: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for a text and what against it, in words, strongest first."""
    pairs = [
        (str(reason[0]), float(reason[1]))
        for reason in json.loads(relevance_json)
        if isinstance(reason, list) and len(reason) == 2 and isinstance(reason[1], int | float)
    ]
    return for_and_against(sorted(pairs, key=lambda pair: -abs(pair[1]))[:8])


def alternative_texts(rows: Sequence[sqlite3.Row], *, covered: bool) -> list[dict[str, object]]:
    return [alternative(row, covered=covered) for row in rows]


def alternative(row: sqlite3.Row, *, covered: bool) -> dict[str, object]:
    """Another text of the page, as far as the reading page shows it."""
    body = privacy.masked(row["body"]) if covered else str(row["body"])
    return {
        "name": row["name"],
        "chars": len(body),
        "lines": body[:LONGEST_SHOWN_TEXT].splitlines(),
        "cut": len(body) > LONGEST_SHOWN_TEXT,
    }


def quality(hit: sqlite3.Row) -> str:
    """How far to trust the text, in a few words."""
    if hit["entry_id"] is not None:
        return f"what {hit['feed_outlet']} said of the article in its feed, not the article's own words"
    if (
        hit["outcome"] == Outcome.EXTRACTION_DOUBTFUL
        and hit["text_sha256"] == hit["current_sha256"]
    ):
        return f"doubtful: {hit['problem']}"
    if hit["partial"] and hit["method"] not in {"feed", "none"}:
        return f"not the whole page: {hit['problem']}"
    if hit["partial"] or hit["method"] == "feed":
        return "the feed's own text only; the page could not be read"
    if hit["method"] == "fallback":
        return "read by the simpler fallback; menus or adverts may be among it"
    if match := _PAGES.search(hit["extractor"] or ""):
        return f"whole story, {match[1]}"
    return "whole page" if hit["chars"] >= 800 else "short page"
