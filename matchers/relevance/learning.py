"""Learning from a team's verdicts: one correction for each rule and each of its clauses.

The shipped weights are kept. What the verdicts say beyond them is a correction in log-odds, found by
logistic regression with the shipped log-odds as they are (an offset) and a normal prior around 0:
ten verdicts move a rule little, a thousand much (MAP; see Gelman, "Bayesian Data Analysis", 16.3).
Verdicts are few and sparse, so coordinate-wise Newton steps do without a library.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, sqrt

from matchers.relevance.relevance import chance
from matchers.relevance.weights import Weights, sealed_weights

# Of a correction, in log-odds, before any verdict: with 10 verdicts that all say no a rule goes about
# half of the way, with 1,000 nearly all of it.
PRIOR_SPREAD = 0.6
CLAUSE_SPREAD = 0.8  # a clause may be wrong in a rule that is right
LONGEST_STEP = 2.0
CONVERGED = 1e-3  # a round that moves nothing further than this is the last
MOST_ROUNDS = 60
WEIGHT_DIGITS = 3
Name = tuple[str, str]  # rule and clause; "" for the rule itself


@dataclass(frozen=True, slots=True)
class HitJudgement:
    """What people said of one hit: of a story that they confirmed or escalated, or dismissed."""

    story: int
    rule_id: str
    clauses: tuple[str, ...]  # that held
    log_odds: float  # by the weights as they are
    wanted: bool


@dataclass(frozen=True, slots=True)
class Corrections:
    """What is added to the log-odds of a rule's hits, and of those in which a clause held."""

    rules: Mapping[str, float] = field(default_factory=dict)
    clauses: Mapping[Name, float] = field(default_factory=dict)

    def of(self, rule_id: str, clauses: Sequence[str]) -> float:
        share = 1 / sqrt(len(clauses)) if clauses else 0.0
        return self.rules.get(rule_id, 0.0) + sum(
            share * self.clauses.get((rule_id, clause), 0.0) for clause in clauses
        )

    def less(self, earlier: "Corrections") -> "Corrections":
        """What is still to be added where `earlier` was added before."""
        names = self.clauses.keys() | earlier.clauses.keys()
        return Corrections(
            {rule: self.rules.get(rule, 0.0) - earlier.rules.get(rule, 0.0) for rule in self.rules.keys() | earlier.rules.keys()},
            {name: self.clauses.get(name, 0.0) - earlier.clauses.get(name, 0.0) for name in names},
        )  # fmt: skip

    def kept_from(self, earlier: "Corrections") -> "Corrections":
        """With those of `earlier` for rules that no verdict speaks of today."""
        silent = earlier.rules.keys() - self.rules.keys()
        clauses = {name: value for name, value in earlier.clauses.items() if name[0] in silent}
        return Corrections(
            {**self.rules, **{rule: earlier.rules[rule] for rule in silent}},
            {**self.clauses, **clauses},
        )


def learn(judgements: Iterable[HitJudgement], least: float) -> Corrections:
    """The corrections that explain the verdicts best, shrunk towards none.

    `least`: the chance from which hits are shown. What people saw above it says nothing of what lies
    below, and a wanted story speaks for each of its hits, though one of them would have sufficed. So a
    rule or clause is raised only by a wanted hit below `least`; what was shown can only lower it.
    """
    by_rule: dict[str, list[HitJudgement]] = defaultdict(list)
    for judgement in judgements:
        by_rule[judgement.rule_id].append(judgement)
    values: dict[Name, float] = {}
    for rule_id in sorted(by_rule):
        values |= learn_rule(rule_id, by_rule[rule_id], least)
    return Corrections(
        {rule: value for (rule, clause), value in values.items() if not clause},
        {name: value for name, value in values.items() if name[1]},
    )


def learn_rule(rule_id: str, judgements: Sequence[HitJudgement], least: float) -> dict[Name, float]:
    """Rules share no parameter, so each is solved by itself."""
    rows: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, judgement in enumerate(judgements):
        rows[""].append((number, 1.0))
        for clause in judgement.clauses:
            rows[clause].append((number, 1 / sqrt(len(judgement.clauses))))
    if len(rows) == 2:  # one clause, held in every hit: the rule says all
        rows = {"": rows[""]}
    odds = [judgement.log_odds for judgement in judgements]
    corrections = dict.fromkeys(rows, 0.0)
    most = {name: ceiling_of(members, judgements, least) for name, members in rows.items()}
    for _ in range(MOST_ROUNDS):
        moved = 0.0
        for name, members in rows.items():
            before = corrections[name]
            step = newton_step(before, members, odds, judgements, spread_of(name))
            step = min(step, most[name] - before)
            corrections[name] += step
            for number, share in members:
                odds[number] += step * share
            moved = max(moved, abs(step))
        if moved < CONVERGED:
            break
    return {(rule_id, name): round(value, WEIGHT_DIGITS) for name, value in corrections.items()}


def ceiling_of(
    members: Sequence[tuple[int, float]], judgements: Sequence[HitJudgement], least: float
) -> float:
    """How far up a correction may go: nowhere, unless a hit of it that was not shown is wanted."""
    hits = (judgements[number] for number, _ in members)
    return inf if any(hit.wanted and chance(hit.log_odds) < least for hit in hits) else 0.0


def spread_of(clause: str) -> float:
    return CLAUSE_SPREAD if clause else PRIOR_SPREAD


def newton_step(
    value: float,
    members: Sequence[tuple[int, float]],
    odds: Sequence[float],
    judgements: Sequence[HitJudgement],
    spread: float,
) -> float:
    """One step of one parameter towards where likelihood and prior balance."""
    precision = 1 / (spread * spread)
    slope, bend = -value * precision, precision
    for number, share in members:
        likely = chance(odds[number])
        slope += share * (judgements[number].wanted - likely)
        bend += share * share * likely * (1 - likely)
    return max(-LONGEST_STEP, min(LONGEST_STEP, slope / bend))


def corrected(weights: Weights, corrections: Corrections) -> Weights:
    """The weights with the corrections added, under a hash of their own."""
    rules = dict(weights.rules)
    clauses = {rule: dict(weights_of_rule) for rule, weights_of_rule in weights.clauses.items()}
    for rule, value in corrections.rules.items():
        rules[rule] = round(rules.get(rule, 0.0) + value, WEIGHT_DIGITS)
    for (rule, clause), value in corrections.clauses.items():
        weights_of_rule = clauses.setdefault(rule, {})
        weights_of_rule[clause] = round(weights_of_rule.get(clause, 0.0) + value, WEIGHT_DIGITS)
    return sealed_weights(replace(weights, rules=rules, clauses=clauses))


def unseen(judgements: Sequence[HitJudgement], least: float, folds: int = 5) -> list[float]:
    """Log-odds of each judgement after learning from the stories of the other folds only."""
    chances: list[float] = [0.0] * len(judgements)
    for fold in range(folds):
        others = (judgement for judgement in judgements if judgement.story % folds != fold)
        corrections = learn(others, least)
        for number, judgement in enumerate(judgements):
            if judgement.story % folds == fold:
                chances[number] = judgement.log_odds + corrections.of(
                    judgement.rule_id, judgement.clauses
                )
    return chances
