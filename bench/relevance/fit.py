"""The fit: logistic regression with an L2 penalty, a vocabulary chosen by weight, Platt's scale."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.relevance.corpus import LABELS, Sample
from bench.relevance.feature_matrix import Table
from bench.relevance.general_terms import SHARE, term_weights
from bench.relevance.rows import (
    LARGEST_WEIGHT,
    SCALES,
    SEPARATOR,
    document_frequencies,
    sureness,
)
from matchers.relevance.relevance import RelevanceModel
from matchers.relevance.weights import Weights, sealed_weights

MOST_WORDS = 800
SPANISH_SHARE = 1.25  # of as many for Spanish texts, which get few beside so many English ones
SPANISH_WEIGHT = 2.0  # of a Spanish text: one in seven is, and their words have nobody else
PENALTY = 1.0  # C of scikit-learn: smaller shrinks more
WEIGHT_POWER = 0.3  # a text that stands for 100 others counts as four: else few would decide all
HARD = 4.0  # weight of a text that was drawn for being hard to tell: few, and what analysts argue about
# What a hit of a catch-all rule counts less, before calibration. Of texts that only one of these flagged 8
# were wanted and 22 not, by weight; few as they are, the penalty keeps the fit from saying so.
CATCH_ALL_LESS = 2.0
SHOWN = 3  # digits of a weight
LEAST_SHOWN = 0.005  # smaller ones are left out: they move no chance by a tenth of a point


@dataclass(frozen=True)
class Options:
    words: int = MOST_WORDS
    penalty: float = PENALTY
    power: float = WEIGHT_POWER
    rules: bool = True


def sample_weights(samples: Sequence[Sample], power: float) -> np.ndarray:
    return np.array(
        [min(sample.item.weight, LARGEST_WEIGHT) ** power * sureness(sample.item)
         * (HARD if sample.item.file == LABELS else 1.0)
         * (SPANISH_WEIGHT if sample.text["Spanish text"] else 1.0)
         for sample in samples]
    )  # fmt: skip


def regression(penalty: float) -> LogisticRegression:
    return LogisticRegression(
        C=penalty, max_iter=1000, solver="liblinear", intercept_scaling=3, tol=0.01
    )


def fit_rows(
    table: Table, samples: Sequence[Sample], words: Collection[str], options: Options
) -> tuple[dict[str, float], float]:
    """Coefficients by feature, scales folded in, and the bias."""
    numbers, owners = table.rows_of(samples)
    columns = table.columns_with(words)
    x = table.values[numbers][:, columns]
    x.indices, x.indptr = (
        x.indices.astype(np.int32),
        x.indptr.astype(np.int32),
    )  # as liblinear wants
    y = np.array([sample.item.relevant for sample in samples])[owners]
    w = sample_weights(samples, options.power)[owners] * table.shares[numbers]
    model = regression(options.penalty).fit(x, y, sample_weight=w)
    names = (table.names[column] for column in columns)
    return dict(zip(names, map(float, model.coef_[0]), strict=True)), float(model.intercept_[0])


def choose_words(table: Table, samples: Sequence[Sample], options: Options) -> Mapping[str, float]:
    """The words that move most, by weight and by how much they vary over the texts."""
    candidates = table.words
    if options.words >= len(candidates):
        return candidates
    coefficients, _ = fit_rows(table, samples, candidates, options)
    spanish = [sample for sample in samples if sample.text["Spanish text"]]
    others = [sample for sample in samples if not sample.text["Spanish text"]]
    best = {
        word
        for part, most in ((others, options.words), (spanish, int(options.words * SPANISH_SHARE)))
        for word in strongest(document_frequencies(part), coefficients, candidates)[:most]
    }
    return {word: candidates[word] for word in sorted(best)}


def strongest(
    frequencies: Counter[str], coefficients: Mapping[str, float], candidates: Mapping[str, float]
) -> list[str]:
    """Candidates from the one that moves the texts of these frequencies most."""
    force = {
        word: abs(coefficients.get(f"word{SEPARATOR}{word}", 0.0))
        * candidates[word]
        * frequencies[word] ** 0.5
        for word in candidates
        if frequencies[word]
    }
    return sorted(force, key=lambda word: (-force[word], word))


def fit(
    samples: Sequence[Sample],
    concepts: dict[str, tuple[str, ...]],
    options: Options,
    table: Table,
) -> Weights:
    """Weights of these samples, not yet calibrated; the threshold is left at 0."""
    words = choose_words(table, samples, options)
    coefficients, bias = fit_rows(table, samples, words, options)
    weights = assembled(coefficients, bias, concepts, words)
    whole = with_terms(weights, *term_weights(table.terms, samples, options.power))
    catch_alls = {rule.id for sample in samples for rule in sample.rules if rule.catch_all}
    return with_less(whole, catch_alls)


def with_less(weights: Weights, catch_alls: Collection[str]) -> Weights:
    """The weights of these rules lowered, also of one that has none yet."""
    lowered = {rule: weights.rules.get(rule, 0.0) - CATCH_ALL_LESS for rule in sorted(catch_alls)}
    return sealed_weights(replace(weights, rules={**weights.rules, **lowered}))


def with_terms(weights: Weights, terms: Mapping[str, float], bias: float) -> Weights:
    """The vocabulary's share added to each word."""
    words = Counter(weights.words)  # adds floats as well
    for term, value in terms.items():
        words[term] += SHARE * value
    return sealed_weights(replace(weights, words=dict(words), bias=weights.bias + SHARE * bias))


def assembled(
    coefficients: dict[str, float],
    bias: float,
    concepts: dict[str, tuple[str, ...]],
    words: Mapping[str, float],
) -> Weights:
    places: dict[str, float] = {}
    by_word: dict[str, float] = {}
    rules: dict[str, float] = {}
    clauses: dict[str, dict[str, float]] = defaultdict(dict)
    for name, coefficient in coefficients.items():
        kind, *rest = name.split(SEPARATOR)
        weight = float(coefficient) * SCALES[kind]
        if kind in ("place", "whole", "hit"):
            places[rest[0]] = weight
        elif kind == "word":
            by_word[rest[0]] = weight * words[rest[0]]
        elif kind == "rule":
            rules[rest[0]] = weight
        elif kind == "clause":
            clauses[rest[0]][rest[1]] = weight
    return sealed_weights(Weights(0.0, bias, concepts, places, by_word, rules, dict(clauses)))


def rescaled(
    weights: Weights, slope: float, shift: float, shifts: Mapping[str, float], threshold: float
) -> Weights:
    """The calibration folded into every weight, with the threshold."""

    moved = {kind: weights.places.get(kind, 0.0) + more / slope for kind, more in shifts.items()}

    def of(values: dict[str, float]) -> dict[str, float]:
        return {
            name: round(value * slope, SHOWN)
            for name, value in sorted(values.items())
            if abs(value * slope) >= LEAST_SHOWN
        }

    return sealed_weights(
        Weights(
            round(threshold, SHOWN),
            round(weights.bias * slope + shift, SHOWN),
            weights.concepts,
            of({**weights.places, **moved}),
            of(dict(weights.words)),
            of(dict(weights.rules)),
            {
                rule: rescaled_clauses
                for rule, by_clause in sorted(weights.clauses.items())
                if (rescaled_clauses := of(dict(by_clause)))
            },
        )
    )


def log_odds(weights: Weights, samples: Sequence[Sample]) -> list[list[float]]:
    """Of each text the log-odds of each of its hits, before rounding."""
    model = RelevanceModel(weights)
    return [model.log_odds(sample.title, sample.body, sample.hits) for sample in samples]
