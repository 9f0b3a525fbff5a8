"""From one YAML mapping to one rule, with every fault in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

import yaml

from matchers.documents import Document, entries, text_of, texts_of
from matchers.lexing import QueryError
from matchers.parsing import parse
from matchers.sense import check_sense
from matchers.syntax import Node, Or
from matchers.text import Text
from model import SEVERITIES, Examples, Rule, Severity

Status = Literal["stable", "experimental", "disabled"]
STATUSES: tuple[str, ...] = get_args(Status)
REQUIRED = ("id", "title", "severity", "category", "query", "examples")
KEYS = ("id", "title", "severity", "category", "status", "languages", "description", "references",
        "false_positives", "query", "unless", "examples")  # fmt: skip
EXAMPLE_KEYS = ("title", "body", "source", "url", "lang")
ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
HASHTAG = re.compile(r"[ \t]+(#[^\s#]+)")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass
class Draft:
    """A rule while it is read. `rule` is None when a fault leaves nothing to run."""

    document: Document
    node: yaml.Node
    id: str = ""
    line: int = 0
    rule: Rule | None = None
    query: Node | None = None
    unless: Node | None = None
    examples: dict[str, list[tuple[Text, yaml.Node]]] = field(default_factory=dict)
    remarks: list[tuple[yaml.ScalarNode, QueryError, str]] = field(default_factory=list)
    values: dict[str, yaml.Node] = field(default_factory=dict)

    @property
    def trees(self) -> tuple[Node, Node | None]:
        assert self.query is not None
        return self.query, self.unless

    def sealed(self, sha256: str) -> Rule:
        assert self.rule is not None
        return replace(self.rule, sha256=sha256)


def read_rules(document: Document, root: yaml.Node, lists: Mapping[str, Or]) -> list[Draft]:
    """The rules of one file: a list, a mapping with `rules:`, or one rule by itself."""
    if isinstance(root, yaml.MappingNode):
        keys = [key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)]
        if "rules" in keys or not set(keys) & set(KEYS):
            values = [value for _, _, value in entries(document, root, ("rules",), "a rule file")]
            if not values:
                return []
            root = values[0]
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    return [read_rule(document, node, lists) for node in nodes]


def read_rule(document: Document, node: yaml.Node, lists: Mapping[str, Or]) -> Draft:
    draft = Draft(document, node, line=node.start_mark.line + 1)
    before = len(document.faults)
    draft.values = {name: value for name, _, value in entries(document, node, KEYS, "a rule")}
    if not isinstance(node, yaml.MappingNode):
        return draft
    missing = [name for name in REQUIRED if name not in draft.values]
    for name in missing:
        document.fault(node, "is missing", name=name)
    draft.id = checked_id(document, draft.values.get("id"))
    draft.query = tree(draft, "query", lists)
    draft.unless = tree(draft, "unless", lists)
    if draft.query is not None:
        for error, name in check_sense(draft.query, draft.unless):
            document.query_fault(scalar(draft.values[name]), error, f"{draft.id or 'rule'}: {name}")
    draft.examples = examples(draft)
    rule = assembled(draft)
    faults = document.faults[before:]
    if draft.query is not None and not missing and not faults:
        draft.rule = rule
    return draft


def scalar(node: yaml.Node) -> yaml.ScalarNode:
    assert isinstance(node, yaml.ScalarNode)
    return node


def checked_id(document: Document, node: yaml.Node | None) -> str:
    text = text_of(document, node, "id") if node is not None else None
    if text is not None and node is not None and not ID.fullmatch(text):
        hint = "lower-case letters and digits with - between, such as voter-data-leak"
        document.fault(node, f'"{text}" is not a usable id', name="id", hint=hint)
    return text or ""


def tree(draft: Draft, name: str, lists: Mapping[str, Or]) -> Node | None:
    node = draft.values.get(name)
    if node is None:
        return None
    text = text_of(draft.document, node, name)
    if text is None:
        return None
    try:
        parsed = parse(text, lists)
    except QueryError as error:
        draft.document.query_fault(scalar(node), error, f"{draft.id or 'rule'}: {name}")
        return None
    remarks = [*parsed.remarks, *hidden(draft.document, scalar(node))]
    draft.remarks += [(scalar(node), remark, name) for remark in remarks]
    return parsed.node


def hidden(document: Document, node: yaml.ScalarNode) -> list[QueryError]:
    """A remark on a hashtag after a blank, for YAML takes it and the rest for a comment."""
    tag = HASHTAG.match(document.text, node.end_mark.index) if not node.style else None
    if tag is None:
        return []
    why = f"{tag[1]} and what follows is a comment, and no part of the query"
    hint = "put the query on the next line, after 'query: |', and the hashtag without its #"
    return [QueryError(why, len(node.value) - 1, len(node.value), hint)]


def examples(draft: Draft) -> dict[str, list[tuple[Text, yaml.Node]]]:
    found: dict[str, list[tuple[Text, yaml.Node]]] = {"match": [], "ignore": []}
    node = draft.values.get("examples")
    if node is None:
        return found
    seen = {}
    for kind, _, value in entries(draft.document, node, ("match", "ignore"), "examples"):
        seen[kind] = value
        for item in items(value):
            text = example(draft.document, item, f"examples.{kind}")
            if text is not None:
                found[kind].append((text, item))
    for kind in ("match", "ignore"):
        if not found[kind] and isinstance(node, yaml.MappingNode):
            what = "one text that the rule must " + kind
            draft.document.fault(
                seen.get(kind, node),
                f"at least {what} is needed",
                name=f"{draft.id or 'rule'}: examples.{kind}",
            )
    return found


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """The values of a list; one value by itself counts as a list of one."""
    if node is None:
        return []
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def example(document: Document, node: yaml.Node, name: str) -> Text | None:
    """A plain text's first line is the title; a mapping may give title, body, source, url, lang."""
    if isinstance(node, yaml.ScalarNode):
        text = text_of(document, node, name)
        if text is not None and not text.strip():
            document.fault(node, "is empty", name=name)
        if text is None or not text.strip():
            return None
        title, _, body = text.strip().partition("\n")
        return Text(title, body.strip())
    parts = {
        key: text_of(document, value, f"{name}.{key}") or ""
        for key, _, value in entries(document, node, EXAMPLE_KEYS, "an example")
    }
    return Text(**parts) if parts else None


def assembled(draft: Draft) -> Rule:
    document, values = draft.document, draft.values

    def text(name: str) -> str:
        node = values.get(name)
        found = text_of(document, node, name) if node is not None else None
        if node is not None and found is not None and not found.strip():
            document.fault(node, "is empty", name=name)
        return (found or "").strip()

    def texts(name: str) -> tuple[str, ...]:
        node = values.get(name)
        return texts_of(document, node, name) if node is not None else ()

    languages = texts("languages")
    for language in items(values.get("languages")):
        if isinstance(language, yaml.ScalarNode) and not LANGUAGE.fullmatch(language.value):
            why = f'"{language.value}" is no language tag'
            document.fault(language, why, name="languages", hint="such as en or es-MX")
    return Rule(
        id=draft.id,
        title=text("title"),
        severity=cast(Severity, choice(document, values.get("severity"), "severity", SEVERITIES)),
        category=text("category"),
        query=text("query") if draft.query is not None else "",
        examples=Examples(
            *(tuple(shown(t) for t, _ in draft.examples[k]) for k in ("match", "ignore"))
        ),
        unless=text("unless") or None if draft.unless is not None else None,
        languages=languages,
        status=cast(Status, choice(document, values.get("status"), "status", STATUSES)),
        description=text("description"),
        references=texts("references"),
        false_positives=texts("false_positives"),
        path=document.path,
        line=draft.line,
    )


def shown(text: Text) -> str:
    """An example as one string: title and body with a blank line between."""
    return "\n\n".join(part for part in (text.title, text.body) if part)


def choice(document: Document, node: yaml.Node | None, name: str, allowed: tuple[str, ...]) -> str:
    if node is None:
        return allowed[0]
    found = text_of(document, node, name)
    if found is not None and found not in allowed:
        document.fault(node, f'"{found}" is not one of {", ".join(allowed)}', name=name)
    return found or allowed[0]
