"""The sample database of the review pages, open for reading."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review import sample


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.write(tmp_path_factory.mktemp("stories") / "sample.db")


@pytest.fixture
def connection(sampled: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(sampled)
    opened.row_factory = sqlite3.Row
    yield opened
    opened.close()
