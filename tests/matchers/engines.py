"""Short ways to ask the engine."""

from matchers.engine.engine import Engine, find_hits
from matchers.query.parser import parse_query
from matchers.text.article_text import ArticleText
from model import Examples, Hit, Rule


def engine(query: str, **options) -> Engine:
    rule = Rule("r", "R", "high", "c", query, Examples((), ()))
    return Engine([(rule, parse_query(query).node, None)], **options)


def hit(query: str, body: str = "", title: str = "", **fields: str) -> Hit | None:
    hits = find_hits(engine(query), ArticleText(title, body, **fields))
    return hits[0] if hits else None


def found(query: str, body: str = "", title: str = "", **fields: str) -> list[str] | None:
    """The texts of the evidence; None when there is no hit."""
    match = hit(query, body, title, **fields)
    return None if match is None else [evidence.text for evidence in match.evidence]
