"""Where a story is: the state or country that its headline and opening name most. Pure."""

import re
from collections import Counter

from storage.stories.gazetteer import (
    ACTORS,
    COUNTRIES,
    DATELINES,
    FEDERAL,
    FIRST_NAMES,
    FIRST_NAMES_IN_TEXT,
    FOLLOWERS,
    NAMES_OF_PEOPLE,
    STATES,
    code_table,
)

OPENING_CHARACTERS = 700  # characters; a place that is named later is a comparison or a biography
TITLE_COUNTS, DATELINE_COUNTS = 3, 4
CODES = code_table(COUNTRIES) | code_table(STATES, "US-")
DATELINE_CODES = code_table(DATELINES, "US-")


def any_of(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


PLACE_NAME = re.compile(rf"(?<![\w-])({any_of(CODES)})(?![\w-])")
DATELINE = re.compile(
    rf"\s*(?:By [^\n]{{3,60}}\n\s*)?({any_of(DATELINE_CODES)})\b,?[^\n]{{0,24}}?[—–(-]"
)
NEWSPAPER = re.compile(r"\b(?:New York|Los Angeles|Boston|Chicago|Miami|Philadelphia|Dallas|Detroit|Houston) (?:Times|Post|Globe|Tribune|Herald|Inquirer|News|Free Press|Chronicle|Magazine)\b")  # fmt: skip
# A first name, or a title, right before; not what a sentence begins with.
WORD_BEFORE = re.compile(r"\b(?!(?:In|Across|At|From|Near|And|But|For|The|As|To|When|While|After|Since|Northern|Southern|Eastern|Western|Central|Rural)\b)[A-Z][a-z]+ $")  # fmt: skip
WITHIN = re.compile(r"\b(?:in|across|near|outside|throughout|around) (?:[A-Z][\w.'’-]*,? ){0,3}$")
SURNAME = re.compile(r" ([A-Z][a-z]+)")
TAG = re.compile(
    r"\((?:Rep\.|Dem\.|[RDI])[^()]{0,3}[-–,. ][^()]{0,24}\)|\b[RDI]-(?:[A-Z][a-z]+\.?|[A-Z]\.[A-Z]\.)"
)  # (R-Ariz.)
NO_SURNAMES = frozenset(FOLLOWERS.split())
MEMBER = re.compile(
    r" (?:Sens?\.|Senators?|Reps?\.|Republicans?|Democrats?|Congress(?:man|woman)) [A-Z]"
)
NATIONAL = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, FEDERAL.replace(chr(10), '|').split('|')))})(?![\w-])"
)
WASHINGTON = re.compile(r"\s*(?:By [^\n]{3,60}\n\s*)?(?:WASHINGTON\b|Washington \([A-Z])")


def place_named(title: str, text: str, region: str | None) -> str | None:
    """An ISO 3166 code such as US-GA or KE; None when no place is named.

    `region`: of the feed. It decides between a state and a country of one name, and is not a place.
    """
    title, opening = TAG.sub("", title), TAG.sub("", text[:OPENING_CHARACTERS])
    national = bool(NATIONAL.search(title) or WASHINGTON.match(opening))
    counts: Counter[str] = Counter()
    first = DATELINE.match(opening)
    if first:
        counts[DATELINE_CODES[first[1]]] += DATELINE_COUNTS
    for code in named_places(title, sentences=False, national=False):
        counts[code] += TITLE_COUNTS
    for code in named_places(opening, sentences=True, national=national):
        counts[code] += 1
    if national:
        counts["US"] += TITLE_COUNTS + len(NATIONAL.findall(opening))
    return most_named(counts, region)


def named_places(text: str, *, sentences: bool, national: bool) -> list[str]:
    """The codes that a text names, in order. `sentences`: its words have capitals for a reason.
    `national`: of a story about Washington, where a state is named as somebody's unless it says "in"."""
    text = NEWSPAPER.sub("", text)
    return [
        CODES[match[1]]
        for match in PLACE_NAME.finditer(text)
        if not is_person(text, match, sentences=sentences)
        and not (national and CODES[match[1]].startswith("US-") and not happened_there(text, match))
    ]


def is_person(text: str, match: re.Match[str], *, sentences: bool) -> bool:
    """Whether a name is somebody's here: Jim Jordan, Chad Wolf, Virginia Hale."""
    name, surname = match[1], SURNAME.match(text, match.end())
    if name in NAMES_OF_PEOPLE and WORD_BEFORE.search(text, 0, match.start()):
        return True
    first = name in FIRST_NAMES or (sentences and name in FIRST_NAMES_IN_TEXT)
    if not first or surname is None or surname[1] in NO_SURNAMES:
        return False
    return not WITHIN.search(text, 0, match.start())


def happened_there(text: str, match: re.Match[str]) -> bool:
    if MEMBER.match(text, match.end()):
        return False
    return WITHIN.search(text, 0, match.start()) is not None


def most_named(counts: Counter[str], region: str | None) -> str | None:
    """The code named most. A state stands for its country; who interferes is not where, unless
    nothing else is named."""
    if counts["GE"] and counts["US-GA"] and (region or "") != "US-GA":
        counts["GE"] += counts.pop("US-GA")  # Tbilisi or Georgians beside it: the country
    if any(code.startswith("US-") for code in counts):
        counts.pop("US", None)
    elsewhere = {code: n for code, n in counts.items() if code not in ACTORS and n > 0}
    if not elsewhere and region and region[:2] not in ACTORS:
        return region[:2] if counts else None
    ranked = elsewhere or {code: n for code, n in counts.items() if n}
    return max(ranked, key=lambda code: (ranked[code], -list(ranked).index(code)), default=None)
