import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.feeds import sync_feeds
from storage.rules import sync_rules
from storage.store import Store
from tests.databases import new_store
from tests.storage.making import NOON, feed, rule


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: creating a schema waits for the disk many times."""
    path = tmp_path_factory.mktemp("template") / "pollwatch.db"
    with new_store(path, NOON) as opened:
        sync_feeds(opened.db, [feed("gazette"), feed("herald", owner="One Owner")], NOON)
        sync_rules(opened.db, [rule("outage"), rule("recount", severity="low")], NOON)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pollwatch.db"


@pytest.fixture
def store(path: Path, template: Path) -> Iterator[Store]:
    """A real file with the feeds gazette and herald and the rules outage and recount."""
    shutil.copy(template, path)
    with Store.open(path, now=NOON) as opened:
        yield opened
