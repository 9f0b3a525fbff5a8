"""What rules are matched against."""

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
