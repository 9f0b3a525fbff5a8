"""Where a story is: the state or country that its headline and opening name most. Pure."""

import re
from collections import Counter

from storage.stories.gazetteer import (
    ACTORS,
    COUNTRIES,
    DATELINES,
    NAMES_OF_PEOPLE,
    STATES,
    table,
)

OPENING = 700  # characters; a place that is named later is a comparison or a biography
TITLE_COUNTS, DATELINE_COUNTS = 3, 4
CODES = table(COUNTRIES) | table(STATES, "US-")
DATELINE_CODES = table(DATELINES, "US-")


def any_of(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


NAME = re.compile(rf"(?<![\w-])({any_of(CODES)})(?![\w-])")
DATELINE = re.compile(
    rf"\s*(?:By [^\n]{{3,60}}\n\s*)?({any_of(DATELINE_CODES)})\b,?[^\n]{{0,24}}?[—–(-]"
)
NEWSPAPER = re.compile(r"\b(?:New York|Los Angeles|Boston|Chicago|Miami|Philadelphia|Dallas|Detroit|Houston) (?:Times|Post|Globe|Tribune|Herald|Inquirer|News|Free Press|Chronicle|Magazine)\b")  # fmt: skip
BEFORE = re.compile(r"[A-Z][a-z]+ $")  # a first name, or a title, right before


def place_of(title: str, text: str, region: str | None) -> str | None:
    """An ISO 3166 code such as US-GA or KE; None when no place is named.

    `region`: of the feed. It decides between a state and a country of one name, and is no place.
    """
    opening = text[:OPENING]
    counts: Counter[str] = Counter()
    first = DATELINE.match(opening)
    if first:
        counts[DATELINE_CODES[first[1]]] += DATELINE_COUNTS
    for part, weight in ((title, TITLE_COUNTS), (opening, 1)):
        for code in named(part):
            counts[code] += weight
    return chosen(counts, region)


def named(text: str) -> list[str]:
    text = NEWSPAPER.sub("", text)
    return [
        CODES[match[1]]
        for match in NAME.finditer(text)
        if not (match[1] in NAMES_OF_PEOPLE and BEFORE.search(text, 0, match.start()))
    ]


def chosen(counts: Counter[str], region: str | None) -> str | None:
    """The code named most. A state stands for its country; who interferes is not where, unless
    nothing else is named."""
    if counts["GE"] and counts["US-GA"] and (region or "") != "US-GA":
        counts["GE"] += counts.pop("US-GA")  # Tbilisi or Georgians beside it: the country
    if any(code.startswith("US-") for code in counts):
        counts.pop("US", None)
    elsewhere = {code: n for code, n in counts.items() if code not in ACTORS and n}
    if not elsewhere and region and region[:2] not in ACTORS:
        return region[:2] if counts else None
    ranked = elsewhere or {code: n for code, n in counts.items() if n}
    return max(ranked, key=lambda code: (ranked[code], -list(ranked).index(code)), default=None)
