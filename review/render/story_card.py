"""A story as a card: marked headline and passage, rules as chips, a safe link, what is new since a verdict."""

import json
import sqlite3
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

import privacy
from model.plurals import count_of
from review import act_words
from review.pages.queue.filters import Filters
from review.render import highlight, safe_links
from review.state import Actor
from storage.queries.stories.queue import Card
from storage.times import iso

MOST_CHIPS = 4  # of a card; the rest opens
LONGEST_PASSAGE = 420
CUT = 300  # characters: a shorter passage was not cut


def card_context(card: Card, chosen: Filters, actor: Actor, now: datetime) -> dict[str, object]:
    row = card.story
    covered = card.leaves_masked
    terms = highlight.terms(row["terms_json"])
    title = covering(row["title"]) if covered else row["title"]
    marks = highlight.marks_within(terms, "title", title, colours=highlight.clauses(terms))
    best = row if row["snippet_field"] != "title" else card.passage
    shown_hit = row if best is None else best
    stored, snippet = shown_hit["snippet"], passage_of(shown_hit, covered=covered)
    return {
        **dict(row),
        "title": title,
        "headline": highlight.marked_html(title, marks),
        "passage": Markup("") if best is None else marked_passage(best, snippet),
        "headline_only": best is None,
        "chips": [dict(rule) for rule in card.rules],
        "address": safe_links.of_article(row), "spoken_by": row["outlet"],
        "open_url": chosen.url(f"/-/story/{row['id']}"), "news": news_in_words(row["news_json"]) if row["reopened"] else "",
        "watched_by": [person for person in card.watched_by if person != actor["id"]],
        "overdue": bool(row["due_at"] and row["tab"] == "new" and row["due_at"] < iso(now)),
        "handed_over": handed_over(row, actor), "snoozed": act_words.snoozed(row["snoozed_until"]),
        "linked": [other(story, covered=covered) for story in card.linked],
        "masked": title != row["title"] or snippet != stored,
    }  # fmt: skip


def handed_over(row: sqlite3.Row, actor: Actor) -> str:
    """The note with which somebody assigned the story. A number to call in it is masked for others, not for
    those between whom it passed."""
    own = actor["id"] in (row["assigned_to"], row["assigned_by"])
    note: str = row["handed_over_whole" if own else "handed_over"]
    return note


def passage_of(hit: sqlite3.Row, *, covered: bool) -> str:
    """The stored passage of a hit as it may be shown."""
    stored: str = hit["snippet"]
    return covering(stored) if covered else stored


def marked_passage(hit: sqlite3.Row, snippet: str) -> Markup:
    """The sentences of a hit with its marks, cut to a readable length. `snippet`: as it may be shown."""
    return _marked_passage(snippet, hit["snippet_field"], hit["snippet_start"], hit["terms_json"])


@lru_cache(maxsize=1_000)  # 4 KB each; a card shows its best hit's twice, and its next reader again
def _marked_passage(snippet: str, field: str, offset: int, terms_json: str) -> Markup:
    terms = highlight.terms(terms_json)
    colours = highlight.clauses(terms)
    marks = highlight.marks_within(terms, field, snippet, offset=offset, colours=colours)
    start, end = highlight.stretch_around_marks(snippet, marks, LONGEST_PASSAGE)
    if end == len(snippet) and len(snippet) > CUT:  # stored passages may end within a word
        end = highlight.last_whole_word(snippet, marks)
    before, after = highlight.whole_words(snippet, offset)
    passage = highlight.marked_html(snippet[start:end], highlight.shifted(marks, start, end))
    return Markup("{}{}{}").format("… " if start else before, passage, " …" if end < len(snippet) else after)  # fmt: skip


def other(row: sqlite3.Row, *, covered: bool) -> dict[str, object]:
    """A linked story; beside a story about threats its headline is masked as the story's own, and the words
    that both share are left out: rare words are names and streets."""
    shared = "" if covered else ", ".join(json.loads(row["why_json"])[:4])
    title = covering(row["title"]) if covered else row["title"]
    return {**dict(row), "title": title, "shared": shared}


@lru_cache(maxsize=4_000)  # half a millisecond each, and a page of the queue shows a hundred
def covering(text: str) -> str:
    return privacy.masked(text)


def news_in_words(news_json: str) -> str:
    """What a story says beyond its verdict: "2 more owners, 1 new rule"."""
    news = json.loads(news_json)
    counts = {
        "new rule": len(news.get("rules", ())), "more owner": len(news.get("owners", ())), "new passage": news.get("passages", 0),
    }  # fmt: skip
    parts = [count_of(n, noun) for noun, n in counts.items() if n]
    return ", ".join(parts) or "more than was judged"
