"""From log-odds of unseen texts to chances: Platt's scale, shifts of kinds of text, the threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.relevance.corpus import LABELS, Sample
from bench.relevance.fit import regression
from bench.relevance.fold_scores import NEVER, Scored, arrays, steady_balance
from bench.relevance.rows import LARGEST_WEIGHT, REMEMBERED

CALIBRATION_PENALTY = 3.0
SHORT, LONG = "all feed items", "all articles"
SHORT_TEXT, SPANISH_TEXT, HEADLINE_ONLY = KINDS = ("short text", "Spanish text", "headline only")
BY_PLATT = (SHORT_TEXT, SPANISH_TEXT)  # there are next to no bare headlines among labelled texts
LANGUAGES = {SPANISH_TEXT: "spanish"}  # kinds of text with a scale of their own, and their group
FEWEST_WANTED = 10  # texts of a language; with fewer it keeps the common scale
DAMPED = 0.5  # power of the weight of a text in a language: two that stand for 15 would decide all
FARTHEST = 10.0  # log-odds that a shift is looked for within
STEPS = 50


@dataclass(frozen=True, slots=True)
class Scale:
    """Chance = logistic(slope * odds + shift + shifts of the text's kinds)."""

    slope: float
    shift: float
    shifts: Mapping[str, float]  # by kind of text
    threshold: float = 0.0  # in log-odds after calibration


def scale_of(texts: Scored, bare: Scored) -> Scale:
    """What unseen texts ask for; `bare` are headlines of the same texts without anything below.

    The threshold is where precision less DEARER and recall of articles balance. Short texts are
    shifted so that theirs balance there too, then those of each language with texts enough. Bare
    headlines are few among labelled texts, and what rules hit by one is mostly wanted: they are
    shifted until their chances are right.
    """
    platt = platt_scale(texts)
    at = balanced(placed(texts, platt), LONG, 0.0)
    short = platt.shifts[SHORT_TEXT] + at - balanced(placed(texts, platt), SHORT, at)
    scale = Scale(platt.slope, platt.shift, platt.shifts | {SHORT_TEXT: short}, at)
    for kind, group in LANGUAGES.items():
        scale = moved(scale, kind, language_shift(placed(texts, scale), group, at))
    return moved(scale, HEADLINE_ONLY, headline_shift(placed(bare, scale)))


def platt_scale(scored: Scored) -> Scale:
    """Slope, shift, and shifts of short and Spanish texts, so that chances are right on average."""
    used = np.array(
        [best > NEVER and sample.item.file not in (*REMEMBERED, LABELS)
         for sample, best in zip(scored.samples, scored.best, strict=True)]
    )  # fmt: skip
    label = np.array([sample.item.relevant for sample in scored.samples])[used]
    x = np.column_stack([scored.best, kinds(scored.samples, BY_PLATT)])[used]
    weight = damped(scored.samples)[used]
    model = regression(CALIBRATION_PENALTY).fit(x, label, sample_weight=weight)
    slope, *shifts = (float(value) for value in model.coef_[0])
    by_kind = dict.fromkeys(KINDS, 0.0) | dict(zip(BY_PLATT, shifts, strict=True))
    return Scale(slope, float(model.intercept_[0]), by_kind)


def damped(samples: Sequence[Sample]) -> np.ndarray:
    return np.array([min(sample.item.weight, LARGEST_WEIGHT) for sample in samples])


def kinds(samples: Sequence[Sample], names: Sequence[str] = KINDS) -> np.ndarray:
    """Which texts are short, and so on: the same words mean another chance there."""
    return np.array([[sample.text[kind] for kind in names] for sample in samples])


def placed(scored: Scored, scale: Scale) -> Scored:
    """The same scores after calibration."""
    shifts = kinds(scored.samples) @ [scale.shifts[kind] for kind in KINDS]
    odds = scored.best * scale.slope + scale.shift + shifts
    return Scored(scored.samples, np.where(scored.best > NEVER, odds, NEVER))


def moved(scale: Scale, kind: str, by: float) -> Scale:
    shifts = {**scale.shifts, kind: scale.shifts[kind] + by}
    return Scale(scale.slope, scale.shift, shifts, scale.threshold)


def balanced(scored: Scored, group: str, otherwise: float) -> float:
    """Where precision and recall of the group balance, if it holds wanted texts."""
    here = arrays(scored, group)
    return steady_balance(*here) if here[1].any() else otherwise


def language_shift(scored: Scored, group: str, at: float) -> float:
    """What puts the balance of precision and recall of a language's texts at the threshold."""
    score, label, weight = arrays(scored, group)
    if label.sum() < FEWEST_WANTED:
        return 0.0
    return at - steady_balance(score, label, weight**DAMPED)


def headline_shift(bare: Scored) -> float:
    """What makes the chances of bare headlines add up to as many as are wanted.

    Only of those that a rule hits by what stands there.
    """
    score, label, weight = (values[bare.best > NEVER] for values in every(bare))
    if not label.any():
        return 0.0
    low, high = -FARTHEST, FARTHEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        expected = (weight / (1 + np.exp(-(score + middle)))).sum()
        low, high = (middle, high) if expected < (weight * label).sum() else (low, middle)
    return low


def every(scored: Scored) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score, label and damped weight of all texts; those of low confidence weigh nothing."""
    sure = np.array([sample.item.confidence != "low" for sample in scored.samples])
    label = np.array([sample.item.relevant for sample in scored.samples], bool)
    return scored.best, label & sure, damped(scored.samples) * sure
