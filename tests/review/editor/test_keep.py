"""A rule of a small folder, edited and written back."""

import difflib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matchers.rules.load import load_rules
from review.auth.team_file import Team
from review.editor import draft, keep
from tests.review.conftest import Desk

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
RULE, SHIPPED, OWN = "poll-books-down", "shipped.yaml", "local/own.yaml"
TEXT = """\
# Our own.
rules:
  - id: poll-books-down
    title: Poll books fail
    severity: high
    category: voting-equipment
    # close together: the lists are long
    query: >-
      ("poll book*" OR pollbook*) NEAR/8 $down
    examples:
      match: [Pollbooks fail in two precincts]
      ignore: [Schools closed]

  - id: other   # stays as it is
    title: Tabulator seals broken
    severity: medium
    category: voting-equipment
    query: tabulator NEAR/6 seal*
    examples:
      match: [A tabulator had no seal]
      ignore: [Seals on the beach]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules_folder = tmp_path / "rules"
    (rules_folder / "terms").mkdir(parents=True)
    (rules_folder / "terms" / "own.yaml").write_text(
        "down: [fail*, crash*, down]\n", encoding="utf-8"
    )
    (rules_folder / "local").mkdir()
    (rules_folder / OWN).write_text(TEXT, encoding="utf-8")
    return rules_folder


@pytest.fixture
def shipped(folder: Path) -> Path:
    (folder / OWN).rename(folder / SHIPPED)
    (folder / "local").rmdir()
    return folder


def changed(folder: Path, old: str, new: str) -> tuple[str, str]:
    """The rule's text with a change in it, and what the editor knew when it opened."""
    text = draft.original(RULE, folder)
    assert text is not None
    assert old in text
    return text.replace(old, new), keep.fingerprint(RULE, folder)


def test_only_the_rule_and_a_comment_change(folder: Path) -> None:
    before = (folder / OWN).read_text(encoding="utf-8")
    kept_rule = keep.keep_rule(*changed(folder, "NEAR/8", "NEAR/6"), folder, "Lena L.", NOW)
    after = (folder / OWN).read_text(encoding="utf-8")

    lines = [line for line in difflib.unified_diff(before.split("\n"), after.split("\n"), n=0) if line[:2] not in ("--", "++", "@@")]  # fmt: skip
    assert [line[:1] for line in lines] == ["+", "-", "+"]
    assert lines[0] == "+  # Changed in the review editor by Lena L., 2026-11-03."
    assert (kept_rule.file, kept_rule.problem) == (OWN, "")
    assert after.split("\n")[kept_rule.line - 1] == f"  - id: {RULE}"
    assert "NEAR/6" in next(rule.query for rule in load_rules(folder).rules if rule.id == RULE)


def test_the_next_author_takes_the_place_of_the_last(folder: Path) -> None:
    keep.keep_rule(*changed(folder, "NEAR/8", "NEAR/6"), folder, "Lena", NOW)
    keep.keep_rule(*changed(folder, "NEAR/6", "NEAR/7"), folder, "Remy", NOW)

    text = (folder / OWN).read_text(encoding="utf-8")
    assert text.count(keep.CHANGED_BY) == 1
    assert f"{keep.CHANGED_BY}Remy" in text


def test_nobody_is_written_over(folder: Path) -> None:
    mine = changed(folder, "NEAR/8", "NEAR/6")
    keep.keep_rule(*changed(folder, "NEAR/8", "NEAR/7"), folder, "Remy", NOW)

    kept_rule = keep.keep_rule(*mine, folder, "Lena", NOW)
    assert "was changed in its file since you opened it" in kept_rule.problem
    assert "NEAR/7" in (folder / OWN).read_text(encoding="utf-8")


def test_a_fault_is_never_written(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    kept_rule = keep.keep_rule(*changed(folder, "NEAR/8", "NEAR/"), folder, "Lena", NOW)

    assert kept_rule.problem == "The text must hold one rule without a fault."
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


def test_a_shipped_rule_is_left_alone_and_the_desks_own_takes_its_place(shipped: Path) -> None:
    kept_rule = keep.keep_rule(*changed(shipped, "NEAR/8", "NEAR/6"), shipped, "Lena", NOW)
    again = keep.keep_rule(*changed(shipped, "NEAR/6", "NEAR/7"), shipped, "Remy", NOW)

    own = (shipped / "local" / "desk.yaml").read_text(encoding="utf-8")
    assert (shipped / SHIPPED).read_text(encoding="utf-8") == TEXT
    assert (kept_rule.file, again.file, again.problem) == ("local/desk.yaml", "local/desk.yaml", "")
    assert own.split("\n")[again.line - 1] == f"  - id: {RULE}"
    assert [rule.query.count("NEAR/7") for rule in load_rules(shipped).rules] == [1, 0]


def test_a_rule_that_an_earlier_version_wrote_stays_in_its_file(shipped: Path) -> None:
    (shipped / SHIPPED).rename(shipped / "desk.yaml")
    kept_rule = keep.keep_rule(*changed(shipped, "NEAR/8", "NEAR/6"), shipped, "Lena", NOW)

    assert kept_rule.file == "desk.yaml"
    assert "NEAR/6" in (shipped / "desk.yaml").read_text(encoding="utf-8")


def test_a_new_rule_goes_into_a_file_of_the_desk(folder: Path) -> None:
    text, _ = changed(folder, f"id: {RULE}", "id: our-own")
    kept_rule = keep.keep_rule(text, "", folder, "Lena", NOW)

    assert kept_rule.file == keep.DESKS_RULES
    assert "our-own" in {rule.id for rule in load_rules(folder).rules}


def test_leads_write_and_reviewers_download(db: Path, folder: Path, team: Team, opened: Callable[[Path, Team], Desk]) -> None:  # fmt: skip
    desk = opened(db, team)
    desk.ds.pollwatch_desk.rules = folder
    text, before = changed(folder, "NEAR/8", "NEAR/6")
    form = {"text": text, "do": "write", "before": before}

    assert desk.post("/-/rules/edit", form, "rita").status_code == 403
    assert "NEAR/8" in (folder / OWN).read_text(encoding="utf-8")
    assert "Write to rules/local/" not in desk.get(f"/-/rules/edit?rule={RULE}", "rita").text
    page = desk.get(f"/-/rules/edit?rule={RULE}", "lena").text
    assert "Write to rules/local/" in page
    assert before in page
    assert "Written" in desk.post("/-/rules/edit", form, "lena").text
    assert "by Lena, " in (folder / OWN).read_text(encoding="utf-8")


def test_a_draft_reads_the_word_lists_of_the_folder_and_those_that_local_links_to(
    folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "elsewhere"
    own.mkdir()
    (own / "more.yaml").write_text("broken: [broken]\n", encoding="utf-8")
    (folder / "terms" / "local").symlink_to(own)

    tried = draft.read_draft(TEXT.replace("seal*", "$broken"), folder)

    assert [rule.id for rule in tried.rules.rules] == [RULE, "other"]


@pytest.mark.slow
def test_two_new_rules_that_are_kept_at_once_both_stand(folder: Path) -> None:
    text = draft.original("other", folder)
    assert text is not None
    new = [text.replace("id: other", f"id: new-{number}") for number in range(4)]

    with ThreadPoolExecutor(4) as leads:
        kept = list(leads.map(lambda rule: keep.keep_rule(rule, "", folder, "Lena", NOW), new))

    assert [rule.problem for rule in kept] == [""] * 4
    standing = {rule.id for rule in load_rules(folder).rules}
    assert standing == {RULE, "other", "new-0", "new-1", "new-2", "new-3"}
