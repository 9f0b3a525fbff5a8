"""How good the ruleset and the relevance are on labelled texts, and on unrelated ones.

python -m bench.quality LABELS.jsonl|CORPUS [--rules DIR] [--part NAME] [--curve] [--tfidf]
    [--errors] [--unrelated FILE|DIR]… [--json]

LABELS may be a folder with the files of bench/relevance/corpus.py: each is reported by itself.
Flagged means: a stable rule of severity medium or higher hits with at least the threshold's
relevance. Texts with a weight count by it; intervals are as wide as those of as many equal texts as
tell as much. The tenths of relevance at the end say whether a
relevance of 0.8 means eight in ten; on texts that the weights were fitted on it flatters.
--part looks at "two-thirds" or the "last-third" by hash of the texts. Exit code 1 when
a limit given with --least-precision, --least-recall or --most-alarms is not met.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bench.quality.figures import (
    chances,
    curve_lines,
    fold_line,
    report,
    row,
    rule_lines,
    table_lines,
)
from bench.quality.flagged import Judged, alarms, counts, judge, sure
from bench.quality.labelled import Labelled, read_labels, read_unlabelled
from bench.quality.mistakes import alarm_lines, error_lines
from bench.quality.scores import Share
from bench.relevance.corpus import is_kept_back, read_corpus
from bench.relevance.reliability import reliability_lines
from matchers.engine.engine import Engine, compile_rules
from matchers.rules.load import load_rules

PARTS = ("all", "two-thirds", "last-third")


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option("--rules", "folder", type=click.Path(exists=True, path_type=Path), default="rules")
@click.option("--part", type=click.Choice(PARTS), default="all", show_default=True)
@click.option("--curve", is_flag=True, help="Precision and recall by threshold of relevance.")
@click.option("--tfidf", is_flag=True, help="Beside it TF-IDF with logistic regression.")
@click.option("--errors", is_flag=True, help="List every false alarm and every miss.")
@click.option("--unrelated", type=click.Path(exists=True, path_type=Path), multiple=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--least-precision", type=float, default=0.0)
@click.option("--least-recall", type=float, default=0.0)
@click.option("--most-alarms", type=float, default=1.0, help="Share of unrelated texts.")
def main(
    labels: Path, folder: Path, part: str, curve: bool, tfidf: bool, errors: bool,
    unrelated: tuple[Path, ...], as_json: bool,
    least_precision: float, least_recall: float, most_alarms: float,
) -> None:  # fmt: skip
    """Score the rules of a folder on LABELS, a JSON Lines file or a folder of them."""
    rules = load_rules(folder)
    engine = compile_rules(rules)
    every = read_corpus(labels) if labels.is_dir() else read_labels(labels)
    judged = judge(engine, (item for item in every if belongs(item, part)))
    others = alarms(engine, (text for path in unrelated for text in read_unlabelled(path)))
    if as_json:
        click.echo(json.dumps(report(judged, others if unrelated else None), indent=2))
    else:
        for name in dict.fromkeys(case.item.file for case in judged):
            here = tuple(case for case in judged if case.item.file == name)
            click.echo("\n".join(report_lines(name, here, engine, curve=curve)))
            if tfidf:
                click.echo(baseline_line(every, here))
            if errors:
                click.echo("\n".join(error_lines(here, rules)))
        click.echo("\n".join(reliability_lines(chances(judged))))
        if unrelated:
            click.echo("\n".join(alarm_lines(*others, errors=errors)))
    whole = counts(sure(judged))
    share = Share(len(others[1]), others[0]).value or 0.0
    passed = (whole.precision.value or 0.0) >= least_precision
    passed = passed and (whole.recall.value or 0.0) >= least_recall and share <= most_alarms
    sys.exit(0 if passed else 1)


def belongs(item: Labelled, part: str) -> bool:
    return part == "all" or is_kept_back(item) == (part == "last-third")


def report_lines(
    name: str, judged: tuple[Judged, ...], engine: Engine, *, curve: bool
) -> Iterator[str]:
    yield f"{name}: {len(judged)} texts, threshold {engine.threshold:g}"
    yield from table_lines(judged)
    yield fold_line(judged)
    yield from rule_lines(judged)
    if curve:
        yield from curve_lines(judged)


def baseline_line(every: tuple[Labelled, ...], judged: tuple[Judged, ...]) -> str:
    """Trained on two thirds of all files and asked for the last third's texts of this file."""
    from bench.quality.baseline import (  # scikit-learn, only when asked for
        balanced,
        baseline_scores,
    )

    train = [item for item in every if not is_kept_back(item)]
    test = [case.item for case in judged if is_kept_back(case.item)]
    if not test or not any(item.relevant for item in test):
        return "TF-IDF: no texts of the last third here"
    return row("TF-IDF on the last third", balanced(test, baseline_scores(train, test)))


if __name__ == "__main__":
    main()
