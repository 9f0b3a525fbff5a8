"""`"a b c"~4`: a phrase whose words may stand apart, or beyond a comma."""

from matchers.query.ast import Term, Window
from matchers.query.lexer import NO_FUZZY, Token
from matchers.query.terms import bare_order, single_words
from matchers.text.normalize import folded_words
from model import QueryError

WIDEST_WINDOW = 250
USUAL_WINDOW = 10


def phrase_or_window(token: Token, tilde: Token) -> Term | Window:
    """What a phrase and the `~4` after it stand for; `~0` keeps the order of the words."""
    number = tilde.number or 0
    if number == 0 and token.kind == "phrase" and len(folded_words(token.text)) > 1:
        return bare_order(token)
    parts = single_words(token)
    if token.kind != "phrase" or len(parts) < 2:
        raise tilde.error(
            '"~" stands after a phrase of two or more words',
            'such as "ballot fraud"~5' if token.kind == "phrase" else NO_FUZZY,
        )
    if len(parts) > USUAL_WINDOW or number > WIDEST_WINDOW:
        raise QueryError(
            f'"~" takes at most {USUAL_WINDOW} words and a distance of {WIDEST_WINDOW}',
            token.start,
            tilde.end,
        )
    if len({term.variants[0].words for term in parts}) < len(parts):
        raise QueryError('a word comes twice before "~"', token.start, tilde.end)
    star = "*" if token.prefix else ""
    phrase = f'"{" ".join(token.text.split())}{star}"'
    text = f"{'=' if token.exact else ''}{phrase}~{number}"
    longer = sum(len(term.variants[0].words) - 1 for term in parts)
    return Window(text, tuple(parts), number + longer, at=token.start)
