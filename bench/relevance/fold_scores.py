"""Weighted precision and recall of a fit on texts that it has not seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.quality.labelled import Labelled
from bench.quality.scores import weigh
from bench.relevance.corpus import Sample
from bench.relevance.reliability import Chance, kind_of
from matchers.relevance.relevance import FLAGGING, chance
from model import Rule

DEARER = 0.05  # precision above recall at the threshold: a card too many is seen, a miss is audited
RESAMPLES = 200
MEMORY = 0.05  # a larger loss on unseen texts is learning by heart
NEVER = -1e9  # log-odds of a text that no stable rule of medium severity or higher hits


def feed_item(item: Labelled) -> bool:
    return item.file == "stream_dev" and item.level == "feed-item"


def article(item: Labelled) -> bool:
    return item.file == "stream_dev" and item.level == "article"


GROUPS: dict[str, Callable[[Labelled], bool]] = {
    "stream": lambda item: item.file == "stream_dev",
    "stream feed items": feed_item,
    "stream articles": article,
    "recent": lambda item: item.file == "recent_dev",
    "spanish": lambda item: item.file == "spanish_dev",
    "labels": lambda item: item.file == "labels",
    "all feed items": lambda item: item.file == "recent_dev" or feed_item(item),
    "all articles": lambda item: item.file == "labels" or article(item),
    "own words": lambda item: item.file == "own",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Best log-odds of each text over the hits that can flag it."""

    samples: Sequence[Sample]
    best: np.ndarray


def scored(samples: Sequence[Sample], odds: Sequence[Sequence[float]]) -> Scored:
    best = [
        max(
            (value for value, rule in zip(values, sample.rules, strict=True) if can_flag(rule)),
            default=NEVER,
        )
        for sample, values in zip(samples, odds, strict=True)
    ]
    return Scored(samples, np.array(best))


def can_flag(rule: Rule) -> bool:
    return rule.status == "stable" and rule.severity in FLAGGING


def arrays(scored: Scored, group: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score, label and weight of the group's texts, those of low confidence left out."""
    belongs = GROUPS[group]
    mask = np.array([belongs(s.item) and s.item.confidence != "low" for s in scored.samples], bool)
    label = np.array([s.item.relevant for s in scored.samples], bool)[mask]
    weight = np.array([s.item.weight for s in scored.samples])[mask]
    return scored.best[mask], label, weight


def precision_recall(
    score: np.ndarray, label: np.ndarray, weight: np.ndarray, threshold: float
) -> tuple[float, float]:
    flagged = score >= threshold
    hit = (weight * (flagged & label)).sum()
    return hit / max((weight * flagged).sum(), 1e-9), hit / max((weight * label).sum(), 1e-9)


def average_precision(score: np.ndarray, label: np.ndarray, weight: np.ndarray) -> float:
    """The mean of the precision at each wanted text, from the likeliest down: needs no threshold."""
    order = np.argsort(-score, kind="stable")
    positives, weight = (weight * label)[order], weight[order]
    precision = np.cumsum(positives) / np.maximum(np.cumsum(weight), 1e-9)
    return float((precision * positives).sum() / max(positives.sum(), 1e-9))


def chances(scored: Scored) -> Iterator[Chance]:
    """Of calibrated scores, those of labelled texts that a rule can flag and a reader was sure of."""
    for sample, best in zip(scored.samples, scored.best, strict=True):
        item, shown = sample.item, sample.text
        if best > NEVER and item.confidence not in ("low", "own"):
            kind = kind_of(spanish=bool(shown["Spanish text"]), short=bool(shown["short text"]))
            yield Chance(kind, chance(float(best)), item.relevant, item.weight)


def balance(
    score: np.ndarray, label: np.ndarray, weight: np.ndarray, dearer: float = DEARER
) -> float:
    """The threshold at which the smaller of recall and of precision less `dearer` is largest."""
    order = np.argsort(-score, kind="stable")
    score, weight, label = score[order], weight[order], label[order]
    true_flagged, flagged = np.cumsum(weight * label), np.cumsum(weight)
    positives = max(true_flagged[-1] if len(true_flagged) else 0.0, 1e-9)
    smaller = np.minimum(
        true_flagged / np.maximum(flagged, 1e-9) - dearer, true_flagged / positives
    )
    last = np.append(score[1:] < score[:-1], True)  # of several with one score, the last
    usable = last & (score > NEVER)
    return float(score[np.argmax(np.where(usable, smaller, -1.0))]) if usable.any() else 0.0


def steady_balance(
    score: np.ndarray, label: np.ndarray, weight: np.ndarray, dearer: float = DEARER
) -> float:
    """The median of the balances of many resamples: few texts with large weights sway it less."""
    rng = np.random.default_rng(RESAMPLES)
    return float(
        np.median(
            [
                balance(score, label, weight * rng.poisson(1.0, len(weight)), dearer)
                for _ in range(RESAMPLES)
            ]
        )
    )


def figures(scored: Scored, threshold: float) -> dict[str, str]:
    """Precision and recall of each group at the threshold."""
    return {
        group: "{:.2f} / {:.2f}".format(*precision_recall(*arrays(scored, group), threshold))
        for group in GROUPS
        if arrays(scored, group)[1].any()
    }


def lines(scored: Scored, threshold: float) -> Iterator[str]:
    """The same for people, beside the group's own best threshold and the rules without relevance."""
    for group in figures(scored, threshold):
        here = score, label, weight = arrays(scored, group)
        table = weigh(zip(label, score >= threshold, weight, strict=True))
        best = precision_recall(*here, balance(*here))
        rules = precision_recall(*here, NEVER + 1)
        once = precision_recall(score, label, np.ones(len(label)), threshold)
        yield (
            f"{group:18} precision {table.precision} recall {table.recall}; at its own balance "
            f"{best[0]:.2f} / {best[1]:.2f}; rules alone {rules[0]:.2f} / {rules[1]:.2f}; "
            f"average precision {average_precision(*here):.3f}; each text once "
            f"{once[0]:.2f} / {once[1]:.2f}, {average_precision(score, label, np.ones(len(label))):.3f}"
        )


def differences(fitted: Scored, unseen: Scored, threshold: float) -> Iterator[str]:
    """How much worse each group's unseen texts fare than the folds; more than MEMORY is named."""
    yield "folds less last third, precision and recall"
    for group in figures(unseen, threshold):
        here, there = (
            precision_recall(*arrays(side, group), threshold) for side in (fitted, unseen)
        )
        worse = [figure - other for figure, other in zip(here, there, strict=True)]
        note = f"  more than {MEMORY}: memory, or few texts" if max(worse) > MEMORY else ""
        number = int(arrays(unseen, group)[1].sum())
        yield f"  {group:18} {worse[0]:+.2f} {worse[1]:+.2f} ({number} wanted texts){note}"
