"""Query text cut into tokens, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal

from model import QueryError

TokenKind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "ATLEAST", "field", "phrase", "word", "list", "~", "end"]  # fmt: skip
OPENING, CLOSING = '"“”„«»‟＂', '"“”»«‟＂'
LONGEST_QUERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str  # as written; for a phrase, what stands between the quotes
    start: int
    end: int
    number: int | None = None  # of NEAR/10, ATLEAST/2, ~5
    operator: str = ""  # NEAR, ONEAR, SENTENCE or PARAGRAPH
    exact: bool = False  # =Case
    prefix: bool = False  # the star

    def error(self, why: str, hint: str | None = None) -> QueryError:
        return QueryError(why, self.start, self.end, hint)


# Soft hyphens, joiners and marks of direction: no part of a word, and no end of one either.
UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
SPACE = re.compile(rf"[\s{UNSEEN}]+")
WORD_ENDS = r"""\s()"“”„«»‟＂:~*,;!|\[\]{}^?<>=$\\"""
THOUSANDS = rf"(?<=\d),(?=\d{{3}}(?!\d))[^{WORD_ENDS}]+"
WORD_TOKEN = re.compile(rf"[^{WORD_ENDS}{UNSEEN}][^{WORD_ENDS}]*(?:{THOUSANDS})*")
LIST_REFERENCE = re.compile(r"\$([A-Za-z0-9_-]*)")
TILDE = re.compile(r"~\s*(\d*)")
ONE_WILD = re.compile(r"\w\?\w")
OPERATOR = re.compile(
    rf"(NEAR|ONEAR|ATLEAST|SENTENCE|PARAGRAPH|AND|OR|NOT)(?:/(\d*))?[{UNSEEN}]*\Z"
)
TRAILING = re.compile(rf"[{UNSEEN}]+\Z")
FULL_WIDTH = str.maketrans("（）：＊～＝＄", "():*~=$")  # of Chinese and Japanese keyboards
CALL = re.compile(r"\bO?NEAR(?:/\d+)?\s*\([^()]*\Z")
CALLED = "NEAR stands between its two sides: hacked NEAR/5 ballot"
DISTANCE = re.compile(r"\s*[/:]?\s*(\d+)")
FOREIGN = {
    "&&": "AND", "||": "OR", "&": "AND", "|": "OR", "!": "NOT", "+": "AND", "-": "NOT",
}  # fmt: skip
STAR = "a star stands only at the end of a word or phrase: prefix*"
ONE_LETTER = "there is no one-letter wildcard; write the forms with OR, or use prefix*"
COMMENT = "write it above query:, on a line of its own that begins with #"
NO_FUZZY = "for other spellings write each with OR, for distance NEAR/5"
STRAY = {
    ",": "separate terms with OR or AND, and put several terms in parentheses",
    ";": "separate terms with OR or AND",
    "[": "ranges, of dates or of numbers, are not part of the language",
    "{": "braces are not part of the language; use parentheses",
    "^": "boosts are not part of the language; severity stands beside the query",
    "?": ONE_LETTER,
    "*": STAR,
    "~": 'a distance stands after a phrase of two or more words: "a b"~5',
    ":": "a field stands right before its term: title:ballot",
    "=": "=Case stands right before a word or phrase: =CISA",
    "\\": "nothing needs a backslash; put the text in double quotes",
}


def tokens(query: str) -> list[Token]:
    if len(query) > LONGEST_QUERY:
        raise QueryError(f"longer than {LONGEST_QUERY:,} characters", 0, 1)
    query = query.translate(FULL_WIDTH)
    read_tokens: list[Token] = []
    position = 0
    while position < len(query):
        if space := SPACE.match(query, position):
            position = space.end()
            continue
        token = _token(query, position)
        read_tokens.append(token)
        position = token.end
    read_tokens.append(Token("end", "", len(query), len(query)))
    return read_tokens


def _token(query: str, start: int) -> Token:
    char = query[start]
    if char in "()":
        return Token("(" if char == "(" else ")", char, start, start + 1)
    if char == "$":
        return _list(query, start)
    if char == "~":
        match = TILDE.match(query, start)
        assert match
        if not match[1]:
            after_phrase = query[:start].endswith(tuple(CLOSING))
            hint = 'such as "a b"~5' if after_phrase else NO_FUZZY
            raise QueryError('"~" needs a number of words', start, match.end(), hint)
        return Token("~", match[0], start, match.end(), number=int(match[1][:9]))
    exact = char == "=" and start + 1 < len(query) and not query[start + 1].isspace()
    inner = start + 1 if exact else start
    if query[inner] in OPENING:
        return _phrase(query, start, inner, exact=exact)
    if word := WORD_TOKEN.match(query, inner):
        return _word(query, start, word, exact=exact)
    for sign, operator in FOREIGN.items():
        if query.startswith(sign, start):
            raise QueryError(f'"{sign}" is not an operator here', start, start + len(sign), f"write {operator}")  # fmt: skip
    called = char == "," and CALL.search(query[:start])
    raise QueryError(
        f'unexpected "{char}"', start, start + 1, CALLED if called else STRAY.get(char)
    )


def _list(query: str, start: int) -> Token:
    match = LIST_REFERENCE.match(query, start)
    assert match
    if not match[1]:
        raise QueryError('"$" needs the name of a word list', start, start + 1, "such as $election")
    return Token("list", match[1], start, match.end())


def _phrase(query: str, start: int, inner: int, *, exact: bool) -> Token:
    end = inner + 1
    while end < len(query) and query[end] not in CLOSING:
        end += 1
    if end == len(query):
        raise QueryError("the quotation mark is never closed", inner, inner + 1, 'close it with "')
    text = query[inner + 1 : end]
    end += 1
    _check_wild(text, inner + 1)
    prefix = text.rstrip().endswith("*")
    if end < len(query) and query[end] == "*":
        prefix, end = True, end + 1
    return Token("phrase", text.rstrip().removesuffix("*"), start, end, exact=exact, prefix=prefix)


def _check_wild(phrase: str, at: int) -> None:
    """A star or question mark that stands for letters inside a phrase would find nothing."""
    star, lone = phrase.find("*"), ONE_WILD.search(phrase)
    if star >= 0 and any(char.isalnum() for char in phrase[star:]):
        raise QueryError("a star stands inside a phrase", at + star, at + star + 1, STAR)
    if lone is not None:
        place = at + lone.start() + 1
        raise QueryError("a wildcard stands inside a phrase", place, place + 1, ONE_LETTER)


def _word(query: str, start: int, word: re.Match[str], *, exact: bool) -> Token:
    text, end = word[0], word.end()
    if not exact and (operator := OPERATOR.fullmatch(text)):
        return _operator(query, operator, start, end)
    if text in ("#", "//"):
        raise QueryError("a comment stands inside the query", start, end, COMMENT)
    after = query[end] if end < len(query) else ""
    if after == ":" and not exact:
        return Token("field", TRAILING.sub("", text), start, end + 1)
    if text[0] in "-+" and (len(text) > 1 or after.strip()):
        raise _signed(query, start)
    if text in FOREIGN:
        raise QueryError(f'"{text}" is not an operator here', start, end, f"write {FOREIGN[text]}")
    if after == "*":
        if rest := WORD_TOKEN.match(query, end + 1):
            raise QueryError("a star stands inside a word", start, rest.end(), STAR)
        return Token("word", text, start, end + 1, exact=exact, prefix=True)
    return Token("word", text, start, end, exact=exact)


def _signed(query: str, start: int) -> QueryError:
    """+word and -word of Lucene: what must stand, and what must not."""
    sign, before = query[start], query[:start].rstrip(" \n\t(")
    if before.endswith(("AND", "OR")):
        hint = "remove it" if sign == "+" else "write NOT"
    elif before:
        hint = "write AND" if sign == "+" else "write AND NOT"
    else:
        hint = "remove it" if sign == "+" else "write first what must be found, then AND NOT"
    return QueryError(f'"{sign}" before a word is not part of the language', start, start + 1, hint)


def _operator(query: str, match: re.Match[str], start: int, end: int) -> Token:
    name, number = match[1], match[2]
    if name in ("NEAR", "ONEAR", "ATLEAST"):
        if not number:
            what, usual = ("sentences", "2") if name == "ATLEAST" else ("words", "4")
            apart = DISTANCE.match(query, end)
            hint = f"write {name}/{apart[1] if apart else usual}"
            raise QueryError(f"{name} needs a number of {what}", start, end, hint)
        kind: TokenKind = "ATLEAST" if name == "ATLEAST" else "NEAR"
        return Token(kind, match[0], start, end, number=int(number[:9]), operator=name)
    if number is not None:
        raise QueryError(f"{name} takes no number", start, end, f"write {name}")
    if name in ("SENTENCE", "PARAGRAPH"):
        return Token("NEAR", name, start, end, operator=name)
    assert name in ("AND", "OR", "NOT")
    return Token({"AND": "AND", "OR": "OR", "NOT": "NOT"}[name], name, start, end)  # type: ignore[arg-type]
