"""Terms of plain letters take a shorter way to the same words as those that need folding."""

import pytest

from matchers.query.ast import Or, Term
from matchers.query.lexer import Token
from matchers.query.parser import parse_query
from matchers.query.terms import term, written_term
from matchers.rules.word_lists import entry_token
from model import QueryError

SOFT_HYPHEN = "\u00ad"  # folded away, so that the longer way is taken


def folded_the_long_way(text: str, *, prefix: bool) -> Term:
    return term(Token("phrase", text[0] + SOFT_HYPHEN + text[1:], 0, len(text), prefix=prefix))


@pytest.mark.parametrize("text", ["ballot", "Ballot", "ballot box", "Drop Box of the county"])
@pytest.mark.parametrize("prefix", [False, True])
def test_both_ways_lead_to_the_same_sequences_of_words(text: str, prefix: bool) -> None:
    token = Token("phrase", text, 0, len(text), prefix=prefix)

    assert term(token).variants == folded_the_long_way(text, prefix=prefix).variants
    assert term(token).text == written_term(token)


@pytest.mark.parametrize("text", ["ballot", "ballot*", "ballot box", "Drop box*", "a clerk"])
def test_an_entry_of_a_list_is_the_term_that_a_query_would_write(text: str) -> None:
    star = "*" if text.endswith("*") else ""
    words = text.removesuffix("*")
    written = f'"{words}"{star}' if " " in words else text

    assert term(entry_token(text)) == parse_query(written).node


@pytest.mark.parametrize("text", ["ballot AND box", "SENTENCE", "OR box"])
def test_operators_are_no_entries(text: str) -> None:
    with pytest.raises(QueryError, match="no meaning in a word list"):
        entry_token(text)


@pytest.mark.parametrize("text", ["vo*", "ballot b*"])
def test_a_short_prefix_is_refused_in_plain_letters_too(text: str) -> None:
    with pytest.raises(QueryError, match="is shorter than"):
        term(entry_token(text))


def test_equal_word_lists_are_one_in_a_set_and_lists_of_other_terms_are_not() -> None:
    ballot, box = (term(entry_token(text)) for text in ("ballot", "box"))
    lists = {Or((ballot, box), "things"), Or((ballot, box), "things"), Or((box, ballot), "things")}

    assert len(lists) == 2
