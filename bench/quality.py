"""How good the ruleset is on labelled texts, and how often it cries wolf on unrelated ones.

python -m bench.quality LABELS.jsonl [--rules DIR] [--errors] [--unrelated FILE|DIR]… [--json]

Flagged means: any enabled rule of severity medium or higher. Exit code 1 when a limit given with
--least-precision, --least-recall or --most-alarms is not met.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from bench.labelled import Labelled, Unlabelled, read_labels, read_unlabelled
from bench.scores import Counts, Share, count
from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.explain.explain import why_not
from matchers.rules.load import load_rules
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import SEVERITIES, Hit

FLAGGING = SEVERITIES[SEVERITIES.index("medium") :]
GROUPS: tuple[tuple[str, Callable[[Labelled], str]], ...] = (
    ("category", lambda one: one.category),
    ("confidence", lambda one: one.confidence),
    ("level", lambda one: one.level),
    ("stratum", lambda one: one.stratum),
)
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text with the hits that flag it."""

    item: Labelled
    hits: tuple[Hit, ...]

    @property
    def pair(self) -> tuple[bool, bool]:
        return self.item.relevant, bool(self.hits)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An unrelated text that was flagged."""

    item: Unlabelled
    hits: tuple[Hit, ...]


def flags(engine: Engine, text: ArticleText) -> tuple[Hit, ...]:
    return tuple(hit for hit in find_hits(engine, text) if hit.severity in FLAGGING)


def judge(engine: Engine, items: Iterable[Labelled]) -> tuple[Judged, ...]:
    return tuple(
        Judged(one, flags(engine, ArticleText(title=one.title, body=one.text, lang=one.language)))
        for one in items
    )


def grouped(
    judged: Iterable[Judged], key: Callable[[Labelled], str]
) -> dict[str, tuple[Judged, ...]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        found[key(one.item)].append(one)
    return {name: tuple(found[name]) for name in sorted(found)}


def counts(judged: Iterable[Judged]) -> Counts:
    return count(one.pair for one in judged)


def sure(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Without the labels of which their own authors were unsure."""
    return tuple(one for one in judged if one.item.confidence != "low")


def by_rule(judged: Iterable[Judged]) -> dict[str, Counts]:
    """True and false alarms of each rule that fired at least once."""
    tp: dict[str, int] = defaultdict(int)
    fp: dict[str, int] = defaultdict(int)
    for one in judged:
        for rule in {hit.rule_id for hit in one.hits}:
            (tp if one.item.relevant else fp)[rule] += 1
    return {rule: Counts(tp=tp[rule], fp=fp[rule]) for rule in sorted({*tp, *fp})}


def folds(judged: Iterable[Judged]) -> tuple[Counts, ...]:
    """Ten parts by the id's last characters: how far a part strays from the whole."""
    parts: list[list[Judged]] = [[] for _ in range(FOLDS)]
    for one in judged:
        parts[sum(one.item.id.encode()) % FOLDS].append(one)
    return tuple(counts(part) for part in parts)


def alarms(engine: Engine, items: Iterable[Unlabelled]) -> tuple[int, tuple[Alarm, ...]]:
    """How many texts were read, and those that were flagged."""
    read = 0
    found: list[Alarm] = []
    for one in items:
        read += 1
        if hits := flags(engine, ArticleText(title=one.title, body=one.text)):
            found.append(Alarm(one, hits))
    return read, tuple(found)


def numbers(table: Counts) -> dict[str, object]:
    return {
        "tp": table.tp, "fp": table.fp, "fn": table.fn, "tn": table.tn,
        "precision": table.precision.value, "precision_interval": table.precision.interval,
        "recall": table.recall.value, "recall_interval": table.recall.interval, "f1": table.f1,
    }  # fmt: skip


def row(name: str, table: Counts) -> str:
    f1 = "–" if table.f1 is None else f"{table.f1:.3f}"
    boxes = f"{table.tp:4} {table.fp:4} {table.fn:4} {table.tn:5}"
    return f"{name:34} {boxes}  {table.precision!s:22} {table.recall!s:22} {f1}"


def table(judged: tuple[Judged, ...]) -> Iterator[str]:
    yield f"{'':34} {'tp':>4} {'fp':>4} {'fn':>4} {'tn':>5}  {'precision':22} {'recall':22} F1"
    yield row("all", counts(judged))
    yield row("without low confidence", counts(sure(judged)))
    for name, key in GROUPS:
        yield f"by {name}"
        for group, members in grouped(judged, key).items():
            yield row(f"  {group}", counts(members))


def rule_lines(judged: tuple[Judged, ...]) -> Iterator[str]:
    yield f"{'by rule':44} {'tp':>4} {'fp':>4}  precision"
    for rule, found in by_rule(judged).items():
        yield f"  {rule:42} {found.tp:4} {found.fp:4}  {found.precision}"


def fold_line(judged: tuple[Judged, ...]) -> str:
    found = folds(sure(judged))
    precisions = [one.precision.value for one in found if one.precision.value is not None]
    recalls = [one.recall.value for one in found if one.recall.value is not None]
    if not precisions or not recalls:
        return "too few labels for folds"
    return (
        f"{FOLDS} folds without low confidence: precision {min(precisions):.2f} to "
        f"{max(precisions):.2f}, recall {min(recalls):.2f} to {max(recalls):.2f}"
    )


def one_line(text: str, most: int = 200) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def hit_lines(hits: Iterable[Hit]) -> Iterator[str]:
    for hit in hits:
        yield f"      {hit.rule_id}: {one_line(hit.snippet)}"


def error_lines(judged: tuple[Judged, ...], rules: RuleSet) -> Iterator[str]:
    for one in judged:
        if one.hits and not one.item.relevant:
            yield f"  FALSE ALARM {one.item.id} [{one.item.confidence}] {one_line(one.item.title)}"
            yield f"      label says: {one.item.reason}"
            yield from hit_lines(one.hits)
    for one in judged:
        if one.item.relevant and not one.hits:
            yield f"  MISSED {one.item.id} [{one.item.confidence}] {one_line(one.item.title)}"
            yield f"      label says: {one.item.category}; {one.item.reason}"
            yield from near_lines(one.item, rules)


def near_lines(item: Labelled, rules: RuleSet) -> Iterator[str]:
    """What the rules of the label's own category lacked: the two with the fewest failed clauses."""
    text = ArticleText(title=item.title, body=item.text, lang=item.language)
    found = [
        (why_not(rules, rule.id, text), rule.id)
        for rule in rules.rules
        if rule.category == item.category and rule.status != "disabled"
    ]
    for reasons, rule_id in sorted(found, key=lambda one: len(one[0]))[:2]:
        yield f"      {rule_id}: {one_line('; '.join(reasons))}"


def report(
    judged: tuple[Judged, ...], unrelated: tuple[int, tuple[Alarm, ...]] | None
) -> dict[str, object]:
    """Everything as one mapping, for --json."""
    found: dict[str, object] = {
        "all": numbers(counts(judged)),
        "without_low_confidence": numbers(counts(sure(judged))),
        "by_rule": {rule: numbers(one) for rule, one in by_rule(judged).items()},
    }
    for name, key in GROUPS:
        groups = grouped(judged, key)
        found[f"by_{name}"] = {group: numbers(counts(part)) for group, part in groups.items()}
    if unrelated is not None:
        share = Share(len(unrelated[1]), unrelated[0])
        found["unrelated"] = {
            "read": share.whole, "flagged": share.part,
            "share": share.value, "interval": share.interval,
        }  # fmt: skip
    return found


def alarm_lines(read: int, found: tuple[Alarm, ...], *, errors: bool) -> Iterator[str]:
    yield f"unrelated texts flagged: {len(found)} of {read}, share {Share(len(found), read)}"
    for one in found if errors else ():
        yield f"  FALSE ALARM {one.item.where}: {one_line(one.item.title, 120)}"
        yield from hit_lines(one.hits)


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option("--rules", "folder", type=click.Path(exists=True, path_type=Path), default="rules")
@click.option("--errors", is_flag=True, help="List every false alarm and every miss.")
@click.option("--unrelated", type=click.Path(exists=True, path_type=Path), multiple=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--least-precision", type=float, default=0.0)
@click.option("--least-recall", type=float, default=0.0)
@click.option("--most-alarms", type=float, default=1.0, help="Share of unrelated texts.")
def main(
    labels: Path,
    folder: Path,
    errors: bool,
    unrelated: tuple[Path, ...],
    as_json: bool,
    least_precision: float,
    least_recall: float,
    most_alarms: float,
) -> None:
    """Score the rules of a folder on LABELS, a JSON Lines file."""
    rules = load_rules(folder)
    engine = compile_rules(rules)
    judged = judge(engine, read_labels(labels))
    others = alarms(engine, (one for path in unrelated for one in read_unlabelled(path)))
    if as_json:
        click.echo(json.dumps(report(judged, others if unrelated else None), indent=2))
    else:
        lines = [*table(judged), fold_line(judged), *rule_lines(judged)]
        lines += error_lines(judged, rules) if errors else []
        lines += alarm_lines(*others, errors=errors) if unrelated else []
        click.echo("\n".join(lines))
    whole = counts(sure(judged))
    share = Share(len(others[1]), others[0]).value or 0.0
    met = (whole.precision.value or 0.0) >= least_precision
    met = met and (whole.recall.value or 0.0) >= least_recall and share <= most_alarms
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
