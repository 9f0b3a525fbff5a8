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
from bench.relevance.cross import Concepts, text_key, unseen_odds
from bench.relevance.feature_matrix import Table
from bench.relevance.fit import Options
from bench.relevance.fold_scores import NEVER, Scored
from bench.relevance.scale import placed, scale_of

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
    samples: Sequence[Sample],
    bare: Sequence[Sample],
    concepts: Concepts,
    options: Options,
    table: Table,
    draw: int,
) -> tuple[Scored, Scored]:
    """Log-odds of texts, and of bare headlines, above the threshold of the folds without them."""
    folds = [part_of(f"{draw} {event}", FOLDS) for event in events(samples)]
    fold_of = {text_key(sample): fold for sample, fold in zip(samples, folds, strict=True)}
    unseen = unseen_odds(samples, folds, bare, concepts, options, table)
    above = tuple(np.full(len(scored.samples), NEVER) for scored in unseen)
    for fold in range(FOLDS):
        here = tuple(
            np.array([fold_of[text_key(sample)] == fold for sample in scored.samples])
            for scored in unseen
        )
        scale = scale_of(*(part(scored, ~mask) for scored, mask in zip(unseen, here, strict=True)))
        for scored, mask, values in zip(unseen, here, above, strict=True):
            values[mask] = placed(part(scored, mask), scale).best - scale.threshold
    texts, headlines = (
        Scored(scored.samples, np.where(scored.best > NEVER, values, NEVER))
        for scored, values in zip(unseen, above, strict=True)
    )
    return texts, headlines


def part(scored: Scored, mask: np.ndarray) -> Scored:
    samples = [sample for sample, in_part in zip(scored.samples, mask, strict=True) if in_part]
    return Scored(samples, scored.best[mask])
