from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage.making import NOON, feed, rule


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pollwatch.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A real file with the feeds gazette and herald and the rules outage and recount."""
    with Store.open(path, now=NOON) as opened:
        opened.sync_feeds([feed("gazette"), feed("herald", owner="One Owner")], NOON)
        opened.sync_rules([rule("outage"), rule("recount", severity="low")], NOON)
        yield opened
