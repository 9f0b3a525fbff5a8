-- The first schema. Times are ISO 8601 in UTC ("2026-11-23T10:00:00.000Z"); days are their first ten characters.

CREATE TABLE runs (
  id INTEGER PRIMARY KEY, flow TEXT NOT NULL, prefect_run_id TEXT UNIQUE, code_version TEXT, ruleset_sha256 TEXT,
  pid INTEGER, host TEXT, started_at TEXT NOT NULL, finished_at TEXT,
  state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running','completed','completed-with-errors','failed','crashed','cancelled')),
  message TEXT NOT NULL DEFAULT '', stats_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(stats_json))) STRICT;
CREATE INDEX runs_started ON runs(started_at);

CREATE TABLE feeds (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, outlet TEXT NOT NULL, owner TEXT,
  category TEXT NOT NULL DEFAULT '', language TEXT, region TEXT, notes TEXT,
  kind TEXT NOT NULL DEFAULT 'feed' CHECK (kind IN ('feed','sitemap')),
  full_text INTEGER NOT NULL DEFAULT 0 CHECK (full_text IN (0,1)),  -- the feed carries whole articles
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0,1)),      -- 0: no longer in feeds.yaml
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)), disabled_reason TEXT,
  etag TEXT, last_modified TEXT, body_sha256 TEXT, last_full_at TEXT,
  interval_seconds INTEGER NOT NULL DEFAULT 3600, next_poll_at TEXT, last_polled_at TEXT, last_ok_at TEXT, last_entry_at TEXT,
  last_outcome TEXT NOT NULL DEFAULT 'pending', last_sentence TEXT NOT NULL DEFAULT '',
  failures INTEGER NOT NULL DEFAULT 0, failure_weight REAL NOT NULL DEFAULT 0,
  dormant INTEGER NOT NULL DEFAULT 0 CHECK (dormant IN (0,1)), moved_to TEXT,
  last_keys_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(last_keys_json)), added_at TEXT NOT NULL) STRICT;
CREATE INDEX feeds_due ON feeds(next_poll_at, slug, listed, enabled) WHERE enabled AND listed;

CREATE TABLE polls (
  id INTEGER PRIMARY KEY, feed_id INTEGER NOT NULL REFERENCES feeds(id), run_id INTEGER REFERENCES runs(id), polled_at TEXT NOT NULL,
  outcome TEXT NOT NULL, sentence TEXT NOT NULL DEFAULT '', http_status INTEGER, duration_ms INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, unconditional INTEGER NOT NULL DEFAULT 1,
  entries_seen INTEGER NOT NULL DEFAULT 0, entries_new INTEGER NOT NULL DEFAULT 0, entries_changed INTEGER NOT NULL DEFAULT 0,
  gap INTEGER NOT NULL DEFAULT 0 CHECK (gap IN (0,1)), next_poll_at TEXT, why_next TEXT NOT NULL DEFAULT '') STRICT;
CREATE UNIQUE INDEX polls_feed_time ON polls(feed_id, polled_at);
CREATE INDEX polls_time ON polls(polled_at);
CREATE INDEX polls_run ON polls(run_id);
CREATE INDEX polls_gap ON polls(polled_at, feed_id) WHERE gap;

CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;   -- single values, such as the list of feeds last synced
CREATE TABLE hosts (
  host_group TEXT PRIMARY KEY, not_before TEXT, last_started_at TEXT, failed_until TEXT, reason TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE robots (
  origin TEXT PRIMARY KEY, fetched_at TEXT NOT NULL, expires_at TEXT NOT NULL, status INTEGER, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE stories (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, first_article_id INTEGER NOT NULL, language TEXT,
  copies INTEGER NOT NULL DEFAULT 1, outlets INTEGER NOT NULL DEFAULT 1, owners INTEGER NOT NULL DEFAULT 1,
  first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL) STRICT;
CREATE INDEX stories_spread ON stories(outlets DESC, last_seen_at DESC);

-- One row for each canonical URL, from the moment that a feed first lists it.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, url TEXT NOT NULL, url_canonical TEXT NOT NULL, url_hash TEXT NOT NULL UNIQUE,
  feed_id INTEGER NOT NULL REFERENCES feeds(id), outlet TEXT NOT NULL, owner TEXT, authors TEXT NOT NULL DEFAULT '', language TEXT, region TEXT, site TEXT,
  published_at TEXT, first_seen_at TEXT NOT NULL, read_at TEXT,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),     -- of first_seen_at
  state TEXT NOT NULL DEFAULT 'unread' CHECK (state IN ('unread','read','partial','failed')),
  outcome TEXT NOT NULL DEFAULT 'pending', problem TEXT, http_status INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,                              -- since the page was last read well
  reads INTEGER NOT NULL DEFAULT 0,                                 -- how often it was read well
  attempted_at TEXT, next_attempt_at TEXT,                          -- NULL: nothing more to do
  method TEXT NOT NULL DEFAULT 'none' CHECK (method IN ('trafilatura','fallback','feed','none')), extractor TEXT,
  chars INTEGER NOT NULL DEFAULT 0, text_sha256 TEXT, versions INTEGER NOT NULL DEFAULT 0, changed_at TEXT,
  story_id INTEGER REFERENCES stories(id), story_similarity REAL, story_matched_article_id INTEGER REFERENCES articles(id),
  story_coverage REAL,                                              -- share of this text that stands in the matched article
  ruleset_sha256 TEXT, run_id INTEGER REFERENCES runs(id)) STRICT;
CREATE INDEX articles_due ON articles(id, next_attempt_at, state) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX articles_state ON articles(state, day);
CREATE INDEX articles_outcome ON articles(outcome, day);
CREATE INDEX articles_day ON articles(day);
CREATE INDEX articles_feed ON articles(feed_id, day);
CREATE INDEX articles_story ON articles(story_id);
CREATE INDEX articles_sha ON articles(text_sha256);
CREATE INDEX articles_language ON articles(language);
CREATE INDEX articles_run ON articles(run_id, state);

-- What each feed said of an article; `entry_key` is the entry's identity within its feed.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY, feed_id INTEGER NOT NULL REFERENCES feeds(id), entry_key TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id),
  guid TEXT, url TEXT, title TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '', content TEXT NOT NULL DEFAULT '', authors TEXT NOT NULL DEFAULT '',
  published_at TEXT, updated_at TEXT, content_sha256 TEXT NOT NULL, first_seen_at TEXT NOT NULL, last_changed_at TEXT,
  run_id INTEGER REFERENCES runs(id), UNIQUE (feed_id, entry_key)) STRICT;
CREATE INDEX entries_article ON entries(article_id);
CREATE INDEX entries_seen ON entries(feed_id, first_seen_at);

CREATE TABLE article_texts (
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, title TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX article_texts_count ON article_texts(article_id);   -- count(*) reads this, not the texts
CREATE VIRTUAL TABLE article_texts_fts USING fts5(title, body, content="article_texts", content_rowid='article_id', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER article_texts_ai AFTER INSERT ON article_texts BEGIN INSERT INTO article_texts_fts(rowid,title,body) VALUES (new.article_id,new.title,new.body); END;
CREATE TRIGGER article_texts_ad AFTER DELETE ON article_texts BEGIN INSERT INTO article_texts_fts(article_texts_fts,rowid,title,body) VALUES('delete',old.article_id,old.title,old.body); END;
CREATE TRIGGER article_texts_au AFTER UPDATE ON article_texts BEGIN INSERT INTO article_texts_fts(article_texts_fts,rowid,title,body) VALUES('delete',old.article_id,old.title,old.body);
  INSERT INTO article_texts_fts(rowid,title,body) VALUES (new.article_id,new.title,new.body); END;

-- Every text that an article has had; the current one stands in article_texts, with `body` NULL here.
CREATE TABLE text_versions (
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, text_sha256 TEXT NOT NULL, first_read_at TEXT NOT NULL,
  title TEXT NOT NULL, body TEXT, method TEXT NOT NULL, extractor TEXT NOT NULL, chars INTEGER NOT NULL, run_id INTEGER REFERENCES runs(id),
  PRIMARY KEY (article_id, text_sha256)) STRICT, WITHOUT ROWID;

-- Near-duplicates of the last 14 days: one sketch for each text, fingerprints for each text that is no close copy.
CREATE TABLE sketches (
  article_id INTEGER PRIMARY KEY, words_hash INTEGER NOT NULL, shingles INTEGER NOT NULL, language TEXT, seen_at TEXT NOT NULL) STRICT;
CREATE INDEX sketches_words ON sketches(words_hash);
CREATE INDEX sketches_seen ON sketches(seen_at);
CREATE TABLE fingerprints (hash INTEGER NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (hash, article_id)) STRICT, WITHOUT ROWID;
CREATE INDEX fingerprints_article ON fingerprints(article_id);

CREATE TABLE rules (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, severity TEXT NOT NULL, category TEXT NOT NULL, status TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '', path TEXT NOT NULL DEFAULT '', line INTEGER NOT NULL DEFAULT 0,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0,1)), current_version_id INTEGER) STRICT;
CREATE TABLE rule_versions (
  id INTEGER PRIMARY KEY, rule_id INTEGER NOT NULL REFERENCES rules(id), version INTEGER NOT NULL, sha256 TEXT NOT NULL, query TEXT NOT NULL, unless TEXT,
  severity TEXT NOT NULL CHECK (severity IN ('low','medium','high','critical')), category TEXT NOT NULL, label TEXT NOT NULL, definition_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(definition_json)),
  created_at TEXT NOT NULL, UNIQUE (rule_id, version), UNIQUE (rule_id, sha256)) STRICT;

CREATE TABLE hits (
  id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), rule_id INTEGER NOT NULL REFERENCES rules(id),
  rule_version_id INTEGER NOT NULL REFERENCES rule_versions(id), card_id INTEGER REFERENCES cards(id), story_id INTEGER NOT NULL REFERENCES stories(id),
  severity TEXT NOT NULL, severity_rank INTEGER NOT NULL CHECK (severity_rank BETWEEN 0 AND 3), category TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new','confirmed','dismissed','escalated')),
  day TEXT NOT NULL, feed_id INTEGER NOT NULL REFERENCES feeds(id), language TEXT, region TEXT,
  score REAL NOT NULL, snippet TEXT NOT NULL, snippet_field TEXT NOT NULL DEFAULT 'body', snippet_start INTEGER NOT NULL DEFAULT 0,
  terms_json TEXT NOT NULL CHECK (json_valid(terms_json)),           -- [{field,start,end,text,clause}]
  clauses_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(clauses_json)), text_sha256 TEXT NOT NULL, evidence_sha256 TEXT NOT NULL,
  partial INTEGER NOT NULL DEFAULT 0 CHECK (partial IN (0,1)),       -- matched the feed's text only
  still_matches INTEGER NOT NULL DEFAULT 1 CHECK (still_matches IN (0,1)),
  passage_change TEXT CHECK (passage_change IN ('added','removed','changed')), passage_changed_at TEXT,
  reopened INTEGER NOT NULL DEFAULT 0 CHECK (reopened IN (0,1)), origin TEXT NOT NULL DEFAULT 'watch' CHECK (origin IN ('watch','rematch')),
  created_at TEXT NOT NULL, reviewed_at TEXT, reviewed_by TEXT, review_count INTEGER NOT NULL DEFAULT 0, UNIQUE (article_id, rule_id)) STRICT;
CREATE INDEX hits_status_day ON hits(status, day);
CREATE INDEX hits_day ON hits(day, status);
CREATE INDEX hits_rule ON hits(rule_id, status);
CREATE INDEX hits_feed ON hits(feed_id, status);
CREATE INDEX hits_severity ON hits(severity, status);
CREATE INDEX hits_category ON hits(category, status);
CREATE INDEX hits_story ON hits(story_id, rule_id);
CREATE INDEX hits_card ON hits(card_id);
CREATE INDEX hits_created ON hits(created_at);

-- What the queue shows: one card for each story and rule, kept in step with its hits by storage/ and the review trigger.
CREATE TABLE cards (
  id INTEGER PRIMARY KEY, story_id INTEGER NOT NULL REFERENCES stories(id), rule_id INTEGER NOT NULL REFERENCES rules(id), lead_hit_id INTEGER NOT NULL,
  severity TEXT NOT NULL, severity_rank INTEGER NOT NULL, category TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new','confirmed','dismissed','escalated')),
  title TEXT NOT NULL, outlet TEXT NOT NULL, feed_id INTEGER NOT NULL REFERENCES feeds(id), language TEXT, region TEXT,
  copies INTEGER NOT NULL DEFAULT 1, outlets INTEGER NOT NULL DEFAULT 1, owners INTEGER NOT NULL DEFAULT 1, new_copies INTEGER NOT NULL DEFAULT 0, -- copies since the verdict
  score REAL NOT NULL, priority REAL NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL, day TEXT NOT NULL,
  assigned_to TEXT, assigned_at TEXT, reviewed_at TEXT, reviewed_by TEXT, review_count INTEGER NOT NULL DEFAULT 0,
  reopened INTEGER NOT NULL DEFAULT 0, still_matches INTEGER NOT NULL DEFAULT 1, UNIQUE (story_id, rule_id)) STRICT;
CREATE INDEX cards_queue ON cards(status, priority DESC, id DESC);
CREATE INDEX cards_recent ON cards(status, last_at DESC, id DESC);
CREATE INDEX cards_rule ON cards(rule_id, status);
CREATE INDEX cards_severity ON cards(severity, status);
CREATE INDEX cards_category ON cards(category, status);
CREATE INDEX cards_feed ON cards(feed_id, status);
CREATE INDEX cards_priority ON cards(priority DESC, id DESC);   -- these two: the tab of all statuses
CREATE INDEX cards_last ON cards(last_at DESC, id DESC);
CREATE INDEX cards_region ON cards(region, status);
CREATE INDEX cards_language ON cards(language, status);
CREATE INDEX cards_day ON cards(day, status);
CREATE INDEX cards_reopened ON cards(id) WHERE reopened = 1;
CREATE INDEX cards_more ON cards(id) WHERE new_copies > 0;
CREATE INDEX cards_gone ON cards(id) WHERE still_matches = 0;
CREATE INDEX cards_assigned ON cards(assigned_to, status);

CREATE TABLE hit_evidence (
  hit_id INTEGER NOT NULL REFERENCES hits(id) ON DELETE CASCADE, rule_version_id INTEGER NOT NULL REFERENCES rule_versions(id), evidence_sha256 TEXT NOT NULL,
  text_sha256 TEXT NOT NULL, score REAL NOT NULL, snippet TEXT NOT NULL, terms_json TEXT NOT NULL, clauses_json TEXT NOT NULL, run_id INTEGER REFERENCES runs(id), matched_at TEXT NOT NULL,
  PRIMARY KEY (hit_id, rule_version_id, text_sha256, evidence_sha256)) STRICT, WITHOUT ROWID;
CREATE INDEX hit_evidence_run ON hit_evidence(run_id);

CREATE TABLE reviews (
  id INTEGER PRIMARY KEY, hit_id INTEGER NOT NULL REFERENCES hits(id) ON DELETE RESTRICT,
  action TEXT NOT NULL CHECK (action IN ('confirmed','dismissed','escalated','new','note','claim','unclaim')), reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL CHECK (length(actor) > 0), created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  rule_version_id INTEGER REFERENCES rule_versions(id), evidence_sha256 TEXT, prev_status TEXT, batch_id TEXT, request_id TEXT UNIQUE) STRICT;
CREATE INDEX reviews_hit ON reviews(hit_id);
CREATE INDEX reviews_created ON reviews(created_at);
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT,'reviews is append-only'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT,'reviews is append-only'); END;
CREATE TRIGGER reviews_no_replace BEFORE INSERT ON reviews WHEN EXISTS (SELECT 1 FROM reviews WHERE id=NEW.id) BEGIN SELECT RAISE(ABORT,'reviews is append-only'); END;
CREATE TRIGGER reviews_apply AFTER INSERT ON reviews BEGIN
  UPDATE hits SET status = CASE WHEN NEW.action IN ('note','claim','unclaim') THEN status ELSE NEW.action END, reviewed_at=NEW.created_at,
    reviewed_by=NEW.actor, review_count=review_count+1, reopened = CASE WHEN NEW.action IN ('note','claim','unclaim') THEN reopened ELSE 0 END WHERE id=NEW.hit_id;
  UPDATE cards SET status = CASE WHEN NEW.action IN ('note','claim','unclaim') THEN status ELSE NEW.action END, reviewed_at=NEW.created_at,
    reviewed_by=NEW.actor, review_count=review_count+1, reopened = CASE WHEN NEW.action IN ('note','claim','unclaim') THEN reopened ELSE 0 END,
    new_copies = CASE WHEN NEW.action IN ('note','claim','unclaim') THEN new_copies ELSE 0 END,
    assigned_to = CASE NEW.action WHEN 'claim' THEN NEW.actor WHEN 'unclaim' THEN NULL ELSE assigned_to END,
    assigned_at = CASE NEW.action WHEN 'claim' THEN NEW.created_at WHEN 'unclaim' THEN NULL ELSE assigned_at END
    WHERE id = (SELECT card_id FROM hits WHERE id = NEW.hit_id) AND NEW.actor <> 'pollwatch'; END;  -- a copied verdict is no news to the card

CREATE TABLE readers (   -- per-reader tokens for the Atom feed; the token itself is never stored
  id INTEGER PRIMARY KEY, actor TEXT NOT NULL, token_sha256 TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, revoked_at TEXT) STRICT;
CREATE TABLE visits (actor TEXT PRIMARY KEY, previous_at TEXT, last_at TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE VIEW hits_per_day AS SELECT day, count(*) AS hits, sum(status='new') AS unreviewed, sum(severity='critical') AS critical FROM hits GROUP BY day;
