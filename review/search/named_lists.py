"""The word lists that a search may name, read anew when somebody writes them."""

from functools import lru_cache
from pathlib import Path

from matchers.query.ast import Or
from matchers.rules.rule_files import files_to_load
from matchers.rules.word_lists import load_lists


def word_lists(folder: Path | None) -> dict[str, Or]:
    """The word lists of the rules folder; those with faults are left out."""
    if folder is None:
        return {}
    files = files_to_load(folder)[1]
    return _lists(tuple((file, state_of(file)) for file, _ in files))


@lru_cache(maxsize=2)  # reading thousands of terms takes longer than the search itself
def _lists(files: tuple[tuple[Path, tuple[int, int]], ...]) -> dict[str, Or]:
    return load_lists([(file, str(file)) for file, _ in files])[0]


def state_of(file: Path) -> tuple[int, int]:
    """What changes when somebody writes the file."""
    status = file.stat()
    return status.st_mtime_ns, status.st_size
