"""An edited rule, written into the folder of the rules where the server may write there."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.home import is_own
from config.replace_file import one_writer, replace_file
from matchers.rules.load import Loaded, load_folder
from matchers.rules.rule_from_yaml import RuleDraft
from review.editor.draft import DRAFT_NAME, copy_word_lists

# Where new rules go, and shipped ones that were edited, whose place they take: the next version of
# Pollwatch brings the shipped file anew.
DESKS_RULES = "local/desk.yaml"
OLD_DESKS_RULES = "desk.yaml"  # where earlier versions put new ones
CHANGED_BY = "# Changed in the review editor by "


@dataclass(frozen=True, slots=True)
class KeptRule:
    """Where the rule now stands; or, with nothing written, why not."""

    file: str = ""
    line: int = 0
    fingerprint: str = ""  # of the rule as it now stands
    problem: str = ""


def may_write(folder: Path | None) -> bool:
    if folder is None or not folder.is_dir():
        return False
    target = (folder / DESKS_RULES).parent
    return os.access(target if target.exists() else folder, os.W_OK)


def fingerprint(rule_id: str, folder: Path) -> str:
    """Of the rule as it stands in its file; "" where it stands in none."""
    return draft_print(standing_rule(load_folder(folder), rule_id))


def standing_rule(loaded: Loaded, rule_id: str) -> RuleDraft | None:
    return next((draft for draft in loaded.drafts if draft.id == rule_id), None)


def draft_print(draft: RuleDraft | None) -> str:
    return hashlib.sha256(yaml_body(draft).encode()).hexdigest() if draft else ""


def keep_rule(text: str, before: str, folder: Path, author: str, now: datetime) -> KeptRule:
    """Put the one rule of `text` into a file of the desk's own, in the place of the rule of its id or
    at the end, with the author in a comment. `before`: what the fingerprint was when the editor opened.

    Nothing is written that would bring a fault to the folder, or go over what somebody changed since.
    """
    with one_writer(folder / DRAFT_NAME), tempfile.TemporaryDirectory() as home:
        tried = Path(home, "rules")
        shutil.copytree(folder, tried)
        draft = draft_of_text(text, folder)
        if draft is None:
            return KeptRule(problem="The text must hold one rule without a fault.")
        loaded = load_folder(tried)
        old = standing_rule(loaded, draft.id)
        if draft_print(old) != before:
            return KeptRule(problem=f"{draft.id} was changed in its file since you opened it: copy your text, open the rule again.")  # fmt: skip
        comment = f"{CHANGED_BY}{' '.join(author.split())}, {now:%Y-%m-%d}."
        name, written = placed(draft, old, tried, comment)
        (tried / name).parent.mkdir(exist_ok=True)
        (tried / name).write_text(written, encoding="utf-8")
        again = load_folder(tried)
        if len(again.faults) > len(loaded.faults):
            return KeptRule(problem=f"Written there it would be a fault: {again.faults[0].why}.")
        (folder / name).parent.mkdir(exist_ok=True)
        replace_file(folder / name, written)
    standing = standing_rule(again, draft.id)
    return KeptRule(name, standing.line if standing else 0, draft_print(standing))


def draft_of_text(text: str, folder: Path) -> RuleDraft | None:
    with tempfile.TemporaryDirectory() as home:
        path = Path(home, DRAFT_NAME)
        path.write_text(text, encoding="utf-8")
        copy_word_lists(folder, Path(home))
        loaded = load_folder(path)
        sound = not any(fault.path == str(path) for fault in loaded.faults)
        return loaded.drafts[0] if sound and len(loaded.drafts) == 1 else None


def placed(draft: RuleDraft, old: RuleDraft | None, folder: Path, comment: str) -> tuple[str, str]:
    """The file within the folder, and its text with the rule in it."""
    if old is None or not is_the_desks(Path(old.document.path), folder):
        file = folder / DESKS_RULES
        text = file.read_text(encoding="utf-8") if file.exists() else "rules:\n"
        return DESKS_RULES, f"{text.rstrip()}\n{rule_block(draft, comment, 2)}\n"
    text, start, end = old.document.text, old.node.start_mark, old.node.end_mark
    begin = text.rfind("\n", 0, start.index) + 1
    above = text.rfind("\n", 0, max(begin - 1, 0)) + 1
    if text[above:begin].lstrip().startswith(CHANGED_BY):
        begin = above
    rest = text[start.index + len(text[start.index : end.index].rstrip()) :]
    whole = text[:begin] + rule_block(draft, comment, start.column - 2) + rest
    return str(Path(old.document.path).relative_to(folder)), whole


def is_the_desks(file: Path, folder: Path) -> bool:
    return is_own(file, folder) or file == folder / OLD_DESKS_RULES


def rule_block(draft: RuleDraft, comment: str, indent: int) -> str:
    """The rule as an item of the list, `indent` columns in."""
    have, margin = draft.node.start_mark.column - 2, " " * indent
    first, *others = yaml_body(draft).split("\n")
    moved = [margin + line[have:] if line[:have].isspace() or not have else line for line in others]
    return "\n".join([f"{margin}{comment}", f"{margin}- {first}", *(line.rstrip() for line in moved)])  # fmt: skip


def yaml_body(draft: RuleDraft) -> str:
    start, end = draft.node.start_mark, draft.node.end_mark
    return draft.document.text[start.index : end.index].rstrip()
