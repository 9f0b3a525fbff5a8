"""Links in a rule folder: what somebody's change may bring, and what a desk links itself."""

from pathlib import Path

import pytest

from matchers.rules.load import load_folder
from matchers.rules.rule_files import files_to_load
from tests.matchers.rules.test_load import GOOD, TERMS

SECRET = "SLACK: xoxb-4711-secret\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    (rules / "terms").mkdir(parents=True)
    (rules / "terms" / "lists.yaml").write_text(TERMS, "utf-8")
    (rules / "rules.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secrets.yaml").write_text(SECRET, "utf-8")
    return rules


@pytest.mark.parametrize("place", ["stolen.yaml", "terms/stolen.yaml"])
def test_a_link_out_of_the_folder_is_named_and_nothing_of_it_is_quoted(
    folder: Path, place: str
) -> None:
    (folder / place).symlink_to("../" * (place.count("/") + 1) + "outside/secrets.yaml")

    loaded = load_folder(folder)

    assert [fault.path for fault in loaded.faults] == [str(folder / place)]
    assert "leads out of the folder is not followed" in str(loaded.faults[0])
    assert "xoxb" not in " ".join(map(str, loaded.faults))
    assert [draft.id for draft in loaded.drafts] == ["ballots-hacked"]


def test_a_folder_of_links_out_is_named_too(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent / "outside")

    assert [fault.path for fault in load_folder(folder).faults] == [str(folder / "more")]


def test_links_within_the_folder_and_in_circles_do_no_harm(folder: Path) -> None:
    (folder / "again.yaml").symlink_to("missing.yaml")
    (folder / "circle").symlink_to("circle")
    (folder / "terms" / "up").symlink_to("..")
    (folder / "data").mkdir()
    (folder / "data" / "more.yaml").write_text(GOOD.replace("ballots-hacked", "more"), "utf-8")
    (folder / "linked.yaml").symlink_to("data/more.yaml")
    (folder / "data" / "more.yaml").rename(folder / "data" / "..more.yaml")

    assert {fault.path for fault in load_folder(folder).faults} <= {str(folder / "linked.yaml")}


def test_a_link_from_the_word_lists_to_another_place_in_the_folder_is_followed(
    folder: Path,
) -> None:
    (folder / "lists.txt").write_text("rain: [rain, snow]\n", "utf-8")
    (folder / "terms" / "linked.yaml").symlink_to("../lists.txt")

    assert "rain" in load_folder(folder).lists


def test_a_folder_of_ones_own_may_be_a_link_and_hold_links(folder: Path) -> None:
    mine, lists = folder.parent / "etc", folder.parent / "lists"
    mine.mkdir()
    lists.mkdir()
    (folder.parent / "kept.yaml").write_text(GOOD.replace("ballots-hacked", "of-the-desk"), "utf-8")
    (mine / "mine.yaml").symlink_to(folder.parent / "kept.yaml")
    (lists / "own.yaml").write_text("rain: [rain, snow]\n", "utf-8")
    (folder / "local").symlink_to(mine)
    (folder / "terms" / "local").symlink_to(lists)

    loaded = load_folder(folder)

    assert loaded.faults == []
    assert {draft.id for draft in loaded.drafts} == {"ballots-hacked", "of-the-desk"}
    assert "rain" in loaded.lists
    own = folder / "local" / "mine.yaml"
    assert (own, str(own)) in files_to_load(folder)[0]


def test_lists_that_are_linked_beside_one_file_are_read_with_it(folder: Path) -> None:
    alone = folder.parent / "alone"
    alone.mkdir()
    (alone / "rules.yaml").write_text(GOOD, "utf-8")
    (alone / "terms").symlink_to(folder / "terms")

    assert load_folder(alone / "rules.yaml").faults == []
    assert str(alone / "terms") in {fault.path for fault in load_folder(alone).faults}
