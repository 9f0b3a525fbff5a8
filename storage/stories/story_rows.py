"""A story's row, kept in step with its hits; what it says more reopens it and is told.

Everything here runs inside the transaction that stored the hits.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from storage.facts import fact
from storage.stories import masks, story_chips, story_events, story_hits
from storage.stories.content import growth
from storage.stories.content.growth import HitChange, News
from storage.stories.content.places import place_named
from storage.stories.content.priority import DUE_MINUTES, due_by, priority
from storage.stories.muting import mute_for, standing_mutes
from storage.stories.story_before import StoryBefore
from storage.stories.story_hits import StoryHit
from storage.times import iso_or_none, parse_time

HitOrigin = Literal["watch", "rematch"]


@dataclass(slots=True)
class TouchedStories:
    """What happened to the stories of one transaction. `coverage`: by article, see storage.stories.content.growth."""

    changes: dict[int, list[HitChange]] = field(default_factory=dict)
    coverage: dict[int, float] = field(default_factory=dict)

    def add(self, story_id: int, changes: Iterable[HitChange] = ()) -> None:
        self.changes.setdefault(story_id, []).extend(changes)


STORIES_BEFORE = """SELECT id, status, lane, severity_rank, hit_owners, shown_at, due_at, grown, reopened, news_json, mute_id,
  snoozed_until, first_seen_at, added_by, severity, reason FROM stories WHERE id = ?"""


def refresh_stories(
    connection: sqlite3.Connection,
    touched: TouchedStories,
    moment: str,
    origin: HitOrigin = "watch",
) -> None:
    """Bring every touched story up to date. A rematch reopens nothing and tells nobody."""
    for story_id in sorted(touched.changes):
        refresh_one(connection, story_id, touched, moment, origin)


def refresh_one(
    connection: sqlite3.Connection,
    story_id: int,
    touched: TouchedStories,
    moment: str,
    origin: HitOrigin,
) -> None:
    changes = touched.changes[story_id]
    stamp(connection, story_id, changes)
    connection.execute(STRIKE_AGAIN, {"story": story_id})
    hits = story_hits.hits_of_story(connection, story_id)
    row = connection.execute(STORIES_BEFORE, [story_id]).fetchone()
    if row is None or not hits:
        return
    before = StoryBefore(*row)
    story_chips.keep_chips(connection, story_id, hits)
    summary = summarize(connection, before, hits, moment)
    brought = growth.news_of(hits, changes, touched.coverage, evidence_before(connection, changes))
    if origin == "watch":
        due = due_at(connection, str(summary["severity"]), moment)
        summary |= reopening(before, brought, moment, due)
    summary["mute_id"] = before.mute_id or mute_for(
        standing_mutes(connection, moment, story_id=story_id), story_id, hits
    )
    assigned = ", ".join(f"{name} = :{name}" for name in summary)
    connection.execute(
        f"UPDATE stories SET {assigned} WHERE id = :id",  # noqa: S608 - our own names
        summary | {"id": story_id},
    )
    masks.keep_masks(connection, story_id)
    if origin == "watch" and not before.hidden and summary["mute_id"] is None:
        story_events.add_story_events(
            connection, before, summary=summary, changes=changes, brought=brought, moment=moment
        )


STRIKE_AGAIN = """UPDATE hits SET struck = 1 WHERE story_id = :story AND NOT struck
  AND rule_id IN (SELECT rule_id FROM story_rules WHERE story_id = :story AND struck)"""


def stamp(connection: sqlite3.Connection, story_id: int, changes: Sequence[HitChange]) -> None:
    """Number what changed, so that a verdict can say how much of it the reviewer had seen."""
    fresh = [change.hit_id for change in changes if change.change in {"new", "changed", "back"}]
    if not fresh:
        return
    connection.execute("UPDATE stories SET grown = grown + 1 WHERE id = ?", [story_id])
    connection.execute(
        """UPDATE hits SET grown = (SELECT grown FROM stories WHERE id = ?)
           WHERE id IN (SELECT value FROM json_each(?))""",
        (story_id, json.dumps(fresh)),
    )


def evidence_before(
    connection: sqlite3.Connection, changes: Sequence[HitChange]
) -> Mapping[int, frozenset[str]]:
    """By hit that changed, every evidence that it had before this one."""
    evidence = {}
    for change in changes:
        if change.change in {"changed", "back"}:
            rows = connection.execute(
                """SELECT e.evidence_sha256 FROM hit_evidence e JOIN hits h ON h.id = e.hit_id
                   WHERE h.id = ? AND e.evidence_sha256 <> h.evidence_sha256""",
                [change.hit_id],
            )
            evidence[change.hit_id] = frozenset(row[0] for row in rows)
    return evidence


def summarize(
    connection: sqlite3.Connection, before: StoryBefore, hits: Sequence[StoryHit], moment: str
) -> dict[str, object]:
    """What the queue shows of the story, from its hits alone; one that was added by hand stays in the
    queue, at least as grave as was said."""
    lead, gravest, lane = (
        story_hits.strongest(hits),
        story_hits.gravest(hits),
        story_hits.lane_of(hits) if before.added_by is None else "shown",
    )
    standing = [hit for hit in hits if hit.stands and hit.lane == lane] or list(hits)
    owners = len({hit.owner for hit in hits})
    published_at, date_source = story_hits.earliest_publication(hits)
    severity, rank = gravest.severity, gravest.severity_rank
    if before.added_by and before.severity and (before.severity_rank or 0) > rank:
        severity, rank = before.severity, before.severity_rank or 0
    weight = max(hit.weight for hit in standing)
    shown_at = before.shown_at or (moment if lane == "shown" else None)
    return {
        "status": before.status or "new", "lane": lane, "lead_hit_id": lead.id, "lead_article_id": lead.article_id,
        "title": lead.title, "outlet": lead.outlet, "feed_id": lead.feed_id, "region": lead.region,
        "place": story_place(connection, lead), "language": lead.language, "published_at": published_at, "date_source": date_source,
        "severity": severity, "severity_rank": rank, "category": gravest.category,
        "relevance": story_chips.highest(standing), "rules": len({hit.rule_id for hit in hits if hit.stands}),
        "hits": len(hits), "hit_owners": owners, "shown_at": shown_at,
        "priority": priority(rank, weight, owners, parse_time(before.first_seen_at)),
        "due_at": earliest(before.due_at, due_at(connection, severity, shown_at)),
    }  # fmt: skip


OPENING_OF_TEXT = "SELECT substr(coalesce(nullif(body, ''), summary), 1, 1000) FROM article_texts WHERE article_id = ?"


def story_place(connection: sqlite3.Connection, lead: StoryHit) -> str | None:
    """Where the story is, by its strongest text; of an entry by its title and passage."""
    row = None if lead.entry_id is not None else connection.execute(OPENING_OF_TEXT, [lead.article_id]).fetchone()  # fmt: skip
    return place_named(lead.title, row[0] if row else lead.snippet, lead.region)


def due_at(connection: sqlite3.Connection, severity: str, shown_at: str | None) -> str | None:
    if shown_at is None:
        return None
    own = fact(connection, "due_minutes")
    minutes = json.loads(own) if own else DUE_MINUTES
    return iso_or_none(due_by(severity, parse_time(shown_at), minutes))


def earliest(moment: str | None, other: str | None) -> str | None:
    return min(filter(None, (moment, other)), default=None)


def reopening(
    before: StoryBefore, brought: News, moment: str, due: str | None
) -> dict[str, object]:
    """A judged story that says more comes back, says what, and is due anew; one not judged has
    nothing to reopen."""
    if before.status in (None, "new") or not brought:
        return {}
    changes: dict[str, object] = {"news_json": brought.and_before(before.news_json).as_json()}
    if brought.reopens(before.reason):
        changes |= {"reopened": 1, "reopened_at": moment, "due_at": due}
    return changes


def reopen_unseen(
    connection: sqlite3.Connection, story_id: int, seen_growth: int, moment: str
) -> News:
    """After a verdict that had seen the story up to its growth `seen_growth`: what came since brings it back."""
    hits = story_hits.hits_of_story(connection, story_id)
    changes = [HitChange(hit.id, hit.rule_id, "new") for hit in hits if hit.grown > seen_growth]
    covered = connection.execute(
        "SELECT id, story_coverage FROM articles WHERE story_id = ? AND story_coverage IS NOT NULL",
        [story_id],
    )
    brought = growth.news_of(hits, changes, dict(map(tuple, covered)), {})
    (reason,) = connection.execute("SELECT reason FROM stories WHERE id = ?", [story_id]).fetchone()
    if brought.reopens(reason):
        due = due_at(connection, story_hits.gravest(hits).severity, moment)
        connection.execute(
            """UPDATE stories SET reopened = 1, reopened_at = :at, news_json = :news, due_at = :due
               WHERE id = :story""",
            {"at": moment, "news": brought.as_json(), "due": due, "story": story_id},
        )
    return brought
