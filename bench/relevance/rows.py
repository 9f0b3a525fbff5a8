"""Rows for the fit: one for each hit of a text, one for a text without hits."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.quality.labelled import Labelled
from bench.relevance.corpus import Sample
from bench.relevance.own_words import OWN, SHARE
from matchers.relevance.danger import SHORT_ENDING, WHOLE_TEXT_FEATURES
from matchers.relevance.features import (
    clause_values,
    hit_values,
    word_values,
)
from matchers.relevance.hit_density import coverage_values
from matchers.relevance.lexicon import Lexicon

# How far each kind of feature may move: a larger scale is shrunk less by the same penalty.
SCALES = {
    "place": 0.2, "whole": 0.5, "word": 0.9, "hit": 1.0, "rule": 1.0, "clause": 0.5, "state": 1.0,
}  # fmt: skip
REMEMBERED = (OWN,)  # the rules were written with these texts: that they hit says nothing
SEPARATOR = "\x1f"
LARGEST_WEIGHT = 60.0
UNSURE = 0.25  # weight of a label that its reader called a coin toss


@dataclass(frozen=True, slots=True)
class Row:
    """Features by kind and name, scaled, and the text's number in the corpus."""

    sample: int
    values: dict[str, float]
    share: float  # of the text's weight: its hits share it


def sureness(item: Labelled) -> float:
    return UNSURE if item.confidence == "low" else 1.0


def key(kind: str, *name: str) -> str:
    return SEPARATOR.join((kind, *name))


def document_frequencies(samples: Iterable[Sample]) -> Counter[str]:
    return Counter(word for sample in samples for word in {*sample.title, *sample.body})


def idf(frequencies: Counter[str], texts: int) -> dict[str, float]:
    return {word: math.log(texts / count) for word, count in frequencies.items()}


def scaled(kind: str, values: Iterable[tuple[str, float]]) -> dict[str, float]:
    scale = SCALES[kind]
    return {key(kind, name): value * scale for name, value in values if value}


def of_whole(name: str) -> bool:
    """Whether a feature puts many concepts together, and so may move farther than one alone."""
    return name.removesuffix(SHORT_ENDING) in WHOLE_TEXT_FEATURES


def text_row(words: dict[str, float], lexicon: Lexicon, sample: Sample) -> dict[str, float]:
    """What the text says by itself; `words` are those that count, with their idf."""
    values = scaled("place", (part for part in sample.text.items() if not of_whole(part[0])))
    values |= scaled("whole", (part for part in sample.text.items() if of_whole(part[0])))
    values |= scaled("whole", coverage_values(sample.hits, len(sample.body)).items())
    counted = word_values(lexicon, sample.title, sample.body)
    return values | scaled("word", ((w, value * words[w]) for w, value in counted.items()))


def rows(words: dict[str, float], samples: Sequence[Sample]) -> list[Row]:
    all_rows: list[Row] = []
    lexicon = Lexicon(words)
    for number, sample in enumerate(samples):
        text = text_row(words, lexicon, sample)
        if not sample.hits or sample.item.file in REMEMBERED:
            state = sample.item.file if sample.item.file in REMEMBERED else "no hit"
            share = SHARE if sample.item.file == OWN else 1.0
            all_rows.append(Row(number, text | {key("state", state): SCALES["state"]}, share))
            continue
        for hit in range(len(sample.hits)):
            all_rows.append(Row(number, text | hit_row(sample, hit), 1 / len(sample.hits)))
    return all_rows


def hit_row(sample: Sample, number: int) -> dict[str, float]:
    hit = sample.hits[number]
    values = scaled("hit", hit_values(sample.hits, number).items())
    values |= {key("rule", hit.rule_id): SCALES["rule"]}
    clauses = clause_values(hit)
    return values | {
        key("clause", *name): value * SCALES["clause"] for name, value in clauses.items()
    }
