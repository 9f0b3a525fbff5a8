"""The sentence around a place is the one that cutting up the whole text gives."""

from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.text.segments import Units
from matchers.text.sentences import paragraph_starts, sentence_starts

PIECES = ["A word", "ends", "Mr", "U.S", "3", ".", "...", "!", "?", "…", "”", ")", " ", " ", "  ",
          "\u00a0", "\n", "\n\n", "\r\n", "。", "؟", "」", "The", "said"]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def spans(starts, text):
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


@settings(max_examples=300, deadline=None)
@given(texts, st.randoms())
@pytest.mark.slow
def test_sentences_asked_for_one_by_one_are_those_of_the_whole_text(text, chance):
    starts = sentence_starts(text)
    units = Units(text)
    letters = [place for place, char in enumerate(text) if char.isalnum()]
    chance.shuffle(letters)

    for place in letters:
        start, end = units.sentence(place)
        expected = spans(starts, text)[bisect_right(starts, place) - 1]
        assert (start, text[start:end].rstrip()) == (expected[0], text[slice(*expected)].rstrip())


@given(texts)
def test_paragraphs_are_lines(text):
    starts = paragraph_starts(text)

    for place, char in enumerate(text):
        if char.isalnum():
            assert Units(text).paragraph(place) in spans(starts, text)


def test_a_title_is_one_paragraph_whatever_breaks_it_holds():
    units = Units("Recount ends\nin Marlow", title=True)

    assert units.paragraph(3) == units.paragraph(15) == (0, 22)
    assert units.sentence(3) != units.sentence(15)


@pytest.mark.parametrize("text", ["a. " * 2_000, "a.b." * 2_000, "Mr. " * 2_000, "a " * 4_000])
def test_a_long_sentence_is_found_once(text):
    units = Units(text)
    middle = text.index("a" if "a" in text else "M", len(text) // 2)

    start, end = units.sentence(middle)

    assert start <= middle < end
    assert units.sentence(middle) == (start, end)


def test_a_passage_that_crosses_a_border_is_in_no_sentence():
    units = Units("It was deep. Fake videos came.")

    assert units.unit(7, 17, "SENTENCE") is None
    assert units.unit(7, 17, "PARAGRAPH") == 0
    assert units.unit(13, 24, "SENTENCE") == 13
