"""Recall from the audit's sample: the interval covers the truth as often as it says."""

import math
import random
from collections import Counter
from statistics import NormalDist

import pytest

from flows.archive.audit import drawn_by_score, shares
from storage.audit import AuditCandidate
from storage.queries.recall import Judged, Recall, Sampled, estimate, missed_by_category

SHIFT = NormalDist().inv_cdf(0.9) * math.sqrt(2)  # between wanted and others: an AUC of 0.9
WANTED, RECALL = 0.02, 0.75


def simulated(
    rng: random.Random, *, days: int, size: int, articles: int = 3000, boast: float = 1.0
) -> tuple[float, Recall]:
    """The true recall of some days, and what the audit says of it.

    With `boast` above 1 the score is more sure of itself than it should be.
    """
    judged: list[Judged] = []
    scores: Counter[float] = Counter()
    shown = missed = 0
    for _ in range(days):
        unshown: list[tuple[float, bool]] = []
        for _ in range(articles):
            is_wanted = rng.random() < WANTED
            if is_wanted and rng.random() < RECALL:
                shown += 1
                continue
            value = rng.gauss(SHIFT if is_wanted else 0.0, 1.0)
            odds = SHIFT * value - SHIFT**2 / 2 + math.log(WANTED / (1 - WANTED))
            unshown.append((boast * odds, is_wanted))
        unshown.sort(reverse=True)
        missed += sum(is_wanted for _, is_wanted in unshown)
        for _, start, end, count in shares(len(unshown), size):
            drawn = rng.sample(unshown[start:end], count)
            judged += [
                Judged(score, is_wanted, count / (end - start)) for score, is_wanted in drawn
            ]
        scores.update(round(score, 1) for score, _ in unshown)
    recall = estimate(Sampled(tuple(judged), tuple(scores.items()), shown, 0))
    assert recall is not None
    return shown / (shown + missed), recall


@pytest.mark.long
@pytest.mark.timeout(900)  # four million articles are made up
def test_the_interval_covers_the_true_recall_in_93_of_100_runs() -> None:
    rng = random.Random(20261128)
    runs = [simulated(rng, days=14, size=30) for _ in range(100)]

    covered = sum(recall.low <= true <= recall.high for true, recall in runs)
    widths = sorted((recall.high - recall.low) / 2 for _, recall in runs)

    assert covered >= 93
    assert widths[50] <= 0.08


@pytest.mark.long
@pytest.mark.timeout(900)
def test_it_covers_three_in_four_where_the_score_boasts() -> None:
    """A true slope of 0.8 instead of 1."""
    rng = random.Random(20261129)
    runs = [simulated(rng, days=14, size=30, boast=1.25) for _ in range(100)]

    assert sum(recall.low <= true <= recall.high for true, recall in runs) >= 75


def test_a_week_of_the_default_size_gives_an_interval() -> None:
    true, recall = simulated(random.Random(7), days=7, size=15, articles=1000)

    assert 0 < recall.low < recall.share < recall.high < 1
    assert recall.judged == 7 * 15
    assert recall.low <= true <= recall.high


def test_every_article_has_a_chance_and_the_likeliest_misses_the_best() -> None:
    scores = {number: -float(number) for number in range(1000)}
    candidates = [AuditCandidate(number, "", "", "", "") for number in scores]

    strata, drawn = drawn_by_score(candidates, scores, 15, random.Random(1))

    assert sum(stratum.size for stratum in strata) == 1000
    chances = [stratum.chance for stratum in strata]
    assert chances == sorted(chances, reverse=True)
    assert all(chance > 0 for chance in chances)
    assert len(drawn) == 15
    assert len({draw.article_id for draw in drawn}) == 15


def test_a_day_with_fewer_articles_than_the_sample_is_judged_whole() -> None:
    scores = dict.fromkeys(range(4), 0.0)
    candidates = [AuditCandidate(number, "", "", "", "") for number in scores]

    strata, drawn = drawn_by_score(candidates, scores, 15, random.Random(1))

    assert sorted(draw.article_id for draw in drawn) == [0, 1, 2, 3]
    assert {stratum.chance for stratum in strata} == {1.0}


def test_nothing_judged_is_no_figure() -> None:
    assert estimate(Sampled((), (), 10, 0)) is None
    assert estimate(Sampled((Judged(0.0, True, 1.0),), ((0.0, 1),), 0, 0)) is None


def test_shown_articles_without_a_verdict_count_by_their_sample() -> None:
    judged = tuple(Judged(-3.0, False, 0.1) for _ in range(50))
    scores = ((-3.0, 500),)

    all_judged = estimate(Sampled(judged, scores, 40, 0))
    half_open = estimate(Sampled(judged, scores, 20, 40, (True, False) * 10))

    assert all_judged is not None
    assert half_open is not None
    assert half_open.shown_wanted == all_judged.shown_wanted == 40
    assert half_open.high - half_open.low > all_judged.high - all_judged.low


def test_categories_share_what_was_missed_by_their_weight() -> None:
    judged = (Judged(0, True, 0.5, "a"), Judged(0, True, 0.1, "b"), Judged(0, False, 0.1))

    assert missed_by_category(Sampled(judged, (), 1, 0), 24.0) == {"a": 4.0, "b": 20.0}
