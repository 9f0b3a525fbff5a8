"""The arithmetic behind the quality report."""

import pytest

from bench.quality.scores import Counts, Share, count


def test_counts_fall_in_four_boxes() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (True, True)]

    assert count(pairs) == Counts(tp=2, fp=1, fn=1, tn=1)


def test_precision_recall_and_f1() -> None:
    counts = Counts(tp=8, fp=2, fn=4, tn=100)

    assert counts.precision.value == pytest.approx(0.8)
    assert counts.recall.value == pytest.approx(8 / 12)
    assert counts.f1 == pytest.approx(16 / 22)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(95, 100, 0.8882, 0.9785), (10, 10, 0.7225, 1.0), (0, 20, 0.0, 0.1611)],
)
def test_wilson_interval_matches_published_values(
    part: int, whole: int, low: float, high: float
) -> None:
    interval = Share(part, whole).interval

    assert interval == pytest.approx((low, high), abs=5e-4)


def test_nothing_counted_has_no_share() -> None:
    assert Share(0, 0).value is None
    assert str(Share(0, 0)) == "–"
    assert Counts().f1 is None
