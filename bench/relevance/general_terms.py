"""A general vocabulary: words and pairs of neighbours, weighed by a fit of their own.

The larger fit sees them beside the figures of danger and voting and gives what they share to those.
By themselves, on whole texts and with or without a hit, they tell more of what a text is about; a
share of these weights is added to those of the larger fit, so that the file holds one weight each.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bench.relevance.corpus import LABELS, Sample
from bench.relevance.own_words import OWN
from bench.relevance.rows import LARGEST_WEIGHT, sureness
from matchers.relevance.features import FEWEST_DIFFERENT, READ_WORDS, TITLE_COUNTS

MOST_TERMS = 4000
FEWEST_TEXTS = 8  # that hold a word
FEWEST_OF_PAIR = 6
OWN_SHARE = 0.3  # of a text of our own, against a labelled one
HARD = 4.0  # of a text that was drawn for being hard to tell
PENALTY = 1.0  # C of scikit-learn
SHARE = 0.4  # of these weights that is added: on folds 0.3 to 1 do about as well


@dataclass(frozen=True, slots=True)
class Terms:
    """How often which words and pairs occur in which texts, as the model counts them."""

    names: tuple[str, ...]
    idf: np.ndarray
    values: sparse.csr_matrix  # one row a text, idf folded in
    row: Mapping[tuple[str, str], int]  # of a text, by file and id


def term_table(samples: Sequence[Sample], names: Collection[str]) -> Terms:
    """Of all texts at once; `names` are words that may not count, alone or in a pair."""
    frequencies = Counter(term for sample in samples for term in {*occurring(sample)})
    columns_by_term = {
        term: number
        for number, term in enumerate(
            sorted(t for t, count in frequencies.items() if eligible(t, count, names))
        )
    }
    idf = np.array([math.log(len(samples) / frequencies[term]) for term in columns_by_term])
    rows, columns, values = [], [], []
    for number, sample in enumerate(samples):
        counts = Counter(term for term in occurring(sample) if term in columns_by_term)
        different = math.sqrt(
            max(len({*sample.title, *sample.body[:READ_WORDS]}), FEWEST_DIFFERENT)
        )
        for term, count in counts.items():
            rows.append(number)
            columns.append(columns_by_term[term])
            values.append((1 + math.log(count)) / different * idf[columns_by_term[term]])
    matrix = sparse.csr_matrix((values, (rows, columns)), (len(samples), len(columns_by_term)))
    row = {(sample.item.file, sample.item.id): number for number, sample in enumerate(samples)}
    return Terms(tuple(columns_by_term), idf, matrix, row)


def occurring(sample: Sample) -> Iterator[str]:
    """Words and pairs as often as they count: those of the headline several times."""
    body = sample.body[:READ_WORDS]
    for times, text in ((TITLE_COUNTS, sample.title), (1, body)):
        for _ in range(times):
            yield from text
            yield from (f"{first} {second}" for first, second in pairwise(text))


def eligible(term: str, count: int, names: Collection[str]) -> bool:
    """Common enough, no names, no numbers, and not only of little words."""
    words = term.split()
    return (
        count >= (FEWEST_TEXTS if len(words) == 1 else FEWEST_OF_PAIR)
        and max(map(len, words)) > 2
        and not any(word in names or any(map(str.isdigit, word)) for word in words)
    )


def term_weights(
    terms: Terms, samples: Sequence[Sample], power: float
) -> tuple[dict[str, float], float]:
    """What each of the strongest terms adds to a text's log-odds, and the bias.

    Spanish texts are too few: their words are left to the larger fit.
    """
    used = [sample for sample in samples if not sample.text["Spanish text"]]
    x = terms.values[[terms.row[sample.item.file, sample.item.id] for sample in used]]
    y = np.array([sample.item.relevant for sample in used])
    w = np.array([text_weight(sample, power) for sample in used])
    force = np.abs(regression().fit(x, y, sample_weight=w).coef_[0])
    force *= np.sqrt(np.asarray(x.power(2).sum(0)).ravel())
    best = np.sort(np.argsort(-force, kind="stable")[:MOST_TERMS])
    model = regression().fit(x[:, best], y, sample_weight=w)
    weights = {
        terms.names[number]: float(value * terms.idf[number])
        for number, value in zip(best, model.coef_[0], strict=True)
    }
    return weights, float(model.intercept_[0])


def text_weight(sample: Sample, power: float) -> float:
    kind = {OWN: OWN_SHARE, LABELS: HARD}.get(sample.item.file, 1.0) * sureness(sample.item)
    return kind * float(min(sample.item.weight, LARGEST_WEIGHT) ** power)


def regression() -> LogisticRegression:
    return LogisticRegression(C=PENALTY, solver="liblinear", tol=0.03, max_iter=1000)
