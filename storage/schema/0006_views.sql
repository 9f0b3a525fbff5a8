-- Views for people, which read well in any Datasette. Links to the source are a column of their own; times are UTC.

CREATE VIEW hits_per_day AS SELECT h.day, count(*) AS hits, sum(s.status = 'new') AS unreviewed, sum(h.severity = 'critical') AS critical FROM hits h JOIN stories s ON s.id = h.story_id GROUP BY h.day;

CREATE VIEW stories_view AS SELECT s.id AS story, substr(s.published_at, 1, 16) AS published, s.title AS headline, s.outlet, s.outlets, s.severity,
    (SELECT group_concat(slug, ', ') FROM (SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND x.still_matches AND NOT x.struck ORDER BY x.severity_rank DESC, x.relevance DESC)) AS rules,
    round(100 * s.relevance) AS relevance_percent, s.tab, s.status AS verdict, s.reason, (SELECT v.note FROM story_reviews v WHERE v.id = s.verdict_id) AS note, s.reviewed_by AS "by", substr(s.reviewed_at, 1, 16) AS reviewed,
    s.assigned_to, s.tags, s.region, s.category, s.language, coalesce(h.masked_snippet, h.snippet) AS passage, a.url AS link, substr(s.first_seen_at, 1, 16) AS first_seen, s.date_source
  FROM stories s JOIN hits h ON h.id = s.lead_hit_id JOIN articles a ON a.id = s.lead_article_id WHERE s.tab IS NOT NULL;

CREATE VIEW hits_readable AS SELECT h.id AS hit, h.story_id AS story, substr(h.created_at, 1, 16) AS found, substr(a.published_at, 1, 16) AS published,
    CASE WHEN h.entry_id IS NULL THEN a.outlet ELSE f.outlet || ' on ' || a.outlet END AS outlet, coalesce(e.title, a.title) AS headline, r.title AS rule, h.severity, round(100 * h.relevance) AS relevance_percent,
    coalesce(h.masked_snippet, h.snippet) AS passage, CASE WHEN h.struck THEN 'not this rule' ELSE s.status END AS status, s.reviewed_by AS "by",
    (SELECT group_concat(words, '; ') FROM (SELECT DISTINCT json_extract(value, '$.text') AS words FROM json_each(h.terms_json) LIMIT 8)) AS why,
    CASE WHEN NOT h.still_matches THEN 'gone' ELSE h.lane END AS lane, h.region, h.category, h.day, a.url AS link
  FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rules r ON r.id = h.rule_id JOIN stories s ON s.id = h.story_id LEFT JOIN entries e ON e.id = h.entry_id;

CREATE VIEW articles_readable AS SELECT a.id AS article, substr(a.published_at, 1, 16) AS published, a.outlet, a.title AS headline, a.state,
    CASE a.state WHEN 'unread' THEN 'waits to be read' WHEN 'read' THEN '' ELSE coalesce(nullif(a.problem, ''), a.outcome) END AS problem, a.chars AS characters,
    (SELECT count(*) FROM hits h WHERE h.article_id = a.id AND h.still_matches) AS hits, a.story_id AS story, a.language, a.region, substr(a.first_seen_at, 1, 16) AS first_seen, a.date_source, a.url AS link
  FROM articles a;

CREATE VIEW feeds_now AS SELECT f.name AS feed, f.outlet, CASE WHEN NOT f.listed THEN 'not listed' WHEN NOT f.enabled THEN 'off' WHEN f.dormant THEN 'gone' WHEN f.last_polled_at IS NULL THEN 'never polled'
      WHEN f.alarm IS NOT NULL THEN f.alarm WHEN f.failures > 0 THEN 'failing' ELSE 'well' END AS state, f.last_sentence AS said, substr(f.last_ok_at, 1, 16) AS last_answer, substr(f.last_entry_at, 1, 16) AS last_entry,
    f.failures AS failures_in_a_row, f.interval_seconds / 60 AS minutes_between_polls, substr(f.next_poll_at, 1, 16) AS next_poll, f.region, f.language, f.category, coalesce(f.disabled_reason, '') AS why_off, f.url AS link
  FROM feeds f;

CREATE VIEW rules_precision AS SELECT r.slug AS rule, r.title, r.severity, r.status, sum(x.lane = 'shown' AND NOT x.struck) AS shown_stories, sum(NOT x.struck AND s.status IN ('confirmed','escalated')) AS right_stories,
    sum(x.struck OR s.status = 'dismissed') AS wrong_stories,
    round(100.0 * sum(NOT x.struck AND s.status IN ('confirmed','escalated')) / nullif(sum(x.struck OR s.status <> 'new'), 0)) AS precision_percent, sum(s.status = 'new' AND NOT x.struck) AS waiting, r.category
  FROM rules r LEFT JOIN story_rules x ON x.rule_id = r.id LEFT JOIN stories s ON s.id = x.story_id WHERE r.active GROUP BY r.id;

CREATE VIEW coverage_by_hour AS SELECT substr(p.polled_at, 1, 13) || ':00' AS hour, count(*) AS polls, count(DISTINCT p.feed_id) AS feeds_asked,
    count(DISTINCT CASE WHEN p.outcome IN ('ok','not-modified','malformed','empty') THEN p.feed_id END) AS feeds_answering, sum(p.gap) AS gaps, sum(p.entries_new) AS new_entries
  FROM polls p GROUP BY 1;

CREATE VIEW hits_per_outlet_week AS SELECT strftime('%Y-%W', h.day) AS week, a.outlet, count(DISTINCT h.story_id) AS stories, count(*) AS hits, sum(h.shown) AS shown_hits
  FROM hits h JOIN articles a ON a.id = h.article_id GROUP BY 1, 2;

CREATE VIEW reviews_log AS SELECT v.id AS act, substr(v.created_at, 1, 16) AS at, v.actor AS "by", v.action, s.title AS headline, r.slug AS rule, v.subject, v.reason, v.note, v.prev_status AS before, v.story_id AS story, v.batch_id AS batch, v.origin
  FROM story_reviews v JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id;

CREATE VIEW unread AS SELECT a.id AS article, substr(a.first_seen_at, 1, 16) AS first_seen, a.outlet, a.title AS headline, a.state, coalesce(nullif(a.problem, ''), a.outcome) AS problem, a.attempts,
    substr(a.next_attempt_at, 1, 16) AS next_attempt, a.url AS link
  FROM articles a WHERE a.state IN ('unread','failed','partial');
