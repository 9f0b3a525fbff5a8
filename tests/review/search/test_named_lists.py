"""The word lists that a search may name."""

from pathlib import Path

from review.search.named_lists import word_lists

LIST = "depot:\n  - warehouse\n"


def test_a_list_that_was_changed_counts_at_the_next_search(tmp_path: Path) -> None:
    file = tmp_path / "terms" / "own.yaml"
    file.parent.mkdir()
    file.write_text(LIST)
    before = word_lists(tmp_path)
    file.write_text(LIST + "  - vault\n")
    after = word_lists(tmp_path)

    assert [len(lists["depot"].children) for lists in (before, after)] == [1, 2]


def test_a_list_that_was_removed_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "terms" / "own.yaml"
    file.parent.mkdir()
    file.write_text(LIST)

    assert list(word_lists(tmp_path)) == ["depot"]
    file.unlink()
    assert word_lists(tmp_path) == {}


def test_lists_of_ones_own_count_and_those_that_a_link_out_leads_to_do_not(tmp_path: Path) -> None:
    rules, own = tmp_path / "rules", tmp_path / "rules" / "terms" / "local"
    own.mkdir(parents=True)
    (own / "own.yaml").write_text(LIST)
    (tmp_path / "else.yaml").write_text("else: [nothing]\n")
    (rules / "terms" / "out.yaml").symlink_to(tmp_path / "else.yaml")

    assert list(word_lists(rules)) == ["depot"]
