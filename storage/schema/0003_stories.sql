-- The story is the unit of review: what the queue shows, what people decided, and what they had seen.

ALTER TABLE stories ADD COLUMN status TEXT CHECK (status IN ('new','confirmed','dismissed','escalated'));   -- NULL: no rule ever hit
ALTER TABLE stories ADD COLUMN lane TEXT CHECK (lane IN ('shown','low','experimental','unlikely','gone'));   -- by its best standing hit
ALTER TABLE stories ADD COLUMN lead_article_id INTEGER REFERENCES articles(id);
ALTER TABLE stories ADD COLUMN lead_hit_id INTEGER REFERENCES hits(id);
ALTER TABLE stories ADD COLUMN outlet TEXT;                        -- whose words the lead hit is of
ALTER TABLE stories ADD COLUMN feed_id INTEGER REFERENCES feeds(id);
ALTER TABLE stories ADD COLUMN region TEXT;
ALTER TABLE stories ADD COLUMN place TEXT;
ALTER TABLE stories ADD COLUMN published_at TEXT;                  -- never NULL beside a status
ALTER TABLE stories ADD COLUMN date_source TEXT CHECK (date_source IN ('feed','page','address','text','seen'));
ALTER TABLE stories ADD COLUMN severity TEXT;
ALTER TABLE stories ADD COLUMN severity_rank INTEGER;
ALTER TABLE stories ADD COLUMN category TEXT;
ALTER TABLE stories ADD COLUMN relevance REAL;                     -- NULL: no hit of it was ever scored
ALTER TABLE stories ADD COLUMN priority REAL NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;   -- that stand and were not struck off
ALTER TABLE stories ADD COLUMN hits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN hit_owners INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stories ADD COLUMN shown_at TEXT;                      -- when it first came into the queue
ALTER TABLE stories ADD COLUMN due_at TEXT;
ALTER TABLE stories ADD COLUMN verdict_id INTEGER;                 -- the last verdict, in story_reviews
ALTER TABLE stories ADD COLUMN reason TEXT NOT NULL DEFAULT '';    -- of that verdict
ALTER TABLE stories ADD COLUMN reviewed_at TEXT;
ALTER TABLE stories ADD COLUMN reviewed_by TEXT;
ALTER TABLE stories ADD COLUMN first_verdict_at TEXT;
ALTER TABLE stories ADD COLUMN review_count INTEGER NOT NULL DEFAULT 0;   -- acts; tells a stale page
ALTER TABLE stories ADD COLUMN grown INTEGER NOT NULL DEFAULT 0;          -- how often it came to say more
ALTER TABLE stories ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0 CHECK (reopened IN (0,1));
ALTER TABLE stories ADD COLUMN reopened_at TEXT;
ALTER TABLE stories ADD COLUMN news_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(news_json));  -- {rules, owners, passages} that the verdict had not seen
ALTER TABLE stories ADD COLUMN assigned_to TEXT;
ALTER TABLE stories ADD COLUMN assigned_by TEXT;
ALTER TABLE stories ADD COLUMN assigned_at TEXT;
ALTER TABLE stories ADD COLUMN claimed_by TEXT;
ALTER TABLE stories ADD COLUMN claimed_at TEXT;
ALTER TABLE stories ADD COLUMN snoozed_until TEXT;                 -- '9999…': until the rule version below is no longer the current one
ALTER TABLE stories ADD COLUMN snooze_version_id INTEGER REFERENCES rule_versions(id);
ALTER TABLE stories ADD COLUMN snooze_reason TEXT;
ALTER TABLE stories ADD COLUMN mute_id INTEGER REFERENCES mutes(id);
ALTER TABLE stories ADD COLUMN merged_into INTEGER REFERENCES stories(id);   -- its one article turned out to be a copy
ALTER TABLE stories ADD COLUMN tags TEXT NOT NULL DEFAULT '';      -- of story_tags, in order, for tables and CSV
ALTER TABLE stories ADD COLUMN tab TEXT GENERATED ALWAYS AS (      -- where the queue shows it
  CASE WHEN status IS NULL THEN NULL WHEN status <> 'new' AND NOT reopened THEN status WHEN mute_id IS NOT NULL THEN 'muted'
    WHEN snoozed_until IS NOT NULL THEN 'snoozed' WHEN lane = 'shown' THEN 'new' ELSE lane END) VIRTUAL;

-- The chips of a story: one row for each rule that ever hit one of its texts.
CREATE TABLE story_rules (
  story_id INTEGER NOT NULL REFERENCES stories(id), rule_id INTEGER NOT NULL REFERENCES rules(id), lead_hit_id INTEGER NOT NULL REFERENCES hits(id),
  severity TEXT NOT NULL, severity_rank INTEGER NOT NULL, category TEXT NOT NULL, lane TEXT NOT NULL,
  relevance REAL, score REAL NOT NULL, hits INTEGER NOT NULL, still_matches INTEGER NOT NULL,
  struck INTEGER NOT NULL DEFAULT 0 CHECK (struck IN (0,1)), struck_at TEXT, struck_by TEXT, struck_reason TEXT,   -- "not this rule"
  first_at TEXT NOT NULL, PRIMARY KEY (story_id, rule_id)) STRICT, WITHOUT ROWID;
CREATE INDEX story_rules_rule ON story_rules(rule_id, struck, story_id);
CREATE INDEX story_rules_category ON story_rules(category, story_id);

-- Every act on a story. `subject`: who is assigned, which tag, until when, the other story.
CREATE TABLE story_reviews (
  id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE RESTRICT,
  action TEXT NOT NULL CHECK (action IN ('confirmed','dismissed','escalated','new','note','claim','unclaim','assign','unassign','tag','untag','snooze','wake',
    'mute','unmute','strike','unstrike','join','refuse','unlink','opinion','reveal','bundle')),
  rule_id INTEGER REFERENCES rules(id), subject TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL CHECK (length(actor) > 0), created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  prev_status TEXT, prev_subject TEXT,                               -- what an undo puts back
  seen_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(seen_json)),                -- of a verdict: {grown, rules, owners, passages}
  batch_id TEXT REFERENCES batches(id), request_id TEXT UNIQUE,
  origin TEXT NOT NULL DEFAULT 'desk' CHECK (origin IN ('desk','api','pollwatch','card')),   -- card: made before stories were reviewed
  card_id INTEGER, hits INTEGER NOT NULL DEFAULT 0) STRICT;          -- of such an act
CREATE INDEX story_reviews_story ON story_reviews(story_id, id);
CREATE INDEX story_reviews_batch ON story_reviews(batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX story_reviews_created ON story_reviews(created_at);
CREATE INDEX story_reviews_actor ON story_reviews(actor, id);
CREATE INDEX story_reviews_rule ON story_reviews(rule_id, action) WHERE rule_id IS NOT NULL;

-- What was done in one go, by one person; also the stack of undo.
CREATE TABLE batches (
  id TEXT PRIMARY KEY, actor TEXT NOT NULL, action TEXT NOT NULL, words TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL, stories INTEGER NOT NULL DEFAULT 0,
  left_out_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(left_out_json)),        -- [{story, why}] that had changed
  undoes TEXT, undone_at TEXT, request_id TEXT UNIQUE) STRICT;
CREATE INDEX batches_actor ON batches(actor, created_at);

CREATE TABLE story_tags (
  story_id INTEGER NOT NULL REFERENCES stories(id), tag TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 60), actor TEXT NOT NULL, created_at TEXT NOT NULL,
  PRIMARY KEY (story_id, tag)) STRICT, WITHOUT ROWID;
CREATE INDEX story_tags_tag ON story_tags(tag, story_id);

-- "Same event, other words": proposed by machine, joined or refused by a person; stories are never merged.
CREATE TABLE story_links (
  story_id INTEGER NOT NULL REFERENCES stories(id), other_id INTEGER NOT NULL REFERENCES stories(id), state TEXT NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed','joined','refused')),
  score REAL, why_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(why_json)), created_at TEXT NOT NULL, actor TEXT, decided_at TEXT,
  PRIMARY KEY (story_id, other_id), CHECK (story_id < other_id)) STRICT, WITHOUT ROWID;
CREATE INDEX story_links_other ON story_links(other_id);

CREATE TABLE mutes (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('phrase','outlet','story','rule')), value TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL, created_at TEXT NOT NULL, until TEXT NOT NULL, ended_at TEXT, ended_by TEXT) STRICT;
CREATE INDEX mutes_standing ON mutes(until) WHERE ended_at IS NULL;

CREATE TABLE saved_views (
  id INTEGER PRIMARY KEY, owner TEXT, name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80), query TEXT NOT NULL,   -- owner NULL: shared
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX saved_views_name ON saved_views(coalesce(owner, ''), name);

CREATE TABLE presence (
  story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE CASCADE, actor TEXT NOT NULL, seen_at TEXT NOT NULL, PRIMARY KEY (story_id, actor)) STRICT, WITHOUT ROWID;
CREATE INDEX presence_seen ON presence(seen_at);

-- Stories that a second reviewer judges blind; the first verdict is the story's own.
CREATE TABLE second_opinions (
  id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL REFERENCES stories(id), first_review_id INTEGER NOT NULL UNIQUE REFERENCES story_reviews(id), drawn_at TEXT NOT NULL,
  verdict TEXT CHECK (verdict IN ('confirmed','dismissed','escalated')), reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', actor TEXT, judged_at TEXT) STRICT;
CREATE INDEX second_opinions_story ON second_opinions(story_id);
CREATE INDEX second_opinions_open ON second_opinions(drawn_at) WHERE judged_at IS NULL;

-- Where the cards of releases before stories were reviewed have gone.
CREATE TABLE old_cards (id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL REFERENCES stories(id), rule_id INTEGER NOT NULL REFERENCES rules(id)) STRICT;
CREATE INDEX old_cards_story ON old_cards(story_id);
