"""SQL behind the reading page: one card, its hits, its texts, its story, its record."""

import sqlite3

from datasette.app import Datasette

from review import database

CARD = """
SELECT c.*, r.slug AS rule_slug, r.title AS rule_title, r.description AS rule_description, r.path AS rule_path, r.line AS rule_line,
  r.current_version_id, s.title AS story_title, s.outlets AS story_outlets, s.copies AS story_copies,
  (SELECT count(*) FROM cards o WHERE o.story_id = c.story_id) - 1 AS more_rules
FROM cards c JOIN rules r ON r.id = c.rule_id JOIN stories s ON s.id = c.story_id WHERE c.id = ?
"""
HIT = """
SELECT h.*, a.title AS article_title, a.url, a.url_canonical, a.outlet, a.owner, a.authors, a.site, a.published_at, a.first_seen_at, a.read_at,
  a.state, a.outcome, a.problem, a.http_status, a.method, a.extractor, a.chars, a.text_sha256 AS current_sha256, a.versions, a.changed_at,
  f.name AS feed_name, f.slug AS feed_slug, v.version AS rule_version, v.sha256 AS rule_sha256, v.query, v.unless, v.definition_json, v.created_at AS version_at
FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rule_versions v ON v.id = h.rule_version_id
WHERE h.id = ?
"""
TEXT = """
SELECT v.text_sha256, coalesce(t.title, v.title) AS title, coalesce(v.body, t.body) AS body, v.first_read_at, v.method, v.extractor
FROM text_versions v LEFT JOIN article_texts t ON t.article_id = v.article_id AND v.body IS NULL
WHERE v.article_id = ? AND v.text_sha256 = ?
"""
COPIES = """
SELECT h.id AS hit_id, h.status, h.score, h.still_matches, a.id AS article_id, a.title, a.url, a.outlet, a.owner, a.published_at, a.first_seen_at,
  a.story_coverage, a.chars, a.text_sha256
FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.card_id = ? ORDER BY a.first_seen_at, a.id LIMIT 200
"""
OTHERS = """
SELECT c.id, c.severity, c.status, r.title AS rule_title FROM cards c JOIN rules r ON r.id = c.rule_id
WHERE c.story_id = ? AND c.id <> ? ORDER BY c.severity_rank DESC
"""
RECORD = """
SELECT min(rv.id) AS id, rv.action, rv.reason, rv.note, rv.actor, rv.created_at, rv.prev_status, count(*) AS hits, v.version AS rule_version
FROM reviews rv JOIN hits h ON h.id = rv.hit_id LEFT JOIN rule_versions v ON v.id = rv.rule_version_id
WHERE h.card_id = ? GROUP BY coalesce(rv.batch_id, rv.id), rv.action, rv.note ORDER BY 1 DESC LIMIT 300
"""
VERSIONS = "SELECT text_sha256, first_read_at, chars, method FROM text_versions WHERE article_id = ? ORDER BY first_read_at"


async def card(ds: Datasette, number: int) -> sqlite3.Row | None:
    return await database.row(ds, CARD, [number])


async def hit(ds: Datasette, number: int) -> sqlite3.Row | None:
    return await database.row(ds, HIT, [number])


async def text(ds: Datasette, article_id: int, sha256: str) -> sqlite3.Row | None:
    """The text of that hash; its body is None once it was purged."""
    return await database.row(ds, TEXT, [article_id, sha256])


async def current(ds: Datasette, article_id: int) -> sqlite3.Row | None:
    sql = "SELECT a.id, a.outlet, a.url, t.title, t.body FROM articles a JOIN article_texts t ON t.article_id = a.id WHERE a.id = ?"
    return await database.row(ds, sql, [article_id])


async def copies(ds: Datasette, card_id: int) -> list[sqlite3.Row]:
    return await database.rows(ds, COPIES, [card_id])


async def others(ds: Datasette, story_id: int, card_id: int) -> list[sqlite3.Row]:
    return await database.rows(ds, OTHERS, [story_id, card_id])


async def record(ds: Datasette, card_id: int) -> list[sqlite3.Row]:
    return await database.rows(ds, RECORD, [card_id])


async def versions(ds: Datasette, article_id: int) -> list[sqlite3.Row]:
    return await database.rows(ds, VERSIONS, [article_id])


async def evidence(ds: Datasette, hit_id: int) -> list[sqlite3.Row]:
    sql = "SELECT * FROM hit_evidence WHERE hit_id = ? ORDER BY matched_at"
    return await database.rows(ds, sql, [hit_id])


async def reviews(ds: Datasette, hit_id: int) -> list[sqlite3.Row]:
    return await database.rows(ds, "SELECT * FROM reviews WHERE hit_id = ? ORDER BY id", [hit_id])
