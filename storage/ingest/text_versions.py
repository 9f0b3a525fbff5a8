"""Texts: the current one of each article, and every one that it ever had."""

from datetime import datetime

from sqlite_utils import Database

from model import Article
from storage.times import iso


def keep(
    db: Database, article_id: int, article: Article, read_at: datetime, run_id: int | None
) -> None:
    """Make `article` the current text. The one before keeps its body among the versions."""
    db.execute(
        """UPDATE text_versions SET body = (SELECT body FROM article_texts WHERE article_id = ?1)
           WHERE article_id = ?1 AND body IS NULL AND text_sha256 <> ?2""",
        (article_id, article.text_sha256),
    )
    db.execute(
        """INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, body, method, extractor,
             chars, run_id) VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)
           ON CONFLICT (article_id, text_sha256) DO UPDATE SET body = NULL""",
        (
            article_id, article.text_sha256, iso(read_at), article.title, article.method,
            article.extractor, len(article.body), run_id,
        ),
    )  # fmt: skip
    db.execute(
        """INSERT INTO article_texts (article_id, title, body) VALUES (?, ?, ?)
           ON CONFLICT (article_id) DO UPDATE SET title = excluded.title, body = excluded.body""",
        (article_id, article.title, article.body),
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
    db.conn.executemany("DELETE FROM text_versions WHERE article_id = ?", ids)
    db.conn.executemany("DELETE FROM article_texts WHERE article_id = ?", ids)
    return len(ids)
