"""The examples of rules: each is run against its rule alone, once for each state of rule and code."""

from pathlib import Path

import yaml

from config.checked_hashes import hash_of_code, hash_of_parts, keep_proven, proven
from matchers.engine.engine import CompiledRule, Engine
from matchers.rules.rule_from_yaml import RuleDraft
from matchers.text.article_text import ArticleText

PASSED = "examples-passed"  # where it is kept of which rules all examples passed
MATCHERS = Path(__file__).parents[1]


def check_examples(drafts: list[RuleDraft], *, afresh: bool) -> None:
    """Every example is run against its rule alone; one that fails is a fault at its line."""
    passed = frozenset[str]() if afresh else proven(PASSED)
    code = hash_of_code(MATCHERS)
    both = [(print_of_examples(draft, code), draft) for draft in drafts]
    unproven = [(key, draft) for key, draft in both if key not in passed]
    engine = Engine([(draft.rule, *draft.trees) for _, draft in unproven if draft.rule is not None])
    failed = set[str]()
    for compiled, (key, draft) in zip(engine.rules, unproven, strict=True):
        for kind, examples in draft.examples.items():
            for text, node in examples:
                matched = any(
                    matches_alone(engine, compiled, reading) for reading in readings(text, node)
                )
                if matched != (kind == "match"):
                    report_example(draft, kind, text, node)
                    failed.add(key)
    keep_proven(PASSED, {key for key, _ in unproven} - failed)


def print_of_examples(draft: RuleDraft, code: str) -> str:
    """Of all that decides whether the examples of a rule pass."""
    assert draft.rule is not None
    examples = [
        (kind, text, isinstance(node, yaml.ScalarNode))
        for kind, texts in draft.examples.items()
        for text, node in texts
    ]
    return hash_of_parts((code, draft.id, draft.rule.sha256, *examples))


def matches_alone(engine: Engine, compiled: CompiledRule, text: ArticleText) -> bool:
    """Whether one rule by itself matches a text."""
    return engine.holds(compiled, engine.evaluate(text))


def readings(text: ArticleText, node: yaml.Node) -> tuple[ArticleText, ...]:
    """A plain example of one line may be a headline or a body: one match counts, either way."""
    if isinstance(node, yaml.ScalarNode) and not text.body:
        return text, ArticleText(body=text.title)
    return (text,)


def report_example(draft: RuleDraft, kind: str, text: ArticleText, node: yaml.Node) -> None:
    shown = (text.body or text.title).strip()
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    fault = "does not match" if kind == "match" else "matches, and should be ignored"
    draft.document.fault(
        node,
        f'the rule {fault}: "{shown}"',
        name=f"{draft.id}: examples.{kind}",
        hint=f"./pollwatch rules {'why-not' if kind == 'match' else 'why'} {draft.id} tells the reason",
    )
