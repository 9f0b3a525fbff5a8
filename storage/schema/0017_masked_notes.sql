-- Notes in which people can be reached, as they may leave; the record itself keeps the words. Others have no row.
-- What earlier releases stored is masked by storage/stories/masks.py, in the same transaction.
CREATE TABLE masked_notes (review_id INTEGER PRIMARY KEY REFERENCES story_reviews(id), note TEXT NOT NULL) STRICT;

DROP VIEW stories_view; DROP VIEW reviews_log;
CREATE VIEW stories_view AS SELECT s.id AS story, iif(s.date_source = 'seen', NULL, substr(s.published_at, 1, 16)) AS published, coalesce(s.masked_title, s.title) AS headline, s.outlet, s.outlets, s.severity,
    (SELECT group_concat(slug, ', ') FROM (SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND x.still_matches AND NOT x.struck ORDER BY x.lane <> 'shown', x.severity_rank DESC, x.score DESC, x.relevance DESC, r.title)) AS rules,
    round(100 * s.relevance) AS relevance_percent, s.tab, s.status AS verdict, s.reason, coalesce((SELECT m.note FROM masked_notes m WHERE m.review_id = v.id), v.note, '') AS note, iif(s.status = 'new', NULL, v.actor) AS "by", iif(s.status = 'new', NULL, substr(v.created_at, 1, 16)) AS reviewed,
    s.assigned_to, s.added_by, s.tags, s.region, s.place, s.category, s.language, coalesce(h.masked_snippet, h.snippet, s.opening) AS passage, a.url AS link, substr(s.first_seen_at, 1, 16) AS first_seen, s.date_source
  FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN story_reviews v ON v.id = s.verdict_id WHERE s.tab IS NOT NULL;

CREATE VIEW reviews_log AS SELECT v.id AS act, substr(v.created_at, 1, 16) AS at, v.actor AS "by", v.action, coalesce(s.masked_title, s.title) AS headline, r.slug AS rule, v.subject, v.reason, coalesce((SELECT m.note FROM masked_notes m WHERE m.review_id = v.id), v.note) AS note, v.prev_status AS before, v.story_id AS story, v.batch_id AS batch, v.origin
  FROM story_reviews v JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id;
