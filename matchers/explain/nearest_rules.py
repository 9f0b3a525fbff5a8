"""The rules that came nearest to a text that they do not hold for."""

from matchers.engine.engine import Engine
from matchers.explain.explain import explain
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText

MOST_NEAR = 3


def nearest_rules(
    rules: RuleSet, engine: Engine, text: ArticleText, matching: set[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """Rules that do not hold and have the fewest clauses that failed, if something of them was seen.

    A wide rule that holds and gives way to a sharper one is not among them: nothing of it failed.
    """
    seen_patterns = engine.evaluate(text).patterns_seen
    nearest = [
        (compiled.rule.id, explain(rules, compiled.rule.id, text, engine).reasons)
        for compiled in engine.rules
        if compiled.rule.id not in matching
        and not all(seen_patterns.isdisjoint(group) for group in compiled.need.groups)
    ]
    failed = [(rule, reasons) for rule, reasons in nearest if reasons]
    return sorted(failed, key=lambda pair: (len(pair[1]), pair[0]))[:MOST_NEAR]
