"""Hits on which a verdict says something: of stories that people confirmed, escalated or dismissed.

A verdict counts for the rules that it was shown for: at or above the threshold, or all that hit a
story which was judged in *Unlikely*; not struck off, in the text at the time. "Old news" and "wrong
text" say nothing about a rule.
"""

import json
import sqlite3
from dataclasses import dataclass

NO_FAULT = ("old-news", "wrong-text")  # reasons that count against no rule
JUDGED_HITS = """
SELECT x.story_id, r.slug, v.sha256, s.status <> 'dismissed', t.title, t.body, t.summary, a.outlet, a.url, coalesce(a.language, '')
FROM story_rules x JOIN stories s ON s.id = x.story_id JOIN rules r ON r.id = x.rule_id
  JOIN hits h ON h.id = x.lead_hit_id JOIN rule_versions v ON v.id = h.rule_version_id
  JOIN articles a ON a.id = h.article_id JOIN article_texts t ON t.article_id = a.id
WHERE s.status IN ('confirmed', 'escalated', 'dismissed') AND NOT x.struck AND x.lane = s.lane AND s.lane IN ('shown', 'unlikely') AND x.still_matches
  AND h.entry_id IS NULL AND h.created_at <= s.reviewed_at
  AND NOT (s.status = 'dismissed' AND s.reason IN (SELECT value FROM json_each(:no_fault)))
ORDER BY x.story_id, r.slug
"""


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """One rule of one judged story, with the text of its leading hit."""

    story: int
    rule_id: str
    rule_sha256: str  # the version that hit: a verdict counts for that version alone
    wanted: bool
    title: str
    body: str
    summary: str
    source: str
    url: str
    language: str


def judged_hits(db: sqlite3.Connection) -> tuple[JudgedHit, ...]:
    rows = db.execute(JUDGED_HITS, {"no_fault": json.dumps(NO_FAULT)})
    return tuple(JudgedHit(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows)


def verdicts_on_articles(db: sqlite3.Connection) -> dict[int, str]:
    """Of each article in a judged story: confirmed, escalated or dismissed."""
    return dict(
        db.execute(
            "SELECT a.id, s.status FROM articles a JOIN stories s ON s.id = a.story_id "
            "WHERE s.status IN ('confirmed', 'escalated', 'dismissed')"
        ).fetchall()
    )
