"""One story whole: its texts and hits, its outlets, its record, what else is said of the event."""

import sqlite3

from storage.queries.stories import related
from storage.stories.outward import OUTWARD_NOTE

HITS = """
SELECT h.*, a.title AS article_title, a.url, a.url_canonical, a.outlet, a.owner, a.authors, a.site, a.published_at, a.date_source, a.first_seen_at,
  a.read_at, a.state, a.outcome, a.problem, a.http_status, a.method, a.extractor, a.chars, a.text_sha256 AS current_sha256, a.versions, a.changed_at,
  f.name AS feed_name, f.slug AS feed_slug, f.outlet AS feed_outlet, r.slug AS rule_slug, r.title AS rule_title, r.description AS rule_description,
  r.path AS rule_path, r.line AS rule_line, r.current_version_id, v.version AS rule_version, v.sha256 AS rule_sha256, v.query, v.unless, v.definition_json, v.written_out_json,
  v.created_at AS version_at, e.url AS entry_url, e.first_seen_at AS entry_first_seen_at, s.status
FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rules r ON r.id = h.rule_id
  JOIN rule_versions v ON v.id = h.rule_version_id JOIN stories s ON s.id = h.story_id LEFT JOIN entries e ON e.id = h.entry_id
WHERE {} ORDER BY h.struck, NOT h.still_matches, h.severity_rank DESC, h.relevance DESC, h.id
"""
# A story that was added by hand has no hit: its article as the page reads a hit, or what a feed says of one that was not read.
ADDED = """
SELECT NULL AS id, a.id AS article_id, NULL AS rule_id, s.id AS story_id, s.severity, s.category, a.feed_id, a.language, a.region, 0.0 AS score,
  s.opening AS snippet, 'body' AS snippet_field, 0 AS snippet_start, '[]' AS terms_json, '{}' AS clauses_json, '[]' AS relevance_json,
  coalesce(a.text_sha256, e.content_sha256) AS text_sha256, a.state = 'partial' AS partial, 1 AS still_matches, 0 AS struck, NULL AS passage_change,
  'hand' AS origin, s.added_at AS created_at, iif(a.text_sha256 IS NULL, e.id, NULL) AS entry_id,
  a.title AS article_title, a.url, a.url_canonical, a.outlet, a.owner, a.authors, a.site, a.published_at, a.date_source, a.first_seen_at,
  a.read_at, a.state, a.outcome, a.problem, a.http_status, a.method, a.extractor, a.chars, a.text_sha256 AS current_sha256, a.versions, a.changed_at,
  f.name AS feed_name, f.slug AS feed_slug, f.outlet AS feed_outlet, s.status
FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN entries e ON e.id = (SELECT min(id) FROM entries WHERE article_id = a.id)
  JOIN feeds f ON f.id = coalesce(iif(a.text_sha256 IS NULL, e.feed_id, NULL), a.feed_id)
WHERE s.id = ? AND s.added_by IS NOT NULL
"""
TEXT_OF_HIT = """
SELECT v.text_sha256, coalesce(t.title, v.title) AS title, coalesce(v.body, t.body) AS body, coalesce(v.summary, t.summary, '') AS summary,
  v.first_read_at, v.method, v.extractor
FROM text_versions v LEFT JOIN article_texts t ON t.article_id = v.article_id AND v.body IS NULL
WHERE v.article_id = ? AND v.text_sha256 = ?
"""
ENTRY_TEXT = """
SELECT x.text_sha256, coalesce(x.title, e.title) AS title, coalesce(x.summary, e.summary) AS summary, coalesce(x.content, e.content) AS content, x.first_seen_at AS first_read_at
FROM entry_texts x JOIN entries e ON e.id = x.entry_id WHERE x.entry_id = ? AND x.text_sha256 = ?
"""
STORY_TEXTS = """
SELECT a.id AS article_id, NULL AS entry_id, a.title, a.url, a.outcome, a.outlet, a.owner, a.published_at, a.first_seen_at, a.story_coverage, a.chars,
  (SELECT count(*) FROM hits h WHERE h.article_id = a.id AND h.entry_id IS NULL AND h.still_matches) AS hits, '' AS spoken_by
FROM articles a WHERE a.story_id = :story
UNION ALL
SELECT a.id, e.id, e.title, coalesce(e.url, a.url), a.outcome, a.outlet, f.owner, e.published_at, e.first_seen_at, NULL, length(e.content) + length(e.summary), count(*), f.outlet
FROM hits h JOIN entries e ON e.id = h.entry_id JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id WHERE h.story_id = :story GROUP BY e.id
ORDER BY first_seen_at, article_id LIMIT 200
"""
REVIEW_RECORD = """
SELECT v.id, v.action, v.subject, v.reason, {note} AS note, v.actor, v.created_at, v.prev_status, v.origin, v.batch_id, v.hits, r.slug AS rule_slug, r.title AS rule_title,
  b.stories AS batch_stories, b.undone_at, coalesce(o.masked_title, o.title) AS other_title
FROM story_reviews v LEFT JOIN rules r ON r.id = v.rule_id LEFT JOIN batches b ON b.id = v.batch_id
  LEFT JOIN stories o ON o.id = CAST(v.subject AS INTEGER) AND v.action IN ('join', 'refuse', 'unlink')
WHERE v.story_id = ? ORDER BY v.id DESC LIMIT 300
"""


def hits_of(connection: sqlite3.Connection, story: int) -> list[sqlite3.Row]:
    """Every hit of the story, best first."""
    return connection.execute(HITS.format("h.story_id = ?") + " LIMIT 400", [story]).fetchall()


def added(connection: sqlite3.Connection, story: int) -> sqlite3.Row | None:
    """The article of a story that somebody added, in the shape of a hit without a rule or evidence."""
    row: sqlite3.Row | None = connection.execute(ADDED, [story]).fetchone()
    return row


def hit(connection: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(HITS.format("h.id = ?"), [number]).fetchone()
    return row


def text_of_hit(connection: sqlite3.Connection, hit_row: sqlite3.Row) -> sqlite3.Row | None:
    """The text that a hit is of; its body is None once it was purged."""
    if hit_row["entry_id"] is None:
        return version(connection, hit_row["article_id"], hit_row["text_sha256"])
    text: sqlite3.Row | None = connection.execute(ENTRY_TEXT, [hit_row["entry_id"], hit_row["text_sha256"]]).fetchone()  # fmt: skip
    return text


def version(connection: sqlite3.Connection, article: int, sha256: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(TEXT_OF_HIT, [article, sha256]).fetchone()
    return row


def current(connection: sqlite3.Connection, article: int) -> sqlite3.Row | None:
    sql = "SELECT a.id, a.outlet, a.url, t.title, t.body FROM articles a JOIN article_texts t ON t.article_id = a.id WHERE a.id = ?"
    row: sqlite3.Row | None = connection.execute(sql, [article]).fetchone()
    return row


def printed_texts(connection: sqlite3.Connection, story: int) -> list[sqlite3.Row]:
    """What each outlet of the story printed, first seen first."""
    return connection.execute(STORY_TEXTS, {"story": story}).fetchall()


def acts_on(
    connection: sqlite3.Connection, story: int, *, whole: bool = False
) -> list[sqlite3.Row]:
    """Every act on the story, newest first; notes as they may leave, or `whole`."""
    sql = REVIEW_RECORD.format(note="v.note" if whole else OUTWARD_NOTE)
    return connection.execute(sql, [story]).fetchall()


def links_of_story(connection: sqlite3.Connection, story: int) -> list[sqlite3.Row]:
    """Stories that tell of the same event in other words, or were refused as such."""
    return related.links_of_stories(connection, f"[{story}]")


def versions(connection: sqlite3.Connection, article: int) -> list[sqlite3.Row]:
    sql = "SELECT text_sha256, first_read_at, chars, method FROM text_versions WHERE article_id = ? ORDER BY first_read_at"
    return connection.execute(sql, [article]).fetchall()


def alternatives(connection: sqlite3.Connection, hit_row: sqlite3.Row) -> list[sqlite3.Row]:
    """Other texts that the page of this hit holds, kept where its extraction was doubtful."""
    if hit_row["entry_id"] is not None:
        return []
    sql = """SELECT x.name, x.body FROM text_alternatives x JOIN text_versions v USING (article_id, text_sha256)
      WHERE x.article_id = ? AND x.text_sha256 = ? ORDER BY x.name"""
    return connection.execute(sql, [hit_row["article_id"], hit_row["text_sha256"]]).fetchall()


def evidence_of_hits(connection: sqlite3.Connection, number: int) -> list[sqlite3.Row]:
    """All evidence that one hit ever had."""
    sql = "SELECT * FROM hit_evidence WHERE hit_id = ? ORDER BY matched_at"
    return connection.execute(sql, [number]).fetchall()


def of_card(connection: sqlite3.Connection, card: int) -> int | None:
    """The story that a card of an earlier release became part of."""
    row = connection.execute("SELECT story_id FROM old_cards WHERE id = ?", [card]).fetchone()
    return row[0] if row else None
