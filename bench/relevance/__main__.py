"""Fit rules/relevance.json from the labelled texts of a folder.

python -m bench.relevance CORPUS [--rules DIR] [--last-third] [--transfer] [--by-events] [--write]

CORPUS holds stream_dev.jsonl and the files beside it (see bench/relevance/corpus.py). Without
--write nothing is changed. Texts are split by hash: figures of the folds rest on two thirds of
them; --last-third fits on two thirds and looks at the rest, once, at the end of a round; --transfer
leaves out one source at a time; --by-events keeps reports of one event in one fold and chooses
thresholds without it: the figures to expect. What is written is fitted on all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from bench.relevance.calibration import calibration_lines
from bench.relevance.corpus import Sample, bare_headlines, read_corpus, sample
from bench.relevance.cross import LEFT_OUT, Concepts, calibrated, on_unseen
from bench.relevance.feature_matrix import Table, table_of
from bench.relevance.fit import MOST_WORDS, PENALTY, Options
from bench.relevance.fold_scores import Scored, chances, differences, figures, lines
from bench.relevance.folds import by_events as above_threshold
from bench.relevance.list_words import listed_words, with_list_words
from bench.relevance.own_words import own_texts
from bench.relevance.reliability import reliability_lines
from matchers.relevance.vocabulary import Vocabulary
from matchers.relevance.weights import FILE, Weights, read_weights, weights_text
from matchers.rules.load import load_rules

DRAWS = 2  # of folds by events: one is a matter of luck
ABOUT = (
    "Relevance of hits: what speaks for an article and what against, in log-odds. People keep "
    "`concepts`; python -m bench.relevance CORPUS --write adds the words of the rules' lists to them "
    "and fits the rest. docs/relevance.md explains."
)


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rules", "folder", type=click.Path(exists=True, path_type=Path), default="rules")
@click.option("--lists", type=click.Path(exists=True, path_type=Path), default="tests/rules", help="Folder of positives*.txt and near_misses*.txt.")  # fmt: skip
@click.option("--words", default=MOST_WORDS, help="Single words that may count.")
@click.option("--penalty", default=PENALTY, help="C of the regression; smaller shrinks more.")
@click.option("--last-third", is_flag=True, help="Fit on two thirds, look at the last third.")
@click.option("--transfer", is_flag=True, help="Fit without one source, look at that source.")
@click.option("--by-events", is_flag=True, help="Folds that keep reports of one event together.")
@click.option("--write", is_flag=True, help="Fit on everything and write the file.")
def main(
    corpus: Path, folder: Path, lists: Path, words: int, penalty: float,
    last_third: bool, transfer: bool, by_events: bool, write: bool,
) -> None:  # fmt: skip
    """Fit the weights of the relevance and say how good they are."""
    path = folder / FILE
    concepts = with_list_words(read_weights(path).concepts, listed_words(folder))
    options = Options(words=words, penalty=penalty)
    rules = replace(load_rules(folder), weights=None)
    labelled = read_corpus(corpus)
    vocabulary = Vocabulary(concepts)
    samples = sample(rules, vocabulary, (*labelled, *own_texts(rules, lists)))
    bare = sample(rules, vocabulary, bare_headlines(labelled))
    table = table_of(samples)
    measured: dict[str, object] = {}
    if last_third or not (transfer or by_events or write):
        kept_back = [s for s in samples if s.kept_back] if last_third else []
        fitted = calibrated(
            [s for s in samples if not s.kept_back],
            [s for s in bare if not s.kept_back],
            concepts,
            options,
            table,
        )
        measured |= on_two_thirds(fitted[0], fitted[1], kept_back)
    if transfer:
        transfers(samples, bare, concepts, options, table)
    if by_events:
        show_by_events(samples, bare, concepts, options, table)
    if write:
        write_fit(
            path, samples, bare, concepts=concepts, options=options, table=table, measured=measured
        )


def write_fit(
    path: Path, samples: Sequence[Sample], bare: Sequence[Sample], *,
    concepts: Concepts, options: Options, table: Table, measured: dict[str, object],
) -> None:  # fmt: skip
    """Fit on everything, show how good that is by folds, and write the weights with their figures."""
    weights, folds, headlines = calibrated(samples, bare, concepts, options, table)
    measured["all, by folds"] = show("all, by folds", folds, weights)
    measured["bare headlines"] = show("their bare headlines", headlines, weights)
    click.echo("\n".join(reliability_lines(chances(folds))))
    click.echo("\n".join(calibration_lines(folds)))
    click.echo("bare headlines")
    click.echo("\n".join(reliability_lines(chances(headlines))))
    path.write_text(weights_text(weights, ABOUT, measured), encoding="utf-8")
    click.echo(f"{path} written, {weights.sha256[:12]}, threshold {weights.threshold}")


def on_two_thirds(
    weights: Weights, folds: Scored, kept_back: Sequence[Sample]
) -> dict[str, object]:
    """Shown and returned: figures of the fit by folds, and on texts that it never saw, if any."""
    measured: dict[str, object] = {
        "two thirds, by folds": show("two thirds, by folds", folds, weights)
    }
    if kept_back:
        unseen = on_unseen(weights, kept_back)
        measured["last third"] = show("last third, never fitted", unseen, weights)
        click.echo("\n".join(differences(folds, unseen, logit(weights.threshold))))
    return measured


def show(name: str, scored: Scored, weights: Weights) -> dict[str, str]:
    threshold = logit(weights.threshold)
    click.echo(f"{name} (threshold {weights.threshold:.2f})")
    for text in lines(scored, threshold):
        click.echo(f"  {text}")
    return figures(scored, threshold)


def show_by_events(
    samples: Sequence[Sample],
    bare: Sequence[Sample],
    concepts: Concepts,
    options: Options,
    table: Table,
) -> None:
    for draw in range(DRAWS):
        texts, headlines = above_threshold(samples, bare, concepts, options, table, draw)
        click.echo("\n  ".join((f"by events, draw {draw}", *lines(texts, 0.0))))
        click.echo("\n  ".join(("… their bare headlines", *lines(headlines, 0.0))))


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def transfers(
    samples: Sequence[Sample],
    bare: Sequence[Sample],
    concepts: Concepts,
    options: Options,
    table: Table,
) -> None:
    for name, out in LEFT_OUT.items():
        texts, headlines = ([s for s in part if not out(s.item)] for part in (samples, bare))
        weights, *_ = calibrated(texts, headlines, concepts, options, table)
        show(f"left out: {name}", on_unseen(weights, [s for s in samples if out(s.item)]), weights)


if __name__ == "__main__":
    main()
