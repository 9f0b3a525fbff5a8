"""Colours mean the clause: five at most, the same in headline and text, the rest neutral."""

from review.render.highlight import MARK_COLOURS, MatchedTerm, clauses


def term(clause: str, start: int, text: str, field: str = "body") -> MatchedTerm:
    return MatchedTerm(field, start, start + len(text), text, clause)


def test_a_clause_has_one_colour_in_headline_and_text() -> None:
    colours = clauses([term("title:hack*", 0, "Hackers", "title"), term("lede:hack*", 40, "hackers")])  # fmt: skip

    assert colours == {"title:hack*": 0, "lede:hack*": 0}


def test_clauses_that_mark_the_same_words_are_one() -> None:
    words = "voter registration"
    colours = clauses([term('"voter registration"*', 5, words), term("voter-registration", 5, words), term("clerk", 90, "clerk")])  # fmt: skip

    assert colours == {'"voter registration"*': 0, "voter-registration": 0, "clerk": 1}


def test_five_have_a_colour_and_those_of_the_rule_that_is_shown_first() -> None:
    others = [term(f"other-{n}", 100 + 10 * n, "xx") for n in range(4)] * 2
    own = [term(f"own-{n}", 10 * n, "yy") for n in range(3)]
    colours = clauses([*own, *others], lead=3)

    assert [colours[f"own-{n}"] for n in range(3)] == [0, 1, 2]
    assert sorted(colours[f"other-{n}"] for n in range(4)) == [3, 4, MARK_COLOURS, MARK_COLOURS]


def test_what_stands_under_a_longer_mark_takes_no_colour_from_what_is_seen() -> None:
    hidden = [term(f"hidden-{n}", 0, "county") for n in range(1)]
    terms = [term("county clerk", 0, "county clerk"), *(term(f"seen-{n}", 50 + 10 * n, "zz") for n in range(4))]  # fmt: skip
    colours = clauses([*hidden, *terms])

    assert colours["hidden-0"] == MARK_COLOURS
    assert max(colours[span.clause] for span in terms) == MARK_COLOURS - 1
