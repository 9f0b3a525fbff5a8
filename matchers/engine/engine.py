"""All rules compiled into one engine, and the hits of one text."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from matchers.engine.clause_tree import clause_tree
from matchers.engine.compile import Compiler
from matchers.engine.evaluation import MOST_EVIDENCE, Evaluation, Matcher
from matchers.engine.hit_relevance import facts, judged, relevances, words_of_text
from matchers.engine.presearch import Need, Presearcher, need_of
from matchers.engine.scanning.automaton import Scanner, make_scanner
from matchers.engine.scanning.patterns import Patterns, terms_of
from matchers.engine.scanning.scanned_text import Occurrence, ScannedText
from matchers.engine.score import score, snippet
from matchers.query.ast import Node
from matchers.relevance.features import HitFacts
from matchers.relevance.relevance import RelevanceModel
from matchers.relevance.weights import Weights
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from matchers.text.language_codes import differs
from model import SEVERITIES, Evidence, Hit, Rule


@dataclass(frozen=True, slots=True)
class CompiledRule:
    rule: Rule
    query: Matcher
    unless: Matcher | None
    need: Need


class Engine:
    """Compiled rules. Made once per process: it cannot be pickled, and need not be."""

    def __init__(
        self,
        rules: Sequence[tuple[Rule, Node, Node | None]],
        *,
        weights: Weights | None = None,
        native: bool | None = None,
    ) -> None:
        self.relevance = None if weights is None else RelevanceModel(weights)
        self.threshold = 0.0 if weights is None else weights.threshold
        trees = [tree for _, *both in rules for tree in both if tree is not None]
        self.patterns = Patterns(terms_of(trees))
        self.compiler = Compiler(self.patterns)
        self.rules = tuple(self._compile(*parts) for parts in rules)
        self._catches_all = any(compiled.rule.catch_all for compiled in self.rules)
        self._main = scanner_of(self.patterns.main, native)
        self._meta = scanner_of(self.patterns.meta, native)
        self.compiler.forget()
        self._presearcher = Presearcher(
            [compiled.need for compiled in self.rules], len(self.patterns.costs)
        )

    def _compile(self, rule: Rule, query: Node, unless: Node | None) -> CompiledRule:
        matcher = self.compiler.matcher(query)
        exclusion = None if unless is None else self.compiler.matcher(unless)
        need = need_of(matcher, exclusion)
        rarest_first = tuple(sorted(need.groups, key=self.patterns.cost))
        return CompiledRule(rule, matcher, exclusion, replace(need, groups=rarest_first))

    def scan(self, text: ArticleText) -> ScannedText:
        """The text, scanned."""
        scanned = ScannedText(text, meta=self._meta is not None)
        main = [] if self._main is None else self._main.scan(scanned.main)
        meta = [] if self._meta is None else self._meta.scan(scanned.meta)
        scanned.note_matches(main, meta, self.patterns)
        return scanned

    def evaluate(self, text: ArticleText) -> Evaluation:
        return Evaluation(self.scan(text), self.patterns)

    def matching(self, evaluation: Evaluation) -> list[CompiledRule]:
        """The rules that hit: those that hold, catch-alls only where no sharper rule does."""
        rules = list(self._rules_that_hold(evaluation))
        return without_idle(rules) if self._catches_all else rules

    def _rules_that_hold(self, evaluation: Evaluation) -> Iterator[CompiledRule]:
        for number in self._presearcher.candidates(evaluation.patterns_seen):
            compiled = self.rules[number]
            holds = speaks if compiled.need.exact else self.holds
            if holds(compiled, evaluation):
                yield compiled

    def holds(self, compiled: CompiledRule, evaluation: Evaluation) -> bool:
        """Whether one rule holds by itself."""
        if not speaks(compiled, evaluation) or not evaluation.holds(compiled.query):
            return False
        return compiled.unless is None or not evaluation.holds(compiled.unless)


def without_idle(rules: Sequence[CompiledRule]) -> list[CompiledRule]:
    """Without catch-alls beside a stable rule of their severity or higher; of several, the first.

    So a story that three sharp rules and three catch-alls find shows three chips and not six. A
    stable catch-all goes before one on trial, as only it puts a text before an analyst.
    """
    sharp = [compiled for compiled in rules if not compiled.rule.catch_all]
    rank = max(
        (weight(compiled.rule) for compiled in sharp if compiled.rule.status == "stable"),
        default=-1,
    )
    needed = [
        compiled for compiled in rules if compiled.rule.catch_all and weight(compiled.rule) > rank
    ]
    largest = max(
        needed,
        key=lambda compiled: (compiled.rule.status == "stable", weight(compiled.rule)),
        default=None,
    )
    return [compiled for compiled in rules if not compiled.rule.catch_all or compiled is largest]


def weight(rule: Rule) -> int:
    return SEVERITIES.index(rule.severity)


def speaks(compiled: CompiledRule, evaluation: Evaluation) -> bool:
    """Whether the rule is for texts in this language, or the text does not tell its own."""
    rule = compiled.rule
    return not (rule.languages and differs(evaluation.scanned.text.lang, rule.languages))


def compile_rules(rules: RuleSet, *, native: bool | None = None) -> Engine:
    """The engine of all rules that are not disabled."""
    enabled = [
        (rule, *tree)
        for rule, tree in zip(rules.rules, rules.trees, strict=True)
        if rule.status != "disabled"
    ]
    with collector_at_rest():
        return Engine(enabled, weights=rules.weights, native=native)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """For making much that stays: looking through it again and again takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def compile_one(rules: RuleSet, rule_id: str) -> Engine:
    """The engine of one rule, enabled or not."""
    rule = rules.rule(rule_id)
    if rule is None:
        raise KeyError(rule_id)
    return Engine([(rule, *rules.tree(rule_id))], weights=rules.weights)


def scanner_of(table: dict[str, int], native: bool | None) -> Scanner | None:
    return make_scanner(list(table), native=native) if table else None


def find_hits(engine: Engine, text: ArticleText) -> tuple[Hit, ...]:
    """Every rule that the text satisfies, with what proves it and how relevant it makes the text."""
    evaluation = engine.evaluate(text)
    matching = engine.matching(evaluation)
    hits = [make_hit(compiled, evaluation) for compiled in matching]
    if engine.relevance is None:
        return tuple(hits)
    facts_of_hits = [
        facts(compiled.rule, compiled.query, hit.evidence, evaluation)
        for compiled, hit in zip(matching, hits, strict=True)
    ]
    return judged(engine.relevance, hits, facts_of_hits, evaluation)


@dataclass(frozen=True, slots=True)
class Proof:
    """A hit without its snippet and clause tree."""

    rule: Rule
    evidence: tuple[Evidence, ...]
    relevance: float


def matched_facts(
    engine: Engine, text: ArticleText
) -> tuple[Evaluation, list[CompiledRule], list[HitFacts]]:
    """The rules that match the text, and of each what its relevance is judged by."""
    evaluation = engine.evaluate(text)
    matching = engine.matching(evaluation)
    facts_of_hits = [
        facts(
            compiled.rule,
            compiled.query,
            evaluation.evidence(ordered_occurrences(compiled, evaluation)),
            evaluation,
        )
        for compiled in matching
    ]
    return evaluation, matching, facts_of_hits


def judged_facts(engine: Engine, text: ArticleText) -> list[tuple[Rule, HitFacts, float]]:
    """Of each hit the rule, what mattered, and the log-odds of its relevance, before rounding."""
    assert engine.relevance is not None, "the rules have no weights"
    evaluation, matching, facts_of_hits = matched_facts(engine, text)
    odds = (
        engine.relevance.log_odds(*words_of_text(evaluation), facts_of_hits)
        if facts_of_hits
        else []
    )
    return [
        (compiled.rule, fact, value)
        for compiled, fact, value in zip(matching, facts_of_hits, odds, strict=True)
    ]


def find_evidence(engine: Engine, text: ArticleText) -> tuple[Proof, ...]:
    """As `find_hits`, where nobody asks for snippets and clauses."""
    evaluation, matching, facts_of_hits = matched_facts(engine, text)
    scored = zip(
        matching,
        facts_of_hits,
        relevances(engine.relevance, facts_of_hits, evaluation),
        strict=True,
    )
    return tuple(
        [Proof(compiled.rule, fact.evidence, relevance) for compiled, fact, relevance in scored]
    )


def ordered_occurrences(compiled: CompiledRule, evaluation: Evaluation) -> list[Occurrence]:
    """The occurrences that prove a rule that holds, by field and place."""
    return sorted(evaluation.proof(compiled.query))[:MOST_EVIDENCE]


def make_hit(compiled: CompiledRule, evaluation: Evaluation) -> Hit:
    ordered = ordered_occurrences(compiled, evaluation)
    evidence = tuple(evaluation.evidence(ordered))
    field, start, text = snippet(evidence, evaluation.scanned)
    return Hit(
        rule_id=compiled.rule.id,
        rule_sha256=compiled.rule.sha256,
        severity=compiled.rule.severity,
        category=compiled.rule.category,
        score=score(evidence),
        evidence=evidence,
        snippet=text,
        snippet_field=field,
        snippet_start=start,
        clauses=clause_tree(compiled.query, compiled.unless, evaluation, ordered),
    )
