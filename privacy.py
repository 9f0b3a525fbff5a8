"""Masks over what could lead a stranger to somebody's door: street addresses, phone numbers, e-mail.

Whoever is threatened stands in the news with a name; where they live and how to reach them need not
leave our database. Polling places and offices stay: they are the news. A mask keeps length and spaces,
so that stored offsets hold. Pure; used by everything that leaves (Atom, CSV, bundles, alerts, API).

An address is masked unless the words beside it speak of a public place. Names are not masked.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

SIGN = "•"
# Categories of rules whose stories are about threats to people: in these, masking is on by default.
ABOUT_PEOPLE = frozenset({"election-worker-threats", "physical-security", "insider-threat"})
Range = tuple[int, int]
T = TypeVar("T", str, None)

EMAIL = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}"
)
SPOKEN_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,64}\s{0,3}[\[({]\s?at\s?[\])}]\s{0,3}[\w-]{1,63}(?:\s{0,3}(?:[\[({]\s?dot\s?[\])}]|\.)\s{0,3}[\w-]{1,63}){1,6}",
    re.I,
)
# Mailboxes of a desk, not of a person (RFC 2142 and what election offices use).
ROLE_MAILBOX = re.compile(
    r"(?:info|contact|office|elections?|votes?|voting|voter|clerk|countyclerk|registrar|recorder|press|media|news|newsroom|tips?|help|"
    r"support|hotline|webmaster|postmaster|admin|abuse|security|privacy|editor|letters|complaints|service|boe|sos|records|ballots?)"
    r"(?:[._-]?(?:office|desk|info|help|line|team|dept|department|elections?|votes?|voters?|room|services?|integrity))?@",
    re.I,
)

STREET_TYPES = (
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Boulevard|Blvd|Way|Place|Pl|Terrace|Ter|Circle|Cir|"
    r"Highway|Hwy|Parkway|Pkwy|Trail|Trl|Loop|Square|Sq|Crescent|Close|Gardens|Grove|Mews|Row|Alley|Path|Pike|Turnpike|Run|Ridge|"
    r"Point|Cove|Hollow|Crossing|Bend|Walk|Broadway|Plaza|Esplanade|Extension|Route|Heights|Hill)"
)
NUMBER = r"(?:\d{1,6}(?:-\d{1,4})?[A-Za-z]?(?:\s?1/2|½)?|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve)"
POINT = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Northeast|Northwest|Southeast|Southwest)\.?"
PERSON_NAME = r"(?:[A-ZÀ-Þ][\w'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
UNIT = r"(?:,?\s+(?:Apt|Apartment|Unit|Suite|Ste|Lot|Floor|Fl|Room|No)\b\.?\s*#?\s*[\w-]+|,?\s*#\s*[\w-]+)"
STREET = re.compile(
    rf"(?<![\w$€£.,/-])(?<!\b[Ii]n )(?<!\b[Ss]ince )(?:(?:{NUMBER}\s+block\s+of)|{NUMBER})\s+(?:{POINT}\s+)?(?:{PERSON_NAME}\s+){{0,4}}"
    rf"(?:{PERSON_NAME}\s+{STREET_TYPES}|Avenue\s+[A-Z]|Broadway|(?:County|State|US|U\.S\.|Rural)?\s?(?:Road|Route|Highway|Hwy|Rte)\s+\d{{1,4}}[A-Z]?)\b\.?"
    rf"(?:\s+{POINT}(?=[\s,.;)]|$))?{UNIT}?"
)
SPANISH_STREET = re.compile(
    r"\b(?:[Cc]alle|C/|[Aa]venida|[Aa]vda?\.?|[Cc]arrera|[Cc]amino|[Pp]aseo|[Pp]laza|[Bb]ulevar|[Cc]allejón|[Cc]alzada|[Pp]rivada)\s+"
    r"(?:(?:de|del|la|las|los|el|y)\s+|[A-ZÁÉÍÓÚÑ0-9][\w.]*\s+){0,5}?[A-ZÁÉÍÓÚÑ0-9][\w.]*,?\s+"
    r"(?:(?:[Nn]úmero|[Nn]úm\.?|[Nn]o\.|[Nn]º|n\.º|#)\s*)?\d{1,5}(?:\s*-\s*\d{1,3})?[A-Za-z]?\b"
)
OTHER_STREET = re.compile(
    r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Qq]uai|[Ii]mpasse|[Vv]ia)\s+(?:(?:de|du|des|la|le|les|l'|d')\s*){0,2}"
    r"[A-ZÀ-Þ][\w'-]{1,24}(?:\s[A-ZÀ-Þ][\w'-]{1,24}){0,2}|\b[A-ZÄÖÜ]\w{2,24}(?:straße|strasse|str\.|weg|gasse|allee)\s+\d{1,4}[a-z]?\b"
)
# A suite or a room is rented to a business; flats have other names.
OF_BUSINESS = re.compile(r"\b(?:Suite|Ste|Room|Floor)\b")
BOX = re.compile(r"\bP\.?\s?O\.?\s+Box\s+\d{1,6}\b", re.I)
ZIP = re.compile(
    r",?\s+(?:[A-Z][\w.'-]+(?:\s[A-Z][\w.'-]+){0,2},\s+)?[A-Z]{2}\s+(\d{5}(?:-\d{4})?)\b"
)

PUBLIC = re.compile(
    r"\b(?:polling (?:place|location|site|station)s?|polls?|precincts?|vot(?:e|ing) (?:centers?|centres?|sites?|locations?)|early voting|drop ?box(?:es)?|drop-off|"
    r"ballots?|(?:elections?|clerk|recorder|registrar|board|county|municipal|city|town|village|state|government|administration|annex|judicial|justice|civic|"
    r"community|recreation|rec|senior|convention|conference|cultural|visitor|election|operations|tabulation|counting|processing|warehouse|learning|youth|"
    r"event|events|health|medical|student|performing arts)(?:['’]s)? (?:offices?|department|division|headquarters|hall|house|building|center|centre|complex|"
    r"annex|administration|warehouse|facility|campus|garage|library)|(?:court|state)house|capitol|offices?|headquarters|librar(?:y|ies)|schools?|elementary|"
    r"academy|college|university|church|lutheran|methodist|baptist|presbyterian|catholic|chapel|temple|synagogue|mosque|cathedral|parish|fire ?(?:station|house|hall|department)|firehouse|(?:police|sheriff(?:['’]s)?) (?:station|department|headquarters|office)|"
    r"gymnasium|gym|auditorium|museum|armory|arena|stadium|fairgrounds?|pavilion|clubhouse|legion|vfw|lodge|grange|ywca|ymca|hotel|hospital|clinic|post office|"
    r"warehouse|plant|factory|mall|store|shop|restaurant|bank|airport|depot|terminal|bureau|agency|registrar|department|legislature|supervisors? of elections|secretary of state|tax collector|treasurer|assessor|dmv|plaza|(?:board|council|commission|committee) meets|"
    r"centro|biblioteca|escuela|iglesia|oficina|casilla|ayuntamiento|colegio|juzgado)\b",
    re.I,
)
WORDS_OF_HOME = re.compile(
    r"\b(?:home(?:s|town)?|houses?|residences?|apartments?|condo|duplex|liv(?:es?|ed|ing)|reside[sd]?|residing|porch|doorsteps?|front door|driveway|mailbox|yard|lawn|"
    r"bedroom|neighbou?rs?|family|wife|husband|spouse|children|kids|mother|father|parents?|doxx?(?:ed|ing)?|swatt(?:ed|ing)|"
    r"private|personal|where (?:she|he|they)|(?:her|his|their|home|street|my) address|address of|visit (?:her|him|them)|"
    r"casa|vivienda|domicilio|vive|familia|hogar)\b",
    re.I,
)
OF_AN_OFFICE = re.compile(
    r"\b(?:hotline|hot line|tip ?line|help ?line|helpline|toll[ -]free|voter protection|(?:election|clerk|county|city|state|press|media|main|news)(?:['’]s)? "
    r"(?:office|line|number|desk|department|division)|office|switchboard|línea)\W+(?:\w+\W+){0,4}$",
    re.I,
)
TOLL_FREE = re.compile(r"\D*1?\D*8(?:00|33|44|55|66|77|88)\D")
SAID_PHONE = re.compile(
    r"\b(?:call(?:ed|ing)?|phone[ds]?|text(?:ed|ing)?|cell(?:phone)?|mobile|numbers?|tel(?:ephone|éfono)?|tel\.|dial(?:ed|ing)?|teléfono|celular|número)\b"
    r"[^\d\n]{0,25}((?:\+?\d[\d ().–-]{5,16}\d))",
    re.I,
)
# Characters looked at before and after an address; a sentence's end stops the look
NEAR_CHARACTERS = 90


def masked(text: str, places: Iterable[Range] | None = None) -> str:
    """`text` with every private place covered, at the same length; spaces stay."""
    characters = list(text)
    for start, end in private_places(text) if places is None else places:
        characters[start:end] = [
            character if character.isspace() else SIGN for character in text[start:end]
        ]
    return "".join(characters)


def about_people(categories: Iterable[str]) -> bool:
    """Whether a story with rules of these categories is about threats to people."""
    return any(category in ABOUT_PEOPLE or "threat" in category.lower() for category in categories)


def masked_for(categories: Iterable[str], text: str) -> str:
    """As `masked` when one of a story's categories is about people, else the text as it is."""
    return masked(text) if about_people(categories) else text


def masked_values(value: object) -> object:
    """As `masked`, for every text within mappings and lists; JSON within a text stays JSON."""
    if isinstance(value, dict):
        return {
            key: _masked_json(inner) if str(key).endswith("_json") else masked_values(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked_values(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value


def _masked_json(text: object) -> object:
    if not isinstance(text, str):
        return text
    return json.dumps(masked_values(json.loads(text)), ensure_ascii=False)


def private_places(text: str) -> tuple[Range, ...]:
    """Where addresses, numbers and mailboxes of people stand, in order; they may touch, not overlap."""
    places = sorted({*_emails(text), *_streets(text), *_phones(text)})
    ranges: list[Range] = []
    for start, end in places:
        if ranges and start < ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return tuple(ranges)


def _emails(text: str) -> Iterator[Range]:
    for pattern in (EMAIL, SPOKEN_EMAIL):
        for match in pattern.finditer(text):
            if not ROLE_MAILBOX.match(match.group()):
                yield match.span()


def _phones(text: str) -> Iterator[Range]:
    if sum(letter.isdigit() for letter in text) < 7:
        return
    import phonenumbers  # on use: it takes longer to load than everything else of most commands

    places = {(m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(text, "US")}
    places |= {match.span(1) for match in SAID_PHONE.finditer(text)}
    for start, end in places:
        before = text[max(0, start - 60) : start]
        if not TOLL_FREE.match(text[start:end]) and not OF_AN_OFFICE.search(before):
            yield start, end


def _streets(text: str) -> Iterator[Range]:
    for pattern in (STREET, SPANISH_STREET, OTHER_STREET, BOX):
        for match in pattern.finditer(text):
            if not _public(text, *match.span()):
                end = ZIP.match(text, match.end())
                yield match.start(), end.end(1) if end else match.end()


def _public(text: str, start: int, end: int) -> bool:
    """Whether the words beside the address speak of a public place, and none nearer of a home."""
    before, after = _before(text, start), _after(text, end)
    public = min(_distances(PUBLIC, before, after), default=None)
    home = min(_distances(WORDS_OF_HOME, before, after), default=None)
    if home is None and OF_BUSINESS.search(text[start:end]):
        return True
    return public is not None and (home is None or public < home)


def _before(text: str, start: int) -> str:
    part = text[max(0, start - NEAR_CHARACTERS) : start]
    return re.split(r"[.!?]['\"”’]?\s+(?=[A-Z“\"])|\n", part)[-1]


def _after(text: str, end: int) -> str:
    return re.split(r"[.!?]['\"”’]?(?:\s+(?=[A-Z“\"])|$)|\n", text[end : end + NEAR_CHARACTERS])[0]


def _distances(pattern: re.Pattern[str], before: str, after: str) -> Iterator[int]:
    """Characters between the address and each word found. Words after it count as farther: an
    address follows what it belongs to ("the library at 5 Elm Street")."""
    yield from (len(before) - match.end() for match in pattern.finditer(before))
    yield from (match.start() + 12 for match in pattern.finditer(after))
