"""Events that wait for a route, with what is known of their story or feed; and events of our own."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

import privacy
from storage.outbox.event import Event, Subject
from storage.stories import events
from storage.stories.outward import (
    JOIN_VERDICT,
    JUDGED_BY,
    PASSAGE,
    PUBLISHED,
    STORY_CATEGORIES,
    leaves_masked,
)
from storage.times import iso, parse_or_none, parse_time

UNROUTED = """SELECT id, kind, story_id, feed_id, moment, key, payload_json FROM events
  WHERE routed_at IS NULL ORDER BY id LIMIT :limit"""
EVENT_STORIES = f"""SELECT s.id, s.title, s.outlet, s.outlets, s.owners, s.language, s.region, s.place, s.category,
    s.severity, s.relevance, s.tags, s.tab, s.assigned_to, {JUDGED_BY}, {PUBLISHED}, {PASSAGE}, coalesce(a.url, ''), s.added_by, {STORY_CATEGORIES}
  FROM stories s LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN articles a ON a.id = s.lead_article_id {JOIN_VERDICT}
  WHERE s.id IN (SELECT value FROM json_each(:ids))"""  # noqa: S608 (parts of ours)
EVENT_RULES = """SELECT x.story_id, r.slug, r.title FROM story_rules x JOIN rules r ON r.id = x.rule_id
  WHERE x.story_id IN (SELECT value FROM json_each(:ids)) AND x.still_matches AND NOT x.struck
  ORDER BY x.story_id, x.severity_rank DESC, r.slug"""
EVENT_FEEDS = """SELECT id, name, outlet, language, region, category FROM feeds
  WHERE id IN (SELECT value FROM json_each(:ids))"""


def unrouted_events(conn: sqlite3.Connection, limit: int = 500) -> tuple[Event, ...]:
    """The oldest events that no sender has looked at."""
    return with_subjects(conn, conn.execute(UNROUTED, {"limit": limit}).fetchall())


def with_subjects(
    conn: sqlite3.Connection, rows: Iterable[tuple[object, ...]]
) -> tuple[Event, ...]:
    """Rows of (id, kind, story, feed, moment, key, payload) as events."""
    rows = list(rows)
    stories = story_subjects(conn, {row[2] for row in rows if row[2] is not None})
    feeds = feed_subjects(conn, {row[3] for row in rows if row[3] is not None})
    return tuple(
        Event(
            id=int(str(number)),
            kind=str(kind),
            moment=parse_time(str(moment)),
            key=str(key),
            story_id=int(str(story)) if story is not None else None,
            payload=json.loads(str(payload)),
            subject=stories.get(story) if story is not None else feeds.get(feed),
        )
        for number, kind, story, feed, moment, key, payload in rows
    )


def story_subjects(conn: sqlite3.Connection, ids: set[object]) -> dict[object, Subject]:
    parameters = {"ids": json.dumps(sorted(ids, key=str))}
    rules: dict[int, list[tuple[str, str]]] = {}
    for story, slug, title in conn.execute(EVENT_RULES, parameters):
        rules.setdefault(story, []).append((slug, title))
    return {row[0]: story_subject(row, rules.get(row[0], [])) for row in conn.execute(EVENT_STORIES, parameters)}  # fmt: skip


def story_subject(row: tuple[object, ...], rules: list[tuple[str, str]]) -> Subject:
    (_, title, outlet, outlets, owners, language, region, place, category, severity, relevance, tags,
     tab, assigned_to, reviewed_by, published_at, passage, url, added_by, categories) = row  # fmt: skip
    if leaves_masked(text_or_none(added_by), text_or_none(categories)):
        title, passage = privacy.masked(str(title)), privacy.masked(str(passage))
    return Subject(
        headline=str(title),
        outlet=str(outlet or ""),
        outlets=int(str(outlets)),
        owners=int(str(owners)),
        language=text_or_none(language),
        region=text_or_none(region),
        place=text_or_none(place),
        category=text_or_none(category),
        severity=text_or_none(severity),
        relevance=float(str(relevance)) if relevance is not None else None,
        rules=tuple(slug for slug, _ in rules),
        rule_titles=tuple(title for _, title in rules),
        tags=tuple(tag.strip() for tag in str(tags).split(",") if tag.strip()),
        passage=str(passage),
        tab=text_or_none(tab),
        assigned_to=text_or_none(assigned_to),
        reviewed_by=text_or_none(reviewed_by),
        published_at=parse_or_none(text_or_none(published_at)),
        url=str(url),
    )


def text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def feed_subjects(conn: sqlite3.Connection, ids: set[object]) -> dict[object, Subject]:
    parameters = {"ids": json.dumps(sorted(ids, key=str))}
    return {
        number: Subject(name, outlet, language=language, region=region, category=category)
        for number, name, outlet, language, region, category in conn.execute(
            EVENT_FEEDS, parameters
        )
    }


def add_event_at(
    conn: sqlite3.Connection,
    kind: str,
    key: str,
    moment: datetime,
    payload: Mapping[str, object],
    *,
    story_id: int | None = None,
) -> bool:
    """As `storage.stories.events.add_event`, at a moment."""
    return events.add_event(conn, kind, key, iso(moment), story_id=story_id, payload=payload)


def is_known(conn: sqlite3.Connection, key: str) -> bool:
    return conn.execute("SELECT 1 FROM events WHERE key = ?", (key,)).fetchone() is not None


def event_number(conn: sqlite3.Connection, key: str) -> int:
    return int(conn.execute("SELECT id FROM events WHERE key = ?", (key,)).fetchone()[0])
