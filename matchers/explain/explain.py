"""Why a rule matched a text, or why not: the clause tree with what held, and what came nearest."""

from dataclasses import dataclass
from typing import Any

from matchers.engine.engine import Engine, compile_one
from matchers.engine.score import score, snippet
from matchers.explain.near_miss import near_miss, short_clause
from matchers.explain.witness import Witness
from matchers.query.ast import And, Node, Not, Or, children
from matchers.query.labels import label, operator
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from matchers.text.language_codes import differs
from model import Evidence

MOST_ALTERNATIVES_SHOWN = 20  # of an OR of which nothing held


@dataclass(frozen=True, slots=True)
class ExplainedClause:
    """One part of a query. Of NOT and UNLESS, `held` says that the exclusion did not apply."""

    op: str
    text: str
    held: bool
    evidence: tuple[Evidence, ...] = ()
    nearest: str | None = None  # for a clause that did not hold: what came nearest
    clauses: tuple["ExplainedClause", ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    rule_id: str
    rule_sha256: str
    held: bool
    score: float
    clause: ExplainedClause
    evidence: tuple[Evidence, ...]
    snippet: str
    reasons: tuple[str, ...]  # for a miss: what failed first, with what came nearest


def explain(
    rules: RuleSet, rule_id: str, text: ArticleText, engine: Engine | None = None
) -> Explanation:
    """The rule against the text, by itself, whether it is enabled or not. `engine`: one of several
    rules, this one among them, that spares one of its own."""
    engine = compile_one(rules, rule_id) if engine is None else engine
    rule = next(compiled.rule for compiled in engine.rules if compiled.rule.id == rule_id)
    query, unless = rules.tree(rule_id)
    witness = Witness(engine, text)
    parts = [describe(query, witness)]
    if unless is not None:
        parts.append(describe_exclusion(unless, witness, "UNLESS"))
    if rule.languages:
        parts.append(describe_language(rule.languages, witness))
    matched = all(part.held for part in parts)
    clause = (
        parts[0]
        if len(parts) == 1
        else ExplainedClause("RULE", rule_id, matched, (), None, tuple(parts))
    )
    evidence = witness.evidence(query) if matched else ()
    return Explanation(
        rule_id=rule.id,
        rule_sha256=rule.sha256,
        held=matched,
        score=score(evidence) if matched else 0.0,
        clause=clause,
        evidence=evidence,
        snippet=snippet(evidence, witness.scanned)[2] if matched else "",
        reasons=() if matched else tuple(dict.fromkeys(reasons(clause))),
    )


def describe(node: Node, witness: Witness) -> ExplainedClause:
    matched = witness.holds(node)
    if isinstance(node, Not):
        return describe_exclusion(node.child, witness, "NOT")
    if not isinstance(node, Or | And):
        hint = None if matched else near_miss(node, witness)
        return ExplainedClause(operator(node), label(node), matched, witness.evidence(node), hint)
    inner = list(children(node))
    if isinstance(node, Or):
        holding = [child for child in inner if witness.holds(child)]
        inner = holding or ([] if node.name else inner[:MOST_ALTERNATIVES_SHOWN])
    hint = near_miss(node, witness) if not matched and isinstance(node, Or) else None
    inner_parts = tuple(describe(child, witness) for child in inner)
    return ExplainedClause(operator(node), label(node), matched, (), hint, inner_parts)


def describe_exclusion(node: Node, witness: Witness, op: str) -> ExplainedClause:
    matched, evidence = witness.holds(node), witness.evidence(node)
    hint = None
    if matched:
        hint = (
            f"excluded by '{evidence[0].text}' in the {evidence[0].field}"
            if evidence
            else "excluded"
        )
    return ExplainedClause(op, label(node), not matched, evidence, hint)


def describe_language(languages: tuple[str, ...], witness: Witness) -> ExplainedClause:
    another = differs(witness.scanned.text.lang, languages)
    hint = f"the text is in {witness.scanned.text.lang}" if another else None
    return ExplainedClause("LANGUAGES", ", ".join(languages), not another, (), hint)


def reasons(clause: ExplainedClause) -> list[str]:
    """The clauses to blame, outermost first; of an OR, the whole and what came nearest."""
    if clause.held:
        return []
    if clause.op in ("AND", "RULE"):
        return [reason for part in clause.clauses for reason in reasons(part)]
    return [f"{short_clause(clause.text)}: {clause.nearest or 'does not hold'}"]


def reasons_why_not(rules: RuleSet, rule_id: str, text: ArticleText) -> tuple[str, ...]:
    """One sentence for each clause that failed; empty when the rule matches."""
    return explain(rules, rule_id, text).reasons


def clause_json(clause: ExplainedClause) -> dict[str, Any]:
    row: dict[str, Any] = {"op": clause.op, "text": clause.text, "held": clause.held}
    if clause.evidence:
        row["evidence"] = [evidence_json(passage) for passage in clause.evidence]
    if clause.nearest is not None:
        row["nearest"] = clause.nearest
    if clause.clauses:
        row["clauses"] = [clause_json(child) for child in clause.clauses]
    return row


def evidence_json(passage: Evidence) -> dict[str, Any]:
    return {
        "field": passage.field,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "clause": passage.clause,
    }


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "rule": explanation.rule_id,
        "rule_sha256": explanation.rule_sha256,
        "held": explanation.held,
        "score": explanation.score,
        "reasons": list(explanation.reasons),
        "snippet": explanation.snippet,
        "evidence": [evidence_json(passage) for passage in explanation.evidence],
        "clause": clause_json(explanation.clause),
    }
