"""The chips of a story: one row for each of its rules, with the hit that stands for it."""

import sqlite3
from collections.abc import Iterable, Sequence

from storage.stories import story_hits
from storage.stories.story_hits import StoryHit

CHIP = """INSERT INTO story_rules (story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane, relevance, score, hits,
    still_matches, first_at)
  VALUES (:story, :rule, :lead, :severity, :rank, :category, :lane, :relevance, :score, :hits, :still, :first)
  ON CONFLICT (story_id, rule_id) DO UPDATE SET lead_hit_id = excluded.lead_hit_id, severity = excluded.severity,
    severity_rank = excluded.severity_rank, category = excluded.category, lane = excluded.lane, relevance = excluded.relevance,
    score = excluded.score, hits = excluded.hits, still_matches = excluded.still_matches"""


def keep_chips(connection: sqlite3.Connection, story_id: int, hits: Sequence[StoryHit]) -> None:
    connection.executemany(
        CHIP, [chip_values(story_id, rule_hits) for rule_hits in story_hits.by_rule(hits).values()]
    )


def chip_values(story_id: int, hits: Sequence[StoryHit]) -> dict[str, object]:
    lead = story_hits.strongest(hits)
    still = any(hit.still_matches for hit in hits)
    lanes = [hit.lane for hit in hits if hit.still_matches]
    lane = next((lane for lane in story_hits.LANES if lane in lanes), "gone")
    return {
        "story": story_id, "rule": lead.rule_id, "lead": lead.id, "severity": lead.severity,
        "rank": lead.severity_rank, "category": lead.category, "lane": lane,
        "relevance": highest(hits), "score": max(hit.score for hit in hits), "hits": len(hits),
        "still": still, "first": min(hit.found_at for hit in hits),
    }  # fmt: skip


def highest(hits: Iterable[StoryHit]) -> float | None:
    return max((hit.relevance for hit in hits if hit.relevance is not None), default=None)
