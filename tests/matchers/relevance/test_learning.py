"""Learning from verdicts: little from few, much from many, and wide clauses are found out."""

import random
from math import log

import pytest

from matchers.engine.engine import Engine, judged_facts
from matchers.query.parser import parse_query
from matchers.relevance.learning import (
    Corrections,
    HitJudgement,
    corrected,
    learn,
    unseen,
)
from matchers.relevance.relevance import chance
from matchers.relevance.weights import Weights, sealed_weights
from matchers.text.article_text import ArticleText
from model import Examples, Rule

EVEN = 0.0  # log-odds of a chance of one half
LEAST = 0.4  # chance from which these hits were shown


def verdicts(number: int, is_wanted: bool, *clauses: str, odds: float = EVEN) -> list[HitJudgement]:
    return [HitJudgement(story, "r", clauses or ("c",), odds, is_wanted) for story in range(number)]


def after(judgements: list[HitJudgement], *clauses: str) -> float:
    return chance(EVEN + learn(judgements, LEAST).of("r", clauses or ("c",)))


def test_ten_verdicts_move_little_and_a_thousand_much() -> None:
    none, ten, thousand = (after(verdicts(number, False)) for number in (0, 10, 1000))

    assert none == 0.5
    assert 0.25 < ten < 0.45
    assert thousand < 0.03


def test_verdicts_that_agree_with_the_relevance_change_next_to_nothing() -> None:
    odds = log(0.8 / 0.2)
    agreed = verdicts(80, True, odds=odds) + verdicts(20, False, odds=odds)

    assert abs(learn(agreed, LEAST).of("r", ("c",))) < 0.05


def test_the_wrong_clause_is_blamed_and_not_the_rule() -> None:
    mixed = verdicts(100, True, "good", odds=1.5) + verdicts(100, False, "wide", odds=1.5)

    corrections = learn(mixed, LEAST)

    assert corrections.of("r", ("wide",)) < -2
    assert corrections.of("r", ("good",)) > -0.2


def test_what_was_shown_raises_nothing_and_a_wanted_hit_that_was_not_does() -> None:
    shown = verdicts(100, True, odds=0.1)
    in_unlikely = [HitJudgement(1000 + n, "r", ("c",), -1.0, True) for n in range(20)]

    assert learn(shown, LEAST).of("r", ("c",)) == 0
    assert learn([*shown, *in_unlikely], LEAST).of("r", ("c",)) > 1
    assert learn(shown, least=0.6).of("r", ("c",)) > 1  # none of them was shown


def test_a_rule_without_verdicts_is_left_as_it_is() -> None:
    assert learn(verdicts(50, False), LEAST).of("another", ("c",)) == 0


def test_corrections_are_added_to_the_weights_under_a_new_hash() -> None:
    shipped = sealed_weights(Weights(0.5, 0.0, {}, {}, {}, {"r": 0.25}, {"r": {"good": 0.5}}))

    new = corrected(shipped, Corrections({"r": -1.0}, {("r", "good"): 0.1, ("r", "wide"): -2.0}))

    assert new.rules == {"r": -0.75}
    assert new.clauses == {"r": {"good": 0.6, "wide": -2.0}}
    assert new.sha256 != shipped.sha256
    assert corrected(shipped, Corrections()).sha256 == shipped.sha256


def test_what_is_told_of_a_fold_was_not_learned_from_it() -> None:
    (odd, *_) = unseen([HitJudgement(0, "r", ("c",), EVEN, True), *verdicts(0, False)], LEAST)

    assert odd == EVEN


def test_learning_is_the_same_in_any_order() -> None:
    random.seed(1)
    listed = verdicts(30, True, "good") + verdicts(40, False, "wide")
    shuffled = random.sample(listed, len(listed))

    first, other = learn(listed, LEAST), learn(shuffled, LEAST)

    assert first.rules["r"] == pytest.approx(other.rules["r"], abs=0.01)


SUBJECTS = ("ballots", "tabulators", "pollbooks", "clerks", "canvassers")
HARMS = ("hacked", "stolen", "burned", "threatened")
WIDE = ("bakery", "orchestra", "glacier", "marathon", "violin")
RULES = [(subject, harm, WIDE[at]) for at, subject in enumerate(SUBJECTS) for harm in HARMS]


def widened_rules() -> Engine:
    """Twenty rules, to each of which somebody added a clause that finds something else."""
    rules = []
    for subject, harm, wide in RULES:
        query = f"({subject} SENTENCE {harm}) OR ({wide} SENTENCE {harm})"
        rule = Rule(f"{subject}-{harm}", "T", "high", "c", query, Examples((), ()))
        rules.append((rule, parse_query(query).node, None))
    weights = sealed_weights(Weights(0.4, 1.2, {}, {}, {"vote": 2.0, "prize": -2.0}))
    return Engine(rules, weights=weights)


def archive(number: int, seed: int) -> list[tuple[ArticleText, bool]]:
    """Stories of a season: the good clauses are right in nine of ten, the added in one of twenty."""
    chances = random.Random(seed)
    stories = []
    for _ in range(number):
        subject, harm, wide = chances.choice(RULES)
        good = chances.random() < 0.6
        is_wanted = chances.random() < (0.9 if good else 0.05)
        extra = chances.choice(["vote", "prize", "river", "river"]) if is_wanted else "river"
        words = f"The {subject if good else wide} were {harm} by the {extra} yesterday."
        stories.append((ArticleText("", words), is_wanted))
    return stories


def figures(shown: list[bool], stories: list[tuple[ArticleText, bool]]) -> tuple[float, float]:
    right = sum(
        is_shown and is_wanted for is_shown, (_, is_wanted) in zip(shown, stories, strict=True)
    )
    wanted_by_good = sum(is_wanted for _, is_wanted in stories)
    return right / sum(shown), right / wanted_by_good


@pytest.mark.slow
def test_widened_rules_come_back_to_their_precision_by_verdicts() -> None:
    engine = widened_rules()
    judged, later = archive(1500, seed=3), archive(3000, seed=4)
    judgements = [
        HitJudgement(number, rule.id, hit.clauses, odds, is_wanted)
        for number, (text, is_wanted) in enumerate(judged)
        for rule, hit, odds in judged_facts(engine, text)
    ]
    corrections = learn(judgements, LEAST)

    def shown(corrections: Corrections) -> list[bool]:
        return [
            any(
                chance(odds + corrections.of(rule.id, hit.clauses)) >= 0.4
                for rule, hit, odds in judged_facts(engine, text)
            )
            for text, _ in later
        ]

    before = figures(shown(Corrections()), later)
    once = [
        (text, is_wanted) for text, is_wanted in later if any(s in text.body for s in SUBJECTS)
    ]  # what the rules found before they were widened
    unwidened = sum(is_wanted for _, is_wanted in once) / len(once)
    precision, recall = figures(shown(corrections), later)
    lost = sum(is_wanted for _, is_wanted in later) - sum(is_wanted for _, is_wanted in once)

    assert before[0] < 0.65
    assert precision >= 0.95 * unwidened
    assert recall * sum(is_wanted for _, is_wanted in later) >= 0.98 * (
        sum(is_wanted for _, is_wanted in later) - lost
    )
