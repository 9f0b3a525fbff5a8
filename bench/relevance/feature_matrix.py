"""The rows of all texts as one matrix, made once: the fit of each fold takes its part of it."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer

from bench.relevance.corpus import Sample
from bench.relevance.general_terms import Terms, term_table
from bench.relevance.rows import SEPARATOR, document_frequencies, idf, rows
from matchers.text.normalize import folded_words as folded

FEWEST_TEXTS = 8  # that hold a word, before it may count
MIDWAY_WORD = re.compile(r"(?<=[a-z,] )[A-Za-zÀ-ÿ][\w’'-]*")
WORD = f"word{SEPARATOR}"


@dataclass(frozen=True, slots=True)
class Table:
    """One row for each hit, or for a text without one; words, idf and names are of all texts."""

    words: Mapping[str, float]  # that may count, with their idf
    names: tuple[str, ...]  # of the columns: kind and name
    values: sparse.csr_matrix
    owners: np.ndarray  # number of each row's text
    shares: np.ndarray  # of the text's weight that is the row's
    numbers: Mapping[tuple[str, str], int]  # of a text, by file and id
    terms: Terms

    def rows_of(self, samples: Sequence[Sample]) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of these texts' rows, and which of the texts each row is of."""
        place = {self.numbers[sample.item.file, sample.item.id]: at for at, sample in enumerate(samples)}  # fmt: skip
        places = np.array([place.get(owner, -1) for owner in self.owners])
        return np.flatnonzero(places >= 0), places[places >= 0]

    def columns_with(self, words: Collection[str]) -> np.ndarray:
        """The numbers of all columns but those of other words."""
        names = {WORD + word for word in words}
        return np.flatnonzero([not n.startswith(WORD) or n in names for n in self.names])


def table_of(samples: Sequence[Sample]) -> Table:
    words = eligible(samples)
    vectorizer = DictVectorizer()
    all_rows = rows(words, samples)
    values = vectorizer.fit_transform([row.values for row in all_rows])
    return Table(
        words, tuple(vectorizer.get_feature_names_out()), values,
        np.array([row.sample for row in all_rows]), np.array([row.share for row in all_rows]),
        {(sample.item.file, sample.item.id): number for number, sample in enumerate(samples)},
        term_table(samples, proper_nouns(samples)),
    )  # fmt: skip


def proper_nouns(samples: Sequence[Sample]) -> set[str]:
    """Words that are mostly written large within a sentence: names of people, places, outlets."""
    large: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for sample in samples:
        for word_midway in MIDWAY_WORD.findall(sample.item.text):
            for word in folded(word_midway)[:1]:
                (large if word_midway[0].isupper() else small)[word] += 1
    return {word for word in large if large[word] > 1.5 * small[word]}


def eligible(samples: Sequence[Sample]) -> dict[str, float]:
    """Words that may count, with their idf: common enough, no names, no numbers."""
    frequencies = document_frequencies(samples)
    names = proper_nouns(samples)
    weights = idf(frequencies, len(samples))
    return {
        word: weights[word]
        for word, count in frequencies.items()
        if count >= FEWEST_TEXTS
        and len(word) > 2
        and not any(char.isdigit() for char in word)
        and word not in names
    }
