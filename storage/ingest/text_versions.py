"""Texts: the current one of each article, and every one that it ever had."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from model import Article
from storage.ingest import feed_words
from storage.times import iso

TEXTS_AT_ONCE = 500  # texts: SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class NewText:
    """The text that an article is to have from now on."""

    article_id: int
    article: Article
    read_at: datetime

    def values(self, run_id: int | None) -> dict[str, object]:
        article = self.article
        return {
            "article": self.article_id, "sha256": article.text_sha256, "read_at": iso(self.read_at),
            "title": article.title, "method": article.method, "extractor": article.extractor,
            "chars": len(article.body), "boilerplate": json.dumps(article.boilerplate), "run": run_id,
        }  # fmt: skip


def keep_texts(db: Database, texts: Sequence[NewText], run_id: int | None) -> None:
    """Make these the current texts of their articles, each once. The ones before keep their words
    among the versions."""
    values = [text.values(run_id) for text in texts]
    db.conn.executemany(
        """UPDATE text_versions SET (summary, body) = (SELECT summary, body FROM article_texts WHERE article_id = :article)
           WHERE article_id = :article AND body IS NULL AND text_sha256 <> :sha256""",
        values,
    )
    db.conn.executemany(
        """INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, method, extractor, chars,
             boilerplate_json, run_id)
           VALUES (:article, :sha256, :read_at, :title, :method, :extractor, :chars, :boilerplate, :run)
           ON CONFLICT (article_id, text_sha256) DO UPDATE SET summary = NULL, body = NULL,
             boilerplate_json = excluded.boilerplate_json""",
        values,
    )
    for text in texts:
        keep_alternatives(db, text.article_id, text.article)
    put(db, texts)


def put(db: Database, texts: Sequence[NewText]) -> None:
    """In one statement: before the next one FTS5 writes its words out, and a segment of the index
    for each article, merged and merged again, took twice the time of one for them all."""
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        some = texts[start : start + TEXTS_AT_ONCE]
        rows = ", ".join(["(?, ?, ?, ?)"] * len(some))
        db.execute(
            f"""INSERT INTO article_texts (article_id, title, summary, body) VALUES {rows}
               ON CONFLICT (article_id) DO UPDATE SET title = excluded.title, summary = excluded.summary,
                 body = excluded.body""",  # noqa: S608 - question marks
            [
                value
                for text in some
                for value in (text.article_id, text.article.title, text.article.summary, text.article.body)
            ],
        )  # fmt: skip


def keep_alternatives(db: Database, article_id: int, article: Article) -> None:
    """Other texts that the page holds, where its extraction is doubtful."""
    db.conn.executemany(
        """INSERT INTO text_alternatives (article_id, text_sha256, name, body) VALUES (:article, :sha256, :name, :body)
           ON CONFLICT (article_id, text_sha256, name) DO UPDATE SET body = excluded.body""",
        [
            {"article": article_id, "sha256": article.text_sha256, "name": name, "body": body}
            for name, body in article.alternatives
        ],
    )


def drop_old_bodies(db: Database, before_day: str, limit: int) -> int:
    """Forget up to `limit` texts of articles first seen before `before_day` that no rule found, nobody
    added and no audit drew: what waits to be judged, and what a miss was, is read later."""
    rows = db.execute(
        """SELECT t.article_id FROM article_texts t JOIN articles a ON a.id = t.article_id
           WHERE a.day < ? AND NOT EXISTS (SELECT 1 FROM hits WHERE hits.article_id = a.id)
             AND NOT EXISTS (SELECT 1 FROM audit_draws d WHERE d.article_id = a.id)
             AND NOT EXISTS (SELECT 1 FROM stories s WHERE s.id = a.story_id AND s.added_by IS NOT NULL) LIMIT ?""",
        (before_day, limit),
    ).fetchall()
    ids = json.dumps([row[0] for row in rows])
    for table in (
        "text_alternatives",
        "text_versions",
        "article_texts",
    ):  # a statement each: see put
        db.execute(
            f"DELETE FROM {table} WHERE article_id IN (SELECT value FROM json_each(?))",  # noqa: S608
            [ids],
        )
    feed_words.keep(db, [row[0] for row in rows])
    return len(rows)
