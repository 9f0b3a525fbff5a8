"""Rules from YAML files. Every fault of every file is reported at once, with its place."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.document import Document
from config.home import is_own
from config.read import read_yaml
from matchers.engine.engine import collector_at_rest
from matchers.engine.scanning.patterns import terms_of
from matchers.query.ast import Node, Or, canonical, outline, walk
from matchers.query.scopes import Scoped
from matchers.relevance.weights import load_weights
from matchers.rules.examples import check_examples
from matchers.rules.rule_files import files_below, is_yaml, links_out
from matchers.rules.rule_files import files_to_load as files_to_load
from matchers.rules.rule_from_yaml import RuleDraft as RuleDraft
from matchers.rules.rule_from_yaml import read_rules
from matchers.rules.ruleset import RuleSet as RuleSet
from matchers.rules.ruleset import with_weights
from matchers.rules.word_lists import WordListDraft, load_lists
from model import ConfigError, Rule

Written = dict[int, tuple[Node, dict[str, list[str]]]]  # by the identity of the word list
NEW_RULE_HINT = "./pollwatch rules new shows one"
LINK_OUT = "a link that leads out of the folder is not followed"
LINK_HINT = "put the file here; or in rules/local/, which may be a link to a folder of yours"
SAVED_AMISS = (".txt", ".rtf", ".doc", ".docx", ".odt", ".pages", "")


@dataclass
class Loaded:
    """Everything that was read, for lint; `faults` is empty when all is well.

    `whole`: a folder was read, not one file of it. `remarks`: files of which nothing came.
    """

    rules: RuleSet
    drafts: list[RuleDraft]
    lists: dict[str, Or]
    list_drafts: dict[str, WordListDraft]
    faults: list[ConfigError]
    whole: bool = True
    remarks: list[ConfigError] = field(default_factory=list)

    @property
    def usable(self) -> RuleSet:
        """The rules that no fault touches: neither in their lines nor in a word list of theirs."""
        sound = [draft for draft in self.drafts if not self.is_faulty(draft)]
        return with_weights(assemble(self.rules.path, sound), self.rules.weights)

    def is_faulty(self, draft: RuleDraft) -> bool:
        return draft.has_fault or uses(draft, self.broken_lists)

    @property
    def broken_lists(self) -> frozenset[str]:
        """Names of the word lists in files that hold a fault, and of those that hold one of them."""
        return names_of_broken(self.list_drafts)


def load_rules(path: Path) -> RuleSet:
    """The rules of a file, or of a folder with its terms/; each holds its examples.

    Raises ExceptionGroup of ConfigError with every fault of every file.
    """
    loaded = load_folder(path)
    if loaded.faults:
        raise ExceptionGroup(f"{path}: {len(loaded.faults)} faults", loaded.faults)
    return loaded.rules


@collector_at_rest()
def load_folder(path: Path, *, afresh: bool = False) -> Loaded:
    """As `load_rules`, with the faults returned instead of raised.

    Examples that passed once are run again only `afresh`, or when rule, word lists, the examples
    themselves or the code of the matchers have changed.
    """
    if not path.exists():
        fault = ConfigError(str(path), "there is no such file or folder")
        return Loaded(RuleSet(str(path), (), (), ""), [], {}, {}, [fault])
    if "terms" in (path.name, path.parent.name):
        return Loaded(RuleSet(str(path), (), (), ""), [], {}, {}, [lists_alone(path)])
    rule_files, list_files = files_to_load(path)
    lists, list_drafts, documents = load_lists(list_files)
    remarks = unread(path)
    drafts = without_replaced(read_rule_files(rule_files, lists, documents, remarks), path)
    check_ids(drafts)
    good = [draft for draft in drafts if draft.rule is not None]
    ruleset = assemble(str(path), good)
    broken = names_of_broken(list_drafts)
    check_examples([draft for draft in good if not uses(draft, broken)], afresh=afresh)
    faults = [fault for document in documents for fault in document.faults]
    faults += [ConfigError(str(link), LINK_OUT, hint=LINK_HINT) for link in links_out(path)]
    try:
        ruleset = with_weights(ruleset, load_weights(path))
    except ConfigError as error:
        faults.append(error)
    if not drafts and not faults:
        faults.append(ConfigError(str(path), "holds no rules", hint=NEW_RULE_HINT))
    faults.sort(key=lambda fault: (fault.path, fault.line or 0, fault.column or 0))
    return Loaded(ruleset, good, lists, list_drafts, faults, path.is_dir(), remarks)


def read_rule_files(
    rule_files: Iterable[tuple[Path, str]],
    lists: dict[str, Or],
    documents: list[Document],
    remarks: list[ConfigError],
) -> list[RuleDraft]:
    """The rules of all files; adds each file to `documents`, and to `remarks` where it holds none."""
    drafts: list[RuleDraft] = []
    scoped: Scoped = {}
    for file, shown in rule_files:
        document, root = read_yaml(file, shown)
        documents.append(document)
        if root is not None:
            drafts += read_rules(document, root, lists, scoped)
        elif not document.faults:
            remarks.append(ConfigError(shown, "holds no rules", hint=NEW_RULE_HINT))
    return drafts


def without_replaced(drafts: list[RuleDraft], folder: Path) -> list[RuleDraft]:
    """A rule of one's own, in local/, takes the place of a shipped one of its id."""
    own = [is_own(Path(draft.document.path), folder) for draft in drafts]
    ids = {draft.id for draft, mine in zip(drafts, own, strict=True) if mine}
    return [draft for draft, mine in zip(drafts, own, strict=True) if mine or draft.id not in ids]


def names_of_broken(lists: Mapping[str, WordListDraft]) -> frozenset[str]:
    """Rules hold the words of inner lists, but not their names, so the outer ones count as well."""
    broken = {name for name, draft in lists.items() if draft.document.faults}
    while outer := {
        name
        for name, draft in lists.items()
        if name not in broken and any(inner in broken for inner, _ in draft.names)
    }:
        broken |= outer
    return frozenset(broken)


def uses(draft: RuleDraft, lists: frozenset[str]) -> bool:
    """Whether the rule holds one of these word lists by its name."""
    return bool(lists) and any(
        isinstance(node, Or) and node.name in lists
        for tree in draft.trees
        if tree is not None
        for node in walk(tree)
    )


def unread(path: Path) -> list[ConfigError]:
    """Files whose name keeps them from being read, as my-rules.yaml.txt."""
    hint = "a file of rules or word lists ends in .yaml"
    strange = [
        file
        for file in (files_below(path) if path.is_dir() else [])
        if not is_yaml(file)
        and (file.suffix.lower() in SAVED_AMISS or ".yaml" in file.name or ".yml" in file.name)
    ]
    return [ConfigError(str(file), "is not read", hint=hint) for file in strange]


def lists_alone(path: Path) -> ConfigError:
    home = path.parent if path.name == "terms" else path.parent.parent
    hint = f"./pollwatch rules check {home}"
    return ConfigError(str(path), "word lists are read with the rules that use them", hint=hint)


def check_ids(drafts: Iterable[RuleDraft]) -> None:
    first_by_id: dict[str, RuleDraft] = {}
    for draft in drafts:
        if not draft.id:
            continue
        first = first_by_id.setdefault(draft.id, draft)
        if first is not draft:
            where = f"{first.document.path}:{first.line}"
            draft.document.fault(
                draft.node, f'the id "{draft.id}" is also used in {where}', name="id"
            )


def assemble(path: str, drafts: list[RuleDraft]) -> RuleSet:
    written: Written = {}
    rules = tuple(sealed_rule(draft, written) for draft in drafts)
    for draft, rule in zip(drafts, rules, strict=True):
        draft.rule = rule
    digest = hashlib.sha256(
        "\n".join(sorted(f"{r.id} {r.sha256} {r.status} {r.severity}" for r in rules)).encode()
    )
    return RuleSet(path, rules, tuple(draft.trees for draft in drafts), digest.hexdigest())


def sealed_rule(draft: RuleDraft, written: Written) -> Rule:
    """The rule with the hash of all that decides a hit: query, unless, languages, lists."""
    assert draft.rule is not None
    query, unless = draft.trees
    lists: dict[str, list[str]] = {}
    for tree in (query, unless):
        for node in outline(tree) if tree is not None else ():
            if isinstance(node, Or) and node.name is not None:
                lists |= lists_written_out(node, written)
    decisive = [
        canonical(query),
        canonical(unless) if unless else None,
        draft.rule.languages,
        lists,
    ]
    if draft.rule.catch_all:
        decisive.append("catch_all")
    terms = terms_of([query] if unless is None else [query, unless])
    if any(variant.stops for term in terms for variant in term.variants):
        decisive.append("phrases stop at commas")  # rules that are older ran across them
    content = json.dumps(decisive, sort_keys=True, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    return draft.sealed(hashlib.sha256(content).hexdigest())


def lists_written_out(node: Or, written: Written) -> dict[str, list[str]]:
    """A word list and those within it, each with its entries; lists that rules share once."""
    already = written.get(id(node))
    if already is None:
        lists: dict[str, list[str]] = {}
        for word_list in walk(node):
            if isinstance(word_list, Or) and word_list.name is not None:
                lists[word_list.name] = [canonical(child) for child in word_list.children]
        already = written[id(node)] = (node, lists)
    return already[1]
