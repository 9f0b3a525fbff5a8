"""From the text of a term to the sequences of folded words that it matches."""

import re
from dataclasses import replace
from itertools import pairwise

from matchers.query.ast import Term, Variant
from matchers.query.lexer import Token
from matchers.text.characters import is_dense
from matchers.text.normalize import folded_words, runs_on, word_places
from matchers.text.phrase_stops import holds_mark

DASHES = re.compile(r"[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")
COMPOUND_WORD = re.compile(r"\S+")
ACRONYM = range(2, 9)  # letters
MOST_COMPOUNDS = 4  # more hyphenated words in one phrase: all apart or all joined
SHORTEST_PREFIX = 4
LONGEST_PHRASE = 250  # words; the scanner takes ever longer to build for one that repeats itself
LATIN_LIKE = re.compile(r"[a-z0-9]")
PLAIN = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")  # words of which only the case is folded


def term(token: Token) -> Term:
    """The term that a word or phrase token stands for."""
    text = token.text.strip()
    if not token.exact and PLAIN.fullmatch(text):
        folded = tuple(text.lower().split(" "))
        if len(folded) <= LONGEST_PHRASE:
            return _plain_term(folded, token)
    folded = folded_words(text)
    if not folded:
        raise token.error("a term needs a letter or a digit")
    if len(folded) > LONGEST_PHRASE:
        raise token.error(
            f"a phrase of {len(folded):,} words; {LONGEST_PHRASE} are the most",
            "take the few words that nobody else writes in this order",
        )
    if token.prefix:
        _check_prefix(folded, token)
    return Term(
        written_term(token), variants(text, exact=token.exact, prefix=token.prefix), at=token.start
    )


def _plain_term(words: tuple[str, ...], token: Token) -> Term:
    """As `term`, in a third of the time: word lists hold ten thousand such terms."""
    if token.prefix:
        _check_prefix(words, token)
    apart = Variant(words, token.prefix, stops=tuple(range(len(words) - 1)))
    if len(words) == 1:
        return Term(written_term(token), (apart,), at=token.start)
    joined = Variant(("".join(words),), token.prefix, kind="hashtag")
    star = "*" if token.prefix else ""
    return Term(f'"{token.text.strip()}"{star}', (apart, joined), at=token.start)


def bare_order(token: Token) -> Term:
    """`"a b"~0`: the words in this order with none between, whatever marks stand there."""
    any_order = crossing(term(token))
    return replace(any_order, text=f"{any_order.text}~0")


def single_words(token: Token) -> list[Term]:
    """One term for each word of a phrase; what has no blank inside stays together."""
    pieces = [piece for piece in token.text.split() if folded_words(piece)]
    terms: list[Term] = []
    for piece in pieces:
        prefix = token.prefix and piece is pieces[-1]
        if prefix:
            _check_prefix(folded_words(piece), replace(token, text=piece))
        written = ("=" if token.exact else "") + piece + ("*" if prefix else "")
        forms = variants(piece, exact=token.exact, prefix=prefix)
        terms.append(Term(written, forms, at=token.start))
    return terms


def written_term(token: Token) -> str:
    """The term in canonical form."""
    text = " ".join(token.text.split())
    quoted = token.kind == "phrase" and (
        len(folded_words(text)) > 1 or not re.fullmatch(r"[^\W_]+", text)
    )
    if token.kind == "phrase" and re.fullmatch(
        r"AND|OR|NOT|(O?NEAR|ATLEAST)|SENTENCE|PARAGRAPH", text
    ):
        quoted = True
    star = "*" if token.prefix else ""
    return ("=" if token.exact else "") + (f'"{text}"{star}' if quoted else text + star)


def _check_prefix(folded: tuple[str, ...], token: Token) -> None:
    """A Latin prefix needs four letters, in any other script two: there a letter says more."""
    last = folded[-1]
    letters = len("".join(folded)) if len(folded) > 1 else len(last)
    needed = SHORTEST_PREFIX if LATIN_LIKE.match(last) else 2
    if letters < needed or (len(folded) > 1 and LATIN_LIKE.match(last) and len(last) < 2):
        raise token.error(
            f'the prefix "{token.text.strip()}*" is shorter than {needed} letters',
            "write out the words that you mean",
        )


def variants(text: str, *, exact: bool, prefix: bool) -> tuple[Variant, ...]:
    distinct: dict[Variant, None] = {}
    for form in forms(text):
        folded = folded_words(form)
        cased = folded_words(form, case=True) if exact else None
        if cased is not None and len(cased) != len(folded):
            cased = tuple(folded)
        tight = tight_gaps(form)
        stops = stopping_gaps(form, len(folded), tight)
        distinct[Variant(folded, prefix, cased, tight=tight, stops=stops)] = None
    plain = next(iter(distinct))
    if exact and not prefix and len(text) in ACRONYM and text.isalpha() and text.isupper():
        letters = folded_words(" ".join(text), case=True)
        if len(letters) == len(text):
            distinct[Variant(folded_words(" ".join(text)), cased=letters, kind="dotted")] = None
    if len(plain.words) > 1:
        joined = "".join(plain.words)
        cased = ("".join(plain.cased),) if plain.cased else None
        if len(folded_words(joined)) == 1:
            distinct[Variant((joined,), prefix, cased, kind="hashtag")] = None
    return tuple(distinct)


def tight_gaps(text: str) -> tuple[int, ...]:
    """The words of a term, by number, that run on into the next in a script without spaces."""
    if text.isascii():
        return ()
    places = word_places(text)
    return tuple(
        number
        for number, (this, other) in enumerate(pairwise(places))
        if is_dense(text[this[1] - 1]) and is_dense(text[other[0]]) and runs_on(text, this, other)
    )


def stopping_gaps(text: str, count: int, tight: tuple[int, ...]) -> tuple[int, ...]:
    """The words of a term, by number, after which the text may hold no comma and end no sentence:
    all, but for places where the term itself has such a mark."""
    if count < 2:
        return ()
    marked: set[int] = set()
    if holds_mark(text):
        gaps = [text[this[1] : other[0]] for this, other in pairwise(word_places(text))]
        marked = {number for number, gap in enumerate(gaps) if holds_mark(gap)}
    return tuple(n for n in range(count - 1) if n not in marked and n not in tight)


def crossing(term: Term) -> Term:
    """The same words across commas and ends of sentences, as `"…"~0` asks."""
    free = tuple(dict.fromkeys(replace(variant, stops=()) for variant in term.variants))
    return term if free == term.variants else replace(term, variants=free)


def forms(text: str) -> list[str]:
    """The text with each hyphenated compound apart and joined: deep-fake, deepfake."""
    compounds = [c for c in COMPOUND_WORD.findall(text) if DASHES.search(c.strip("-")) and len(folded_words(c)) > 1]  # fmt: skip
    apart = DASHES.sub(" ", text)
    if not compounds:
        return [text]
    if len(compounds) > MOST_COMPOUNDS:
        return [apart, DASHES.sub("", text)]
    written = [""]
    position = 0
    for match in COMPOUND_WORD.finditer(text):
        gap = text[position : match.start()]
        choices = [match[0]]
        if match[0] in compounds:
            choices = [DASHES.sub(" ", match[0]), DASHES.sub("", match[0])]
        written = [beginning + gap + choice for beginning in written for choice in choices]
        position = match.end()
    return written
