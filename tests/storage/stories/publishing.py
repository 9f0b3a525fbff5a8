"""Articles as outlets publish them, and the row of the story that they make."""

from dataclasses import replace

from model import Reading, Rule
from storage.ingest.readings import record_readings
from storage.store import Store
from tests.storage.making import (
    HOUR,
    NOON,
    listed,
    prose,
    reading,
    rows,
    rule,
    value,
)  # fmt: skip

OUTAGE, RECOUNT = rule("outage"), rule("recount", severity="low")
BREACH, RUMOUR = rule("breach", severity="critical"), rule("rumour", status="experimental")
BODY = f"There was an outage. {prose(1, 400)}"


def publish(
    store: Store,
    slug: str,
    body: str,
    *rules: Rule,
    hours: int = 0,
    key: str = "a",
    relevance: float | None = None,
) -> int:
    """An article of `slug` with what `rules` find in it; its story."""
    at = NOON + hours * HOUR
    (article,) = listed(store, [key], feed_id=slug, at=at)
    new_reading = reading(article, body, *(rules or (OUTAGE,)), at=at)
    record_readings(store.db, None, [scored(new_reading, relevance)])
    return int(str(value(store, "SELECT story_id FROM articles WHERE id = ?", article)))


def scored(new_reading: Reading, relevance: float | None) -> Reading:
    if relevance is None:
        return new_reading
    return replace(
        new_reading,
        hits=tuple(replace(h, relevance=relevance, weights_sha256="w") for h in new_reading.hits),
    )


def judge(store: Store, story: int, action: str, reason: str = "") -> None:
    store.db.execute(
        "INSERT INTO story_reviews (story_id, action, reason, actor) VALUES (?, ?, ?, 'ann')",
        (story, action, reason),
    )


def story(store: Store, columns: str, number: int = 1) -> tuple[object, ...]:
    return rows(store, f"SELECT {columns} FROM stories WHERE id = ?", number)[0]


def kinds(store: Store) -> list[object]:
    return [row[0] for row in rows(store, "SELECT kind FROM events ORDER BY id")]
