"""What became of one article on its way from a feed to the queue, step by step, and where it stopped."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.queries.articles.trace_sql import FEEDS_OF_ARTICLE, HITS_OF_ARTICLE, TRACED_ARTICLE
from storage.times import parse_time

MOST_IN_SENTENCE = 4  # feeds, and rules
NEVER = "9999"  # how the year begins until which is snoozed what waits for a rule to change
SEEN_TABS = frozenset({"new", "escalated", "confirmed"})


@dataclass(frozen=True, slots=True)
class Step:
    """`stopped`: here the article left the way that leads before a reviewer's eyes."""

    name: str  # listed, read, matched, queue
    sentence: str
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """`headline` is masked as in the queue. `story`: whose card shows the article, if one does."""

    article: int
    headline: str
    outlet: str
    url: str
    story: int | None
    steps: tuple[Step, ...]


def trace(connection: sqlite3.Connection, number: int) -> Trace | None:
    """None: there is no such article."""
    article_rows = named_rows(connection, TRACED_ARTICLE, number)
    if not article_rows:
        return None
    (article,), hits = article_rows, named_rows(connection, HITS_OF_ARTICLE, number)
    steps = [
        listed_step(article, named_rows(connection, FEEDS_OF_ARTICLE, number)),
        read_step(article, hits),
    ]
    if article["state"] != "unread" or hits:
        steps.append(matched_step(article, hits))
    if article["tab"]:
        steps.append(queue_step(article))
    story = article["story"] if article["tab"] else None
    return Trace(number, article["headline"], article["outlet"], article["url"], story, tuple(steps))  # fmt: skip


def named_rows(connection: sqlite3.Connection, sql: str, number: int) -> list[dict[str, Any]]:
    """By name, whatever kind of rows the connection gives."""
    cursor = connection.execute(sql, {"article": number})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def listed_step(article: dict[str, Any], entries: Sequence[dict[str, Any]]) -> Step:
    names = list(dict.fromkeys(entry["name"] for entry in entries))
    by = f"Listed by {few_of(names)}" if names else "Listed by no feed any more"
    published = f"published {minute(article['published_at'])}" if article["published_at"] else "no date given"  # fmt: skip
    return Step("listed", f"{by}, first seen {minute(article['first_seen_at'])}; {published}.")


def read_step(article: dict[str, Any], hits: Sequence[dict[str, Any]]) -> Step:
    state, problem = article["state"], (article["problem"] or article["outcome"]).rstrip(".")
    if state == "unread" and not article["attempts"]:
        problem_text = "" if article["outcome"] == "pending" else f"{problem}. "
        due = article["next_attempt_at"]
        when = f"It is due from {minute(due)} on" if due else "It is not planned"
        return Step("read", f"Not read yet. {problem_text}{when}.", stopped=not hits)
    if state == "read":
        doubt = "" if article["outcome"] == "ok" else f" {problem}."
        return Step("read", f"Read {minute(article['read_at'])}: {article['chars']:,} characters, language {article['language'] or 'not known'}.{doubt}")  # fmt: skip
    outcome_words = (
        f"Only {article['chars']:,} characters of it are known"
        if article["chars"]
        else "Nothing but its headline is known"
    )
    due = article["next_attempt_at"]
    again = f"again not before {minute(due)}" if due else "not tried again"
    attempts = f"{article['attempts']} time{'' if article['attempts'] == 1 else 's'}"
    return Step("read", f"{outcome_words}: {problem}. Tried {attempts}, {again}.", stopped=not hits and state == "failed")  # fmt: skip


def matched_step(article: dict[str, Any], hits: Sequence[dict[str, Any]]) -> Step:
    standing = [hit for hit in hits if hit["still_matches"] and not hit["struck"]]
    struck = [hit["slug"] for hit in hits if hit["struck"]]
    old_hits = [hit["slug"] for hit in hits if not hit["struck"] and not hit["still_matches"]]
    parts = [
        f"Hit by {few_of([rule_in_words(hit) for hit in standing])}" if standing else "",
        f"struck off by a reviewer: {few_of(struck)}" if struck else "",
        f"no longer matched by {few_of(old_hits)}" if old_hits else "",
    ]
    nothing = "No rule found it" if article["chars"] or hits else "No rule found its headline"
    sentence = "; ".join(filter(None, parts)) or nothing
    stopped = not standing and article["tab"] not in SEEN_TABS
    return Step("matched", f"{sentence[0].upper()}{sentence[1:]}.", stopped=stopped)


def rule_in_words(hit: dict[str, Any]) -> str:
    return hit["slug"] if hit["relevance"] is None else f"{hit['slug']} ({hit['relevance']:.0%})"


def queue_step(article: dict[str, Any]) -> Step:
    sentence = f"{card_in_words(article)}{tab_in_words(article)}."
    return Step("queue", sentence, stopped=article["tab"] not in SEEN_TABS)


def card_in_words(article: dict[str, Any]) -> str:
    """Nothing where the card bears the article's own words."""
    if article["lead_article_id"] == article["id"]:
        return ""
    share = article["story_coverage"]
    alike = f", as {share:.0%} of its text stands there" if share else ""
    return f"On the card of “{article['story_title']}” ({article['story_outlet']}){alike}. "


def tab_in_words(article: dict[str, Any]) -> str:
    by = f"by {article['reviewed_by']}, {minute(article['reviewed_at'])}" if article["reviewed_by"] else ""  # fmt: skip
    threshold, relevance = article["threshold"], article["relevance"] or 0
    muted = "" if article["mute_kind"] == "story" else f": {article['mute_kind']} “{article['mute_value']}”"  # fmt: skip
    snoozed = article["snoozed_until"] or ""
    match article["tab"]:
        case "new":
            again = ", reopened" if article["reopened"] else ""
            return f"In New since {minute(article['shown_at'])}{again}"
        case "unlikely":
            below = f", below the threshold of {float(threshold):.0%}" if threshold else ""
            return f"In Unlikely: its relevance is {relevance:.0%}{below}"
        case "low":
            return "In Low: only rules of severity low find it"
        case "experimental":
            return "In Experimental: only rules on trial find it"
        case "gone":
            return "In Withdrawn: no rule matches it any more"
        case "muted":
            return f"Muted by {article['muted_by']} until {minute(article['muted_until'])}{muted}"
        case "snoozed":
            until = "a rule of it changes" if snoozed.startswith(NEVER) else minute(snoozed)
            return f"Snoozed until {until}"
        case tab:
            reason = f" ({article['reason']})" if article["reason"] else ""
            return f"{str(tab).capitalize()} {by}{reason}"


def few_of(names: Sequence[str]) -> str:
    listed = ", ".join(names[:MOST_IN_SENTENCE])
    return (
        listed
        if len(names) <= MOST_IN_SENTENCE
        else f"{listed} and {len(names) - MOST_IN_SENTENCE} more"
    )


def minute(moment: str | None) -> str:
    return f"{parse_time(moment):%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"
