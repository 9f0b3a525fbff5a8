"""The rules and feeds of the tests that publish."""

import pytest

from storage.feeds import sync_feeds
from storage.rules import sync_rules
from storage.store import Store
from tests.storage.making import (
    NOON,
    feed,
)  # fmt: skip
from tests.storage.stories.publishing import BREACH, OUTAGE, RECOUNT, RUMOUR


@pytest.fixture
def published(store: Store) -> None:
    sync_feeds(
        store.db, [feed(slug) for slug in ("gazette", "herald", "times", "aggregator")], NOON
    )
    sync_rules(store.db, [OUTAGE, RECOUNT, BREACH, RUMOUR], NOON)
