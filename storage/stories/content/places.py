"""Where a story is: the state or country that its headline and opening name most. Pure."""

import re
from collections import Counter

from storage.stories.content.gazetteer import (
    ACTORS,
    AGENTS,
    AT_HOME,
    COUNTRIES,
    DATELINES,
    FEDERAL,
    FIRST_NAMES,
    FIRST_NAMES_IN_TEXT,
    FOLLOWERS,
    MEDDLING,
    NAMES_OF_PEOPLE,
    US_STATES,
    code_table,
)

PLACE_CHARACTERS = 700  # characters; a place that is named later is a comparison or a biography
TITLE_COUNTS, DATELINE_COUNTS, VOTE_COUNTS = 3, 4, 6
STATES_OF_NATION = 3  # as many that are named alike stand for the whole country
PLACE_CODES = code_table(COUNTRIES) | code_table(US_STATES, "US-")
DATELINE_CODES = code_table(DATELINES, "US-")


def any_of(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


PLACE_NAME = re.compile(rf"(?<![\w-])({any_of(PLACE_CODES)})(?![\w-])")
DATELINE = re.compile(
    rf"(?:\A|\n|(?<=[.!?]))\s*(?:By [^\n]{{3,60}}\n\s*)?({any_of(DATELINE_CODES)})\b,?[^\n]{{0,24}}?[—–(-]"
)
MASTHEADS = "Times|Post|Globe|Tribune|Herald|Inquirer|Chronicle|Gazette|Examiner|Sentinel|Mirror|Bulletin|Telegraph|Daily|Public (?:Radio|Media|Broadcasting)"
NEWSPAPER = re.compile(rf"(?<![\w-])(?:{any_of(PLACE_CODES)}) (?:{MASTHEADS})\b|\bTimes of [A-Z]\w+|\b(?:New York|Los Angeles|Boston|Chicago|Miami|Philadelphia|Dallas|Detroit|Houston|Texas|Arizona|Georgia|Colorado|Michigan|Ohio) (?:Times|Post|Globe|Tribune|Herald|Inquirer|News|Free Press|Chronicle|Magazine|Republic|Recorder|Newsline|Advance|Capital Journal)\b")  # fmt: skip
CITY = re.compile(r"\s*(?:By [^\n]{3,60}\n\s*)?[A-Z][A-Z.' -]{2,30}, ")
# Where somebody who says something has a desk: no place of what happened.
DESK = re.compile(r"\bUniversity of [A-Z]\w+(?: [A-Z]\w+)?|\b(?:[A-Z]\w+ ){1,2}(?:State )?University\b(?: (?:of )?[A-Z]\w+)?|(?<!\bon )\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4} in (?:[A-Z]\w+,? ?){1,4}|\b(?:headquartered|headquarters|based) in (?:[A-Z]\w+,? ?){1,2}|\b(?:group|firm|company|institute|think tank|researchers?|professors?|nonprofit) (?:based )?in (?:[A-Z]\w+,? ?){1,2}|\bthe [A-Z]\w+(?: [A-Z]\w+)? (?:senator|congress(?:man|woman)|independent|Republican|Democrat)\b|\b[A-Z]\w+ (?:Republican|Democrat)(?=[,.)])")  # fmt: skip
# Where a candidate spoke of the country; not where something happened at a rally.
STAGE = re.compile(r"\b(?:told (?:a|the)|said (?:[a-z]+ )?at a|speaking (?:at|to) a|said (?:on )?[A-Z][a-z]+day at a|said at a)(?: [\w-]+){0,2} (?:rally|crowd|event|stop|town hall|fundraiser) in (?:[A-Z][\w.]+,? ?){1,4}|\b[Aa]t a(?: [\w-]+){0,2} (?:rally|event|stop|town hall|fundraiser) in (?:[A-Z][\w.]+,? ?){1,4}(?:on [A-Z]\w+day)?,? (?:[A-Z]\w+ ){1,3}(?:told|said|claimed|warned)\b")  # fmt: skip
# A caption that stands before the text: it shows another day and place.
CAPTION_CHARACTERS = 400
LONGEST_CAPTION = 400  # characters; a paragraph that is longer is text
CAPTION = re.compile(r"(?:Getty Images|\bAFP/\w*|REUTERS/\w+ \w+|Reuters photo: [^)\n]{3,40}\)|AP Photo[^)\n]{0,40}\)?|\((?:[A-Z][\w.-]+ ){1,3}?[A-Z][\w.-]+/(?:Reuters|AP|Bloomberg|Pool)[^)\n]{0,30}\))")  # fmt: skip
# A first name, or a title, right before; not what a sentence begins with.
NAME_BEFORE = re.compile(r"\b(?!(?:In|Across|At|From|Near|And|But|For|The|As|To|When|While|After|Since|Northern|Southern|Eastern|Western|Central|Rural)\b)[A-Z][a-z]+ $")  # fmt: skip
NO_MEDDLING = rf"\b(?! (?:{'|'.join(MEDDLING.split())})\b)"
# "Kenya votes", "Brazil’s Closely Fought Election": also as headlines write all words with capitals.
VOTE_OF = re.compile(rf"(?:['’]s (?:[\w-]+ ){{0,2}}| (?:[a-z]+ )?)(?:votes?|elections?|polls?|presidency|referendum|runoff|ballot){NO_MEDDLING}", re.IGNORECASE)  # fmt: skip
COLON_AFTER = re.compile(r"\s*:\s")  # "Honduras: candidate accuses Trump"
AT_HOME_THERE = re.compile(
    rf"(?:['’]s)? (?:[a-z0-9]+ )?(?:{'|'.join(AT_HOME.split())}){NO_MEDDLING}"
)
AFFAIR = re.compile(rf" (?:[a-z]+ )?(?:{'|'.join(MEDDLING.split())}|probe|investigation|inquiry)\b")
EMBASSY = re.compile(r"(?:['’]s)? (?:[a-z]+ )?(?:embassy|consulate)\b", re.IGNORECASE)
AGENT = re.compile(rf"[ -](?:{'|'.join(AGENTS.split())})\b", re.IGNORECASE)
# Named by people who speak of their own country; by itself it tells no place from another.
AMERICAN = re.compile(r"(?<!Latin )(?<!North )(?<!South )(?<!Central )\b(?:Americans?|America|US|Republicans?|Democrats?|Dems|GOP)\b(?! (?:Samoa|States)|\$)")  # fmt: skip
SPEAKS = re.compile(
    r"\s*: (?:[“\"'‘]|(?:Why |How |What )?(?:I|We|My|Our)\b)"
)  # "Jordan: Why I refuse …"
IN_A_PLACE = re.compile(
    r"\b(?:in|across|near|outside|throughout|around) (?:[A-Z][\w.'’-]*,? ){0,3}$"
)
SURNAME = re.compile(r" ([A-Z][a-z]+)")
PARTY_TAG = re.compile(
    r"\((?:Rep\.|Dem\.|[RDI])[^()]{0,3}[-–,. ][^()]{0,24}\)|\b[RDI]-(?:[A-Z][a-z]+\.?|[A-Z]\.[A-Z]\.)"
)  # (R-Ariz.)
NO_SURNAMES = frozenset(FOLLOWERS.split())
MEMBER = re.compile(
    r" (?:Sens?\.|Senators?|Reps?\.|Republicans?|Democrats?|Congress(?:man|woman)) [A-Z]"
)
NATIONAL = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, FEDERAL.replace(chr(10), '|').split('|')))})(?!\w|-(?:backed|era|style|like|aligned|endorsed|appointed))"
)
CAPITOL = re.compile(r"\bCapitol (?:[Rr]iot|[Aa]ttack|[Ss]iege|[Ii]nsurrection)|(?:on|marched to) the Capitol\b|\b(?:January|Jan\.) 6 (?:[Cc]ommittee|[Hh]earings?|[Rr]iot|[Aa]ttack|[Dd]efendant|[Pp]anel|[Ii]nsurrection|[Pp]robe)")  # fmt: skip
WASHINGTON = re.compile(r"\s*(?:By [^\n]{3,60}\n\s*)?(?:WASHINGTON\b|Washington \([A-Z])")


def place_named(title: str, text: str, region: str | None) -> str | None:
    """An ISO 3166 code such as US-GA or KE, of where it happened; None when no place is named.

    Who did it, denied it or is named for it ("Russian hackers", "Moscow denied") is a place only if
    nothing else is named. `region`: of the feed. It decides between a state and a country of one name,
    and is not a place.
    """
    title, opening = (
        PARTY_TAG.sub("", title),
        PARTY_TAG.sub("", without_caption(text)[:PLACE_CHARACTERS]),
    )
    national = bool(NATIONAL.search(title) or CAPITOL.search(title) or WASHINGTON.match(opening))
    counts: Counter[str] = Counter()
    actors: Counter[str] = Counter()
    if code := dateline(opening):
        counts[code] += DATELINE_COUNTS
    add_places(title, counts, actors, sentences=False, national=False)
    add_places(opening, counts, actors, sentences=True, national=national)
    if national:
        counts["US"] += TITLE_COUNTS + len(NATIONAL.findall(opening))
    elif counts.keys() <= ACTORS:
        counts["US"] += len(NATIONAL.findall(opening)) + bool(
            AMERICAN.search(f"{title}. {opening}")
        )
    return most_named(counts, actors, region)


def dateline(opening: str) -> str | None:
    """COLUMBUS, Ga. — is not COLUMBUS —, which stands for the capital of Ohio."""
    capital = DATELINE.search(opening)
    city = capital.end(1) + len(", ") if capital else ends(CITY.match(opening))
    if city and (state := PLACE_NAME.match(opening, city)):
        return PLACE_CODES[state[1]]
    return DATELINE_CODES[capital[1]] if capital else None


def ends(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def without_caption(text: str) -> str:
    captions = [match.end() for match in CAPTION.finditer(text[:CAPTION_CHARACTERS])]
    text = text[captions[-1] :] if captions and len(text) > 2 * captions[-1] else text
    opening, rest = text[: 2 * PLACE_CHARACTERS], text[2 * PLACE_CHARACTERS :]
    passages = [
        line
        for line in opening.split("\n")
        if len(line) > LONGEST_CAPTION or not CAPTION.search(line)
    ]
    return "\n".join(passages) + rest


def add_places(
    text: str, counts: Counter[str], actors: Counter[str], *, sentences: bool, national: bool
) -> None:
    """Count the codes that a text names, those of who did it apart. `sentences`: its words have capitals
    for a reason; a headline's count more. `national`: of a story about Washington, where a state is named
    as somebody's unless it says "in"."""
    text = NEWSPAPER.sub("", text)
    text = STAGE.sub("", DESK.sub("", text)) if sentences else text
    weight = 1 if sentences else TITLE_COUNTS
    for match in PLACE_NAME.finditer(text):
        code = PLACE_CODES[match[1]]
        if is_person(text, match, sentences=sentences):
            continue
        if national and code.startswith("US-") and not happened_there(text, match):
            continue
        if is_actor(text, match, code):
            actors[code] += weight
        elif not sentences and code != "US" and is_scene(text, match):
            counts[code] += VOTE_COUNTS
        else:
            counts[code] += weight


def is_scene(headline: str, match: re.Match[str]) -> bool:
    """Whether a headline says by itself that it is about there: a vote of that place, or its name and a colon."""
    labels = match.start() == 0 and COLON_AFTER.match(headline, match.end())
    return bool(labels or VOTE_OF.match(headline, match.end()))


def is_actor(text: str, match: re.Match[str], code: str) -> bool:
    """Whether a country is named as who did something."""
    if AT_HOME_THERE.match(text, match.end()):
        return False
    if EMBASSY.match(text, match.end()):
        return True
    if IN_A_PLACE.search(text, 0, match.start()) and not AFFAIR.match(text, match.end()):
        return False
    return code in ACTORS or (not code.startswith("US") and bool(AGENT.match(text, match.end())))


def is_person(text: str, match: re.Match[str], *, sentences: bool) -> bool:
    """Whether a name is somebody's here: Jim Jordan, Chad Wolf, Virginia Hale."""
    name, surname = match[1], SURNAME.match(text, match.end())
    if name in NAMES_OF_PEOPLE and (
        NAME_BEFORE.search(text, 0, match.start()) or SPEAKS.match(text, match.end())
    ):
        return True
    first = name in FIRST_NAMES or (sentences and name in FIRST_NAMES_IN_TEXT)
    if not first or surname is None or surname[1] in NO_SURNAMES:
        return False
    return not IN_A_PLACE.search(text, 0, match.start())


def happened_there(text: str, match: re.Match[str]) -> bool:
    if MEMBER.match(text, match.end()):
        return False
    return bool(IN_A_PLACE.search(text, 0, match.start()) or AT_HOME_THERE.match(text, match.end()))


def most_named(counts: Counter[str], actors: Counter[str], region: str | None) -> str | None:
    """The code named most. A state stands for its country, many states for the country that they are
    of; who interferes is not where, unless nothing else is named."""
    if counts["GE"] and counts["US-GA"] and (region or "") != "US-GA":
        counts["GE"] += counts.pop("US-GA")  # Tbilisi or Georgians beside it: the country
    states = {code: n for code, n in counts.items() if code.startswith("US-")}
    if sum(n == max(states.values()) for n in states.values()) >= STATES_OF_NATION:
        counts["US"] += sum(states.values())
        for code in states:
            del counts[code]
    elif states:
        counts.pop("US", None)
    ranked = {code: n for code, n in counts.items() if n}
    if not ranked and actors and region and region[:2] not in ACTORS:
        return region[:2]
    ranked = ranked or dict(actors)
    return max(
        ranked,
        key=lambda code: (ranked[code], code not in ACTORS, -list(ranked).index(code)),
        default=None,
    )
