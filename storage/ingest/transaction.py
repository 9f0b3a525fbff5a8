"""What one transaction touched, and what must be counted again before it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from sqlite_utils import Database

from storage.facts import fact
from storage.ingest import hits
from storage.ingest.grouping import story_members
from storage.stories import story_rows
from storage.stories.content.growth import Change, HitChange


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit as it stands after its reading was stored. `change`: new, changed, back, same or gone."""

    change: Change
    hit_id: int
    story_id: int
    article_id: int
    rule_id: str
    severity: str
    category: str
    title: str
    url: str
    outlet: str
    snippet: str
    status: str


@dataclass(slots=True)
class TouchedRows:
    """`threshold` of relevance is as the last sync of the rules left it; 0 shows every hit."""

    run_id: int | None
    ruleset_sha256: str | None
    threshold: float
    grouped: set[int] = field(default_factory=set)
    changes: dict[int, Change] = field(default_factory=dict)
    stories: story_rows.TouchedStories = field(default_factory=story_rows.TouchedStories)

    @classmethod
    def of(cls, db: Database, run_id: int | None) -> Self:
        ruleset = db.execute("SELECT ruleset_sha256 FROM runs WHERE id = ?", [run_id]).fetchone()
        threshold = float(fact(db.conn, "relevance_threshold") or 0)
        return cls(run_id, ruleset[0] if ruleset else None, threshold)


def follow_up(
    matched: hits.MatchedText,
    changes: Sequence[HitChange],
    coverage: float,
    touched: TouchedRows,
) -> None:
    """Note what the changes of one text mean for its story; `coverage`: see storage.stories.content.growth."""
    touched.stories.coverage[matched.article_id] = coverage
    if changes:
        touched.stories.add(matched.story_id, changes)
    for change in changes:
        touched.changes[change.hit_id] = change.change


def finish(
    db: Database, touched: TouchedRows, moment: str, origin: Literal["watch", "rematch"] = "watch"
) -> tuple[StoredHit, ...]:
    """Count again what was touched; the hits that changed, as they stand now."""
    story_members.count_again(db, touched.grouped)
    story_rows.refresh_stories(db.conn, touched.stories, moment, origin)
    return stored_hits(db, touched.changes)


def stored_hits(db: Database, changes: dict[int, Change]) -> tuple[StoredHit, ...]:
    hits = []
    for hit_id, change in changes.items():
        row = db.execute(
            """SELECT h.id, h.story_id, a.id, r.slug, h.severity, h.category, a.title, a.url, a.outlet,
                 h.snippet, s.status FROM hits h JOIN articles a ON a.id = h.article_id
               JOIN rules r ON r.id = h.rule_id
               JOIN stories s ON s.id = h.story_id WHERE h.id = ?""",
            [hit_id],
        ).fetchone()
        hits.append(StoredHit(change, *row))
    return tuple(hits)
