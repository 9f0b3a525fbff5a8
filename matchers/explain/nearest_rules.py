"""The rules that came nearest to a text that they do not hold for."""

from collections.abc import Iterator
from itertools import islice

from matchers.engine.engine import CompiledRule, Engine
from matchers.explain.explain import explain
from matchers.explain.nearness import EXCLUDED, Nearness, nearness
from matchers.explain.witness import Witness
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from matchers.text.language_codes import differs

MOST_NEAR = 3
MORE_THAN_CHANCE = 1.0  # bits: as much of a rule stands in at most half of all articles


def nearest_rules(
    rules: RuleSet, engine: Engine, text: ArticleText, matching: set[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """Up to three rules that do not hold, nearest first: those of whose clauses most stands in the text and
    least is missing, by how rare the words are. None that is no nearer than chance.

    A wide rule that holds and gives way to a sharper one is not among them: nothing of it failed.
    """
    witness = Witness(engine, text)
    near = [
        (rule_nearness(rules, compiled, witness), compiled.rule.id)
        for compiled in engine.rules
        if compiled.rule.id not in matching
    ]
    by_lead = sorted(
        (-rule_near.lead, rule) for rule_near, rule in near if rule_near.held >= MORE_THAN_CHANCE
    )
    return list(islice(_failed(rules, engine, text, [rule for _, rule in by_lead]), MOST_NEAR))


def rule_nearness(rules: RuleSet, compiled: CompiledRule, witness: Witness) -> Nearness:
    query, unless = rules.tree(compiled.rule.id)
    near = nearness(query, witness)
    languages = compiled.rule.languages
    shut_out = bool(languages) and differs(witness.scanned.text.lang, languages)
    is_excluded = unless is not None and witness.holds(unless)
    return Nearness(near.held, near.missing + EXCLUDED * (shut_out + is_excluded))


def _failed(
    rules: RuleSet, engine: Engine, text: ArticleText, ordered: list[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for rule in ordered:
        reasons = explain(rules, rule, text, engine).reasons
        if reasons:
            yield rule, reasons
