"""The memory of boilerplate: by site, bounded, each article once."""

from dataclasses import replace
from datetime import timedelta

from model import Publisher
from storage.database.connection import write_txn
from storage.ingest import boilerplate_memory
from storage.ingest.readings import record_readings
from storage.store import Store
from storage.upkeep.maintenance import maintain_database
from tests.storage.making import HOUR, NOON, listed, reading, rows, value


def read(
    store: Store,
    number: int,
    hashes: tuple[int, ...],
    host_group: str = "gazette.example",
    publisher: Publisher | None = None,
) -> None:
    at = NOON + number * HOUR
    (article,) = listed(store, [f"a{number}"], at=at)
    new_reading = reading(article, f"Words {number}.", at=at)
    page = replace(new_reading.article, paragraphs=hashes, host_group=host_group)
    record_readings(store.db, None, [replace(new_reading, article=page, publisher=publisher)])


def test_a_paragraph_of_five_articles_is_boilerplate_of_that_site_alone(store: Store) -> None:
    for number in range(5):
        read(store, number, (1, 1, 100 + number))
    read(store, 9, (1,), "herald.example")

    assert boilerplate_memory.boilerplate(store.db.conn) == {"gazette.example": frozenset({1})}


def test_reading_a_page_again_counts_it_once(store: Store) -> None:
    (article,) = listed(store, ["a"])
    for hours in range(6):
        new_reading = reading(article, f"Words {hours}.", at=NOON + hours * HOUR)
        page = replace(new_reading.article, paragraphs=(1,), host_group="gazette.example")
        record_readings(store.db, None, [replace(new_reading, article=page)])

    assert value(store, "SELECT articles FROM paragraphs") == 1


def test_a_page_that_only_another_outlets_feed_names_teaches_nothing(store: Store) -> None:
    for publisher, counted in (
        (Publisher("Gazette", is_own=False), 0),
        (Publisher("gazette.example", is_own=False, is_listed=False), 1),
        (Publisher("Gazette"), 2),
    ):
        read(store, counted + 10 * publisher.is_listed, (7,), publisher=publisher)

        counts = rows(store, "SELECT articles FROM paragraphs")
        assert counts == ([(counted,)] if counted else [])


def fill(store: Store, day: str) -> None:
    """One site beyond its bound: 5,100 paragraphs, ten of them boilerplate and the oldest."""
    with write_txn(store.db):
        store.db.conn.executemany(
            "INSERT INTO paragraphs VALUES ('big.example', ?, ?, '2026', ?)",
            [(n, 9 if n < 10 else 1, f"{day}T{n:09}") for n in range(5100)],
        )


def test_the_memory_is_bounded_by_age_and_by_site(store: Store) -> None:
    read(store, 0, (1,))
    fill(store, "2026-11-01")
    maintain_database(store.db, NOON + timedelta(days=59))
    assert rows(store, "SELECT site FROM paragraphs") == [("gazette.example",)]

    fill(store, "2026-12-30")
    done = maintain_database(store.db, NOON + timedelta(days=59))
    assert done.paragraphs == 100
    assert value(store, "SELECT count(*) FROM paragraphs WHERE articles = 9") == 10, (
        "boilerplate stays"
    )
