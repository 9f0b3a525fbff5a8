"""Which language a text is in, by its letters and its small words. Pure.

Pages declare their template's language: a Spanish story on an English site says `lang="en"`. The
rules of one language are not tried on another, so a wrong tag hides a story. Only a text that
plainly contradicts its tag overrules it. Langid models would know more languages, and cost
150 MB of numpy for a question that forty words of a story answer.
"""

import re
import string
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

SAMPLE = 4_000  # characters of a text that are looked at
FEWEST_DECISIVE_WORDS = 40  # words; a shorter text decides nothing
SHARE_OF_SMALL_WORDS = 0.05  # of words that are small words of one language only
DECISIVE_TIMES = 3  # as many as of the declared language

_SMALL = {
    "en": "the of and that is was for with by at from it are this have has not but which were said will who been they",
    "es": "de en un se con lo la el los las del que y por una para al es su como más pero fue han sus según también está donde sobre dijo",
    "fr": "de la que en un se une le les des et du est dans qui au par sur pas plus avec ce sont il elle été aux ont cette leur mais",
    "de": "in an es der die das und zu den mit von für ist im nicht auf ein eine dem sich auch wird werden nach bei sind einer",
    "pt": "a de que e por para se as o os em um uma do dos das no na com não mais foi ao são pelo pela seu sua também ser já pelos até",
    "it": "la un in per con come una le il gli di che della dei non sono è nel alla ha più anche dal delle degli questo stato si lo ai nella",
    "nl": "de in is was het een van dat op te voor zijn niet aan er om door ook bij naar heeft wordt worden deze dit hij ze",
    "pl": "w i na z nie się że jest jak od przez dla oraz przy który która jego po ich tym także został być",
    "sv": "och att som är på för av till inte ett från han hon kan ska efter också eller vid",
    "da": "og af til ikke et fra blev også efter havde eller ved hun skal bliver mod over siger",
    "no": "og av til ikke et fra ble også etter hadde eller ved hun skal blir mot sier",
    "ro": "a de la un o și în cu pe pentru nu este din care mai că sau fost sunt prin această după către",
    "tr": "ve bir bu için ile olarak olan çok daha gibi ama sonra kadar değil ancak",
    "fi": "ja ei että oli hän mutta ovat kun myös joka mukaan sekä tai olla",
    "cs": "se je že jako ale jsou podle při pro který také nebo jeho byl jsem",
    "hu": "az és hogy egy ez volt csak már nem szerint után még amely is",
    "id": "yang dan dengan untuk dari ini pada tidak itu dalam akan tersebut oleh",
    "vi": "và của là có không được trong cho một các những người với đã",
    "tl": "ang ng sa mga ay hindi para kay niya nito ito ngunit dahil",
}  # fmt: skip
_SHARED = {
    word
    for word, lists in Counter(w for words in _SMALL.values() for w in set(words.split())).items()
    if lists > 1
}
_ONLY = {
    word: language
    for language, words in _SMALL.items()
    for word in words.split()
    if word not in _SHARED
}
# Letters that one language, or few, are written in: the first is meant where none is declared.
_SCRIPTS = (
    (re.compile("[\\u3040-\\u30ff]"), ("ja",)),
    (re.compile("[\\uac00-\\ud7af]"), ("ko",)),
    (re.compile("[\\u4e00-\\u9fff]"), ("zh", "ja", "yue")),
    (re.compile("[іїєґ]"), ("uk", "be", "rue", "kk")),
    (re.compile("[\\u0400-\\u04ff]"), ("ru", "uk", "bg", "sr", "be", "mk", "kk", "ky", "tg", "mn", "tt", "bs")),
    (re.compile("[\\u0600-\\u06ff]"), ("ar", "fa", "ur", "ps", "sd", "ug", "ckb", "ku")),
    (re.compile("[\\u0370-\\u03ff]"), ("el",)),
    (re.compile("[\\u0590-\\u05ff]"), ("he", "yi")),
    (re.compile("[\\u0e00-\\u0e7f]"), ("th",)),
    (re.compile("[\\u0900-\\u097f]"), ("hi", "mr", "ne", "sa", "mai", "bho")),
    (re.compile("[\\u0980-\\u09ff]"), ("bn", "as")),
    (re.compile("[\\u10a0-\\u10ff]"), ("ka",)),
    (re.compile("[\\u0530-\\u058f]"), ("hy",)),
    (re.compile("[\\u1200-\\u137f]"), ("am", "ti")),
)  # fmt: skip
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII_LETTERS = string.ascii_letters.encode()
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, declared: str | None) -> str | None:
    """The declared language (a primary subtag), unless the text plainly is in another one."""
    signs = _signs_of(text[:SAMPLE])
    if signs.languages:
        return declared if declared in signs.languages else signs.languages[0]
    return declared if signs.words < FEWEST_DECISIVE_WORDS else _by_words(signs, declared)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What a text itself tells: the languages of its letters, if those decide; its words, and of each
    language its small ones."""

    languages: tuple[str, ...] = ()
    words: int = 0
    small: Counter[str] = field(default_factory=Counter)


@lru_cache(8)  # a text is asked for with its page's tag, its feed's and none
def _signs_of(sample: str) -> _Signs:
    letters = _letters(sample)
    if letters < 100:
        return _Signs()
    if not sample.isascii() and sum(map(len, _LATIN.findall(sample))) < letters / 2:
        for pattern, languages in _SCRIPTS:
            if (
                len(pattern.findall(sample))
                > (0.02 if languages[0] in {"uk", "ja"} else 0.3) * letters
            ):
                return _Signs(languages)
    words = _WORD.findall(sample.casefold())
    small = Counter([language for word in words if (language := _ONLY.get(word))])
    return _Signs((), len(words), small)


def _letters(sample: str) -> int:
    """How many: those of ASCII told by bytes, many times as fast as one by one."""
    raw = sample.encode("utf-8", "surrogatepass")
    ascii_letters = len(raw) - len(raw.translate(None, _ASCII_LETTERS))
    return ascii_letters + sum(map(str.isalpha, "".join(_NOT_ASCII.findall(sample))))


def _by_words(signs: _Signs, declared: str | None) -> str | None:
    counts = signs.small
    (best, many), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    if declared is not None and declared not in _SMALL:
        return declared  # a language that we cannot tell from its neighbours
    rival = counts[declared] if declared else second
    if (
        many >= SHARE_OF_SMALL_WORDS * signs.words
        and many >= DECISIVE_TIMES * rival
        and best != declared
    ):
        return best
    return declared
