"""Folds that keep near-duplicates and reports of one event together, with thresholds of their own.

A text whose twin was fitted is not an unseen one, and a threshold that was chosen on a text suits it.
Here each text is scored by a fit without it and without what is like it, and held against the
threshold that the other folds ask for.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.relevance.corpus import Sample, part_of
from bench.relevance.cross import Concepts, placed, scale_of, unseen_odds
from bench.relevance.feature_matrix import Table
from bench.relevance.fit import Options
from bench.relevance.fold_scores import NEVER, Scored

FOLDS = 5
HEAD_WORDS = 120  # of the body that are compared
TITLE_COUNTS = 2
SAME_TEXT = 0.45  # cosine from which two texts are near-duplicates
SAME_EVENT = 0.22  # … from which they tell of one event, if a few days apart at most
DAYS = 4


def events(samples: Sequence[Sample]) -> list[int]:
    """Of each text the number of its event; chains of likeness are one."""
    parents = list(range(len(samples)))

    def top(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for first, second in like(samples):
        parents[top(first)] = top(second)
    return [top(number) for number in range(len(samples))]


def like(samples: Sequence[Sample]) -> list[tuple[int, int]]:
    """Pairs of texts that are near-duplicates, or alike and close in time."""
    heads = [
        " ".join((*sample.title * TITLE_COUNTS, *sample.body[:HEAD_WORDS])) for sample in samples
    ]
    vectors = TfidfVectorizer(
        sublinear_tf=True, min_df=2, ngram_range=(1, 2), token_pattern=r"\S+"
    ).fit_transform(heads)
    likeness = (vectors @ vectors.T).tocoo()
    days = [day_of(sample.item.date) for sample in samples]
    return [
        (int(first), int(second))
        for first, second, cosine in zip(
            likeness.row, likeness.col, likeness.data, strict=True
        )
        if first < second and cosine >= SAME_EVENT and (
            cosine >= SAME_TEXT or close(days[first], days[second])
        )
    ]  # fmt: skip


def day_of(text: str) -> int | None:
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return None


def close(first: int | None, second: int | None) -> bool:
    return first is not None and second is not None and abs(first - second) <= DAYS


def by_events(
    samples: Sequence[Sample], concepts: Concepts, options: Options, table: Table, draw: int
) -> Scored:
    """Log-odds of each text above the threshold of the folds that it is not in."""
    folds = [part_of(f"{draw} {event}", FOLDS) for event in events(samples)]
    found = unseen_odds(samples, folds, concepts, options, table)
    above = np.full(len(samples), NEVER)
    for fold in range(FOLDS):
        here = np.array(folds) == fold
        others = [sample for sample, out in zip(samples, here, strict=True) if not out]
        slope, shift, shifts, at = scale_of(Scored(others, found.best[~here]))
        above[here] = (placed(found, slope, shift, shifts).best - at)[here]
    return Scored(samples, np.where(found.best > NEVER, above, NEVER))
