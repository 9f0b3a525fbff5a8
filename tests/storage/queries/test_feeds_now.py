"""The view `feeds_now` says of a feed what the pages say: its worst flag, or "fine"."""

from datetime import UTC, datetime, timedelta

from model import Outcome
from storage.feeds import sync_feeds
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.queries.feed_health import feed_health
from storage.store import Store
from tests.storage.making import decision, entry, failure, feed, listed, poll, rows

DAY = timedelta(days=1)
AGO = {"fine": 1, "failing": 1, "dead": 20, "silent": 15, "gap": 1, "moved": 1, "unread": 1, "dormant": 1}  # fmt: skip
STATES = (*AGO, "never", "disabled")


def seen(store: Store, state: str, now: datetime) -> None:
    """A feed of that name whose last answer came some days before `now`, and what came of it since."""
    at = now - AGO[state] * DAY
    if state == "unread":
        numbers = listed(store, [f"u{n}" for n in range(5)], feed_id=state, at=at)
        record_readings(store.db, None, [failure(number, at=at) for number in numbers])
        return
    first = poll(entry(state), feed_id=state, at=at, moved_to="https://new.example/rss" if state == "moved" else None)  # fmt: skip
    record_polls(store.db, None, [(first, decision(at, gap=state == "gap"))], at)
    if state in ("failing", "dead", "dormant"):
        gone = state == "dormant"
        failed = poll(feed_id=state, at=now, outcome=Outcome.GONE if gone else Outcome.TIMEOUT)
        record_polls(store.db, None, [(failed, decision(now, failures=1, dormant=gone))], now)


def test_the_view_and_the_pages_say_the_same_of_every_feed(store: Store) -> None:
    now = datetime.now(UTC)  # which is what the view asks for
    feeds = [feed(state, enabled=state != "disabled", reason="a test") for state in STATES]
    sync_feeds(store.db, feeds, now - 30 * DAY)
    for state in AGO:
        seen(store, state, now)

    view = dict(rows(store, "SELECT feed, state FROM feeds_now WHERE state <> 'not listed'"))
    pages = {health.name: (*health.flags, "fine")[0] for health in feed_health(store.db, now)}

    assert view == pages == {state.title(): state for state in STATES}
    assert rows(store, "SELECT DISTINCT state FROM feeds_now WHERE feed IN ('Gazette', 'Herald')") == [("not listed",)]  # fmt: skip
