"""What a run asks of the database costs the same however much is stored."""

import re

from storage.ingest import rematch
from storage.queries import reports, unread
from storage.store import Store
from tests.storage.making import HOUR, NOON, decision, entry, feed, poll, prose, reading, rule

GROWING = r"SCAN (a|e|h|t|v|articles|article_texts|entries|hits|hit_evidence|polls|fingerprints|sketches|text_versions|stories|s|story_rules|story_reviews|events|entry_texts|article_urls|paragraphs)\b(?! USING (COVERING )?INDEX articles_due)"
OUTAGE = rule("outage")


def test_nothing_that_a_run_does_reads_a_whole_table(store: Store) -> None:
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    run = store.start_run("watch", ruleset_sha256="r", now=NOON)
    store.sync_feeds([feed("gazette"), feed("herald"), feed("third")], NOON)
    store.histories(NOON)
    for hours, body in enumerate(["one", "two"]):
        at = NOON + hours * HOUR
        found = poll(entry("a", summary=body), entry(f"b{body}"), at=at)
        store.record_polls(run, [(found, decision(at))], at)
        listed = store.unread(at + HOUR, limit=9)
        text = f"An outage came. {prose(1)} {body}"
        store.record_readings(run, [reading(u.article_id, text, OUTAGE, at=at) for u in listed])
    unread.unread(store.db, NOON, limit=9, only="again")
    reports.run_summary(store.db, run)
    reports.waiting(store.db, NOON)
    store.archive(after_id=1, limit=1)
    store.record_rematch(run, [rematch.Rematched(1, "x", ())], "r2", NOON)
    store.finish_run(run, "completed", "", {}, NOON)
    store.db.conn.set_trace_callback(None)

    # SQLite plans the checks of references to a run, and runs them only if its id changed.
    for sql in {
        each for each in asked if re.match(r"SELECT|INSERT INTO (?!runs)|UPDATE|DELETE", each)
    }:
        plan = " / ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert not re.search(GROWING, plan), f"{plan}\n{sql}"
