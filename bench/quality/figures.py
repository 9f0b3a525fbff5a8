"""The figures as lines for people and as one mapping."""

from collections.abc import Callable, Iterable, Iterator

from bench.quality.flagged import Alarm, Judged, by_rule, counts, grouped, sure
from bench.quality.labelled import Labelled
from bench.quality.scores import Counts, Share, weigh
from bench.relevance.reliability import Chance, kind_of
from matchers.relevance.features import SHORT, is_spanish
from matchers.text.normalize import folded_words

GROUPS: tuple[tuple[str, Callable[[Labelled], str]], ...] = (
    ("category", lambda item: item.category),
    ("confidence", lambda item: item.confidence),
    ("level", lambda item: item.level),
    ("stratum", lambda item: item.stratum),
    ("year", lambda item: item.date[:4] or "unknown"),
)
FOLDS = 10
THRESHOLDS = tuple(number / 20 for number in range(20))


def numbers(tally: Counts) -> dict[str, object]:
    return {
        "tp": tally.tp, "fp": tally.fp, "fn": tally.fn, "tn": tally.tn,
        "precision": tally.precision.value, "precision_interval": tally.precision.interval,
        "recall": tally.recall.value, "recall_interval": tally.recall.interval, "f1": tally.f1,
    }  # fmt: skip


def row(name: str, tally: Counts) -> str:
    f1 = "–" if tally.f1 is None else f"{tally.f1:.3f}"
    boxes = f"{tally.tp:6.0f} {tally.fp:5.0f} {tally.fn:5.0f} {tally.tn:6.0f}"
    return f"{name:34} {boxes}  {tally.precision!s:22} {tally.recall!s:22} {f1}"


def heading(name: str) -> str:
    return f"{name:34} {'tp':>6} {'fp':>5} {'fn':>5} {'tn':>6}  {'precision':22} {'recall':22} F1"


def table_lines(judged: tuple[Judged, ...]) -> Iterator[str]:
    yield heading("")
    yield row("all", counts(judged))
    yield row("without low confidence", counts(sure(judged)))
    for name, key in GROUPS:
        yield f"by {name}, without low confidence" if name != "confidence" else f"by {name}"
        cases = judged if name == "confidence" else sure(judged)
        for group, members in grouped(cases, key).items():
            yield row(f"  {group}", counts(members))


def curve(judged: Iterable[Judged]) -> Iterator[tuple[float, Counts]]:
    """The table at each threshold of relevance, without labels of low confidence."""
    cases = sure(judged)
    for threshold in THRESHOLDS:
        yield (
            threshold,
            weigh(
                (case.item.relevant, case.relevance >= threshold, case.item.weight)
                for case in cases
            ),
        )


def curve_lines(judged: tuple[Judged, ...]) -> Iterator[str]:
    yield heading("by threshold of relevance")
    for threshold, tally in curve(judged):
        yield row(f"  {threshold:.2f}" + (" (rules alone)" if not threshold else ""), tally)


def rule_lines(judged: tuple[Judged, ...]) -> Iterator[str]:
    yield f"{'by rule':44} {'tp':>6} {'fp':>6}  precision"
    for rule, tally in by_rule(sure(judged)).items():
        yield f"  {rule:42} {tally.tp:6.1f} {tally.fp:6.1f}  {tally.precision}"


def fold_line(judged: tuple[Judged, ...]) -> str:
    """Ten parts by the id's last characters: how far a part strays from the whole."""
    parts: list[list[Judged]] = [[] for _ in range(FOLDS)]
    for case in sure(judged):
        parts[sum(case.item.id.encode()) % FOLDS].append(case)
    tallies = [counts(part) for part in parts]
    precisions = [t.precision.value for t in tallies if t.precision.value is not None]
    recalls = [t.recall.value for t in tallies if t.recall.value is not None]
    if not precisions or not recalls:
        return "too few labels for folds"
    return (
        f"{FOLDS} folds without low confidence: precision {min(precisions):.2f} to "
        f"{max(precisions):.2f}, recall {min(recalls):.2f} to {max(recalls):.2f}"
    )


def chances(judged: Iterable[Judged]) -> Iterator[Chance]:
    """What the shipped weights say of the texts that a rule can flag, whose readers were sure."""
    for case in sure(judged):
        if case.possible:
            words = folded_words(case.item.text)
            kind = kind_of(
                spanish=is_spanish([*folded_words(case.item.title), *words]),
                short=len(words) < SHORT,
            )
            yield Chance(kind, case.relevance, case.item.relevant, case.item.weight)


def report(
    judged: tuple[Judged, ...], unrelated: tuple[int, tuple[Alarm, ...]] | None
) -> dict[str, object]:
    """Everything as one mapping, for --json."""
    figures: dict[str, object] = {
        "all": numbers(counts(judged)),
        "without_low_confidence": numbers(counts(sure(judged))),
        "by_rule": {rule: numbers(tally) for rule, tally in by_rule(sure(judged)).items()},
        "by_threshold": {f"{at:.2f}": numbers(tally) for at, tally in curve(judged)},
    }
    for name, key in GROUPS:
        groups = grouped(judged, key)
        figures[f"by_{name}"] = {group: numbers(counts(part)) for group, part in groups.items()}
    if unrelated is not None:
        share = Share(len(unrelated[1]), unrelated[0])
        figures["unrelated"] = {
            "read": share.whole, "flagged": share.part,
            "share": share.value, "interval": share.interval,
        }  # fmt: skip
    return figures
