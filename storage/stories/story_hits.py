"""The hits of one story, and what they make of it. Pure but for `load`."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Lane = Literal["shown", "low", "experimental", "unlikely", "gone"]
LANES: tuple[Lane, ...] = ("shown", "low", "experimental", "unlikely")  # the best first


@dataclass(frozen=True, slots=True)
class StoryHit:
    """One hit with what its story needs to know of it."""

    id: int
    rule_id: int
    rule: str
    severity: str
    severity_rank: int
    category: str
    lane: Lane
    relevance: float | None
    score: float
    still_matches: int
    struck: int
    partial: int
    entry_id: int | None
    passage: str  # hash of the evidence
    snippet: str
    grown: int
    found_at: str
    feed_id: int
    language: str | None
    region: str | None
    article_id: int
    title: str
    outlet: str  # "Example Aggregator on Harbor Daily" where it is second-hand
    owner: str
    published_at: str | None
    date_source: str | None
    first_seen_at: str
    brought_by: str  # the outlet of the feed that listed the page, or whose words these are

    @property
    def stands(self) -> bool:
        return bool(self.still_matches) and not self.struck

    @property
    def shown(self) -> bool:
        return self.stands and self.lane == "shown"

    @property
    def is_second_hand(self) -> bool:
        """Whether these are a feed's words on another outlet's page, not on one of its own."""
        return self.entry_id is not None and self.outlet.casefold() != self.brought_by.casefold()

    @property
    def weight(self) -> float:
        """Relevance, or the score of a hit that was never scored for it."""
        return self.score if self.relevance is None else self.relevance


# An entry that speaks for itself is its feed's words, whoever's article it lists.
LOAD = """SELECT h.id, h.rule_id, r.slug, h.severity, h.severity_rank, h.category, h.lane, h.relevance, h.score, h.still_matches,
  h.struck, h.partial, h.entry_id, h.evidence_sha256, h.snippet, h.grown, h.created_at, h.feed_id, h.language, h.region, a.id, iif(h.entry_id IS NULL, a.title, e.title),
  iif(h.entry_id IS NULL OR f.outlet = a.outlet COLLATE NOCASE, a.outlet, f.outlet || ' on ' || a.outlet),
  lower(iif(h.entry_id IS NULL, coalesce(a.owner, a.outlet), coalesce(f.owner, f.outlet))),
  a.published_at, a.date_source, a.first_seen_at, f.outlet
  FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rules r ON r.id = h.rule_id
  LEFT JOIN entries e ON e.id = h.entry_id WHERE h.story_id = ? ORDER BY h.id"""


def hits_of_story(connection: sqlite3.Connection, story_id: int) -> tuple[StoryHit, ...]:
    return tuple(StoryHit(*row) for row in connection.execute(LOAD, [story_id]))


def lane_of(hits: Iterable[StoryHit]) -> Lane:
    """The best lane in which a hit stands; `gone` when none does."""
    lanes = {hit.lane for hit in hits if hit.stands}
    return next((lane for lane in LANES if lane in lanes), "gone")


def strongest(hits: Sequence[StoryHit]) -> StoryHit:
    """The hit that stands for the others: a shown one on a whole text of the outlet's own, the most
    relevant of these, the earliest of equals."""
    return min(
        hits,
        key=lambda hit: (
            not hit.stands, LANES.index(hit.lane) if hit.lane in LANES else 9, hit.entry_id is not None,
            hit.partial, -hit.weight, -hit.severity_rank, hit.first_seen_at, hit.id,
        ),
    )  # fmt: skip


def gravest(hits: Sequence[StoryHit]) -> StoryHit:
    """The hit whose severity and category the story takes: of its best lane, if any stands."""
    lane = lane_of(hits)
    counted = [hit for hit in hits if hit.stands and hit.lane == lane] or list(hits)
    return min(counted, key=lambda hit: (-hit.severity_rank, -hit.weight, hit.id))


def by_rule(hits: Iterable[StoryHit]) -> dict[int, list[StoryHit]]:
    hits_by_rule: dict[int, list[StoryHit]] = {}
    for hit in hits:
        hits_by_rule.setdefault(hit.rule_id, []).append(hit)
    return hits_by_rule


def earliest_publication(hits: Iterable[StoryHit]) -> tuple[str, str]:
    """The earliest publication and where it comes from. A date after we saw the article is not a date."""
    dated = [
        (hit.published_at, hit.date_source or "feed")
        for hit in hits
        if hit.published_at is not None and hit.published_at <= hit.first_seen_at
    ]
    return min(dated) if dated else (min(hit.first_seen_at for hit in hits), "seen")
