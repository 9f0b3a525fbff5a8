"""Concepts that the rules of one language look for and those of the other do not."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from config.read import LOADER
from matchers.query.ast import Or, walk
from matchers.rules.rule_from_yaml import RuleDraft

CONCEPTS = Path(__file__).with_name("concepts.yaml")
LANGUAGES_COMPARED = {"en": "English", "es": "Spanish"}


@cache
def concepts() -> dict[str, Any]:
    languages = yaml.load(CONCEPTS.read_text(encoding="utf-8"), LOADER)  # noqa: S506
    assert isinstance(languages, dict)
    return languages


def language_gaps(drafts: Sequence[RuleDraft]) -> Iterator[str]:
    """One sentence for each direction; none where only one language has rules."""
    tables, lists = concepts(), lists_used(drafts)
    pairs: dict[str, str] = tables["pairs"]
    if lists.isdisjoint(pairs) or lists.isdisjoint(pairs.values()):
        return
    lacking = [f"${a}" for a, b in pairs.items() if a in lists and b not in lists]
    of_other = {b for a, b in pairs.items() if a in lists}
    beyond = [f"${b}" for b in pairs.values() if b in lists and b not in of_other]
    for missing, has, lacks in ((lacking, "english", "other"), (beyond, "other", "english")):
        if missing:
            listed = ", ".join(dict.fromkeys(missing))
            yield f"{LANGUAGES_COMPARED[tables[has]]} rules look for {listed}; {LANGUAGES_COMPARED[tables[lacks]]} rules have no list alike"


def lists_used(drafts: Sequence[RuleDraft]) -> set[str]:
    """The word lists in queries, those within others included."""
    return {
        node.name
        for draft in drafts
        for tree in draft.trees
        if tree is not None
        for node in walk(tree)
        if isinstance(node, Or) and node.name is not None
    }
