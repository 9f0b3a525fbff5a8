"""What was found good once is known by its hash, and losing it costs nothing but time."""

from pathlib import Path

import pytest

from config.checked_hashes import MOST_HASHES, hash_of_code, hash_of_parts, keep_proven, proven


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "pollwatch"


def test_what_was_kept_is_proven(cache: Path) -> None:
    assert proven("examples") == frozenset()
    keep_proven("examples", {"a1", "b2"})
    keep_proven("examples", {"c3"})
    assert proven("examples") == {"a1", "b2", "c3"}
    assert [file.name for file in cache.iterdir()] == ["examples"]  # no scratch file stays


def test_the_newest_go_before_the_oldest_once_there_are_many(cache: Path) -> None:
    keep_proven("examples", {f"old{n}" for n in range(MOST_HASHES)})
    keep_proven("examples", {"new"})
    assert "new" in proven("examples")
    assert len(proven("examples")) == MOST_HASHES


def test_a_file_that_is_none_proves_nothing_and_is_written_anew(cache: Path) -> None:
    cache.mkdir()
    (cache / "examples").write_bytes(bytes(range(256)) * 100)
    assert "a1" not in proven("examples")
    keep_proven("examples", {"a1"})
    assert "a1" in proven("examples")


def test_where_it_cannot_be_written_nothing_is_proven_and_nobody_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    keep_proven("examples", {"a1"})
    assert proven("examples") == frozenset()


def test_other_code_has_another_print(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "other"
    for folder, code in ((first, "x = 1"), (second, "x = 2")):
        folder.mkdir()
        (folder / "engine.py").write_text(code, "utf-8")
    assert hash_of_code(first) != hash_of_code(second)


def test_values_in_another_order_have_another_print() -> None:
    assert hash_of_parts(("a", "b")) == hash_of_parts(["a", "b"])
    assert hash_of_parts(("a", "b")) != hash_of_parts(("b", "a"))
    assert hash_of_parts(("a\n", "b")) != hash_of_parts(("a", "\nb"))
