"""All rules compiled into one engine, and the hits of one text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchers.clauses import clause_tree
from matchers.holding import Holder, Marks
from matchers.plans import Patterns, Plan, plan
from matchers.rulesets import RuleSet
from matchers.scanning import Scanner, make_scanner
from matchers.scoring import score, snippet
from matchers.syntax import Node
from matchers.text import Text
from matchers.view import View
from model import Evidence, Field, Hit, Rule

MOST_EVIDENCE = 500  # passages kept for one hit; a text that repeats itself needs no more
FIELDS: tuple[Field, ...] = ("title", "body", "source", "url", "lang")


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
        self._main = numbered_scanner(self.patterns.main, native)
        self._meta = numbered_scanner(self.patterns.meta, native)
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
        view.matches = scan(self._main, view.main, 0)
        if self._meta is not None:
            view.matches += scan(self._meta, view.meta, len(view.main))
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
        return [
            rule
            for index in sorted(found)
            if (rule := self.rules[index])
            and seen.isdisjoint(rule.plan.excluded)
            and not any(seen.isdisjoint(group) for group in rule.plan.groups)
        ]

    def matching(self, view: View, holder: Holder) -> Iterable[tuple[CompiledRule, Marks]]:
        """The rules that hold, with their marks."""
        for one in self.candidates(view.seen):
            if not applies(one, view, holder):
                continue
            marks = holder.holds(one.query)
            if marks is not None:
                yield one, marks

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


Numbered = tuple[Scanner, list[int]]


def numbered_scanner(table: dict[str, int], native: bool | None) -> Numbered | None:
    if not table:
        return None
    return make_scanner(list(table), native=native), list(table.values())


def scan(numbered: Numbered | None, hay: str, shift: int) -> list[tuple[int, int, int]]:
    if numbered is None:
        return []
    scanner, numbers = numbered
    return [(numbers[one], start + shift, end + shift) for one, start, end in scanner.scan(hay)]


def find_hits(engine: Engine, text: Text) -> tuple[Hit, ...]:
    """Every rule that the text satisfies, with the passages that prove it."""
    view = engine.view(text)
    holder = Holder(view, engine.patterns)
    return tuple(make_hit(one, marks, view, holder) for one, marks in engine.matching(view, holder))


def make_hit(one: CompiledRule, marks: Marks, view: View, holder: Holder) -> Hit:
    evidence = passages(marks, view, holder)
    field, start, text = snippet(evidence, view.text)
    return Hit(
        rule_id=one.rule.id,
        rule_sha256=one.rule.sha256,
        severity=one.rule.severity,
        category=one.rule.category,
        score=score(evidence, view.text),
        evidence=evidence,
        snippet=text,
        snippet_field=field,
        snippet_start=start,
        clauses=clause_tree(one.query, one.unless, holder, evidence),
    )


def passages(marks: Marks, view: View, holder: Holder) -> tuple[Evidence, ...]:
    """The marks as evidence: by field, then by place."""
    leaves = holder.patterns.by_number
    found: list[Evidence] = []
    for start, end, leaf in sorted(marks)[:MOST_EVIDENCE]:
        field, first, last = view.origin(start, end)
        text = view.original(field)[first:last]
        found.append(Evidence(field, first, last, text, leaves[leaf].clause))
    return tuple(found)
