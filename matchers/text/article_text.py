"""What rules are matched against."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article as rules see it. Offsets of evidence count characters of exactly these strings."""

    title: str = ""
    body: str = ""  # paragraphs separated by line breaks
    source: str = ""
    url: str = ""
    lang: str = ""  # BCP 47; "" when it is not known
    summary: str = ""  # what the outlet's own feed says of it; nothing is near across its border


def without_spans(body: str, spans: Sequence[tuple[int, int]]) -> str:
    """The body with these stretches blank, so that offsets stay those of the stored text."""
    for start, end in spans:
        body = body[:start] + "\n" * (end - start) + body[end:]
    return body
