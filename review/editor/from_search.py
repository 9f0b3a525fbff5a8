"""A new rule from a search: the query, a text that it finds and one that it nearly finds, as examples."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from matchers.engine.engine import Engine, find_hits
from matchers.query import lexer
from matchers.rules.new_rule import rule_of_search, text_opening
from matchers.text.article_text import ArticleText, entry_text
from model import Hit
from review.editor.draft import CATEGORY
from review.search import articles
from review.search.articles import FoundArticle, Query
from storage.queries.articles.article_search import article_row, candidates

LOOKED_AT = 100  # newest texts with words of the search, until both examples are found
LONGEST_STRETCH = 4_000  # characters from the first matched word of a text to the last


def draft_of_search(connection: sqlite3.Connection, query: Query, article: int = 0) -> str:
    """The rule as YAML. Its examples are of stored texts where the search finds any, that of `article`
    first; an example that is not to be had stands as the template has it."""
    engine = articles.compiled(query)
    rows = candidates(connection, query.words, most=LOOKED_AT)
    own = article_row(connection, article) if article else None
    examples = list(articles.in_texts(engine, connection, [own, *rows] if own else rows))
    match = next((text for example in examples for text in _finding(engine, example)), None)
    hit = {example.article["id"] for example in examples}
    near = next(_passed_over(engine, [row for row in rows if row["id"] not in hit]), None)
    made_up = match is None
    return rule_of_search(query.text, CATEGORY, _example(match or _of_its_words(engine, query.text)), _example(near), made_up=made_up)  # fmt: skip


def _of_its_words(engine: Engine, query: str) -> ArticleText | None:
    """Where no stored text is found: a line of the words that the search asks for, if that is found."""
    tokens = lexer.tokens(query)
    words = [token.text for before, token in pairwise(tokens) if token.kind in ("word", "phrase") and before.kind != "NOT"]  # fmt: skip
    first = [tokens[0].text] if tokens[0].kind in ("word", "phrase") else []
    line = " ".join([*first, *words])
    tried = [ArticleText(title=line), ArticleText(title=line, body=f"{line}. {line}.")]
    return next((text for text in tried if find_hits(engine, text)), None)


def _example(text: ArticleText | None) -> tuple[str, str] | None:
    return (text.title, text.body) if text else None


def _finding(engine: Engine, article: FoundArticle) -> Iterator[ArticleText]:
    """Ever longer parts of the text that by themselves are found."""
    text = entry_text(article.entry) if article.entry else articles.text_of_row(article.article)
    body = text.body or text.summary
    for part in ("", article.hit.snippet, text_opening(body), _stretch(body, article.hit)):
        tried = ArticleText(title=text.title, body=" ".join(part.split()), lang=text.lang)
        if find_hits(engine, tried):
            yield tried


def _stretch(body: str, hit: Hit) -> str:
    """From the sentence of the first matched word to that of the last."""
    places = [place for place in hit.evidence if place.field == "body"]
    if not places:
        return ""
    first, last = min(place.start for place in places), max(place.end for place in places)
    start = max(body.rfind(mark, 0, first) + 1 for mark in (". ", "\n"))
    ends = [end for mark in (". ", "\n") if (end := body.find(mark, last)) >= 0]
    return body[start : min(ends, default=len(body)) + 1][:LONGEST_STRETCH]


def _passed_over(engine: Engine, rows: Sequence[sqlite3.Row]) -> Iterator[ArticleText]:
    """Texts with words of the search that it does not find, whole or by their opening."""
    for row in rows:
        text = articles.text_of_row(row)
        opening = replace(text, body=text_opening(text.body or text.summary), summary="")
        if opening.body and not find_hits(engine, opening):
            yield opening
