-- A hit's mask depends on its story: by every rule that ever hit it. `masked_title` of a hit: its headline as it may leave, NULL where its story is not about people.
-- What earlier releases stored is masked by storage/stories/masks.py, in the same transaction.
ALTER TABLE hits ADD COLUMN masked_title TEXT;
ALTER TABLE stories ADD COLUMN masked_title TEXT;   -- NULL: nothing to mask

-- A confirmed or escalated story may have the reason 'falsehood': its article spreads one itself.
CREATE INDEX stories_falsehood ON stories(reviewed_at) WHERE reason = 'falsehood';

-- A verdict that was undone puts back the reason too (`subject`), and a falsehood stays one when it is confirmed again or escalated.
DROP TRIGGER story_reviews_verdict;
CREATE TRIGGER story_reviews_verdict AFTER INSERT ON story_reviews WHEN NEW.action IN ('confirmed','dismissed','escalated','new') AND NEW.rule_id IS NULL BEGIN
  UPDATE stories SET status = NEW.action, verdict_id = NEW.id, reopened = 0, news_json = '{}',
    reason = CASE WHEN NEW.reason = 'undo' THEN NEW.subject WHEN NEW.reason = '' AND reason = 'falsehood' AND NEW.action IN ('confirmed','escalated') THEN reason ELSE NEW.reason END,
    snoozed_until = NULL, snooze_version_id = NULL, snooze_reason = NULL, claimed_by = NULL, claimed_at = NULL,
    first_verdict_at = CASE WHEN NEW.action = 'new' THEN first_verdict_at ELSE coalesce(first_verdict_at, NEW.created_at) END WHERE id = NEW.story_id; END;
UPDATE stories SET reason = iif(status <> 'dismissed', '', coalesce((SELECT v.reason FROM story_reviews v LEFT JOIN batches b ON b.id = v.batch_id
    WHERE v.story_id = stories.id AND v.action = 'dismissed' AND v.rule_id IS NULL AND v.reason <> 'undo' AND b.undone_at IS NULL ORDER BY v.id DESC LIMIT 1), '')) WHERE reason = 'undo';

DROP VIEW stories_view; DROP VIEW hits_readable; DROP VIEW reviews_log; DROP VIEW articles_readable; DROP VIEW unread;
CREATE VIEW stories_view AS SELECT s.id AS story, iif(s.date_source = 'seen', NULL, substr(s.published_at, 1, 16)) AS published, coalesce(s.masked_title, s.title) AS headline, s.outlet, s.outlets, s.severity,
    (SELECT group_concat(slug, ', ') FROM (SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND x.still_matches AND NOT x.struck ORDER BY x.lane <> 'shown', x.severity_rank DESC, x.score DESC, x.relevance DESC, r.title)) AS rules,
    round(100 * s.relevance) AS relevance_percent, s.tab, s.status AS verdict, s.reason, coalesce(v.note, '') AS note, iif(s.status = 'new', NULL, v.actor) AS "by", iif(s.status = 'new', NULL, substr(v.created_at, 1, 16)) AS reviewed,
    s.assigned_to, s.added_by, s.tags, s.region, s.place, s.category, s.language, coalesce(h.masked_snippet, h.snippet, s.opening) AS passage, a.url AS link, substr(s.first_seen_at, 1, 16) AS first_seen, s.date_source
  FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN story_reviews v ON v.id = s.verdict_id WHERE s.tab IS NOT NULL;

CREATE VIEW hits_readable AS SELECT h.id AS hit, h.story_id AS story, substr(h.created_at, 1, 16) AS found, substr(a.published_at, 1, 16) AS published,
    CASE WHEN h.entry_id IS NULL THEN a.outlet ELSE f.outlet || ' on ' || a.outlet END AS outlet, coalesce(h.masked_title, e.title, a.title) AS headline, r.title AS rule, h.severity, round(100 * h.relevance) AS relevance_percent,
    coalesce(h.masked_snippet, h.snippet) AS passage, CASE WHEN h.struck THEN 'not this rule' ELSE s.status END AS status, CASE WHEN h.struck THEN x.struck_by WHEN s.status <> 'new' THEN v.actor END AS "by",
    (SELECT group_concat(words, '; ') FROM (SELECT DISTINCT json_extract(value, '$.text') AS words FROM json_each(h.terms_json) LIMIT 8)) AS why,
    CASE WHEN NOT h.still_matches THEN 'gone' ELSE h.lane END AS lane, h.region, h.category, h.day, a.url AS link
  FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rules r ON r.id = h.rule_id JOIN stories s ON s.id = h.story_id LEFT JOIN entries e ON e.id = h.entry_id
    LEFT JOIN story_rules x ON x.story_id = h.story_id AND x.rule_id = h.rule_id LEFT JOIN story_reviews v ON v.id = s.verdict_id;

-- Headlines of articles: as their hits may leave, or as the story's where that was masked and theirs is the same.
CREATE VIEW articles_readable AS SELECT a.id AS article, substr(a.published_at, 1, 16) AS published, a.outlet,
    coalesce((SELECT h.masked_title FROM hits h WHERE h.article_id = a.id AND h.entry_id IS NULL AND h.masked_title IS NOT NULL LIMIT 1), (SELECT s.masked_title FROM stories s WHERE s.id = a.story_id AND s.title = a.title), a.title) AS headline, a.state,
    CASE a.state WHEN 'unread' THEN 'waits to be read' WHEN 'read' THEN '' ELSE coalesce(nullif(a.problem, ''), a.outcome) END AS problem, a.chars AS characters,
    (SELECT count(*) FROM hits h WHERE h.article_id = a.id AND h.still_matches) AS hits, a.story_id AS story, a.language, a.region, substr(a.first_seen_at, 1, 16) AS first_seen, a.date_source, a.url AS link
  FROM articles a;

CREATE VIEW unread AS SELECT a.id AS article, substr(a.first_seen_at, 1, 16) AS first_seen, a.outlet,
    coalesce((SELECT h.masked_title FROM hits h WHERE h.article_id = a.id AND h.entry_id IS NULL AND h.masked_title IS NOT NULL LIMIT 1), (SELECT s.masked_title FROM stories s WHERE s.id = a.story_id AND s.title = a.title), a.title) AS headline, a.state, coalesce(nullif(a.problem, ''), a.outcome) AS problem, a.attempts,
    substr(a.next_attempt_at, 1, 16) AS next_attempt, a.url AS link
  FROM articles a WHERE a.state IN ('unread','failed','partial');

CREATE VIEW reviews_log AS SELECT v.id AS act, substr(v.created_at, 1, 16) AS at, v.actor AS "by", v.action, coalesce(s.masked_title, s.title) AS headline, r.slug AS rule, v.subject, v.reason, v.note, v.prev_status AS before, v.story_id AS story, v.batch_id AS batch, v.origin
  FROM story_reviews v JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id;
