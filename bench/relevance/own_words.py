"""Texts in our own words: the examples of the rules, and lists of headlines for and against.

They are made up, so no season or outlet leans on them, and they say of short texts what few labels
can: what the same words mean a little differently arranged.
"""

from collections.abc import Iterator
from pathlib import Path

from bench.quality.labelled import Labelled, read_unlabelled
from matchers.rules.ruleset import RuleSet

OWN = "own"
SHARE = 0.6  # of a label's weight: one idea in several wordings is not several observations


def own_texts(rules: RuleSet, lists: Path | None) -> tuple[Labelled, ...]:
    """Examples of all enabled rules, and `positives*.txt` and `near_misses*.txt` of a folder."""
    texts = {text.title + text.text: text for text in (*examples(rules), *listed(lists))}
    return tuple(texts.values())


def examples(rules: RuleSet) -> Iterator[Labelled]:
    for rule in rules.rules:
        if rule.status != "stable":
            continue
        for relevant, kind in ((True, rule.examples.match), (False, rule.examples.ignore)):
            for number, text in enumerate(kind):
                title, _, body = text.partition("\n\n")
                name = f"own-{rule.id}-{'match' if relevant else 'ignore'}-{number}"
                yield own(name, title, body, relevant=relevant)


def listed(folder: Path | None) -> Iterator[Labelled]:
    for relevant, name in ((True, "positives*.txt"), (False, "near_misses*.txt")):
        for path in sorted(folder.glob(name)) if folder else ():
            for text in read_unlabelled(path):
                yield own(f"own-{text.where}", text.title, text.text, relevant=relevant)


def own(name: str, title: str, body: str, *, relevant: bool) -> Labelled:
    return Labelled(
        id=name, title=title, text=body, relevant=relevant, category="own", confidence="own",
        level="feed-item", stratum="own", weight=1.0, file=OWN,
    )  # fmt: skip
