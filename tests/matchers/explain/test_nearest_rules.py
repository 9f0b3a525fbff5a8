"""The rules that come nearest to a text are near by its rare words, not by the alphabet."""

from functools import cache
from pathlib import Path

import pytest

from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.explain.nearest_rules import nearest_rules
from matchers.rules.load import load_folder
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText

SHIPPED = Path(__file__).parents[3] / "rules"
IMPOSTORS = ArticleText(
    "Men posing as county staff knock on doors in Alder County",
    "Residents said two men who claimed to be from the election office asked how they had voted last year. The county said it "
    "sends nobody to people's homes. The men wore badges and carried clipboards. The sheriff asks anybody who saw them to call.",
    lang="en",
)  # fmt: skip
MISSING_VOTERS = ArticleText(
    "Voters of one party were switched to another",
    "A list of voters at the registrar was changed overnight: 300 people found themselves with another party. The registrar "
    "blames a vendor's update.",
    lang="en",
)  # fmt: skip
FOOTBALL = ArticleText(
    "Harbor United win the derby",
    "The striker scored twice in the second half before a crowd of 40,000. The coach said the team had worked hard all week "
    "and voted their captain man of the match.",
    lang="en",
)  # fmt: skip


@cache
def shipped() -> tuple[RuleSet, Engine]:
    rules = load_folder(SHIPPED).rules
    return rules, compile_rules(rules)


def near(text: ArticleText) -> list[str]:
    rules, engine = shipped()
    matching = {hit.rule_id for hit in find_hits(engine, text)}
    return [rule for rule, _ in nearest_rules(rules, engine, text, matching)]


@pytest.mark.slow
def test_the_nearest_of_the_shipped_rules_are_on_what_the_text_is_on() -> None:
    assert "false-voting-instructions" in near(IMPOSTORS)
    assert "drop-boxes-attacked" not in near(IMPOSTORS)
    assert near(MISSING_VOTERS)[0] == "voter-rolls-contested"
    assert near(FOOTBALL) == []


RULES = """rules:
  - {id: a-common, title: A, severity: low, category: c, query: election NEAR/3 zebra, examples: {match: [election zebra], ignore: [a]}}
  - {id: b-rare, title: B, severity: low, category: c, query: (voter OR tabulator*) NEAR/3 zeppelin, examples: {match: [a tabulator zeppelin], ignore: [a]}}
  - {id: c-together, title: C, severity: low, category: c, query: tabulator* NEAR/2 warehouse, examples: {match: [tabulator warehouse], ignore: [a]}}
  - {id: d-wide, title: D, severity: low, category: c, query: the OR said OR (and NEAR/3 zebra), examples: {match: [said], ignore: [a]}}
"""


def test_what_stands_there_counts_by_its_rarity_and_what_is_no_more_than_chance_is_left_out(
    tmp_path: Path,
) -> None:
    (tmp_path / "own.yaml").write_text(RULES, encoding="utf-8")
    rules = load_folder(tmp_path).rules
    engine = compile_rules(rules)
    text = ArticleText("", "Election: a tabulator was found far from the old, cold warehouse.")

    ordered = nearest_rules(rules, engine, text, set())

    assert [rule for rule, _ in ordered[:1]] == ["c-together"]
    assert "d-wide" not in [rule for rule, _ in ordered]
    assert nearest_rules(rules, engine, ArticleText("", "Soup for cold days"), set()) == []
