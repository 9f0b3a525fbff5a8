"""Hits that one run found first, for those who must be told of them."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class NewHit:
    id: int
    story_id: int
    rule: str
    severity: str
    score: float
    title: str
    outlet: str
    url: str
    snippet: str
    terms: str  # JSON: [{field, start, end, text, clause}]
    snippet_field: str
    snippet_start: int
    partial: int  # 1: matched the feed's text only
    masked_snippet: str  # as it may leave
    category: str
    language: str | None
    region: str | None
    place: str | None


NEW = """SELECT h.id, h.story_id, r.slug, h.severity, h.score, a.title, a.outlet, a.url, h.snippet, h.terms_json,
  h.snippet_field, h.snippet_start, h.partial, coalesce(h.masked_snippet, h.snippet), h.category,
  s.language, s.region, s.place
  FROM hit_evidence e JOIN hits h ON h.id = e.hit_id AND h.created_at = e.matched_at
  JOIN articles a ON a.id = h.article_id JOIN rules r ON r.id = h.rule_id
  LEFT JOIN stories s ON s.id = h.story_id
  WHERE e.run_id = ? ORDER BY h.severity_rank DESC, h.score DESC, h.id LIMIT ?"""


def new_hits(db: Database, run_id: int, *, limit: int) -> tuple[NewHit, ...]:
    """The gravest first."""
    return tuple(NewHit(*row) for row in db.execute(NEW, (run_id, limit)))
