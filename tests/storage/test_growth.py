"""What a run asks of the database costs the same however much is stored."""

import re

from storage.feeds import feed_histories, sync_feeds
from storage.ingest import rematch
from storage.ingest.polls import record_polls
from storage.ingest.readings import record_readings
from storage.ingest.rematch import archive, record_rematch
from storage.queries import reports, unread
from storage.queries.unread import unread_articles
from storage.runs import finish_run
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll, prose, reading, rule

GROWING = r"SCAN (a|e|h|t|v|articles|article_texts|entries|hits|hit_evidence|polls|fingerprints|sketches|text_versions|stories|s|story_rules|story_reviews|events|entry_texts|article_urls|paragraphs)\b(?! USING (COVERING )?INDEX articles_due)"
OUTAGE = rule("outage")


def test_nothing_that_a_run_does_reads_a_whole_table(store: Store) -> None:
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    run = store.start_run("watch", ruleset_sha256="r", now=NOON)
    sync_feeds(store.db, [feed("gazette"), feed("herald"), feed("third")], NOON)
    feed_histories(store.db, NOON)
    for hours, body in enumerate(["one", "two"]):
        at = NOON + hours * HOUR
        found = poll(entry("a", summary=body), entry(f"b{body}"), at=at)
        record_polls(store.db, run, [(found, decision(at))], at)
        listed = unread_articles(store.db, at + HOUR, limit=9)
        text = f"An outage came. {prose(1)} {body}"
        record_readings(store.db, run, [reading(u.article_id, text, OUTAGE, at=at) for u in listed])
    unread.unread_articles(store.db, NOON, limit=9, only="again")
    reports.run_summary(store.db, run)
    reports.articles_waiting(store.db, NOON)
    archive(store.db, after_id=1, limit=1)
    record_rematch(store.db, run, [rematch.Rematched(1, "x", ())], "r2", NOON)
    finish_run(store.db, run, "completed", "", {}, NOON)
    store.db.conn.set_trace_callback(None)

    # SQLite plans the checks of references to a run, and runs them only if its id changed.
    for sql in {
        each for each in asked if re.match(r"SELECT|INSERT INTO (?!runs)|UPDATE|DELETE", each)
    }:
        plan = " / ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert not re.search(GROWING, plan), f"{plan}\n{sql}"
