"""Texts: the current one of each article, and every one that it ever had."""

import json
from datetime import datetime

from sqlite_utils import Database

from model import Article
from storage.times import iso


def keep(
    db: Database, article_id: int, article: Article, read_at: datetime, run_id: int | None
) -> None:
    """Make `article` the current text. The one before keeps its words among the versions."""
    values = {
        "article": article_id, "sha256": article.text_sha256, "read_at": iso(read_at),
        "title": article.title, "summary": article.summary, "body": article.body,
        "method": article.method, "extractor": article.extractor, "chars": len(article.body),
        "boilerplate": json.dumps(article.boilerplate), "run": run_id,
    }  # fmt: skip
    db.execute(
        """UPDATE text_versions SET (summary, body) = (SELECT summary, body FROM article_texts WHERE article_id = :article)
           WHERE article_id = :article AND body IS NULL AND text_sha256 <> :sha256""",
        values,
    )
    db.execute(
        """INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, method, extractor, chars,
             boilerplate_json, run_id)
           VALUES (:article, :sha256, :read_at, :title, :method, :extractor, :chars, :boilerplate, :run)
           ON CONFLICT (article_id, text_sha256) DO UPDATE SET summary = NULL, body = NULL,
             boilerplate_json = excluded.boilerplate_json""",
        values,
    )
    db.execute(
        """INSERT INTO article_texts (article_id, title, summary, body) VALUES (:article, :title, :summary, :body)
           ON CONFLICT (article_id) DO UPDATE SET title = excluded.title, summary = excluded.summary,
             body = excluded.body""",
        values,
    )
    keep_alternatives(db, article_id, article)


def keep_alternatives(db: Database, article_id: int, article: Article) -> None:
    """Other texts that the page holds, where its extraction is doubtful."""
    db.conn.executemany(
        """INSERT INTO text_alternatives (article_id, text_sha256, name, body) VALUES (?, ?, ?, ?)
           ON CONFLICT (article_id, text_sha256, name) DO UPDATE SET body = excluded.body""",
        [(article_id, article.text_sha256, name, body) for name, body in article.alternatives],
    )


def drop_old_bodies(db: Database, before_day: str, limit: int) -> int:
    """Forget up to `limit` texts of articles without a hit first seen before `before_day`."""
    ids = [
        (row[0],)
        for row in db.execute(
            """SELECT t.article_id FROM article_texts t JOIN articles a ON a.id = t.article_id
               WHERE a.day < ? AND NOT EXISTS (SELECT 1 FROM hits WHERE hits.article_id = a.id) LIMIT ?""",
            (before_day, limit),
        )
    ]
    db.conn.executemany("DELETE FROM text_alternatives WHERE article_id = ?", ids)
    db.conn.executemany("DELETE FROM text_versions WHERE article_id = ?", ids)
    db.conn.executemany("DELETE FROM article_texts WHERE article_id = ?", ids)
    return len(ids)
