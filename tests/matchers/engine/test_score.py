"""How sharply a rule holds, and the passage that shows it."""

import pytest

from matchers.engine.score import score
from matchers.text.sentences import sentence_starts
from model import Evidence


def told(*clauses: str) -> list[Evidence]:
    return [Evidence("body", 9_000 + n, 9_004 + n, "word", clause) for n, clause in enumerate(clauses)]  # fmt: skip


def test_four_clauses_count_and_no_fifth() -> None:
    four, five = told(*"abcd"), told(*"abcde")

    assert score(four) == pytest.approx(0.3 + 4 * 0.05 + 4 * 0.01)
    assert score(five) == pytest.approx(0.3 + 4 * 0.05 + 5 * 0.01)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("They met on Main St. 40 voters came.", [0, 21]),
        ("They saw Mr. 40 and left.", [0, 13]),
        ("He met St. Clair there.", [0]),
        ("It is in sec. 40 of the act.", [0]),
    ],
)
def test_a_street_before_a_number_ends_a_sentence_and_other_titles_do_not(text: str, starts: list[int]) -> None:  # fmt: skip
    assert sentence_starts(text) == starts
