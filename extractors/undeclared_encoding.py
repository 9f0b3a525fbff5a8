"""The encoding of a page or feed that names none, or a wrong one. Pure."""

import re

# As browsers in these languages are set (WHATWG Encoding Standard, 4.2 by locale).
_BY_LANGUAGE = {
    **dict.fromkeys(["pl", "cs", "sk", "hu", "hr", "sl", "bs", "ro", "sq"], "cp1250"),
    **dict.fromkeys(["ru", "bg", "be", "mk", "sr", "uk", "kk", "ky", "tg", "tt"], "cp1251"),
    **dict.fromkeys(("tr", "az"), "cp1254"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "el": "cp1253",
    "he": "cp1255",
    "ar": "cp1256",
    "fa": "cp1256",
    "th": "cp874",
}
_LANG_ATTRIBUTE = re.compile(
    rb"(?:<html[^>]{0,300}?\blang\s*=\s*[\"']?|<(?:rss|feed)\b[^>]{0,900}?\bxml:lang\s*=\s*[\"']|<(?:dc:)?language>\s*)"
    rb"([a-z]{2})\b",
    re.I,
)
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_LETTERS = bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B))
_BEYOND_ASCII = bytes(range(0x80, 0x100))
MOST_ACCENTS = 0.15  # of all letters, in a language with Latin letters
# As detection calls them; it takes one for another that differs in a few signs.
_CYRILLIC = {"cp1251", "mac_cyrillic", "koi8_r", "koi8_u", "iso8859_5", "cp866", "cp855", "kz1048"}
_SMALL_CYRILLIC = re.compile("[а-яёіїєґўѓѕјљњќћџђ]")
SHORT_TAG = re.compile("<[^<>]{0,2000}>")
_RUN = re.compile("[\xa1-\xff]{4,}")
_HIGH = re.compile("[\xa1-\xff]")
_ACCENTED = re.compile("[\xc0-\xff]")
FEWEST_MISREAD = 12  # letters of words without a plain one
_SAMPLE = 100_000
_WESTERN = {"cp1252", "iso8859-1", "iso8859-15", "latin-1"}


def is_misread(text: str, encoding: str) -> bool:
    """Whether a text was decoded as Western although its letters are others: servers name Latin-1 for
    whatever they send. In Western languages no word has four accents in a row."""
    if encoding not in _WESTERN:
        return False
    sample = SHORT_TAG.sub(" ", text[:_SAMPLE])
    runs = [run for run in _RUN.findall(sample) if len(_ACCENTED.findall(run)) >= 3]
    letters = sum(map(len, runs))
    return letters >= FEWEST_MISREAD and 2 * letters >= len(_HIGH.findall(sample))


def undeclared_encoding(sample: bytes) -> str:
    """What browsers take where nobody says: by the page's language, else Windows-1252 as long as
    accents are as rare as in Western languages. Detection errs on such pages."""
    language = _LANG_ATTRIBUTE.search(sample[:4096])
    if language and (name := _BY_LANGUAGE.get(language[1].decode("ascii").lower())):
        return _cyrillic(sample) if name == "cp1251" else name
    text = _MARKUP.sub(b" ", sample)
    plain = len(text) - len(text.translate(None, _LETTERS))
    accented = len(text) - len(text.translate(None, _BEYOND_ASCII))
    # Imported here: slow to import and seldom needed.
    from charset_normalizer import from_bytes

    guess = from_bytes(text).best() if accented > MOST_ACCENTS * (plain + accented) else None
    name = guess.encoding if guess else "cp1252"
    if name in _CYRILLIC:
        return _cyrillic(sample)
    return "cp1252" if name == "utf_7" else name


def _cyrillic(sample: bytes) -> str:
    """The one of its encodings in which most letters are small, as in any text."""
    text = _MARKUP.sub(b" ", sample)

    def small(name: str) -> int:
        return len(_SMALL_CYRILLIC.findall(text.decode(name, "replace")))

    return max(("cp1251", "koi8-u", "iso8859-5", "cp866"), key=small)
