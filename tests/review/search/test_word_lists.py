"""The word lists that a search may name."""

from pathlib import Path

from review.pages.queue.search import word_lists

LIST = "depot:\n  - warehouse\n"


def test_a_list_that_was_changed_counts_at_the_next_search(tmp_path: Path) -> None:
    file = tmp_path / "terms" / "own.yaml"
    file.parent.mkdir()
    file.write_text(LIST)
    before = word_lists(tmp_path)
    file.write_text(LIST + "  - vault\n")
    after = word_lists(tmp_path)

    assert [len(found["depot"].children) for found in (before, after)] == [1, 2]


def test_a_list_that_was_removed_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "terms" / "own.yaml"
    file.parent.mkdir()
    file.write_text(LIST)

    assert list(word_lists(tmp_path)) == ["depot"]
    file.unlink()
    assert word_lists(tmp_path) == {}
