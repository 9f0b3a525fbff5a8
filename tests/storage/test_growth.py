"""What a run asks of the database costs the same however much is stored."""

import random
import re
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from storage.feeds import feed_histories, sync_feeds
from storage.ingest import rematch
from storage.ingest.feeds.polls import record_polls
from storage.ingest.readings import record_readings
from storage.ingest.rematch import archive, record_rematch
from storage.queries import reports
from storage.queries.articles import unread
from storage.queries.articles.unread import unread_articles
from storage.runs import finish_run
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll, prose, reading, rule

GROWING = r"SCAN (a|e|h|t|v|articles|article_texts|entries|hits|hit_evidence|polls|fingerprints|sketches|text_versions|stories|s|story_rules|story_reviews|events|entry_texts|article_urls|paragraphs)\b(?! USING (COVERING )?INDEX articles_due)"
OUTAGE = rule("outage")
TRANSACTIONS, TEXTS = 270, 6  # more than 16 times 16 segments, each a transaction's


def test_nothing_that_a_run_does_reads_a_whole_table(store: Store) -> None:
    queries: list[str] = []
    store.db.conn.set_trace_callback(queries.append)
    run = store.start_run("watch", ruleset_sha256="r", now=NOON)
    sync_feeds(store.db, [feed("gazette"), feed("herald"), feed("third")], NOON)
    feed_histories(store.db, NOON)
    for hours, body in enumerate(["one", "two"]):
        at = NOON + hours * HOUR
        news = poll(entry("a", summary=body), entry(f"b{body}"), at=at)
        record_polls(store.db, run, [(news, decision(at))], at)
        listed = unread_articles(store.db, at + HOUR, limit=9)
        text = f"An outage came. {prose(1)} {body}"
        record_readings(store.db, run, [reading(u.article_id, text, OUTAGE, at=at) for u in listed])
    unread.unread_articles(store.db, NOON, limit=9, only="again")
    reports.run_summary(store.db, run)
    reports.articles_waiting(store.db, NOON)
    archive(store.db, after_id=1, limit=1)
    record_rematch(store.db, run, [rematch.Rematched(1, "x", ())], "r2", NOON)
    finish_run(store.db, run, "completed", message="", stats={}, now=NOON)
    store.db.conn.set_trace_callback(None)

    # SQLite plans the checks of references to a run, and runs them only if its id changed.
    for sql in {
        each for each in queries if re.match(r"SELECT|INSERT INTO (?!runs)|UPDATE|DELETE", each)
    }:
        plan = " / ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert not re.search(GROWING, plan), f"{plan}\n{sql}"


@pytest.mark.parametrize("index", ["article_texts_fts", "feed_words_fts"])
def test_no_transaction_between_two_nights_writes_a_search_index_anew(
    store: Store, tmp_path: Path, index: str
) -> None:
    """FTS5 merges sixteen segments of a level at once and whole, all levels after each other, unless it
    was told to merge earlier, a few pages at a time."""
    settings = store.db.execute(f"SELECT k, v FROM {index}_config WHERE k <> 'version'").fetchall()
    small = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    small.executescript("PRAGMA page_size = 512; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0")  # fmt: skip
    small.execute("CREATE VIRTUAL TABLE texts USING fts5 (body, content='')")
    small.executemany("INSERT INTO texts (texts, rank) VALUES (?, ?)", [("pgsz", 64), *settings])
    chance, sizes = random.Random(1), list[int]()
    for first in range(1, TRANSACTIONS * TEXTS, TEXTS):
        texts = [" ".join(f"w{chance.randrange(3000)}" for _ in range(20)) for _ in range(TEXTS)]
        small.execute(
            f"INSERT INTO texts (rowid, body) VALUES {', '.join(['(?, ?)'] * TEXTS)}",
            [value for row in enumerate(texts, first) for value in row],
        )
        sizes.append((tmp_path / "small.db-wal").stat().st_size)
    written = max(after - before for before, after in pairwise(sizes))
    (pages,) = small.execute("PRAGMA page_count").fetchone()
    small.close()

    assert written < pages * 512 / 2
