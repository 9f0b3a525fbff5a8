-- Cards become stories: verdicts on (story, rule) become the story's, with their history.

INSERT INTO old_cards (id, story_id, rule_id) SELECT id, story_id, rule_id FROM cards;

INSERT INTO story_rules (story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane, score, hits, still_matches, first_at)
  SELECT c.story_id, c.rule_id, c.lead_hit_id, c.severity, c.severity_rank, c.category,
    CASE WHEN r.status = 'experimental' THEN 'experimental' WHEN c.severity_rank = 0 THEN 'low' ELSE 'shown' END, c.score, c.copies, c.still_matches, c.first_at
  FROM cards c JOIN rules r ON r.id = c.rule_id;

-- Escalated before confirmed before new; dismissed only if every card was.
CREATE TEMP TABLE judged AS
  SELECT story_id, CASE WHEN sum(status = 'escalated') THEN 'escalated' WHEN sum(status = 'confirmed') THEN 'confirmed' WHEN sum(status = 'new') THEN 'new' ELSE 'dismissed' END AS status,
    count(*) AS cards, max(reopened) AS reopened, max(still_matches) AS still_matches, min(assigned_to) AS assigned_to, min(assigned_at) AS assigned_at
  FROM cards GROUP BY story_id;
CREATE UNIQUE INDEX temp.judged_story ON judged(story_id);

-- One act for each card and batch; a batch wrote one review for each hit.
INSERT INTO batches (id, actor, action, words, created_at, stories)
  SELECT v.batch_id, v.actor, min(v.action), 'before stories were reviewed', min(v.created_at), count(DISTINCT h.story_id)
  FROM reviews v JOIN hits h ON h.id = v.hit_id WHERE v.batch_id IS NOT NULL GROUP BY v.batch_id;
INSERT INTO story_reviews (story_id, action, rule_id, reason, note, actor, created_at, prev_status, batch_id, request_id, origin, card_id, hits)
  SELECT h.story_id, v.action, h.rule_id, v.reason, v.note, v.actor, v.created_at, v.prev_status, v.batch_id, 'review:' || min(v.id), 'card', h.card_id, count(*)
  FROM reviews v JOIN hits h ON h.id = v.hit_id
  GROUP BY coalesce(v.batch_id, v.id), coalesce(h.card_id, -h.id), v.action, v.reason, v.note, v.actor ORDER BY min(v.id);

-- A dismissal of some cards says of these rules that they do not fit the story.
UPDATE story_rules SET struck = 1, struck_at = c.reviewed_at, struck_by = c.reviewed_by,
    struck_reason = coalesce((SELECT reason FROM story_reviews WHERE card_id = c.id AND action = 'dismissed' ORDER BY id DESC LIMIT 1), '')
  FROM cards c JOIN judged j ON j.story_id = c.story_id
  WHERE c.story_id = story_rules.story_id AND c.rule_id = story_rules.rule_id AND c.status = 'dismissed' AND j.status <> 'dismissed';
INSERT INTO story_reviews (story_id, action, rule_id, reason, note, actor, created_at, origin)
  SELECT story_id, 'strike', rule_id, struck_reason, 'its card was dismissed before stories were reviewed, and others of the story were not', coalesce(struck_by, 'pollwatch'), coalesce(struck_at, first_at), 'card'
  FROM story_rules WHERE struck ORDER BY story_id, rule_id;
INSERT INTO story_reviews (story_id, action, note, actor, created_at, origin)
  SELECT c.story_id, 'note', 'Its cards were judged differently: ' || group_concat(r.slug || ' ' || c.status || coalesce(' by ' || c.reviewed_by, ''), '; '), 'pollwatch', max(c.reviewed_at), 'card'
  FROM (SELECT * FROM cards WHERE status <> 'new' ORDER BY story_id, id) c JOIN rules r ON r.id = c.rule_id
  GROUP BY c.story_id HAVING count(DISTINCT c.status) > 1 ORDER BY c.story_id;
INSERT INTO story_reviews (story_id, action, note, actor, created_at, origin)
  SELECT story_id, 'note', 'Its cards were claimed by several: ' || group_concat(DISTINCT assigned_to), 'pollwatch', max(assigned_at), 'card'
  FROM cards WHERE assigned_to IS NOT NULL GROUP BY story_id HAVING count(DISTINCT assigned_to) > 1 ORDER BY story_id;

UPDATE stories SET status = j.status, assigned_to = j.assigned_to, assigned_by = j.assigned_to, assigned_at = j.assigned_at
  FROM judged j WHERE j.story_id = stories.id;
UPDATE stories SET reopened = 1, reopened_at = last_seen_at FROM judged j WHERE j.story_id = stories.id AND j.reopened AND j.status <> 'new';
UPDATE stories SET (review_count, reviewed_at, first_verdict_at) =
    (SELECT count(*), max(created_at), min(CASE WHEN action IN ('confirmed','dismissed','escalated') AND actor <> 'pollwatch' THEN created_at END) FROM story_reviews WHERE story_id = stories.id)
  WHERE id IN (SELECT story_id FROM story_reviews);
UPDATE stories SET reviewed_by = (SELECT actor FROM story_reviews WHERE story_id = stories.id AND actor <> 'pollwatch' ORDER BY id DESC LIMIT 1) WHERE review_count > 0;
UPDATE stories SET (verdict_id, reason) =
    (SELECT id, reason FROM story_reviews v WHERE v.story_id = stories.id AND v.action = stories.status AND v.origin = 'card' ORDER BY v.id DESC LIMIT 1)
  WHERE status <> 'new' AND EXISTS (SELECT 1 FROM story_reviews v WHERE v.story_id = stories.id AND v.action = stories.status);

-- The rest is as storage/ingest/stories.py keeps it from now on.
UPDATE story_rules SET lane = 'gone' WHERE NOT still_matches;
CREATE TEMP TABLE led AS SELECT story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane FROM (
  SELECT s.*, row_number() OVER (PARTITION BY story_id ORDER BY still_matches AND NOT struck DESC, lane = 'shown' DESC, severity_rank DESC, score DESC, rule_id) AS place FROM story_rules s) WHERE place = 1;
CREATE UNIQUE INDEX temp.led_story ON led(story_id);
UPDATE stories SET lead_hit_id = l.lead_hit_id, severity = l.severity, severity_rank = l.severity_rank, category = l.category,
    lead_article_id = a.id, title = a.title, outlet = a.outlet, feed_id = h.feed_id, region = coalesce(h.region, a.region), language = coalesce(h.language, stories.language),
    lane = CASE WHEN EXISTS (SELECT 1 FROM story_rules s WHERE s.story_id = stories.id AND s.still_matches AND NOT s.struck) THEN l.lane ELSE 'gone' END,
    rules = (SELECT count(*) FROM story_rules s WHERE s.story_id = stories.id AND s.still_matches AND NOT s.struck),
    priority = (SELECT max(c.priority) FROM cards c WHERE c.story_id = stories.id)
  FROM led l JOIN hits h ON h.id = l.lead_hit_id JOIN articles a ON a.id = h.article_id WHERE l.story_id = stories.id;
UPDATE stories SET (hits, hit_owners, published_at) =
    (SELECT count(*), count(DISTINCT lower(coalesce(a.owner, a.outlet))), min(CASE WHEN a.published_at <= a.first_seen_at THEN a.published_at END)
     FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.story_id = stories.id) WHERE status IS NOT NULL;
UPDATE stories SET date_source = CASE WHEN published_at IS NULL THEN 'seen'
    ELSE coalesce((SELECT a.date_source FROM articles a WHERE a.story_id = stories.id AND a.published_at = stories.published_at LIMIT 1), 'feed') END,
    published_at = coalesce(published_at, first_seen_at), shown_at = CASE WHEN lane = 'shown' THEN first_seen_at END WHERE status IS NOT NULL;

-- What each verdict had seen is all that stood when the cards became stories.
CREATE TEMP TABLE seen AS SELECT s.verdict_id AS id, json_object('grown', 0,
    'rules', (SELECT json_group_array(DISTINCT h.rule_id) FROM hits h WHERE h.story_id = s.id),
    'owners', (SELECT json_group_array(DISTINCT lower(coalesce(a.owner, a.outlet))) FROM hits h JOIN articles a ON a.id = h.article_id WHERE h.story_id = s.id),
    'passages', (SELECT json_group_array(DISTINCT substr(h.evidence_sha256, 1, 16)) FROM hits h WHERE h.story_id = s.id)) AS said
  FROM stories s WHERE s.verdict_id IS NOT NULL;
UPDATE story_reviews SET seen_json = t.said FROM seen t WHERE t.id = story_reviews.id;
DROP TABLE temp.seen; DROP TABLE temp.led; DROP TABLE temp.judged;

-- Hits without what a story says now; reviews keep what was said of each.
CREATE TABLE hits_new (
  id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
  entry_id INTEGER REFERENCES entries(id),                           -- whose text it is of; NULL: the article's own
  rule_id INTEGER NOT NULL REFERENCES rules(id), rule_version_id INTEGER NOT NULL REFERENCES rule_versions(id),
  story_id INTEGER NOT NULL REFERENCES stories(id),
  severity TEXT NOT NULL, severity_rank INTEGER NOT NULL CHECK (severity_rank BETWEEN 0 AND 3), category TEXT NOT NULL,
  day TEXT NOT NULL, feed_id INTEGER NOT NULL REFERENCES feeds(id), language TEXT, region TEXT,
  score REAL NOT NULL, relevance REAL CHECK (relevance BETWEEN 0 AND 1), weights_sha256 TEXT,   -- NULL: never scored
  relevance_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(relevance_json)),                 -- [[what, share]]: why so relevant
  lane TEXT NOT NULL DEFAULT 'shown' CHECK (lane IN ('shown','low','experimental','unlikely')),
  shown INTEGER GENERATED ALWAYS AS (lane = 'shown' AND still_matches AND NOT struck) VIRTUAL,
  struck INTEGER NOT NULL DEFAULT 0 CHECK (struck IN (0,1)),         -- "not this rule"
  snippet TEXT NOT NULL, masked_snippet TEXT, snippet_field TEXT NOT NULL DEFAULT 'body', snippet_start INTEGER NOT NULL DEFAULT 0,
  terms_json TEXT NOT NULL CHECK (json_valid(terms_json)),           -- [{field,start,end,text,clause}]
  clauses_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(clauses_json)), text_sha256 TEXT NOT NULL, evidence_sha256 TEXT NOT NULL,
  partial INTEGER NOT NULL DEFAULT 0 CHECK (partial IN (0,1)),       -- matched the feed's text only
  still_matches INTEGER NOT NULL DEFAULT 1 CHECK (still_matches IN (0,1)),
  passage_change TEXT CHECK (passage_change IN ('added','removed','changed')), passage_changed_at TEXT,
  origin TEXT NOT NULL DEFAULT 'watch' CHECK (origin IN ('watch','rematch')),
  created_at TEXT NOT NULL, grown INTEGER NOT NULL DEFAULT 0) STRICT;                           -- the story's `grown` when this evidence came
INSERT INTO hits_new (id, article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, day, feed_id, language, region, score, snippet,
    snippet_field, snippet_start, terms_json, clauses_json, text_sha256, evidence_sha256, partial, still_matches, passage_change, passage_changed_at, origin, created_at, lane, struck)
  SELECT h.id, h.article_id, h.rule_id, h.rule_version_id, h.story_id, h.severity, h.severity_rank, h.category, h.day, h.feed_id, h.language, h.region, h.score, h.snippet,
    h.snippet_field, h.snippet_start, h.terms_json, h.clauses_json, h.text_sha256, h.evidence_sha256, h.partial, h.still_matches, h.passage_change, h.passage_changed_at, h.origin, h.created_at,
    CASE WHEN r.status = 'experimental' THEN 'experimental' WHEN h.severity_rank = 0 THEN 'low' ELSE 'shown' END,
    coalesce((SELECT s.struck FROM story_rules s WHERE s.story_id = h.story_id AND s.rule_id = h.rule_id), 0)
  FROM hits h JOIN rules r ON r.id = h.rule_id ORDER BY h.id;
DROP TABLE cards;
DROP TABLE hits;
ALTER TABLE hits_new RENAME TO hits;
CREATE UNIQUE INDEX hits_text_rule ON hits(article_id, rule_id, coalesce(entry_id, 0));
CREATE INDEX hits_entry ON hits(entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX hits_day ON hits(day);
CREATE INDEX hits_rule ON hits(rule_id, lane);
CREATE INDEX hits_feed ON hits(feed_id);
CREATE INDEX hits_severity ON hits(severity);
CREATE INDEX hits_category ON hits(category);
CREATE INDEX hits_lane ON hits(lane);
CREATE INDEX hits_story ON hits(story_id, rule_id);
CREATE INDEX hits_created ON hits(created_at);

CREATE INDEX stories_tab_priority ON stories(tab, priority DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_tab_published ON stories(tab, published_at DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_tab_seen ON stories(tab, last_seen_at DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_priority ON stories(priority DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_published ON stories(published_at DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_seen ON stories(last_seen_at DESC, id DESC) WHERE tab IS NOT NULL;
CREATE INDEX stories_severity ON stories(tab, severity) WHERE tab IS NOT NULL;
CREATE INDEX stories_category ON stories(tab, category) WHERE tab IS NOT NULL;
CREATE INDEX stories_region ON stories(tab, region) WHERE tab IS NOT NULL;
CREATE INDEX stories_language ON stories(tab, language) WHERE tab IS NOT NULL;
CREATE INDEX stories_feed ON stories(tab, feed_id) WHERE tab IS NOT NULL;
CREATE INDEX stories_outlet ON stories(tab, outlet) WHERE tab IS NOT NULL;
CREATE INDEX stories_assigned ON stories(assigned_to, tab) WHERE assigned_to IS NOT NULL;
CREATE INDEX stories_due ON stories(due_at, id) WHERE due_at IS NOT NULL AND tab IS NOT NULL;
CREATE INDEX stories_reopened ON stories(id) WHERE reopened;
CREATE INDEX stories_snoozed ON stories(snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX stories_muted ON stories(mute_id) WHERE mute_id IS NOT NULL;
CREATE INDEX stories_merged ON stories(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX stories_lead ON stories(lead_article_id) WHERE lead_article_id IS NOT NULL;
CREATE INDEX stories_lead_hit ON stories(lead_hit_id) WHERE lead_hit_id IS NOT NULL;

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
    snooze_version_id = CASE NEW.action WHEN 'snooze' THEN (SELECT current_version_id FROM rules WHERE id = NEW.rule_id) WHEN 'wake' THEN NULL ELSE snooze_version_id END
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
