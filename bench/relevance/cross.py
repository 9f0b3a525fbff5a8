"""Scores on texts that a fit has not seen, and weights whose chances rest on them."""

from collections.abc import Callable, Mapping, Sequence

from bench.quality.labelled import Labelled
from bench.relevance.corpus import LABELS, Sample, part_of
from bench.relevance.feature_matrix import Table
from bench.relevance.fit import Options, fit, log_odds, rescaled
from bench.relevance.fold_scores import Scored, scored
from bench.relevance.scale import placed, scale_of
from matchers.relevance.relevance import chance
from matchers.relevance.weights import Weights

Concepts = Mapping[str, tuple[str, ...]]
FOLDS = 4
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
    bare: Sequence[Sample],
    concepts: Concepts,
    options: Options,
    table: Table,
) -> tuple[Scored, Scored]:
    """Each text, and each bare headline of one, scored by a fit on the folds that the text is not in."""
    both = (*samples, *bare)
    fold_of = {text_key(sample): fold for sample, fold in zip(samples, folds, strict=True)}
    odds: list[list[float]] = [[] for _ in both]
    for fold in sorted(set(folds)):
        others = [sample for sample, at in zip(samples, folds, strict=True) if at != fold]
        weights = fit(others, concepts, options, table)
        numbers = [
            number for number, sample in enumerate(both) if fold_of[text_key(sample)] == fold
        ]
        odds_of_fold = log_odds(weights, [both[number] for number in numbers])
        for number, values in zip(numbers, odds_of_fold, strict=True):
            odds[number] = values
    return scored(samples, odds[: len(samples)]), scored(bare, odds[len(samples) :])


def text_key(sample: Sample) -> tuple[str, str]:
    return sample.item.file, sample.item.id


def calibrated(
    samples: Sequence[Sample],
    bare: Sequence[Sample],
    concepts: Concepts,
    options: Options,
    table: Table,
) -> tuple[Weights, Scored, Scored]:
    """Weights of all these samples, calibrated on folds, and the folds' scores on the same scale."""
    folds = [part_of(f"fold {sample.item.id}", FOLDS) for sample in samples]
    texts, headlines = unseen_odds(samples, folds, bare, concepts, options, table)
    scale = scale_of(texts, headlines)
    weights = rescaled(
        fit(samples, concepts, options, table),
        scale.slope,
        scale.shift,
        scale.shifts,
        chance(scale.threshold),
    )
    return weights, placed(texts, scale), placed(headlines, scale)


def on_unseen(weights: Weights, samples: Sequence[Sample]) -> Scored:
    return scored(samples, log_odds(weights, samples))
