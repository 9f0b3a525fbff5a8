"""Errors where an operator or a term is missing: what was probably meant."""

import re

from matchers.query.ast import SCOPES
from matchers.query.lexer import Token
from model import QueryError

TWO_TERMS = 'write AND or OR between them, or put a phrase in quotes: "two words"'
NUMBERED_OPERATOR = re.compile(r"([a-z]{3,}|[a-z/]+(?=/))/?(\d+)f?")  # near/5, w/in/5, adj3, pre/f5
MISREAD = {
    **dict.fromkeys(("w", "w/in", "n", "within", "near"), "write NEAR/{n}"),
    **dict.fromkeys(("pre", "adj", "onear"), "write ONEAR/{n}"),
    **dict.fromkeys(("atleast", "atl"), "write ATLEAST/{n} (…)"),
}
OUR_OPERATORS = ("near", "onear", "atleast")
UNNUMBERED = {
    **dict.fromkeys(("/s", "w/s"), "write SENTENCE"),
    **dict.fromkeys(("/p", "w/p", "same"), "write PARAGRAPH"),
    **dict.fromkeys(("andnot", "and-not", "butnot"), "write AND NOT"),
}
UNCOUNTED = re.compile(r"(O?NEAR|ATLEAST)\W.*", re.IGNORECASE)  # NEAR/x, NEAR/-1


def missing_operator(before: Token, after: Token, then: Token) -> QueryError:
    """Two terms stand side by side; `then` follows them."""
    for word, number in ((after, then), (before, after)):
        hint = misread(word, number.text if number.text.isdecimal() else "4")
        if hint is not None:
            return word.error("an operator is missing here", hint)
    hint = f"write AND or OR before {after.text}" if after.kind == "ATLEAST" else TWO_TERMS
    if after.exact and before.end == after.start and before.text in SCOPES:
        hint = f"write {before.text}:{after.text}"
    return after.error("an operator is missing here", hint)


def misread(word: Token, number: str) -> str | None:
    """What a word means in other query languages, or in lower case."""
    if word.kind != "word":
        return None
    lowered = word.text.lower()
    if lowered in ("and", "or", "not", "sentence", "paragraph"):
        return f"write {lowered.upper()} in capitals, or put the word in quotes"
    if word.text[0] in "'‘‚‹`" or word.text[-1] in "'’›":
        return 'put a phrase in double quotes: "two words"'
    return UNNUMBERED.get(lowered) or distance_operator(word.text, number)


def distance_operator(text: str, number: str) -> str | None:
    """What an operator with a number is called here."""
    lowered = text.lower()
    match = NUMBERED_OPERATOR.fullmatch(lowered)
    if match is None and (uncounted := UNCOUNTED.fullmatch(text)):
        digits = re.findall(r"\d+", text)
        return f"write {uncounted[1].upper()}/{digits[0] if digits else 4}"
    name, number = (match[1], match[2]) if match else (lowered, number)
    if name not in MISREAD or (
        match is None and name not in (*OUR_OPERATORS, "adj", "within", "w/in")
    ):
        return None
    hint = MISREAD[name].replace("{n}", number)
    return f"{hint}, in capitals" if name in OUR_OPERATORS and text != text.upper() else hint


def missing_term(before: Token, token: Token) -> QueryError:
    """An operator, or the end, stands where a term should."""
    if token.kind == "end":
        name = before.text + (":" if before.kind == "field" else "")
        why, hint = f'a term is missing after "{name}"', f"add one, or remove {name}"
        return before.error(why, hint)
    if token.kind == "field" and before.kind == "field":
        why = f"{token.text}: stands inside {before.text}:"
        return token.error(why, instead_of(token))
    if token.kind == "NOT":
        return token.error("NOT cannot stand here", "write AND NOT")
    why = f'a term is missing before "{token.text}"'
    return token.error(why, instead_of(token))


def instead_of(token: Token) -> str | None:
    """What to write where a token cannot begin a term."""
    if token.kind == ")":
        return None
    if token.kind == "NEAR":
        return f"{token.text} stands between its two sides: hacked {token.text} ballot"
    if token.kind == "field":
        return field_hint(token) or "a term has one field; take one of the two away"
    return "remove it; to look for the word itself, put it in quotes"


OTHER_FIELD_NAMES = {  # what other tools and people call our fields
    **dict.fromkeys(("headline", "heading", "hed", "intitle", "subject", "article_title"), "title"),
    **dict.fromkeys(("lead", "ingress", "intro", "opening"), "lede"),
    **dict.fromkeys(("hlp", "hlead", "headlineandleadparagraph", "titlelede", "top"), "head"),
    **dict.fromkeys(("text", "content", "fulltext", "intext", "inbody"), "body"),
    **dict.fromkeys(("outlet", "site", "publisher", "sourcename", "media", "media_name", "domain", "canonical_domain"), "source"),
    **dict.fromkeys(("link", "address", "inurl"), "url"),
    **dict.fromkeys(("language", "locale"), "lang"),
}  # fmt: skip


def field_hint(token: Token) -> str | None:
    """What a field of another name is called here."""
    name = token.text.lower()
    if name in ("http", "https"):
        return 'put an address in quotes: url:"example.com/page"'
    return f"write {OTHER_FIELD_NAMES[name]}:" if name in OTHER_FIELD_NAMES else None


def mixed_distance(operator: Token) -> QueryError:
    """A word beside OR and a word beside NEAR: `a OR b NEAR/5 c` reads as `a OR (b NEAR/5 c)`."""
    return operator.error(
        f"OR and {operator.text} stand side by side without parentheses; {operator.text} binds first",
        "put parentheses around what belongs together, such as (a OR b) NEAR/5 c",
    )


def one_word_field(token: Token, text: str) -> QueryError:
    """`title:a OR b` looks for b anywhere."""
    return token.error(
        f"{token.text}: covers {text} alone, and not what follows OR",
        f"write {token.text}:({text} OR …), or put the other words first",
    )


def mixed_and(operator: Token) -> QueryError:
    return operator.error(
        "AND and OR stand side by side without parentheses; AND binds first",
        "put parentheses around what belongs together",
    )


def looks_like_regex(token: Token) -> bool:
    text = token.text
    return token.kind == "word" and len(text) > 2 and text[0] == text[-1] == "/"
