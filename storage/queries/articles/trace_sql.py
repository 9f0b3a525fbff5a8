"""SQL behind what became of an article."""

from storage.stories.outward import JOIN_VERDICT, JUDGED_AT, JUDGED_BY

FEEDS_OF_ARTICLE = """SELECT f.name FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.article_id = :article ORDER BY e.id"""
# Also of what a feed alone says of it, which may stand on a card of its own.
TRACED_ARTICLE = f"""
SELECT a.id, r.headline, a.outlet, a.url, a.state, a.outcome, a.problem, a.attempts, a.next_attempt_at, a.read_at, a.first_seen_at, a.published_at,
  a.chars, a.language, a.story_coverage, s.id AS story, s.tab, s.shown_at, {JUDGED_BY} AS reviewed_by, {JUDGED_AT} AS reviewed_at, s.reason, s.relevance, s.snoozed_until, s.reopened,
  s.lead_article_id, coalesce(s.masked_title, s.title) AS story_title, s.outlet AS story_outlet,
  m.kind AS mute_kind, m.value AS mute_value, m.actor AS muted_by, m.until AS muted_until,
  (SELECT value FROM facts WHERE key = 'relevance_threshold') AS threshold
FROM articles a JOIN articles_readable r ON r.article = a.id
  LEFT JOIN stories s ON s.id = coalesce((SELECT h.story_id FROM hits h JOIN stories x ON x.id = h.story_id
    WHERE h.article_id = a.id AND x.tab IS NOT NULL ORDER BY h.still_matches DESC, h.entry_id IS NOT NULL, h.id LIMIT 1), a.story_id)
  LEFT JOIN mutes m ON m.id = s.mute_id {JOIN_VERDICT}
WHERE a.id = :article
"""  # noqa: S608 (parts of ours)
HITS_OF_ARTICLE = """SELECT r.slug, h.relevance, h.still_matches, h.struck FROM hits h JOIN rules r ON r.id = h.rule_id
WHERE h.article_id = :article ORDER BY h.severity_rank DESC, h.relevance DESC, h.id"""
