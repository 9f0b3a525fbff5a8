"""Short ways to ask the engine."""

from matchers.engine import Engine, find_hits
from matchers.parsing import parse
from matchers.text import Text
from model import Examples, Hit, Rule


def engine(query: str, **options) -> Engine:
    rule = Rule("r", "R", "high", "c", query, Examples((), ()))
    return Engine([(rule, parse(query).node, None)], **options)


def hit(query: str, body: str = "", title: str = "", **fields: str) -> Hit | None:
    found = find_hits(engine(query), Text(title, body, **fields))
    return found[0] if found else None


def found(query: str, body: str = "", title: str = "", **fields: str) -> list[str] | None:
    """The texts of the evidence; None when there is no hit."""
    one = hit(query, body, title, **fields)
    return None if one is None else [evidence.text for evidence in one.evidence]
