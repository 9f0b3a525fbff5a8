"""From a query in the rule language to the words that a text must hold for it, as an FTS5 query.

The full-text index finds candidates, the engine decides. So what the index cannot tell (distance,
case, NOT, sources, scripts without spaces) asks for nothing here: rather too many candidates than too
few. Left out are only texts that spell a word with typographic characters such as the ligature "ﬁ".
"""

from matchers.query.ast import And, AtLeast, Near, Node, Not, Or, Term, Variant, Window
from matchers.text.characters import is_dense

ELSEWHERE = ("source", "url", "lang")  # fields that the full-text index does not hold


def necessary_words(node: Node) -> str | None:
    """An FTS5 query that every matching text satisfies; None when there is none to be had."""
    match node:
        case Term():
            return None if node.scope in ELSEWHERE else _any([_phrase(v) for v in node.variants])
        case Window():
            return _all([necessary_words(term) for term in node.terms])
        case Or():
            return _any([necessary_words(child) for child in node.children])
        case And():
            return _all([necessary_words(child) for child in node.children])
        case Near():
            return _all([necessary_words(node.left), necessary_words(node.right)])
        case AtLeast():
            return necessary_words(node.child)
        case Not():
            return None


def _phrase(variant: Variant) -> str | None:
    if any(is_dense(letter) for word in variant.words for letter in word):
        return None  # the index takes a whole sentence of such a script for one word
    star = "*" if variant.prefix else ""
    forms = dict.fromkeys((variant.words, tuple(word.replace("ss", "ß") for word in variant.words)))
    return _any([_near(words, star) for words in forms])


def _near(words: tuple[str, ...], star: str) -> str:
    """The words side by side, with room for what the engine drops: "registrar's" is two of the index."""
    quoted = ['"' + word.replace('"', " ") + '"' for word in words]
    if len(quoted) == 1:
        return quoted[0] + star
    return f"NEAR({' '.join(quoted)}{star}, {2 * len(quoted)})"


def _any(sides: list[str | None]) -> str | None:
    words = [side for side in dict.fromkeys(sides) if side is not None]
    if len(words) < len(set(sides)) or not words:
        return None
    return words[0] if len(words) == 1 else f"({' OR '.join(words)})"


def _all(sides: list[str | None]) -> str | None:
    words = [side for side in dict.fromkeys(sides) if side is not None]
    if not words:
        return None
    return words[0] if len(words) == 1 else f"({' AND '.join(words)})"
