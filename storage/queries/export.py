"""Stories as other tools take them: one shape for JSON, CSV, STIX and MISP."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from storage.times import iso, parse, parse_or_none

MOST = 5_000


@dataclass(frozen=True, slots=True)
class ExportedRule:
    id: str
    title: str
    severity: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedStory:
    """What leaves of a story; the passage is masked as in the queue. Times are UTC."""

    id: int
    headline: str
    outlet: str
    url: str
    published_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    outlets: int
    owners: int
    severity: str
    category: str
    relevance: float | None
    tab: str
    status: str
    reason: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    review_count: int
    assigned_to: str | None
    tags: tuple[str, ...]
    language: str | None
    region: str | None
    place: str | None
    passage: str
    rules: tuple[ExportedRule, ...] = ()


STORIES = """SELECT s.id, s.title, coalesce(s.outlet, ''), coalesce(a.url, ''), s.published_at, s.first_seen_at, s.last_seen_at,
    s.outlets, s.owners, coalesce(s.severity, ''), coalesce(s.category, ''), s.relevance, s.tab, s.status, s.reason, s.reviewed_by,
    s.reviewed_at, s.review_count, s.assigned_to, s.tags, s.language, s.region, s.place, coalesce(h.masked_snippet, h.snippet, '')
  FROM stories s LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN articles a ON a.id = s.lead_article_id
  WHERE s.tab IS NOT NULL AND (:ids IS NULL OR s.id IN (SELECT value FROM json_each(:ids)))
    AND (:tab IS NULL OR s.tab = :tab) AND (:since IS NULL OR s.last_seen_at >= :since) AND s.id > :after
  ORDER BY s.id LIMIT :limit"""
RULES = """SELECT x.story_id, r.slug, r.title, x.severity, coalesce(json_extract(v.definition_json, '$.references'), '[]')
  FROM story_rules x JOIN rules r ON r.id = x.rule_id LEFT JOIN rule_versions v ON v.id = r.current_version_id
  WHERE x.story_id IN (SELECT value FROM json_each(:ids)) AND x.still_matches AND NOT x.struck
  ORDER BY x.story_id, x.severity_rank DESC, r.slug"""


def exported(
    conn: sqlite3.Connection,
    *,
    tab: str | None = None,
    since: datetime | None = None,
    ids: list[int] | None = None,
    after: int = 0,
    limit: int = MOST,
) -> tuple[ExportedStory, ...]:
    """Stories in the order of their numbers, after `after`: page by page, nothing is missed."""
    asked = {"tab": tab, "since": iso(since) if since else None, "after": after, "limit": limit,
             "ids": json.dumps(ids) if ids is not None else None}  # fmt: skip
    rows = conn.execute(STORIES, asked).fetchall()
    rules: dict[int, list[ExportedRule]] = {}
    for story, slug, title, severity, references in conn.execute(RULES, {"ids": json.dumps([row[0] for row in rows])}):  # fmt: skip
        rules.setdefault(story, []).append(ExportedRule(slug, title, severity, texts(references)))
    return tuple(as_story(tuple(row), tuple(rules.get(row[0], ()))) for row in rows)


def texts(found: str) -> tuple[str, ...]:
    value = json.loads(found)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def as_story(row: tuple[object, ...], rules: tuple[ExportedRule, ...]) -> ExportedStory:
    (number, title, outlet, url, published, first, last, outlets, owners, severity, category, relevance, tab, status,
     reason, by, at, count, assigned, tags, language, region, place, passage) = row  # fmt: skip

    def text(value: object) -> str | None:
        return None if value is None else str(value)

    return ExportedStory(
        int(str(number)), str(title), str(outlet), str(url), parse_or_none(text(published)), parse(str(first)),
        parse(str(last)), int(str(outlets)), int(str(owners)), str(severity), str(category),
        None if relevance is None else float(str(relevance)), str(tab), str(status), str(reason), text(by),
        parse_or_none(text(at)), int(str(count)), text(assigned),
        tuple(tag.strip() for tag in str(tags).split(",") if tag.strip()),
        text(language), text(region), text(place), str(passage), rules,
    )  # fmt: skip
