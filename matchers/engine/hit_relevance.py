"""The relevance of the hits of one text: what the engine found, handed to the linear model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from matchers.engine.evaluation import Evaluation, Matcher
from matchers.engine.operators import AnyOf, AnyTerm
from matchers.query.labels import label
from matchers.relevance.explanation import leading_parts
from matchers.relevance.features import HitFacts
from matchers.relevance.relevance import RelevanceModel
from matchers.text.language_codes import differs
from model import Evidence, Hit, Rule

FITTED = ("en", "es")  # languages of the texts that bench/relevance fits weights to


def facts(
    rule: Rule, query: Matcher, evidence: Sequence[Evidence], evaluation: Evaluation
) -> HitFacts:
    clauses = held_clauses(query, evaluation)
    return HitFacts(rule.id, rule.severity, clauses, tuple(evidence), unread_in(rule, evaluation))


def unread_in(rule: Rule, evaluation: Evaluation) -> Literal["", "rule", "text"]:
    if rule.languages:
        return "rule" if is_unread(rule) else ""
    return "text" if differs(evaluation.scanned.text.lang, FITTED) else ""


def is_unread(rule: Rule) -> bool:
    """Whether the rule names its languages, and the weights know words of none of them."""
    return bool(rule.languages) and all(differs(code, FITTED) for code in rule.languages)


def held_clauses(query: Matcher, evaluation: Evaluation) -> tuple[str, ...]:
    """The lines of a rule that held: the parts of its outermost OR, or the whole query."""
    parts = evaluation.matching_parts(query) if isinstance(query, AnyOf | AnyTerm) else [query]
    return tuple(matcher.name or clause_name(matcher) for matcher in parts)


def clause_name(matcher: Matcher) -> str:
    matcher.name = label(matcher.node)
    return matcher.name


def words_of_text(evaluation: Evaluation) -> tuple[list[str], list[str]]:
    """The words of title and body as the engine reads them; a summary stands before the body."""
    title, body, summary = (folded.hay for _, folded, _ in evaluation.scanned.parts[:3])
    return title.split(), f"{summary} {body}".split()


def relevances(
    model: RelevanceModel | None, hits: Sequence[HitFacts], evaluation: Evaluation
) -> tuple[float, ...]:
    """Of each hit; without weights every hit counts in full."""
    if model is None or not hits:
        return (1.0,) * len(hits)
    return model.judge(*words_of_text(evaluation), hits)


def judged(
    model: RelevanceModel,
    hits: Sequence[Hit],
    facts_of_hits: Sequence[HitFacts],
    evaluation: Evaluation,
) -> tuple[Hit, ...]:
    """The hits with their relevance, what it rests on and the hash of the weights."""
    if not hits:
        return ()
    title, body = words_of_text(evaluation)
    return tuple(
        replace(
            hit,
            relevance=relevance,
            weights_sha256=model.weights.sha256,
            relevance_parts=leading_parts(
                model.parts(title, body, facts_of_hits, number)
                | model.raised(title, body, facts_of_hits, number),
                facts_of_hits[number],
            ),
        )
        for number, (hit, relevance) in enumerate(
            zip(hits, model.judge(title, body, facts_of_hits), strict=True)
        )
    )
