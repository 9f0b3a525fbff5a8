"""Errors where an operator or a term is missing: what was probably meant."""

import difflib
import re
from collections.abc import Iterable

from matchers.lexing import QueryError, Token
from matchers.syntax import SCOPES

MISREAD = {
    "w": "write NEAR/{n}", "pre": "write ONEAR/{n}", "within": "write NEAR/{n}",
    "adj": "write ONEAR/{n}", "near": "write NEAR/{n}, in capitals", "onear": "write ONEAR/{n}, in capitals",
    "atleast": "write ATLEAST/{n} (…), in capitals", "atl": "write ATLEAST/{n} (…)",
}  # fmt: skip
UNNUMBERED = re.compile(r"(O?NEAR|ATLEAST)(?:\d+|\W.*)", re.IGNORECASE)


def missing_operator(before: Token, after: Token) -> QueryError:
    """Two terms stand side by side."""
    for word in (after, before):
        hint = misread(word)
        if hint is not None:
            return QueryError("an operator is missing here", word.start, word.end, hint)
    if after.exact and before.end == after.start and before.text in SCOPES:
        hint = f"write {before.text}:{after.text}"
    elif after.kind == "ATLEAST":
        hint = f"write AND or OR before {after.text}"
    else:
        hint = 'write AND or OR between them, or put a phrase in quotes: "two words"'
    return QueryError("an operator is missing here", after.start, after.end, hint)


def misread(word: Token) -> str | None:
    """What a word means in other query languages, or in lower case."""
    lowered = word.text.lower()
    name, _, number = lowered.partition("/")
    number = number.removesuffix("f")
    if word.kind != "word":
        return None
    if lowered in ("and", "or", "not", "sentence", "paragraph"):
        return f"write {lowered.upper()} in capitals, or put the word in quotes"
    if name in MISREAD and number.isdigit():
        return MISREAD[name].replace("{n}", number)
    if lowered in ("near", "onear", "atleast"):
        return MISREAD[lowered].replace("{n}", "4")
    if lowered in ("/s", "w/s", "/p", "w/p"):
        return "write SENTENCE" if lowered.endswith("s") else "write PARAGRAPH"
    if unnumbered := UNNUMBERED.fullmatch(word.text):
        digits = re.findall(r"\d+", word.text)
        return f"write {unnumbered[1].upper()}/{digits[0] if digits else 4}"
    if word.text.startswith(("'", "‘", "`")):
        return 'put a phrase in double quotes: "two words"'
    return None


def missing_term(before: Token, found: Token) -> QueryError:
    """An operator, or the end, stands where a term should."""
    if found.kind == "end":
        name = before.text + (":" if before.kind == "field" else "")
        return QueryError(f'a term is missing after "{name}"', before.start, before.end)
    if found.kind == "field":
        return QueryError(
            f"{found.text}: stands inside {before.text}:",
            found.start,
            found.end,
            "a term has one field; take one of the two away",
        )
    if found.kind == "NOT":
        return QueryError("NOT cannot stand here", found.start, found.end, "write AND NOT")
    hint = "to look for the word itself, put it in quotes"
    why = f'a term is missing before "{found.text}"'
    return QueryError(why, found.start, found.end, None if found.kind == ")" else hint)


OTHER_FIELD_NAMES = {  # what other tools and people call our fields
    **dict.fromkeys(("headline", "head", "heading", "hed", "intitle", "subject"), "title"),
    **dict.fromkeys(("lead", "ingress", "intro", "opening"), "lede"),
    **dict.fromkeys(("text", "content", "fulltext", "intext"), "body"),
    **dict.fromkeys(("outlet", "site", "publisher", "sourcename"), "source"),
    **dict.fromkeys(("link", "address", "inurl"), "url"),
    **dict.fromkeys(("language", "locale"), "lang"),
}


def suggestion(word: str, known: Iterable[str], before: str = "", after: str = "") -> str | None:
    """ "did you mean …?" when something known is spelled alike."""
    close = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"did you mean {before}{close[0]}{after}?" if close else None
