"""Hits that one run found first, for those who must be told of them."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class NewHit:
    """One hit as it may leave: headline and passage masked as in the queue.

    `outlet` says whose words these are: "Example Aggregator on Harbor Daily" where a feed of another
    outlet spoke of the article. `relevance` from 0 to 1, None without weights.
    """

    id: int
    story_id: int
    rule: str
    severity: str
    relevance: float | None
    score: float
    title: str
    outlet: str
    url: str
    snippet: str
    partial: int  # 1: matched the feed's text only
    category: str
    language: str | None
    region: str | None
    place: str | None


NEW_HITS = """SELECT h.id, h.story_id, r.slug, h.severity, h.relevance, h.score, coalesce(h.masked_title, e.title, a.title),
  iif(h.entry_id IS NULL OR f.outlet = a.outlet COLLATE NOCASE, a.outlet, f.outlet || ' on ' || a.outlet), a.url, coalesce(h.masked_snippet, h.snippet),
  h.partial, h.category, s.language, s.region, s.place
  FROM hit_evidence p JOIN hits h ON h.id = p.hit_id AND h.created_at = p.matched_at
  JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id
  LEFT JOIN entries e ON e.id = h.entry_id LEFT JOIN feeds f ON f.id = e.feed_id
  LEFT JOIN stories s ON s.id = h.story_id
  WHERE p.run_id = :run ORDER BY h.severity_rank DESC, h.relevance DESC, h.score DESC, h.id LIMIT :limit"""


def new_hits(db: Database, run_id: int, *, limit: int) -> tuple[NewHit, ...]:
    """The gravest first, then the most relevant."""
    return tuple(NewHit(*row) for row in db.execute(NEW_HITS, {"run": run_id, "limit": limit}))
