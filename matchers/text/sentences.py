"""Where sentences and paragraphs begin. A paragraph is a line; a title is one paragraph."""

import re

BREAKS = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]+")
NEWLINES = re.compile("\n\n*")  # not "\n+": the search is fast only for a first character
RARE_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
BLANKS = "[ \t\u00a0\u2009\u202f\u3000]"
MARKS, OTHER_MARKS = ".!?\u2026", "\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965"
END_MARK = re.compile(f"[{MARKS}{OTHER_MARKS}]")
SENTENCE_ENDING = re.compile(f"[{MARKS}]+[\"'\u201d\u2019\u00bb)\\]]*{BLANKS}+")
OTHER_ENDING = re.compile(f"[{OTHER_MARKS}]+[\u300d\u300f\u201d\u2019\uff09)]*{BLANKS}*")
# These never end a sentence: a name, a number or a date follows.
TITLES_TEXT = """
mr mrs ms mx dr prof sen sens rep reps gov govs lt col gen sgt capt cmdr maj adm atty atts
supt det insp rev hon pres sec dep asst st ste mt ft no nos vs v art fig vol pp ed eds al cf
ca dist jan feb mar apr jun jul aug sep sept oct nov dec sra srta dra dña gral lic arq ing núm
nro pág ee uu aa av avda profa mtro mtra sta sto dpto depto edif pdte
"""
TITLES = frozenset(TITLES_TEXT.split())
BEFORE_NUMBERS = frozenset({"no", "nos", "art", "fig", "vol", "pp", "núm", "nro", "pág"})
UNCAPPED_TEXT = "v vs dr dra sra srta prof profa lic ing arq gral av avda"
UNCAPPED = frozenset(UNCAPPED_TEXT.split())
# These may end one; then a word follows that usually begins a sentence.
PERHAPS_TEXT = """
inc corp co ltd llc jr sr etc dept univ assn bros ave blvd rd ph.d m.d b.a m.a j.d u.s u.k u.n
e.u d.c a.m p.m n.y l.a i.e e.g sr.a
"""
PERHAPS = frozenset(PERHAPS_TEXT.split())
STARTERS_TEXT = """
a after all also although an and another as at because before both but by during each even
every for from he her here his how however i if in instead it its last many meanwhile more
most my neither no nobody none nor not now officials on once one only or other our police
several she since so some still such that the their then there these they this those though to
today under until voters we what when where whether which while who why with without you your
el la los las un una en pero según
"""
STARTERS = frozenset(STARTERS_TEXT.split())
WORD_BEFORE_MARK = re.compile(r"[\w.'\u2019]+\Z")
LETTERS_ALONE = re.compile(r"[^\W\d_]+")
LOOKBACK = 40
# Characters looked through for the mark before a sentence; doubled until it is found
LOOK_BACK = 256
LONGEST_ABBREVIATION = max(len(word) for word in TITLES | PERHAPS)


def paragraph_starts(text: str) -> list[int]:
    breaks = BREAKS if any(char in text for char in RARE_BREAKS) else NEWLINES
    return [0] + [run.end() for run in breaks.finditer(text)]


def sentence_starts(text: str) -> list[int]:
    """Offsets at which sentences begin, the first being 0; line breaks always end one."""
    ends = (sentence_end(text, mark.start()) for mark in END_MARK.finditer(text))
    starts = {*paragraph_starts(text), *(end for end in ends if end is not None)}
    return sorted(start for start in starts if start < len(text) or start == 0)


def sentences_within(text: str, first: int, last: int) -> list[tuple[int, int]]:
    """Start and end of every sentence of a paragraph."""
    ends = (sentence_end(text, mark.start()) for mark in END_MARK.finditer(text, first, last))
    starts = sorted({first, *(end for end in ends if end is not None and end < last)})
    return list(zip(starts, [*starts[1:], last], strict=True))


def sentence_around(text: str, position: int, first: int, last: int) -> tuple[int, int]:
    """Where the sentence at a position begins and ends, within a paragraph from first to last."""
    return start_before(text, position, first), end_after(text, position, last)


def start_before(text: str, position: int, first: int) -> int:
    stop, width = position, LOOK_BACK
    while stop > first:
        start = max(first, stop - width)
        for mark in reversed(list(END_MARK.finditer(text, start, stop))):
            end = sentence_end(text, mark.start())
            if end is not None and end <= position:
                return max(end, first)
        stop, width = start, 2 * width
    return first


def end_after(text: str, position: int, last: int) -> int:
    for mark in END_MARK.finditer(text, position, last):
        end = sentence_end(text, mark.start())
        if end is not None and end > position:
            return min(end, last)
    return last


def sentence_end(text: str, at: int) -> int | None:
    """Where the next sentence begins, if the mark at a place ends one and is the first of its kind."""
    kind, pattern = (MARKS, SENTENCE_ENDING) if text[at] in MARKS else (OTHER_MARKS, OTHER_ENDING)
    if at and text[at - 1] in kind:
        return None
    ending = pattern.match(text, at)
    return ending.end() if ending is not None and ends_sentence(text, ending) else None


def ends_sentence(text: str, ending: re.Match[str]) -> bool:
    following = text[ending.end() : ending.end() + LOOKBACK].lstrip("\"'\u201c\u2018\u00ab([")
    if following[:1].islower():  # as after "Yahoo!" and in "Stop!" she said
        return False
    if ending[0][0] != "." or ending[0].startswith(".."):
        return True
    before_it = text[max(0, ending.start() - LOOKBACK) : ending.start()]
    last_word = before_it[before_it.rfind(" ") + 1 :]
    if len(last_word) > LONGEST_ABBREVIATION and last_word.isalpha():
        return True
    before = WORD_BEFORE_MARK.search(before_it)
    if before is None:
        return True
    word = before[0].strip(".'\u2019")
    lowered = word.lower()
    if following[:1].isdigit():
        if lowered in TITLES and lowered not in ("mr", "st"):
            return False
    elif lowered in TITLES - BEFORE_NUMBERS and (word[:1].isupper() or lowered in UNCAPPED):
        return False
    initial = len(word) == 1 and word.isalpha() and word.isupper() and word != "I"
    dotted = "." in word and all(len(part) == 1 for part in word.split("."))
    if initial or dotted or lowered in PERHAPS:
        first = LETTERS_ALONE.match(following)
        return first is not None and first[0].lower() in STARTERS and len(first[0]) > 0
    return True
