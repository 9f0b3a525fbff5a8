"""What is legal in a rule and probably not meant. Errors are faults of loading; these are warnings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from matchers.engine.hit_relevance import is_unread
from matchers.query.ast import Near, Node, Or, Term, Window, children, error_at, walk
from matchers.query.validate import covers_places, short_name
from matchers.rules.lint.categories import lone_categories
from matchers.rules.lint.election_words import lines_without_election, meaning_of
from matchers.rules.lint.stray_words import crossing_phrases, everywhere, implied_entries, swallowed
from matchers.rules.load import Loaded
from matchers.rules.names import old_names, only_names
from matchers.rules.rule_from_yaml import RuleDraft
from matchers.rules.word_lists import WordListDraft as ListDraft
from matchers.rules.yaml_pitfalls import WRITE_A_BLOCK, taken_for_comment
from matchers.text.language_codes import misnamed
from model import ConfigError, QueryError

WIDEST_NEAR = 30
MOST_TERMS = 400  # of one OR group that are compared with each other
NEAR_DUPLICATE_SHARE = 0.85  # share of equal terms from which two rules are near-duplicates
NEEDED_EXAMPLES = 3
MOST_IDLE = 5  # lists that no rule uses, told one by one


@dataclass(frozen=True, slots=True)
class LintWarning:
    """A remark about one place of one query."""

    draft: RuleDraft
    name: str  # "query" or "unless"
    error: QueryError


def lint(loaded: Loaded, *, strict: bool = False, meaning: bool = False) -> list[ConfigError]:
    """Every warning, with its place. `strict` also asks for three examples of each kind.

    `meaning` also names the lines of queries in which nothing means an election.
    """
    for draft in loaded.drafts:
        for node, remark, name in draft.remarks:
            draft.document.query_fault(node, remark, f"{draft.id}: {name}")
        cut_values(draft)
        languages(draft)
        for warned in (*remarks(draft), *lines_in_question(draft, loaded, in_question=meaning)):
            place = draft.values[warned.name]
            assert isinstance(place, yaml.ScalarNode)
            draft.document.query_fault(place, warned.error, f"{draft.id}: {warned.name}")
        if strict:
            few_examples(draft)
    for name, terms in loaded.list_drafts.items():
        cut_terms(name, terms)
        if name in loaded.lists:
            implied_entries(name, terms, loaded.lists[name])
    near_duplicates(loaded.drafts)
    lone_categories(loaded.drafts)
    if loaded.whole:  # one file of many does not use every list
        unused_lists(loaded)
    all_documents = [draft.document for draft in loaded.drafts]
    all_documents += [draft.document for draft in loaded.list_drafts.values()]
    documents = {id(document): document for document in all_documents}
    faults = {id(fault) for fault in loaded.faults}
    faults_found = [
        f for document in documents.values() for f in document.faults if id(f) not in faults
    ]
    faults_found += loaded.remarks
    return sorted(faults_found, key=lambda fault: (fault.path, fault.line or 0, fault.column or 0))


def cut_values(draft: RuleDraft) -> None:
    """Values that end where a hashtag or a number sign was taken for a comment."""
    written = [(name, draft.values.get(name)) for name in ("title", "query", "unless")]
    for kind, examples in draft.examples.items():
        written += [(f"examples.{kind}", node) for _, node in examples]
    for name, node in written:
        lost = taken_for_comment(draft.document, node) if node is not None else None
        if node is not None and lost is not None:
            why = f"{lost} and what follows is taken for a comment"
            hint = (
                WRITE_A_BLOCK.format(key=name)
                if name in ("query", "unless")
                else "put the text in quotes"
            )
            draft.document.fault(node, why, name=f"{draft.id}: {name}", hint=hint)


def cut_terms(name: str, terms: ListDraft) -> None:
    for item in terms.items:
        if (lost := taken_for_comment(terms.document, item)) is not None:
            why = f"{lost} and what follows is taken for a comment"
            terms.document.fault(
                item, why, name=name, hint="a # is not part of a word: leave it out"
            )


def languages(draft: RuleDraft) -> None:
    """Codes that no article carries: the rule would see few articles or none."""
    rule = draft.rule
    for code in rule.languages if rule is not None else ():
        if (hint := misnamed(code)) is not None:
            why = f'no article has the language "{code}"'
            draft.document.fault(draft.values["languages"], why, name=f"{draft.id}: languages", hint=hint)  # fmt: skip


def remarks(draft: RuleDraft) -> Iterator[LintWarning]:
    for name, node in (("query", draft.query), ("unless", draft.unless)):
        if node is None:
            continue
        for error in (*swallowed(node), *everywhere(node), *crossing_phrases(node)):
            yield LintWarning(draft, name, error)
        for child in walk(node):
            if isinstance(child, Near) and child.words > WIDEST_NEAR:
                why = f"{child.kind}/{child.words} is wider than {WIDEST_NEAR} words"
                yield LintWarning(
                    draft,
                    name,
                    error_at(child, why, "use SENTENCE, PARAGRAPH or AND"),
                )
            if isinstance(child, Or) and child.name is None:
                yield from redundant(draft, name, child)
            if isinstance(child, Term) and child.scope == "lang":
                yield from unspoken(draft, name, child)
    if draft.unless is not None:
        yield from swallowing(draft, draft.unless)
    if draft.query is not None:
        for error in old_names(draft.query):
            yield LintWarning(draft, "query", error)
    if draft.query is not None and only_names(draft.query):
        why = "names a party or a person without a term for conduct beside it"
        hint = "add with AND or NEAR what happened, such as threat*, hack*, leak*"
        yield LintWarning(draft, "query", error_at(draft.query, why, hint))


def lines_in_question(
    draft: RuleDraft, loaded: Loaded, *, in_question: bool
) -> Iterator[LintWarning]:
    """Lines without a word that means an election, as the concepts of relevance.json have it: they
    have such words of English and Spanish."""
    weights, rule = loaded.rules.weights, draft.rule
    spared = rule is not None and (rule.status == "experimental" or is_unread(rule))
    if in_question and weights is not None and draft.query is not None and not spared:
        for error in lines_without_election(draft.query, meaning_of(weights.concepts)):
            yield LintWarning(draft, "query", error)


def swallowing(draft: RuleDraft, unless: Node) -> Iterator[LintWarning]:
    """A word of `unless` that hides a hit wherever in the article it stands."""
    for child in walk(unless):
        if isinstance(child, Term | Window) and child.scope in ("any", "body"):
            why = f"{short_name(child)} hides a hit even from the last line of a long article"
            hint = "look at the headline only: title:(…)"
            yield LintWarning(draft, "unless", error_at(child, why, hint, width=len(child.text)))
            return


def unspoken(draft: RuleDraft, name: str, term: Term) -> Iterator[LintWarning]:
    code = term.variants[0].words[0]
    if (hint := misnamed(code)) is not None:
        why = f'no article has the language "{code}"'
        yield LintWarning(draft, name, error_at(term, why, hint, width=len(code)))


def redundant(draft: RuleDraft, name: str, node: Or) -> Iterator[LintWarning]:
    """A term of an OR group that another one of the group already covers."""
    terms = [child for child in node.children if isinstance(child, Term)][:MOST_TERMS]
    for narrow in terms:
        wide = next(
            (
                term
                for term in terms
                if term is not narrow and term != narrow and covers_places(term, narrow)
            ),
            None,
        )
        if wide is not None and not covers_places(narrow, wide):
            why = f"{short_name(narrow)} adds nothing beside {short_name(wide)}"
            yield LintWarning(draft, name, error_at(narrow, why, "remove it"))


def few_examples(draft: RuleDraft) -> None:
    for kind, examples in draft.examples.items():
        if len(examples) < NEEDED_EXAMPLES:
            draft.document.fault(
                draft.values["examples"],
                f"{len(examples)} examples; {NEEDED_EXAMPLES} are wanted",
                name=f"{draft.id}: examples.{kind}",
            )


def near_duplicates(drafts: Iterable[RuleDraft]) -> None:
    """Two rules with almost the same terms, or with the same query."""
    earlier_rules: dict[str, list[tuple[RuleDraft, frozenset[str]]]] = {}
    for draft in drafts:
        if draft.query is None:
            continue
        own = frozenset(leaf_texts(draft.query))
        if len(own) < 2:  # too few to compare: only the very same query counts
            own = frozenset([draft.rule.query if draft.rule else draft.id])
        rarest = sorted(own)[: max(1, len(own) // 3)]
        compared: set[str] = set()
        for key in rarest:
            for other, terms in earlier_rules.get(key, []):
                if other.id not in compared and len(own & terms) >= NEAR_DUPLICATE_SHARE * len(
                    own | terms
                ):
                    why = (
                        f"nearly the same terms as {other.id} ({other.document.path}:{other.line})"
                    )
                    draft.document.fault(draft.values["query"], why, name=f"{draft.id}: query")
                compared.add(other.id)
        for key in rarest:
            earlier_rules.setdefault(key, []).append((draft, own))


def leaf_texts(node: Node) -> Iterator[str]:
    """The terms of a query, a word list counting as one."""
    stack = [node]
    while stack:
        child = stack.pop()
        if isinstance(child, Or) and child.name is not None:
            yield f"{child.scope}:${child.name}"
        elif isinstance(child, Term | Window):
            yield f"{child.scope}:{child.text}"
        else:
            stack.extend(children(child))


def unused_lists(loaded: Loaded) -> None:
    used: set[str] = set()
    for draft in loaded.drafts:
        for tree in (draft.query, draft.unless):
            if tree is not None:
                used |= {n.name for n in walk(tree) if isinstance(n, Or) and n.name is not None}
    reached = set(used)
    while used:
        name = used.pop()
        for other, _ in loaded.list_drafts[name].names if name in loaded.list_drafts else []:
            if other not in reached:
                reached.add(other)
                used.add(other)
    idle = {name: draft for name, draft in loaded.list_drafts.items() if name not in reached}
    if len(idle) <= MOST_IDLE:
        for name, terms in idle.items():
            terms.document.fault(terms.key, f"no rule uses the list ${name}")
        return
    name, terms = next(iter(idle.items()))  # a few rules beside a copy of all lists
    why = f"no rule uses the list ${name}, nor {len(idle) - 1} others"
    terms.document.fault(terms.key, why)
