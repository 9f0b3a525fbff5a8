"""Headlines that earlier releases left without a text: the page could not be read, and no rule of that day
found them. Their words stand in `entries`, which nothing forgets."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

from storage.database.connection import write_txn
from storage.ingest import feed_words, text_versions
from storage.ingest.text_versions import NewText

# Not those whose feed led to another outlet's page: its words were matched as the feed's own, and are again.
WITHOUT_TEXT = """SELECT id FROM articles a WHERE state = 'failed' AND text_sha256 IS NULL AND (:since IS NULL OR day >= :since)
  AND EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.id AND e.speaks AND e.title <> '' AND e.ruleset_sha256 IS NULL) ORDER BY id"""
# Outcome, problem and attempts are the page's, and stay. No rules have matched it: the next rematch does.
KEEP_TEXT = """UPDATE articles SET state = 'partial', method = :method, extractor = :extractor, chars = :chars, versions = 1,
    text_sha256 = :sha256, ruleset_sha256 = NULL WHERE id = :article"""


def without_text(db: Database, since_day: str | None = None) -> list[int]:
    """Articles that have a headline of their outlet's own feed and no text, in the order of their ids."""
    return [id_ for (id_,) in db.execute(WITHOUT_TEXT, {"since": since_day})]


def keep_headlines(db: Database, run_id: int | None, headlines: Sequence[NewText]) -> None:
    """Give these articles their text, in one transaction: they are searched and matched as any other. Those
    that have one by now are left alone."""
    with write_txn(db):
        waiting = json.dumps([headline.article_id for headline in headlines])
        sql = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?)) AND text_sha256 IS NULL"
        still_without = {id_ for (id_,) in db.execute(sql, [waiting])}
        taken_in = [headline for headline in headlines if headline.article_id in still_without]
        text_versions.keep_texts(db, taken_in, run_id)
        db.conn.executemany(KEEP_TEXT, [headline.values(run_id) for headline in taken_in])
        feed_words.keep(db, still_without)
