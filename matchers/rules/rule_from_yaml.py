"""From one YAML mapping to one rule, with every fault in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

import yaml

from config.did_you_mean import did_you_mean
from config.document import Document
from config.mapping import mapping_entries, text_list
from matchers.query.ast import Node, Or
from matchers.query.parser import parse_query
from matchers.query.recovery import query_faults as query_faults
from matchers.query.scopes import Scoped
from matchers.query.validate import check_sense
from matchers.rules.yaml_pitfalls import checked_text, in_file, taken_for_comment
from matchers.text.article_text import ArticleText
from matchers.text.language_codes import misnamed
from model import SEVERITIES, Examples, QueryError, Rule, Severity

RuleStatus = Literal["stable", "experimental", "disabled"]
RULE_STATUSES: tuple[str, ...] = get_args(RuleStatus)
REQUIRED = ("id", "title", "severity", "category", "query", "examples")
RULE_KEYS = ("id", "title", "severity", "category", "status", "catch_all", "languages", "description", "references",
        "false_positives", "query", "unless", "examples")  # fmt: skip
NO_OR_YES = ("false", "true")
WHOLE_RULE_HINT = "./pollwatch rules new shows a whole rule"
OTHER_STATUSES = {
    **dict.fromkeys(("enabled", "active", "on", "production"), "stable"),
    **dict.fromkeys(("off", "inactive", "paused"), "disabled"),
    **dict.fromkeys(("draft", "test", "testing", "beta"), "experimental"),
}
EXAMPLE_KEYS = ("title", "body", "summary", "source", "url", "lang")
RULE_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass
class RuleDraft:
    """A rule while it is read. `rule` is None when a fault leaves nothing to run."""

    document: Document
    node: yaml.Node
    id: str = ""
    line: int = 0
    rule: Rule | None = None
    query: Node | None = None
    unless: Node | None = None
    examples: dict[str, list[tuple[ArticleText, yaml.Node]]] = field(default_factory=dict)
    remarks: list[tuple[yaml.ScalarNode, QueryError, str]] = field(default_factory=list)
    values: dict[str, yaml.Node] = field(default_factory=dict)

    @property
    def trees(self) -> tuple[Node, Node | None]:
        assert self.query is not None
        return self.query, self.unless

    @property
    def has_fault(self) -> bool:
        """Whether a fault was found in the lines of this rule."""
        first, last = self.node.start_mark.line + 1, self.node.end_mark.line + 1
        return any(first <= (fault.line or 0) <= last for fault in self.document.faults)

    def sealed(self, sha256: str) -> Rule:
        assert self.rule is not None
        return replace(self.rule, sha256=sha256)


def read_rules(
    document: Document, root: yaml.Node, lists: Mapping[str, Or], scoped: Scoped
) -> list[RuleDraft]:
    """The rules of one file: a list, a mapping with `rules:`, or one rule by itself."""
    if isinstance(root, yaml.MappingNode):
        keys = [key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)]
        if "rules" not in keys and holds_lists(root):
            hint = "move the file into terms/, in the folder of the rules"
            document.fault(root, "these are word lists and not rules", hint=hint)
            return []
        if "rules" in keys or not set(keys) & set(RULE_KEYS):
            values = [
                value for _, _, value in mapping_entries(document, root, ("rules",), "a rule file")
            ]
            if not values:
                return []
            root = values[0]
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    return [read_rule(document, node, lists, scoped) for node in nodes]


def holds_lists(root: yaml.MappingNode) -> bool:
    """Whether every value is a list of words, as in a file of terms/."""
    values = [value for _, value in root.value]
    return bool(values) and all(
        isinstance(value, yaml.SequenceNode)
        and all(isinstance(child, yaml.ScalarNode) for child in value.value)
        for value in values
    )


def read_rule(
    document: Document, node: yaml.Node, lists: Mapping[str, Or], scoped: Scoped
) -> RuleDraft:
    draft = RuleDraft(document, node, line=node.start_mark.line + 1)
    before = len(document.faults)
    if not isinstance(node, yaml.MappingNode):
        document.fault(node, "no rule stands here", hint=WHOLE_RULE_HINT)
        return draft
    draft.values = {
        name: value for name, _, value in mapping_entries(document, node, RULE_KEYS, "a rule")
    }
    missing = [name for name in REQUIRED if name not in draft.values]
    for name in missing:
        hint = WHOLE_RULE_HINT if name == "examples" else None
        document.fault(node, "is missing", name=name, hint=hint)
    draft.id = checked_id(document, draft.values.get("id"))
    draft.query = query_tree(draft, "query", lists, scoped)
    draft.unless = query_tree(draft, "unless", lists, scoped)
    if draft.query is not None:
        for error, name in check_sense(draft.query, draft.unless):
            document.query_fault(scalar(draft.values[name]), error, f"{draft.id or 'rule'}: {name}")
    draft.examples = read_examples(draft)
    rule = assembled(draft)
    faults = document.faults[before:]
    if draft.query is not None and not missing and not faults:
        draft.rule = rule
    return draft


def scalar(node: yaml.Node) -> yaml.ScalarNode:
    assert isinstance(node, yaml.ScalarNode)
    return node


def checked_id(document: Document, node: yaml.Node | None) -> str:
    text = checked_text(document, node, "id") if node is not None else None
    if text is not None and node is not None and not RULE_ID.fullmatch(text):
        hint = "lower-case letters and digits with - between, such as voter-data-leak"
        document.fault(node, f'"{text}" is not a usable id', name="id", hint=hint)
    return text or ""


def query_tree(draft: RuleDraft, name: str, lists: Mapping[str, Or], scoped: Scoped) -> Node | None:
    node = draft.values.get(name)
    if node is None:
        return None
    text = checked_text(draft.document, node, name)
    if text is None or not node.tag.startswith("tag:yaml.org"):  # a swallowed word: told already
        return None
    try:
        parsed = parse_query(text, lists, scoped)
    except QueryError as first:
        cut = taken_for_comment(draft.document, node) is not None  # the rest follows from that
        for error in [first] if cut else query_faults(text, lists):
            located = in_file(draft.document, scalar(node), error, name)
            draft.document.query_fault(scalar(node), located, f"{draft.id or 'rule'}: {name}")
        return None
    draft.remarks += [(scalar(node), remark, name) for remark in parsed.remarks]
    return parsed.node


def read_examples(draft: RuleDraft) -> dict[str, list[tuple[ArticleText, yaml.Node]]]:
    examples: dict[str, list[tuple[ArticleText, yaml.Node]]] = {"match": [], "ignore": []}
    node = draft.values.get("examples")
    if node is None:
        return examples
    if not isinstance(node, yaml.MappingNode):
        hint = "write match: and ignore: below it, indented further and without a dash"
        draft.document.fault(node, "holds no texts", name="examples", hint=hint)
        return examples
    values = {kind: value for kind, _, value in mapping_entries(draft.document, node, ("match", "ignore"), "examples")}  # fmt: skip
    for kind in ("match", "ignore"):
        before = len(draft.document.faults)
        value = values.get(kind, node)
        if kind in values:
            examples[kind] = read_texts(draft.document, value, kind)
        if not examples[kind] and len(draft.document.faults) == before:
            why = f"at least one text that the rule must {kind} is needed"
            name = f"{draft.id or 'rule'}: examples.{kind}"
            draft.document.fault(value, why, name=name)
    return examples


def list_items(node: yaml.Node | None) -> list[yaml.Node]:
    """The values of a list; one value by itself counts as a list of one."""
    if node is None:
        return []
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def read_texts(
    document: Document, value: yaml.Node, kind: str
) -> list[tuple[ArticleText, yaml.Node]]:
    pairs = [(read_example(document, item, f"examples.{kind}"), item) for item in list_items(value)]
    return [(text, item) for text, item in pairs if text is not None]


def read_example(document: Document, node: yaml.Node, name: str) -> ArticleText | None:
    """A plain text's first line is the title; a mapping may give the rest."""
    if isinstance(node, yaml.ScalarNode):
        text = checked_text(document, node, name)
        if text is not None and not text.strip():
            document.fault(node, "is empty", name=name)
        if text is None or not text.strip():
            return None
        title, _, body = text.strip().partition("\n")
        return ArticleText(title, body.strip())
    if cut_at_colon(node):
        hint = "put the text in quotes, or begin it with |- and write it on the next line"
        document.fault(node, "a text that holds ': ' is read as a key and its value", name=name, hint=hint)  # fmt: skip
        return None
    parts = {
        key: checked_text(document, value, f"{name}.{key}") or ""
        for key, _, value in mapping_entries(document, node, EXAMPLE_KEYS, "an example")
    }
    return ArticleText(**parts) if parts else None


def cut_at_colon(node: yaml.Node) -> bool:
    """Whether a line such as `Breaking: ballots stolen` became a mapping of one key."""
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        return False
    key = node.value[0][0]
    return isinstance(key, yaml.ScalarNode) and (" " in key.value or key.value != key.value.lower())


def check_languages(document: Document, node: yaml.Node | None) -> None:
    for language in list_items(node):
        if isinstance(language, yaml.ScalarNode) and not LANGUAGE_TAG.fullmatch(language.value):
            why = f'"{language.value}" is not a language tag'
            document.fault(language, why, name="languages", hint=misnamed(language.value))


def assembled(draft: RuleDraft) -> Rule:
    document, values = draft.document, draft.values

    def text(name: str) -> str:
        node = values.get(name)
        value = checked_text(document, node, name) if node is not None else None
        if node is not None and value is not None and not value.strip():
            document.fault(node, "is empty", name=name)
        return (value or "").strip()

    def several(name: str) -> tuple[str, ...]:
        node = values.get(name)
        return text_list(document, node, name) if node is not None else ()

    check_languages(document, values.get("languages"))
    return Rule(
        id=draft.id,
        title=text("title"),
        severity=cast(Severity, choice(document, values.get("severity"), "severity", SEVERITIES)),
        category=text("category"),
        query=text("query") if draft.query is not None else "",
        examples=Examples(
            *(tuple(example_as_text(t) for t, _ in draft.examples[k]) for k in ("match", "ignore"))
        ),
        unless=text("unless") or None if draft.unless is not None else None,
        languages=several("languages"),
        status=cast(RuleStatus, choice(document, values.get("status"), "status", RULE_STATUSES)),
        catch_all=choice(document, values.get("catch_all"), "catch_all", NO_OR_YES) == "true",
        description=text("description"),
        references=several("references"),
        false_positives=several("false_positives"),
        path=document.path,
        line=draft.line,
    )


def example_as_text(text: ArticleText) -> str:
    """An example as one string: title and body with a blank line between."""
    return "\n\n".join(part for part in (text.title, text.body) if part)


def choice(document: Document, node: yaml.Node | None, name: str, allowed: tuple[str, ...]) -> str:
    if node is None:
        return allowed[0]
    chosen = checked_text(document, node, name)
    if chosen is not None and chosen not in allowed:
        meant = chosen.lower() if chosen.lower() in allowed else OTHER_STATUSES.get(chosen.lower())
        hint = f"write {meant}" if meant in allowed else did_you_mean(chosen, allowed, shown="{}")
        why = f'"{chosen}" is not one of {", ".join(allowed)}'
        document.fault(node, why, name=name, hint=hint)
    return chosen or allowed[0]
