"""Scores on texts that a fit has not seen, and the calibration that rests on them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bench.labelled import Labelled
from bench.relevance.corpus import LABELS, Sample, part_of
from bench.relevance.feature_matrix import Table
from bench.relevance.fit import Options, fit, log_odds, regression, rescaled
from bench.relevance.fold_scores import NEVER, Scored, arrays, scored, steady_balance
from bench.relevance.rows import LARGEST_WEIGHT, REMEMBERED
from matchers.relevance.relevance import chance
from matchers.relevance.weights import Weights

Concepts = Mapping[str, tuple[str, ...]]
FOLDS = 4
KINDS = ("short text", "Spanish text")
CALIBRATION_PENALTY = 3.0
FEW = 20  # wanted Spanish texts move the shift half of the way that their balance asks for
TOWARDS_HARD = 0.3  # of the way from the balance of all articles to that of the hard ones
SHORT, LONG = "all feed items", "all articles"
LEFT_OUT: dict[str, Callable[[Labelled], bool]] = {
    "feed items of 2025 and 2026": lambda item: item.file == "recent_dev",
    "articles of the stream": lambda item: item.file == "stream_dev" and item.level == "article",
    "feed items of the stream": lambda item: (
        item.file == "stream_dev" and item.level == "feed-item"
    ),
    "Spanish": lambda item: item.file == "spanish_dev",
    "labels of the first round": lambda item: item.file == LABELS,
}


def unseen_odds(
    samples: Sequence[Sample],
    folds: Sequence[int],
    concepts: Concepts,
    options: Options,
    table: Table,
) -> Scored:
    """Each text scored by a fit on the folds that it is not in."""
    odds: list[list[float]] = [[] for _ in samples]
    for fold in sorted(set(folds)):
        others = [sample for sample, at in zip(samples, folds, strict=True) if at != fold]
        weights = fit(others, concepts, options, table)
        numbers = [number for number, at in enumerate(folds) if at == fold]
        found = log_odds(weights, [samples[number] for number in numbers])
        for number, values in zip(numbers, found, strict=True):
            odds[number] = values
    return scored(samples, odds)


def calibration(found: Scored) -> tuple[float, float, dict[str, float]]:
    """What turns log-odds of unseen texts into chances: slope, shift, and shifts of kinds of text."""
    used = np.array(
        [best > NEVER and sample.item.file not in (*REMEMBERED, LABELS)
         for sample, best in zip(found.samples, found.best, strict=True)]
    )  # fmt: skip
    label = np.array([sample.item.relevant for sample in found.samples])[used]
    weight = np.array([min(sample.item.weight, LARGEST_WEIGHT) for sample in found.samples])[used]
    x = np.column_stack([found.best, kinds(found.samples)])[used]
    model = regression(CALIBRATION_PENALTY).fit(x, label, sample_weight=weight)
    slope, *shifts = (float(value) for value in model.coef_[0])
    return slope, float(model.intercept_[0]), dict(zip(KINDS, shifts, strict=True))


def kinds(samples: Sequence[Sample]) -> np.ndarray:
    """Which texts are short, and which are Spanish: the same words mean another chance there."""
    return np.array([[sample.text[kind] for kind in KINDS] for sample in samples])


def placed(found: Scored, slope: float, shift: float, shifts: Mapping[str, float]) -> Scored:
    """The same scores after calibration."""
    odds = found.best * slope + shift + kinds(found.samples) @ [shifts[kind] for kind in KINDS]
    return Scored(found.samples, np.where(found.best > NEVER, odds, NEVER))


def calibrated(
    samples: Sequence[Sample], concepts: Concepts, options: Options, table: Table
) -> tuple[Weights, Scored]:
    """Weights of all these samples, calibrated on folds, and the folds' scores on the same scale."""
    folds = [part_of(f"fold {sample.item.id}", FOLDS) for sample in samples]
    found = unseen_odds(samples, folds, concepts, options, table)
    *scale, at = scale_of(found)
    weights = rescaled(fit(samples, concepts, options, table), *scale, chance(at))
    return weights, placed(found, *scale)


def scale_of(found: Scored) -> tuple[float, float, dict[str, float], float]:
    """Slope, shift and shifts of kinds of text, and the threshold in log-odds on that scale."""
    slope, shift, shifts = calibration(found)
    at = long_threshold(placed(found, slope, shift, shifts))
    return slope, shift, aligned(found, slope, shift, shifts, at), at


def long_threshold(found: Scored) -> float:
    """Where articles balance, and a part of the way to where those that are hard to tell do.

    The latter weigh next to nothing among articles of the stream, and are what analysts open most.
    """
    at = balanced(found, LONG, 0.0)
    hard = arrays(found, LABELS)
    return at + TOWARDS_HARD * (steady_balance(*hard, 0.0) - at) if hard[1].any() else at


def aligned(
    found: Scored, slope: float, shift: float, shifts: dict[str, float], at: float
) -> dict[str, float]:
    """Shifts that put the balance of precision and recall of each kind of text at one threshold.

    Of short texts over all their sources, so that no few with large weights decide; of Spanish
    ones, short or not, what then is left.
    """
    here = placed(found, slope, shift, shifts)
    moved = {**shifts, "short text": shifts["short text"] + at - balanced(here, SHORT, at)}
    left = at - balanced(placed(found, slope, shift, moved), "spanish", at)
    wanted = int(arrays(found, "spanish")[1].sum())
    left *= wanted / (wanted + FEW)
    return {**moved, "Spanish text": moved["Spanish text"] + left}


def balanced(found: Scored, group: str, otherwise: float) -> float:
    """Where precision and recall of the group balance, if it holds wanted texts."""
    here = arrays(found, group)
    return steady_balance(*here) if here[1].any() else otherwise


def on_unseen(weights: Weights, samples: Sequence[Sample]) -> Scored:
    return scored(samples, log_odds(weights, samples))
