"""Words that hide from rules behind letters of other scripts."""

import pytest

from matchers.text.look_alikes import in_latin
from matchers.text.normalize import fold, folded_words


@pytest.mark.parametrize(("written", "words"), [
    ("rаnsоmwаrе", ("ransomware",)),  # Cyrillic
    ("bαllοt ΒΟX", ("ballot", "box")),  # Greek; the whole word in capitals is not mixed but for its X
    ("vօting mасhinеs", ("voting", "machines")),  # Armenian and Cyrillic
    ("ᎪlᎪska", ("alaska",)),  # Cherokee
    ("r\u200bа\u200bnsоm", ("ransom",)),
    ("еlе\u0301ction’s", ("election",)),
])  # fmt: skip
def test_a_word_of_mixed_letters_is_read_as_it_looks(written: str, words: tuple[str, ...]) -> None:
    assert folded_words(written) == words


@pytest.mark.parametrize(
    "text",
    ["Выборы президента в США", "οι εκλογές", "ընտրություններ", "Wahl in Österreich", "сосо"],
)
def test_text_of_one_script_stays(text: str) -> None:
    assert in_latin(text) == text


def test_a_found_word_stands_where_it_was_written() -> None:
    text = "Officials: rаnsоmwаrе at the “cоunty” office"
    folded = fold(text)
    start = folded.hay.index("ransomware")

    assert text[slice(*folded.origin(start, start + 10))] == "rаnsоmwаrе"


@pytest.mark.parametrize("evil", ["аa" * 20_000 + "я", "а\u0301" * 20_000 + "я", "а" * 40_000, "aа " * 20_000])  # fmt: skip
def test_no_text_is_slow(evil: str) -> None:
    assert len(in_latin(evil)) == len(evil)
