"""All rules compiled into one engine, and the hits of one text."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchers.clauses import clause_tree
from matchers.holding import MOST_EVIDENCE, Holder, Marks
from matchers.plans import META_FROM, Patterns, Plan, plan
from matchers.rulesets import RuleSet
from matchers.scanning import Scanner, make_scanner
from matchers.scoring import score, snippet
from matchers.syntax import Node
from matchers.text import Text
from matchers.view import View
from model import Hit, Rule


@dataclass(frozen=True, slots=True)
class CompiledRule:
    rule: Rule
    query: Node
    unless: Node | None
    plan: Plan


class Engine:
    """Compiled rules. Made once per process: it cannot be pickled, and need not be."""

    def __init__(
        self, rules: Sequence[tuple[Rule, Node, Node | None]], *, native: bool | None = None
    ) -> None:
        self.patterns = Patterns()
        for _, query, unless in rules:
            self.patterns.register(query)
            if unless is not None:
                self.patterns.register(unless)
        self.rules = tuple(
            CompiledRule(rule, query, unless, plan(query, unless, self.patterns))
            for rule, query, unless in rules
        )
        for one in self.rules:
            self.patterns.link(one.query)
            if one.unless is not None:
                self.patterns.link(one.unless)
        self._main = scanner_of(self.patterns.main, native)
        self._meta = scanner_of(self.patterns.meta, native)
        self._cover = self._covering()

    def _covering(self) -> dict[int, tuple[int, ...]]:
        """Rules by the patterns of which they need at least one, the rarest such group."""
        cover: dict[int, list[int]] = {}
        for index, one in enumerate(self.rules):
            for pattern in one.plan.groups[0]:
                cover.setdefault(pattern, []).append(index)
        return {pattern: tuple(rules) for pattern, rules in cover.items()}

    def view(self, text: Text) -> View:
        """The text, scanned."""
        view = View(text, meta=self._meta is not None)
        if self._main is not None:
            view.matches = self._main.scan(view.main)
        if self._meta is not None:
            shift = len(view.main)
            view.matches += [
                (number + META_FROM, start + shift, end + shift)
                for number, start, end in self._meta.scan(view.meta)
            ]
        if self.patterns.tags:
            view.matches += view.tag_words(self.patterns.tags)
        view.seen = {match[0] for match in view.matches}
        return view

    def candidates(self, seen: set[int]) -> list[CompiledRule]:
        """Rules of which all that is necessary was seen."""
        cover = self._cover
        found: set[int] = set()
        for pattern in seen:
            if pattern in cover:
                found.update(cover[pattern])
        likely: list[CompiledRule] = []
        for index in sorted(found):
            rule = self.rules[index]
            if not seen.isdisjoint(rule.plan.excluded):
                continue
            for group in rule.plan.groups:
                if seen.isdisjoint(group):
                    break
            else:
                likely.append(rule)
        return likely

    def matching(self, view: View, holder: Holder) -> list[tuple[CompiledRule, Marks]]:
        """The rules that hold, with their marks."""
        found: list[tuple[CompiledRule, Marks]] = []
        for one in self.candidates(view.seen):
            if applies(one, view, holder):
                marks = holder.holds(one.query)
                if marks is not None:
                    found.append((one, marks))
        return found

    def holds(self, one: CompiledRule, view: View, holder: Holder) -> bool:
        """Whether one rule holds by itself."""
        return applies(one, view, holder) and holder.holds(one.query) is not None


def applies(one: CompiledRule, view: View, holder: Holder) -> bool:
    """Whether neither the language nor `unless` rules the text out."""
    if one.rule.languages and view.language_differs(one.rule.languages):
        return False
    return one.unless is None or holder.holds(one.unless) is None


def compile_rules(rules: RuleSet, *, native: bool | None = None) -> Engine:
    """The engine of all rules that are not disabled."""
    return Engine(
        [
            (rule, *tree)
            for rule, tree in zip(rules.rules, rules.trees, strict=True)
            if rule.status != "disabled"
        ],
        native=native,
    )


def compile_one(rules: RuleSet, rule_id: str) -> Engine:
    """The engine of one rule, enabled or not."""
    rule = rules.rule(rule_id)
    if rule is None:
        raise KeyError(rule_id)
    return Engine([(rule, *rules.tree(rule_id))])


def scanner_of(table: dict[str, int], native: bool | None) -> Scanner | None:
    return make_scanner(list(table), native=native) if table else None


def find_hits(engine: Engine, text: Text) -> tuple[Hit, ...]:
    """Every rule that the text satisfies, with the passages that prove it."""
    view = engine.view(text)
    holder = Holder(view, engine.patterns)
    found = engine.matching(view, holder)
    return tuple(make_hit(one, marks, holder) for one, marks in found)


def make_hit(one: CompiledRule, marks: Marks, holder: Holder) -> Hit:
    ordered = sorted(marks)[:MOST_EVIDENCE]
    evidence = tuple([holder.evidence(mark) for mark in ordered])
    field, start, text = snippet(evidence, holder.view)
    return Hit(
        rule_id=one.rule.id,
        rule_sha256=one.rule.sha256,
        severity=one.rule.severity,
        category=one.rule.category,
        score=score(evidence),
        evidence=evidence,
        snippet=text,
        snippet_field=field,
        snippet_start=start,
        clauses=clause_tree(one.query, one.unless, holder, ordered),
    )
