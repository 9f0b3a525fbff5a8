"""A large database, filled in bulk: a year of 2,000 feeds, a fifth of the articles with a hit.

    python -m bench.archive FILE --articles 1000000       (about 6 GB a million)

Every table has the rows that a pipeline would have left: entries and their texts, sketches and
fingerprints, a week of polls. Texts are 170 words of a made-up language whose words are as unequally
common as those of any other, in sentences drawn from 20,000. Indexes are made when the rows are in; two
processes make the search index and the fingerprints meanwhile, in files beside, which are copied in.
What a bench says of such a file holds for its size; the segments of its search index are larger and
fewer than those of a database that grew 25 articles at a time, as after a night's maintenance.
"""

import argparse
import itertools
import multiprocessing
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.made_articles import CATEGORIES, FEEDS, RULES, SEVERITIES, Made, articles
from storage.store import Store
from storage.times import iso

# Of a text of 450 words; more than these texts have, as those of real articles do
FINGERPRINTS = 28
ARTICLE = (
    """INSERT INTO articles (id, title, url, url_canonical, url_hash, feed_id, outlet, language, region, first_seen_at, read_at,
         attempted_at, day, state, outcome, reads, method, chars, text_sha256, versions, story_id)
       VALUES (:id, :title, :url, :url, :url_hash, :feed, :outlet, 'en', :region, :at, :at, :at, :day, 'read', 'ok', 1,
         'trafilatura', :chars, :sha, 1, :story)""",
    "INSERT INTO article_texts (article_id, title, summary, body) VALUES (:id, :title, :summary, :body)",
    """INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, method, extractor, chars, run_id)
       VALUES (:id, :sha, :at, :title, 'trafilatura', 'x', :chars, 1)""",
    """INSERT INTO entries (id, feed_id, entry_key, article_id, guid, url, title, summary, content_sha256, speaks, matched_sha256, first_seen_at)
       VALUES (:id, :feed, :url, :id, :url, :url, :title, :summary, :sha, 1, :sha, :at)""",
    "INSERT INTO entry_texts (entry_id, text_sha256, first_seen_at) VALUES (:id, :sha, :at)",
)
STORY = """INSERT INTO stories (id, title, first_article_id, language, first_seen_at, last_seen_at) VALUES (:id, :title, :id, 'en', :at, :at)"""
HIT = (
    """INSERT INTO hits (id, article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, day, feed_id, region,
         language, score, relevance, lane, snippet, snippet_start, terms_json, text_sha256, evidence_sha256, created_at)
       VALUES (:id, :id, :rule, :rule, :id, :severity, :rank, :category, :day, :feed, :region, 'en', 0.7, :relevance, :lane, :snippet,
         :start, :terms, :sha, :sha, :at)""",
    """INSERT INTO stories (id, title, first_article_id, lead_article_id, lead_hit_id, first_seen_at, last_seen_at, published_at,
         shown_at, status, lane, severity, severity_rank, category, outlet, feed_id, region, language, relevance, priority, rules, hits, hit_owners)
       VALUES (:id, :title, :id, :id, :id, :at, :at, :at, :at, :status, :lane, :severity, :rank, :category, :outlet, :feed, :region,
         'en', :relevance, :priority, 1, 1, 1)""",
    """INSERT INTO story_rules (story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane, relevance, score, hits,
         still_matches, first_at) VALUES (:id, :rule, :id, :severity, :rank, :category, :lane, :relevance, 0.7, 1, 1, :at)""",
)  # fmt: skip


def insert(connection: sqlite3.Connection, articles: Sequence[Made]) -> None:
    """One transaction, search index included where its triggers stand."""
    values = [article.values() for article in articles]
    hit = [value for article, value in zip(articles, values, strict=True) if article.planted]
    with connection:
        connection.executemany(STORY, [v for article, v in zip(articles, values, strict=True) if not article.planted])  # fmt: skip
        for statement in ARTICLE:
            connection.executemany(statement, values)
        for statement in HIT:
            connection.executemany(statement, hit)


def insert_names(connection: sqlite3.Connection, now: datetime) -> None:
    """Feeds, rules and a run that all the rest refers to."""
    at = iso(now)
    with connection:
        connection.execute("INSERT INTO runs (flow, started_at, state) VALUES ('watch', ?, 'completed')", [at])  # fmt: skip
        connection.executemany(
            "INSERT INTO feeds (slug, name, url, outlet, added_at, last_ok_at, last_polled_at) VALUES (?,?,?,?,?,?,?)",
            [(f"f{n}", f"Feed {n}", f"https://f{n}.example/", f"Outlet {n}", at, at, at) for n in range(1, FEEDS + 1)],
        )  # fmt: skip
        for number, slug in enumerate(RULES, 1):
            kind = (SEVERITIES[number % 4], CATEGORIES[number % 6])
            connection.execute(
                "INSERT INTO rules (slug, title, severity, category, status, current_version_id) VALUES (?,?,?,?,'stable',?)",
                (slug, slug, *kind, number),
            )
            connection.execute(
                "INSERT INTO rule_versions (rule_id, version, sha256, query, severity, category, label, created_at) VALUES (?,1,?,'x',?,?,?,?)",
                (number, slug, *kind, slug, at),
            )
        connection.execute(POLLS, [iso(now - timedelta(days=7))])


POLLS = """INSERT INTO polls (feed_id, run_id, polled_at, outcome, http_status)
  SELECT f.id, 1, strftime('%Y-%m-%dT%H:%M:%fZ', ?, h.value || ' hours'), 'ok', 304
  FROM json_each('[' || (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 168) SELECT group_concat(x) FROM n) || ']') h, feeds f"""
SKETCHES = """INSERT INTO sketches (article_id, words_hash, shingles, language, seen_at)
  SELECT id, random(), ?, 'en', ? FROM articles"""
# Hashes in their order, so that each row goes to the end of the table; articles far apart.
SHINGLES = """INSERT INTO fingerprints (hash, article_id)
  WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x + 1 < :rows)
  SELECT -9000000000000000000 + x * :step + abs(random() % :step), (x * 2654435761 + x / :articles) % :articles + 1 FROM n"""
QUICK = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-524288; PRAGMA foreign_keys=OFF"
SEARCH = "article_texts_fts"


def beside(path: Path, part: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path}.{part}")
    connection.executescript(f"PRAGMA page_size=8192; {QUICK}")
    return connection


def make_search(path: Path, count: int, schema: str) -> None:
    """The search index of all texts, in large segments, which nothing merges."""
    connection = beside(path, "search")
    connection.execute(schema)
    for key, value in (("automerge", 0), ("hashsize", 64 << 20)):
        connection.execute(f"INSERT INTO {SEARCH} ({SEARCH}, rank) VALUES (?, ?)", (key, value))
    coming = articles(1, count, datetime(2026, 1, 1, tzinfo=UTC), timedelta())
    with connection:
        connection.executemany(
            f"INSERT INTO {SEARCH} (rowid, title, summary, body) VALUES (?, ?, ?, ?)",
            ((article.id, article.title, article.body[:200], article.body) for article in coming),
        )
    with connection:  # one segment: a transaction that met several large ones would merge gigabytes
        connection.execute(f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('optimize')")
    connection.close()


def make_fingerprints(path: Path, count: int, schema: Sequence[str]) -> None:
    connection = beside(path, "fingerprints")
    connection.execute(schema[0])
    rows = count * FINGERPRINTS
    with connection:
        connection.execute(SHINGLES, {"rows": rows, "step": 2 * 9 * 10**18 // rows, "articles": count})  # fmt: skip
    for sql in schema[1:]:
        connection.execute(sql)
    connection.close()


def copy_in(connection: sqlite3.Connection, path: Path, part: str, tables: Sequence[str]) -> None:
    """Rows and indexes as they lie, which SQLite does for empty tables of the same make."""
    connection.execute("ATTACH ? AS beside", [f"{path}.{part}"])
    for table in tables:
        with connection:
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM beside.{table}")
    connection.execute("DETACH beside")
    Path(f"{path}.{part}").unlink()


def set_aside(connection: sqlite3.Connection) -> list[str]:
    """Drop indexes and the search index's triggers; what makes them again."""
    parts = connection.execute(
        """SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'fingerprints'
           AND (type = 'index' OR (type = 'trigger' AND tbl_name = 'article_texts'))"""
    ).fetchall()
    for kind, name, _ in parts:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in parts]


def schema_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Of a table and then its indexes."""
    statements = connection.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC",
        [table],
    )
    return [sql for (sql,) in statements]


def make(path: Path, count: int, now: datetime, *, days: float = 365) -> None:
    Store.open(path, now=now).close()
    connection = sqlite3.connect(path)
    connection.executescript(QUICK)
    began, parts = time.monotonic(), set_aside(connection)
    search, fingerprints = schema_of(connection, SEARCH), schema_of(connection, "fingerprints")
    others = [
        multiprocessing.Process(target=make_fingerprints, args=(path, count, fingerprints)),
        multiprocessing.Process(target=make_search, args=(path, count, search[0])),
    ]
    for process in others:
        process.start()
    insert_names(connection, now)
    step = timedelta(days=days) / count
    coming = articles(1, count, now - step * count, step)
    while batch := list(itertools.islice(coming, 1000)):
        insert(connection, batch)
        if batch[-1].id % 100_000 == 0:
            print(f"{batch[-1].id:>9,} articles, {time.monotonic() - began:,.0f} s", flush=True)
    with connection:
        connection.execute(SKETCHES, (FINGERPRINTS, iso(now)))
    for sql in parts:
        connection.execute(sql)
    print(f"rows and indexes, {time.monotonic() - began:,.0f} s", flush=True)
    for process in others:
        process.join()
        assert process.exitcode == 0
    copy_in(connection, path, "fingerprints", ["fingerprints"])
    copy_in(connection, path, "search", [f"{SEARCH}_{part}" for part in ("data", "idx", "docsize")])  # fmt: skip
    print(f"search index and fingerprints, {time.monotonic() - began:,.0f} s", flush=True)
    connection.executescript("PRAGMA analysis_limit=10000; ANALYZE; PRAGMA journal_mode=WAL")
    connection.close()
    print(f"{path.stat().st_size / 1e9:.2f} GB, {time.monotonic() - began:,.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    options = parser.parse_args()
    make(options.file, options.articles, datetime.now(UTC))


if __name__ == "__main__":
    main()
