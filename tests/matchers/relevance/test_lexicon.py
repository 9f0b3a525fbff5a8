from matchers.relevance.lexicon import Lexicon
from matchers.text.normalize import folded_words


def test_words_and_pairs_of_neighbours_are_found_as_often_as_they_occur() -> None:
    lexicon = Lexicon(["audit", "voter roll", "voter data", "hand count"])

    terms = lexicon.terms_in(folded_words("Audit of the voter roll: a second audit, no voter data"))

    assert terms == ["audit", "audit", "voter roll", "voter data"]


def test_a_pair_is_found_in_its_order_and_side_by_side_only() -> None:
    lexicon = Lexicon(["voter roll"])

    assert lexicon.terms_in(folded_words("Roll of the voter, the roll, voter and roll")) == []


def test_one_word_may_end_a_pair_and_begin_the_next() -> None:
    lexicon = Lexicon(["election night", "night count"])

    assert lexicon.terms_in(folded_words("Election night count")) == [
        "election night",
        "night count",
    ]
