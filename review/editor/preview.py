"""What a draft would change in the archive: hits gained and lost, as far back as was looked."""

import sqlite3
from dataclasses import dataclass, replace
from time import thread_time

import privacy
from matchers.engine.engine import Engine, find_hits
from matchers.text.article_text import ArticleText
from review.editor.draft import TriedDraft
from review.search.articles import MOST_SECONDS, text_of_row, while_time
from review.search.candidates import necessary_words
from storage.queries.articles.article_search import candidates
from storage.queries.rules import preview as rule_preview

LOOKED_AT, STANDING, LISTED = 1_500, 1_000, 60


@dataclass(frozen=True, slots=True)
class PreviewedArticle:
    article: int
    story: int | None
    headline: str
    outlet: str
    seen: str
    passage: str
    verdict: str  # of the story, "" when it has none


@dataclass(frozen=True, slots=True)
class Preview:
    """`back_to`: when the oldest article that was looked at was first seen."""

    rule: str
    gained: tuple[PreviewedArticle, ...]
    lost: tuple[PreviewedArticle, ...]
    gained_count: int
    lost_count: int
    kept_count: int
    looked_at: int
    back_to: str | None


def preview(
    connection: sqlite3.Connection, tried: TriedDraft, *, most_seconds: float = MOST_SECONDS
) -> Preview | None:
    """The first rule of the draft against the newest texts with its words, and the newest of its hits,
    for at most `most_seconds` of processor time each; None without a rule."""
    if not tried.rules.rules:
        return None
    rule, (query, unless) = tried.rules.rules[0], tried.rules.trees[0]
    engine = Engine([(rule, query, unless)])
    rows = candidates(connection, necessary_words(query), most=LOOKED_AT)
    have = rule_preview.with_hit(connection, rule.id, [row["id"] for row in rows])
    gained, looked_at = [], 0
    for row in while_time(rows, thread_time() + most_seconds):
        looked_at += 1
        if row["id"] not in have and (hits := find_hits(engine, text_of_row(row))):
            gained.append(PreviewedArticle(row["id"], row["story_id"], row["title"], row["outlet"], row["first_seen_at"], hits[0].snippet, row["tab"] or ""))  # fmt: skip
    lost, kept_count = [], 0
    standing = rule_preview.hits_of_rule(connection, rule.id, STANDING)
    for row in while_time(standing, thread_time() + most_seconds):
        if find_hits(engine, _text(row)):
            kept_count += 1
        else:
            lost.append(_lost(row))
    return Preview(
        rule.id, tuple(map(_masked, gained[:LISTED])), tuple(map(_masked, lost[:LISTED])), len(gained), len(lost), kept_count,
        looked_at, rows[looked_at - 1]["first_seen_at"] if rows else None,
    )  # fmt: skip


def _masked(article: PreviewedArticle) -> PreviewedArticle:
    """Whatever the draft and the article's rules are about: a list of texts needs no addresses."""
    return replace(
        article,
        headline=privacy.masked(article.headline or ""),
        passage=privacy.masked(article.passage),
    )


def _lost(row: sqlite3.Row) -> PreviewedArticle:
    verdict = "" if row["status"] == "new" else row["status"]
    return PreviewedArticle(row["article_id"], row["story_id"], row["title"], row["outlet"], row["first_seen_at"], "", verdict)  # fmt: skip


def _text(row: sqlite3.Row) -> ArticleText:
    return ArticleText(title=row["text_title"], body=row["body"], source=row["outlet"], url=row["url"], lang=row["language"] or "", summary=row["summary"])  # fmt: skip
