"""The development corpus as the fit sees it: words, and what the rules of today find in each text."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.quality.labelled import Labelled, read_labels
from matchers.engine.engine import Engine, compile_rules, ordered_occurrences
from matchers.engine.hit_relevance import facts, words_of_text
from matchers.relevance.features import FeatureValues, HitFacts, text_values
from matchers.relevance.vocabulary import Vocabulary
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Rule

FILES = ("stream_dev.jsonl", "recent_dev.jsonl", "spanish_dev.jsonl", "labels.jsonl")
LABELS = "labels"  # of the first round: drawn by keyword, hard, and not what the stream looks like
PARTS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text with its folded words and the hits of all enabled rules."""

    item: Labelled
    title: tuple[str, ...]
    body: tuple[str, ...]
    text: FeatureValues  # what it shows by itself
    hits: tuple[HitFacts, ...]
    rules: tuple[Rule, ...]  # of the hits, in their order

    @property
    def kept_back(self) -> bool:
        """Whether it belongs to the third that is looked at only at the end."""
        return is_kept_back(self.item)


def is_kept_back(item: Labelled) -> bool:
    return part_of(item.id) == PARTS - 1


def part_of(key: str, parts: int = PARTS) -> int:
    """A part from 0 on, by hash: the same for the same text whatever else there is."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % parts


def read_corpus(folder: Path) -> tuple[Labelled, ...]:
    """All labelled files of the folder that are there, in a fixed order."""
    paths = [folder / name for name in FILES if (folder / name).is_file()]
    return tuple(item for path in paths for item in read_labels(path))


def bare_headlines(items: Iterable[Labelled]) -> tuple[Labelled, ...]:
    """The same texts with nothing below the headline, as of articles that stand behind a paywall."""
    return tuple(replace(item, text="") for item in items if item.title.strip())


def sample(rules: RuleSet, vocabulary: Vocabulary, items: Iterable[Labelled]) -> tuple[Sample, ...]:
    engine = compile_rules(rules)
    return tuple(matched(engine, vocabulary, item) for item in items)


def matched(engine: Engine, vocabulary: Vocabulary, item: Labelled) -> Sample:
    evaluation = engine.evaluate(ArticleText(item.title, item.text, lang=item.language))
    matching = engine.matching(evaluation)
    title, body = words_of_text(evaluation)
    hits = tuple(
        facts(
            compiled.rule,
            compiled.query,
            evaluation.evidence(ordered_occurrences(compiled, evaluation)),
            evaluation,
        )
        for compiled in matching
    )
    text = text_values(vocabulary, title, body)
    return Sample(
        item, tuple(title), tuple(body), text, hits, tuple(compiled.rule for compiled in matching)
    )
