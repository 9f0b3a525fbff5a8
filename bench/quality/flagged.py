"""Labelled and unrelated texts with the hits that flag them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.quality.labelled import Labelled, Unlabelled
from bench.quality.scores import Counts, count, weigh
from matchers.engine.engine import Engine, find_hits
from matchers.relevance.relevance import FLAGGING as FLAGGING
from matchers.text.article_text import ArticleText
from model import Hit

MASKED = -1.0  # relevance of a text that no rule can flag


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text with the hits that can flag it, and those that do."""

    item: Labelled
    possible: tuple[Hit, ...]  # of stable rules of severity medium or higher
    hits: tuple[Hit, ...]  # of these, the relevant ones

    @property
    def pair(self) -> tuple[bool, bool]:
        return self.item.relevant, bool(self.hits)

    @property
    def relevance(self) -> float:
        return max((hit.relevance for hit in self.possible), default=MASKED)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An unrelated text that was flagged."""

    item: Unlabelled
    hits: tuple[Hit, ...]


def possible(engine: Engine, text: ArticleText) -> tuple[Hit, ...]:
    """Hits of stable rules of severity medium or higher."""
    stable = {compiled.rule.id for compiled in engine.rules if compiled.rule.status == "stable"}
    return tuple(
        hit for hit in find_hits(engine, text) if hit.severity in FLAGGING and hit.rule_id in stable
    )


def flags(engine: Engine, text: ArticleText, threshold: float | None = None) -> tuple[Hit, ...]:
    """The hits for which the text would be flagged."""
    least = engine.threshold if threshold is None else threshold
    return tuple(hit for hit in possible(engine, text) if hit.relevance >= least)


def judge(engine: Engine, items: Iterable[Labelled]) -> tuple[Judged, ...]:
    return tuple(judge_one(engine, item) for item in items)


def judge_one(engine: Engine, item: Labelled) -> Judged:
    hits = possible(engine, ArticleText(title=item.title, body=item.text, lang=item.language))
    return Judged(item, hits, tuple(hit for hit in hits if hit.relevance >= engine.threshold))


def alarms(engine: Engine, items: Iterable[Unlabelled]) -> tuple[int, tuple[Alarm, ...]]:
    """How many texts were read, and those that were flagged."""
    text_count = 0
    flagged: list[Alarm] = []
    for text in items:
        text_count += 1
        if hits := flags(engine, ArticleText(title=text.title, body=text.text)):
            flagged.append(Alarm(text, hits))
    return text_count, tuple(flagged)


def grouped(
    judged: Iterable[Judged], key: Callable[[Labelled], str]
) -> dict[str, tuple[Judged, ...]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for case in judged:
        groups[key(case.item)].append(case)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def counts(judged: Iterable[Judged]) -> Counts:
    """Weighted where the texts have weights."""
    listed = tuple(judged)
    if all(case.item.weight == 1 for case in listed):
        return count(case.pair for case in listed)
    return weigh((*case.pair, case.item.weight) for case in listed)


def sure(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Without the labels of which their own authors were unsure."""
    return tuple(case for case in judged if case.item.confidence != "low")


def by_rule(judged: Iterable[Judged]) -> dict[str, Counts]:
    """True and false alarms of each rule that flagged at least one text."""
    cases: dict[str, list[Judged]] = defaultdict(list)
    for case in judged:
        for rule in {hit.rule_id for hit in case.hits}:
            cases[rule].append(case)
    return {rule: counts(cases[rule]) for rule in sorted(cases)}
