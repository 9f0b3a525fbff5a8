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
MASKS = "2"  # raised when something else is masked: the nightly upkeep then makes the masks that are stored anew
# Categories of rules whose stories are about threats to people: in these, masking is on by default.
ABOUT_PEOPLE = frozenset({"election-worker-threats", "physical-security", "insider-threat"})
Range = tuple[int, int]
T = TypeVar("T", str, None)

EMAIL = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~’-])[\w.!#$%&'*+/=?^`{|}~’-]{1,64}(?:@|\s@\s|@\n\s{0,8})(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}"
)
SPOKEN_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,64}\s{0,3}(?:[\[({]\s?(?:at|arroba|ät)\s?[\])}]\s{0,3}[\w-]{1,63}(?:\s{0,3}(?:[\[({]\s?(?:dot|punto|punkt)\s?[\])}]|\.)\s{0,3}[\w-]{1,63}){1,6}|"
    r"\s(?:at|arroba)\s[\w-]{1,63}(?:\s(?:dot|punto)\s[\w-]{1,63}){1,3})",
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
NUMBER = r"(?:\d{1,6}(?:[-/]\d{1,4})?[A-Za-z]?(?:\s?1/2|½)?|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve)"
POINT = r"(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Northeast|Northwest|Southeast|Southwest)\.?"
PERSON_NAME = r"(?:[A-ZÀ-Þ][\w'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
UNIT = r"(?:,?\s+(?:Apt|Apartment|Unit|Suite|Ste|Lot|Floor|Fl|Room|No)\b\.?\s*#?\s*[\w-]+|,?\s*#\s*[\w-]+)"
# Of a flat or a house with a name, before the number in the street.
FLAT_BEFORE = r"(?:(?:Flat|Unit|Apt\.?|Apartment|Studio|Lot|Plot|House)\s(?:No\.\s?)?\d{1,4}[A-Za-z]?(?:/|,?\s+)|[A-ZÀ-Þ]\w{2,20}\s(?:Cottage|Farm|Barn|Villa),\s+)"
STREET = re.compile(
    rf"(?<![\w$€£.,/-]){FLAT_BEFORE}?(?<![\w$€£.,-])(?<!\b[Ii]n )(?<!\b[Ss]ince )(?:(?:{NUMBER}\s+block\s+of)|{NUMBER})\s+(?:{POINT}\s+)?(?:{PERSON_NAME}\s+){{0,4}}"
    rf"(?:{PERSON_NAME}\s+{STREET_TYPES}|Avenue\s+[A-Z]|Broadway|(?:County|State|US|U\.S\.|Rural)?\s?(?:Road|Route|Highway|Hwy|Rte)\s+\d{{1,4}}[A-Z]?)\b\.?"
    rf"(?:\s+{POINT}(?=[\s,.;)]|$))?{UNIT}?"
)
# What stands before the name, the number after it: Spanish, Portuguese, Italian, Polish, Indonesian.
STREET_BEFORE = (
    r"(?:[Cc]alle|C/|C\.|Cll?\.?|[Aa]venida|[Aa]v\.|Av|[Aa]vda?\.?|[Cc]arrera|C[rR]a?\.?|K[rR]a?\.?|[Tt]ransversal|Tr\.|[Dd]iagonal|Diag\.|[Cc]amino|[Pp]aseo|[Pp]laza|[Bb]ulevar|[Bb]oulevard|"
    r"[Cc]allejón|[Cc]alzada|[Pp]rivada|[Pp]asaje|Pje\.?|[Rr]ambla|[Rr]onda|[Cc]uesta|[Tt]ravesía|[Gg]lorieta|[Uu]rbanización|[Pp]rolongación|[Cc]ircunvalación|[Rr]etorno|[Cc]ircuito|[Cc]errada|[Jj]irón|"
    r"[Rr]ua|R\.|[Tt]ravessa|[Pp]raça|[Aa]lameda|[Ll]argo|[Vv]iela|[Ll]adeira|[Ee]strada|Via|[Vv]iale|[Pp]iazza|[Cc]orso|[Vv]icolo|Borgo|ul\.|[Uu]lica|al\.|[Pp]l\.|[Pp]lac|[Aa]leja|[Aa]leea|[Ss]trada|Str\.|Intrarea|Jalan|Jln?\.)"
)
PARTICLES = (
    r"(?:(?:de|del|la|las|los|el|y|e|da|do|dos|das|di|della|du|des|le|les|von|van|der|den)\s+)"
)
YEAR = r"(?!(?:19|20)\d\d\b)"
HOUSE_NUMBER = r"(?:(?:[Nn]úmero|[Nn]úm\.?|[Nn]o\.|[Nn][º°]|n\.º|[Nn]r\.?|#)\s*)?\d{1,5}(?:\s?[-/]\s?\d{1,4}|-?[A-Za-z]-\d{1,3})?[A-Za-z]?\b"
# Of a flat, after the number: floor, door, building, part of the town.
FLAT_AFTER = (
    r"(?:(?:\s*,)?\s+(?:[Aa]pt|[Aa]pto|[Aa]partment|[Aa]partamento|[Aa]ppartamento|[Uu]nit|[Ll]ot|[Pp]iso|[Pp]uerta|[Dd]e?pto|[Dd]epartamento|[Ee]dif|[Ii]nt|[Ii]nterior|[Bb]loco|[Pp]iano|[Tt]op|RD|oficina|"
    r"[Ee]ste|[Oo]este|[Ss]ur|[Nn]orte)\b\.?\s?#?\s?[\w-]{0,6}|,?\s?#\s?[\w-]{1,6}|,?\s\d{1,2}\s?[ºª°](?:\s[A-Z]\b)?){0,3}"
)
STREET_NAME = r"[A-ZÀ-Þ0-9][\w.'’-]*"
PREFIXED_STREET = re.compile(
    rf"(?<![\w.]){STREET_BEFORE}\s+(?:{PARTICLES}|{STREET_NAME}\s+){{0,5}}?{STREET_NAME},?\s+{YEAR}{HOUSE_NUMBER}{FLAT_AFTER}|(?<![\w.]){STREET_BEFORE}\s+\d{{1,3}}[A-Z]?\s?#\s?\d{{1,3}}[A-Z]?(?:-\d{{1,3}})?"
)
OTHER_STREET = re.compile(
    r"\b\d{1,5}(?:\s?(?:bis|ter))?,?\s+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Qq]uai|[Ii]mpasse|[Vv]ia|[Aa]llée?|[Mm]ontée|[Cc]ours|[Pp]lace)\s+(?:(?:de|du|des|la|le|les|l['’]|d['’])\s*){0,2}"
    r"[A-ZÀ-Þ][\w'-]{1,24}(?:\s(?!App?t?\b)[A-ZÀ-Þ][\w'-]{1,24}){0,2}(?:\s(?:Apt|App)\b\.?\s\d+)?|"
    r"\b[A-ZÀ-Þ][\w'’-]{1,30}?(?:[Ss]traße|[Ss]trasse|[Ss]tr\.|[Ww]eg|[Gg]asse|[Aa]llee|[Pp]latz|straat|laan|gracht|plein|kade|steeg|gatan|vägen|gränd|torget|stigen|vegen|veien|gata|gade|vej|stræde|katu|kuja)\s+"
    r"\d{1,4}(?:[-/]\d{1,4})?\s?(?:[a-zA-Z]\b)?|"
    r"\b(?:[а-яёіїєґ]{1,12}\.?\s+)?[А-ЯЁІЇЄҐ][\w-]+(?:\s[\w-]+){0,3},\s*(?:д|дом|буд|будинок)\.?\s*\d{1,4}(?:[/\w-]{0,5})(?:\s(?:к|кв|стр|корп)\.\s?[\d/]{1,6}){0,2}"
)
# Where the words before say that an address comes, whatever has the form of one is taken for it.
WORD_OF_ADDRESS = re.compile(
    r"\b(?:homes?|house|residence|apartment|flat|condo|address(?:es)?|doors?|doorstep|porch|windows?|driveway|liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|"
    r"domicilio|casa|vivienda|vive|vivía|viven|dirección|residencia|mora|endereço|wohnt|wohnhaft|[Aa]dresse|Wohnung|habite|domicile|abita|indirizzo)\b"
)
BEFORE_ADDRESS = re.compile(
    r"[^.!?]{0,45}?(?:[,:;(“\"'’]|\b(?:at|in|on|of|is|as|was|en|em|na|no|bei|à|au|a|el|la))\s*"
)
AGE = re.compile(r"[,:;(“\"'’]\s*[^,]+,\s\d\d")  # "…, Ada Lane, 41,"
UNTIL = r"(?=\s*(?:[.,;:)(”\"’'–—]|$|\n)|\s+(?:and|or|y|con|with|in|en|on|after|before|was|were|is|since|when|where|at|for|from|to|until|apareció|fue|und|et)\b)"
NO_STREET = r"(?!(?:District|Precinct|Ward|Chapter|Act|Section|Article|Prop|Proposition|Channel|Bill|Amendment|Title|Page|Day|Week|Phase|Region|Zone|Zona|Distrito|Sección|Covid|COVID|Interstate|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|January|February|March|April|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|No|Apt|Unit|Lot|RD|Piso|Dpto)\b)"
ANY_NAME = rf"{NO_STREET}[A-ZÀ-ÞČĆŁŚŠŻŽŹĐĞİŐŞŢŤŘÚŮŰΆ-ΏΑ-ΫЀ-Я][\w'’-]*\.?"
ANY_ADDRESS = re.compile(
    rf"(?<![\w$€£.,/-])(?:(?:[A-Z][\w.]{{0,8}}\s)?(?:[A-Z]\d{{1,3}}[A-Z]\d{{3,6}}|\d{{1,4}}[A-Za-z]?\s\d{{1,5}}|{YEAR}\d{{1,6}}(?:[-/]\d{{1,5}})?[A-Za-z]?)),?\s+(?:[a-zà-ÿ]{{3,9}}\s+)?{ANY_NAME}(?:[\s-]{ANY_NAME}){{0,4}}(?:\s\d{{1,4}}\b)?{FLAT_AFTER}|"
    rf"(?<![\w.]){ANY_NAME}(?:\s+{PARTICLES}{{0,2}}(?:{ANY_NAME}|\d{{1,3}}[A-Z]?)){{0,5}}(?:\s(?:utca|út|tér|körút|polku|katu|ulica|trg|vijenac))?,?\s+{YEAR}{HOUSE_NUMBER}(?:\s\d{{1,4}}\b)?{FLAT_AFTER}(?:,\s(?:[A-Z]\w+\s)?\d{{1,4}})?{UNTIL}"
)
# A suite or a room is rented to a business; flats have other names.
OF_BUSINESS = re.compile(r"\b(?:Suite|Ste|Room|Floor)\b")
BOX = re.compile(
    r"\b(?:P\.?\s?O\.?|(?:RR|R\.R\.|Rural Route|HC)\s\d{1,3},?)\s+Box\s+\d{1,6}\b", re.I
)
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
    r"centro|biblioteca|escuela|iglesia|oficina|casilla|ayuntamiento|colegio|juzgado|junta electoral|(?:consejo|tribunal|instituto|comisión|órgano) (?:nacional )?electoral|registraduría|alcaldía|municipalidad|"
    r"palacio|secretaría|ministerio|fiscalía|comisaría|universidad|liceo|embajada|consulado|embassy|consulate|ministry|parliament|mairie|préfecture|bureau de vote|école|Rathaus|Wahllokal|Wahlamt|Wahlbüro|Bürgeramt|"
    r"Schule|Kirche|comune|seggio|municipio|prefeitura|cartório|escola|igreja|seção eleitoral)\b",
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
    r"\b(?:call(?:s|ed|ing)?|phone[ds]?|text(?:s|ed|ing)?|cell(?:phone)?|mobile|numbers?|tel(?:ephone|éfono)?|tel\.|dial(?:ed|ing)?|voicemails?|WhatsApp|Signal|Telegram|teléfono|celular|móvil|número|llam\w{1,6}|"
    r"Handy\w{0,9}|Telefon\w{0,9}|telefone|telefono|numéro|portable|appel\w{0,5})\b"
    r"[^\d\n+(]{0,25}(\+?\(?\d(?:[\d ()./\u00a0–-]|\s(?=\d)){5,19}\d)",
    re.I,
)
# By its form alone: after a plus, a nought or a bracket. A day ("03.11.2026") has eight digits, these nine or more.
FORM_OF_PHONE = re.compile(
    r"(?<![\w.,/:-])(?!0\d?\.\d+(?![\d.]))(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b)(\(?\+\d{1,3}[\d\s().–-]{6,17}\d|0(?:[\s./–-]?\(?\d\)?){8,12}|\(0?\d{2,5}\)(?:[ ./–-]?\d){6,10})(?!\d|,\d)"
)
SPOKEN_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
SPOKEN_PHONE = re.compile(
    rf"\b(?=[zotfsencduq])({SPOKEN_DIGIT}(?:[\s,.-]{{1,3}}{SPOKEN_DIGIT}){{6,14}})\b", re.I
)
EXTENSION = re.compile(r",?\s{0,2}(?:x|ext\.?|extension|interno|anexo|poste)\s?\d{1,6}\b", re.I)
NUMBERS = re.compile(r"\d+")
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
    places = {match.span(1) for match in SPOKEN_PHONE.finditer(text)}
    if sum(letter.isdigit() for letter in text) >= 7:
        import phonenumbers  # on use: it takes longer to load than everything else of most commands

        places |= {(m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(text, "US")}
        places |= {
            match.span(1) for form in (SAID_PHONE, FORM_OF_PHONE) for match in form.finditer(text)
        }
    for start, end in places:
        before = text[max(0, start - 60) : start]
        if not TOLL_FREE.match(text[start:end]) and not OF_AN_OFFICE.search(before):
            extension = EXTENSION.match(text, end)
            yield start, extension.end() if extension else end


def _streets(text: str) -> Iterator[Range]:
    by_form = (pattern.finditer(text) for pattern in (STREET, OTHER_STREET, BOX))
    prefixed = (PREFIXED_STREET.finditer(text, start, end) for start, end in _beside_numbers(text))
    for matches in (*by_form, *prefixed, _announced(text)):
        for match in matches:
            if not _public(text, *match.span()):
                end = ZIP.match(text, match.end())
                yield match.start(), end.end(1) if end else match.end()


def _beside_numbers(text: str) -> Iterator[Range]:
    """The stretches of a text that lie near a number: few, and the only ones where an address can be."""
    start = end = 0
    for number in NUMBERS.finditer(text):
        if number.start() - NEAR_CHARACTERS > end:
            yield start, end
            start = number.start() - NEAR_CHARACTERS
        end = number.end() + NEAR_CHARACTERS // 2
    yield start, end


def _announced(text: str) -> Iterator[re.Match[str]]:
    """What has the form of an address soon after a word that says that one comes."""
    for word in WORD_OF_ADDRESS.finditer(text):
        for match in ANY_ADDRESS.finditer(text, word.end(), word.end() + 2 * NEAR_CHARACTERS):
            if match.start() > word.end() + NEAR_CHARACTERS // 2:
                break
            if not BEFORE_ADDRESS.fullmatch(text, word.end(), match.start()):
                continue
            before = text[word.end() : match.start()].rstrip()[-1:]
            if not AGE.fullmatch(before + match.group()):
                yield match
                break


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
