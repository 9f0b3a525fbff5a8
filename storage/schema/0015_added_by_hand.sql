-- Stories that a person put into the queue, of articles that no rule found; and, in the views, dates and people as cards name them.
ALTER TABLE stories ADD COLUMN added_by TEXT;                      -- NULL: rules brought it
ALTER TABLE stories ADD COLUMN added_at TEXT;
ALTER TABLE stories ADD COLUMN opening TEXT NOT NULL DEFAULT '';   -- of such a story: the beginning of its text, masked as in stories about threats
CREATE INDEX stories_added ON stories(id) WHERE added_by IS NOT NULL;

-- Filters by publication leave out what has no date of its own.
DROP INDEX stories_facets;
CREATE INDEX stories_facets ON stories(tab, severity, category, region, place, language, outlet, assigned_to, relevance, published_at, last_seen_at, priority, due_at, first_seen_at, date_source) WHERE tab IS NOT NULL;
ANALYZE stories_facets;   -- without its figures SQLite sorts whole tabs by it, instead of following an order's own index
DROP TRIGGER stories_changed;
CREATE TRIGGER stories_changed AFTER UPDATE OF status, lane, feed_id, outlet, region, place, language, published_at, date_source, last_seen_at, severity, category, relevance,
  reopened, assigned_to, snoozed_until, mute_id, tags ON stories WHEN NEW.status IS NOT NULL OR OLD.status IS NOT NULL
  BEGIN INSERT INTO story_changes (story_id) VALUES (NEW.id); END;

-- 'add' and 'unadd' are acts, too: a CHECK changes only with its table, which takes its indexes and triggers with it.
DROP VIEW stories_view; DROP VIEW hits_readable; DROP VIEW reviews_log;
CREATE TABLE story_reviews_new (
  id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE RESTRICT,
  action TEXT NOT NULL CHECK (action IN ('confirmed','dismissed','escalated','new','note','claim','unclaim','assign','unassign','tag','untag','snooze','wake',
    'mute','unmute','strike','unstrike','join','refuse','unlink','opinion','reveal','bundle','add','unadd')),
  rule_id INTEGER REFERENCES rules(id), subject TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL CHECK (length(actor) > 0), created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  prev_status TEXT, prev_subject TEXT,
  seen_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(seen_json)),
  batch_id TEXT REFERENCES batches(id), request_id TEXT UNIQUE,
  origin TEXT NOT NULL DEFAULT 'desk' CHECK (origin IN ('desk','api','pollwatch','card')),
  card_id INTEGER, hits INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO story_reviews_new SELECT id, story_id, action, rule_id, subject, reason, note, actor, created_at, prev_status, prev_subject, seen_json, batch_id, request_id, origin, card_id, hits
  FROM story_reviews ORDER BY id;
DROP TABLE story_reviews;
ALTER TABLE story_reviews_new RENAME TO story_reviews;
CREATE INDEX story_reviews_story ON story_reviews(story_id, id);
CREATE INDEX story_reviews_batch ON story_reviews(batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX story_reviews_created ON story_reviews(created_at);
CREATE INDEX story_reviews_actor ON story_reviews(actor, id);
CREATE INDEX story_reviews_rule ON story_reviews(rule_id, action) WHERE rule_id IS NOT NULL;
CREATE INDEX story_reviews_noted ON story_reviews(story_id) WHERE note <> '' AND actor <> 'pollwatch';

CREATE TRIGGER story_reviews_no_update BEFORE UPDATE ON story_reviews BEGIN SELECT RAISE(ABORT,'story_reviews is append-only'); END;
CREATE TRIGGER story_reviews_no_delete BEFORE DELETE ON story_reviews BEGIN SELECT RAISE(ABORT,'story_reviews is append-only'); END;
CREATE TRIGGER story_reviews_no_replace BEFORE INSERT ON story_reviews WHEN EXISTS (SELECT 1 FROM story_reviews WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT,'story_reviews is append-only'); END;
CREATE TRIGGER story_reviews_verdict AFTER INSERT ON story_reviews WHEN NEW.action IN ('confirmed','dismissed','escalated','new') AND NEW.rule_id IS NULL BEGIN
  UPDATE stories SET status = NEW.action, verdict_id = NEW.id, reason = NEW.reason, reopened = 0, news_json = '{}',
    snoozed_until = NULL, snooze_version_id = NULL, snooze_reason = NULL, claimed_by = NULL, claimed_at = NULL,
    first_verdict_at = CASE WHEN NEW.action = 'new' THEN first_verdict_at ELSE coalesce(first_verdict_at, NEW.created_at) END WHERE id = NEW.story_id; END;
CREATE TRIGGER story_reviews_apply AFTER INSERT ON story_reviews WHEN NEW.action NOT IN ('reveal','bundle','opinion') BEGIN
  UPDATE stories SET review_count = review_count + 1, reviewed_at = NEW.created_at, reviewed_by = NEW.actor,
    assigned_to = CASE NEW.action WHEN 'assign' THEN NEW.subject WHEN 'unassign' THEN NULL ELSE assigned_to END,
    assigned_by = CASE NEW.action WHEN 'assign' THEN NEW.actor WHEN 'unassign' THEN NULL ELSE assigned_by END,
    assigned_at = CASE NEW.action WHEN 'assign' THEN NEW.created_at WHEN 'unassign' THEN NULL ELSE assigned_at END,
    claimed_by = CASE NEW.action WHEN 'claim' THEN NEW.actor WHEN 'unclaim' THEN NULL ELSE claimed_by END,
    claimed_at = CASE NEW.action WHEN 'claim' THEN NEW.created_at WHEN 'unclaim' THEN NULL ELSE claimed_at END,
    snoozed_until = CASE NEW.action WHEN 'snooze' THEN NEW.subject WHEN 'wake' THEN NULL ELSE snoozed_until END,
    snooze_reason = CASE NEW.action WHEN 'snooze' THEN NEW.reason WHEN 'wake' THEN NULL ELSE snooze_reason END,
    snooze_version_id = CASE NEW.action WHEN 'snooze' THEN (SELECT current_version_id FROM rules WHERE id = NEW.rule_id) WHEN 'wake' THEN NULL ELSE snooze_version_id END,
    added_by = CASE NEW.action WHEN 'add' THEN NEW.actor WHEN 'unadd' THEN NULL ELSE added_by END,
    added_at = CASE NEW.action WHEN 'add' THEN NEW.created_at WHEN 'unadd' THEN NULL ELSE added_at END
    WHERE id = NEW.story_id; END;
CREATE TRIGGER story_reviews_strike AFTER INSERT ON story_reviews WHEN NEW.action IN ('strike','unstrike') BEGIN
  UPDATE story_rules SET struck = NEW.action = 'strike', struck_at = iif(NEW.action = 'strike', NEW.created_at, NULL), struck_by = iif(NEW.action = 'strike', NEW.actor, NULL),
    struck_reason = iif(NEW.action = 'strike', NEW.reason, NULL) WHERE story_id = NEW.story_id AND rule_id = NEW.rule_id;
  UPDATE hits SET struck = NEW.action = 'strike' WHERE story_id = NEW.story_id AND rule_id = NEW.rule_id; END;
CREATE TRIGGER story_reviews_tag AFTER INSERT ON story_reviews WHEN NEW.action IN ('tag','untag') BEGIN
  INSERT INTO story_tags (story_id, tag, actor, created_at) SELECT NEW.story_id, NEW.subject, NEW.actor, NEW.created_at WHERE NEW.action = 'tag' ON CONFLICT DO NOTHING;
  DELETE FROM story_tags WHERE NEW.action = 'untag' AND story_id = NEW.story_id AND tag = NEW.subject;
  UPDATE stories SET tags = coalesce((SELECT group_concat(tag, ', ') FROM (SELECT tag FROM story_tags WHERE story_id = NEW.story_id ORDER BY tag)), '') WHERE id = NEW.story_id; END;
CREATE TRIGGER story_reviews_link AFTER INSERT ON story_reviews WHEN NEW.action IN ('join','refuse','unlink') BEGIN
  INSERT INTO story_links (story_id, other_id, state, created_at, actor, decided_at)
    SELECT min(NEW.story_id, CAST(NEW.subject AS INTEGER)), max(NEW.story_id, CAST(NEW.subject AS INTEGER)), CASE NEW.action WHEN 'join' THEN 'joined' WHEN 'refuse' THEN 'refused' ELSE 'proposed' END,
      NEW.created_at, NEW.actor, NEW.created_at WHERE true
    ON CONFLICT (story_id, other_id) DO UPDATE SET state = excluded.state, actor = excluded.actor, decided_at = excluded.decided_at; END;
CREATE TRIGGER story_reviews_event AFTER INSERT ON story_reviews WHEN NEW.action IN ('escalated','assign') AND NEW.reason <> 'undo' BEGIN
  INSERT INTO events (kind, story_id, moment, key, payload_json) VALUES (iif(NEW.action = 'assign', 'story-assigned', 'story-escalated'), NEW.story_id, NEW.created_at,
    'review:' || NEW.id, json_object('actor', NEW.actor, 'to', NEW.subject, 'note', NEW.note)) ON CONFLICT (key) DO NOTHING; END;

-- A story of which no publication is known has none here; a verdict has its own reviewer and time, whoever did something else since.
CREATE VIEW stories_view AS SELECT s.id AS story, iif(s.date_source = 'seen', NULL, substr(s.published_at, 1, 16)) AS published, s.title AS headline, s.outlet, s.outlets, s.severity,
    (SELECT group_concat(slug, ', ') FROM (SELECT r.slug FROM story_rules x JOIN rules r ON r.id = x.rule_id WHERE x.story_id = s.id AND x.still_matches AND NOT x.struck ORDER BY x.lane <> 'shown', x.severity_rank DESC, x.score DESC, x.relevance DESC, r.title)) AS rules,
    round(100 * s.relevance) AS relevance_percent, s.tab, s.status AS verdict, s.reason, coalesce(v.note, '') AS note, iif(s.status = 'new', NULL, v.actor) AS "by", iif(s.status = 'new', NULL, substr(v.created_at, 1, 16)) AS reviewed,
    s.assigned_to, s.added_by, s.tags, s.region, s.place, s.category, s.language, coalesce(h.masked_snippet, h.snippet, s.opening) AS passage, a.url AS link, substr(s.first_seen_at, 1, 16) AS first_seen, s.date_source
  FROM stories s JOIN articles a ON a.id = s.lead_article_id LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN story_reviews v ON v.id = s.verdict_id WHERE s.tab IS NOT NULL;

CREATE VIEW hits_readable AS SELECT h.id AS hit, h.story_id AS story, substr(h.created_at, 1, 16) AS found, substr(a.published_at, 1, 16) AS published,
    CASE WHEN h.entry_id IS NULL THEN a.outlet ELSE f.outlet || ' on ' || a.outlet END AS outlet, coalesce(e.title, a.title) AS headline, r.title AS rule, h.severity, round(100 * h.relevance) AS relevance_percent,
    coalesce(h.masked_snippet, h.snippet) AS passage, CASE WHEN h.struck THEN 'not this rule' ELSE s.status END AS status, CASE WHEN h.struck THEN x.struck_by WHEN s.status <> 'new' THEN v.actor END AS "by",
    (SELECT group_concat(words, '; ') FROM (SELECT DISTINCT json_extract(value, '$.text') AS words FROM json_each(h.terms_json) LIMIT 8)) AS why,
    CASE WHEN NOT h.still_matches THEN 'gone' ELSE h.lane END AS lane, h.region, h.category, h.day, a.url AS link
  FROM hits h JOIN articles a ON a.id = h.article_id JOIN feeds f ON f.id = h.feed_id JOIN rules r ON r.id = h.rule_id JOIN stories s ON s.id = h.story_id LEFT JOIN entries e ON e.id = h.entry_id
    LEFT JOIN story_rules x ON x.story_id = h.story_id AND x.rule_id = h.rule_id LEFT JOIN story_reviews v ON v.id = s.verdict_id;

CREATE VIEW reviews_log AS SELECT v.id AS act, substr(v.created_at, 1, 16) AS at, v.actor AS "by", v.action, s.title AS headline, r.slug AS rule, v.subject, v.reason, v.note, v.prev_status AS before, v.story_id AS story, v.batch_id AS batch, v.origin
  FROM story_reviews v JOIN stories s ON s.id = v.story_id LEFT JOIN rules r ON r.id = v.rule_id;
