"""Stories as they leave: one shape for the queue's CSV and JSON, the API, the commands, STIX and MISP."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import privacy
from storage.acts.verdicts import FALSEHOOD
from storage.stories.outward import (
    JOIN_VERDICT,
    JUDGED_AT,
    JUDGED_BY,
    OUTWARD_NOTE,
    PASSAGE,
    PUBLISHED,
    STORY_CATEGORIES,
    leaves_masked,
)
from storage.times import iso, parse_or_none, parse_time

MOST_STORIES_EXPORTED = 5_000


@dataclass(frozen=True, slots=True)
class ExportedRule:
    id: str
    title: str
    severity: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportedStory:
    """What leaves of a story; headline and passage are masked as in the queue. Times are UTC.

    `published_at` None: no date was given. `reviewed_by`, `reviewed_at` and `note` are of the verdict that
    stands. `added_by`: who put it into the queue, where no rule did.
    """

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
    note: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    review_count: int
    assigned_to: str | None
    added_by: str | None
    tags: tuple[str, ...]
    language: str | None
    region: str | None
    place: str | None
    passage: str
    rules: tuple[ExportedRule, ...] = ()

    @property
    def is_falsehood(self) -> bool:
        """Whether a reviewer said that the article itself spreads one."""
        return self.reason == FALSEHOOD


# The address of an entry without a usable link is a key of ours, which leads nowhere.
EXPORTED_STORIES = f"""SELECT s.id, s.title AS headline, coalesce(s.outlet, '') AS outlet, iif(a.url LIKE 'http%', a.url, '') AS url, {PUBLISHED} AS published_at,
    s.first_seen_at, s.last_seen_at, s.outlets, s.owners, coalesce(s.severity, '') AS severity, coalesce(s.category, '') AS category, s.relevance,
    s.tab, s.status, s.reason, {OUTWARD_NOTE} AS note, {JUDGED_BY} AS reviewed_by, {JUDGED_AT} AS reviewed_at, s.review_count, s.assigned_to,
    s.added_by, s.tags, s.language, s.region, s.place, {PASSAGE} AS passage, {STORY_CATEGORIES} AS categories
  FROM stories s LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN articles a ON a.id = s.lead_article_id {JOIN_VERDICT}
  WHERE s.tab IS NOT NULL AND (:ids IS NULL OR s.id IN (SELECT value FROM json_each(:ids)))
    AND (:tab IS NULL OR s.tab = :tab) AND (:since IS NULL OR s.last_seen_at >= :since) AND s.id > :after
  ORDER BY s.id LIMIT :limit"""  # noqa: S608 (parts of ours)
EXPORTED_RULES = """SELECT x.story_id, r.slug, r.title, x.severity, coalesce(json_extract(v.definition_json, '$.references'), '[]')
  FROM story_rules x JOIN rules r ON r.id = x.rule_id LEFT JOIN rule_versions v ON v.id = r.current_version_id
  WHERE x.story_id IN (SELECT value FROM json_each(:ids)) AND x.still_matches AND NOT x.struck
  ORDER BY x.story_id, x.lane <> 'shown', x.severity_rank DESC, x.score DESC, x.relevance DESC, r.title"""
TIME_COLUMNS = ("first_seen_at", "last_seen_at")
PERHAPS_TIMES = ("published_at", "reviewed_at")


def exported(
    conn: sqlite3.Connection,
    *,
    tab: str | None = None,
    since: datetime | None = None,
    ids: list[int] | None = None,
    after: int = 0,
    limit: int = MOST_STORIES_EXPORTED,
) -> tuple[ExportedStory, ...]:
    """Stories in the order of `ids`, or else of their numbers, after `after`: page by page, nothing is missed."""
    parameters = {"tab": tab, "since": iso(since) if since else None, "after": after, "limit": limit if ids is None else len(ids),
             "ids": json.dumps(ids) if ids is not None else None}  # fmt: skip
    cursor = conn.execute(EXPORTED_STORIES, parameters)
    names = [column[0] for column in cursor.description]
    stories = {row[0]: dict(zip(names, tuple(row), strict=True)) for row in cursor}
    rules: dict[int, list[ExportedRule]] = {}
    for story, slug, title, severity, references in map(tuple, conn.execute(EXPORTED_RULES, {"ids": json.dumps(list(stories))})):  # fmt: skip
        rules.setdefault(story, []).append(ExportedRule(slug, title, severity, texts(references)))
    order = stories if ids is None else [story for story in ids if story in stories]
    return tuple(as_story(stories[story], tuple(rules.get(story, ()))) for story in order)


def texts(joined: str) -> tuple[str, ...]:
    value = json.loads(joined)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def as_story(row: Mapping[str, Any], rules: tuple[ExportedRule, ...]) -> ExportedStory:
    """Masked by every rule that ever hit: one struck off does not make a home address public."""
    story = dict(row)
    categories = story.pop("categories")
    if leaves_masked(story["added_by"], categories):
        story |= {name: privacy.masked(story[name]) for name in ("headline", "passage")}
    story |= {name: parse_time(story[name]) for name in TIME_COLUMNS}
    story |= {name: parse_or_none(story[name]) for name in PERHAPS_TIMES}
    story["tags"] = tuple(tag.strip() for tag in story["tags"].split(",") if tag.strip())
    return ExportedStory(**story, rules=rules)
