"""A rule on a copy: read with located faults, its examples run, nothing of rules/ touched."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from matchers.engine.engine import Engine
from matchers.rules.examples import matches_alone, readings
from matchers.rules.load import load_folder
from matchers.rules.new_rule import example_of, new_rule, rule_from, text_opening
from matchers.rules.rule_files import files_to_load
from matchers.rules.rule_from_yaml import RuleDraft
from matchers.rules.ruleset import RuleSet
from model import ConfigError

LARGEST_DRAFT = 64_000  # characters of a draft
DRAFT_NAME = "draft.yaml"
CATEGORY = "election-security-general"


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    column: int
    field: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class ExampleResult:
    kind: str  # "match" or "ignore"
    text: str
    held: bool

    @property
    def right(self) -> bool:
        return self.held == (self.kind == "match")


@dataclass(frozen=True, slots=True)
class TriedDraft:
    rules: RuleSet
    faults: tuple[Fault, ...]
    examples: tuple[ExampleResult, ...]


def read_draft(text: str, folder: Path | None) -> TriedDraft:
    """The rules of the draft, with the word lists of `folder`; every fault with line and column."""
    if len(text) > LARGEST_DRAFT:
        fault = Fault(1, 1, "", f"a draft has at most {LARGEST_DRAFT:,} characters", "")
        return TriedDraft(RuleSet(DRAFT_NAME, (), (), ""), (fault,), ())
    with tempfile.TemporaryDirectory() as home:
        path = Path(home, DRAFT_NAME)
        path.write_text(text, encoding="utf-8", errors="replace")
        if folder is not None:
            copy_word_lists(folder, Path(home))
        loaded = load_folder(path)
    examples = tuple(example for draft in loaded.drafts for example in _examples(draft))
    faults = tuple(_fault(fault) for fault in loaded.faults if fault.path == str(path))
    return TriedDraft(loaded.rules, faults, examples)


def copy_word_lists(folder: Path, home: Path) -> None:
    """Those that the rules of `folder` read, as files: a link to them would lead out of `home`, and
    such links are not followed."""
    if not (folder / "terms").is_dir():
        return
    for file, _ in files_to_load(folder)[1]:
        copy = home / file.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def _fault(error: ConfigError) -> Fault:
    hint = error.hint or ""
    if hint.startswith("./pollwatch rules why"):
        hint = ""  # the commands know nothing of a draft; the list of examples stands beside it
    return Fault(error.line or 1, error.column or 1, error.field or "", error.why, hint)


def _examples(draft: RuleDraft) -> list[ExampleResult]:
    """Each example against its rule alone."""
    if draft.rule is None:
        return []
    engine = Engine([(draft.rule, *draft.trees)])
    return [
        ExampleResult(kind, " ".join((text.title or text.body).split())[:160], any(matches_alone(engine, engine.rules[0], reading) for reading in readings(text, node)))
        for kind, listed in draft.examples.items()
        for text, node in listed
    ]  # fmt: skip


def original(rule_id: str, folder: Path | None) -> str | None:
    """The rule as it stands in its file, as a file of its own; None when it is not there."""
    if folder is None or not folder.exists():
        return None
    for draft in load_folder(folder).drafts:
        if draft.id == rule_id:
            start, end = draft.node.start_mark, draft.node.end_mark
            body = draft.document.text[start.index : end.index].rstrip()
            indent = " " * max(0, start.column - 2)
            return f"rules:\n{indent}- {body}\n"
    return None


def new_draft(query: str, title: str = "", body: str = "") -> str:
    """A new rule for its author to fill in: around a search, or with a text as its example, or both."""
    if title or body:
        return rule_from(title, body, CATEGORY, query)
    return new_rule("New rule from a search", CATEGORY, query or '"poll book" NEAR/12 outage*')


def with_example(text: str, title: str, body: str) -> str:
    """The rule with one more text that it must match; as it was where it lists no such texts."""
    example = f"\n{example_of(title, text_opening(body))}"
    return re.sub(r"^ +match:$", lambda match: match[0] + example, text, count=1, flags=re.MULTILINE)  # fmt: skip
