-- Whose words are whose: entry texts, summaries, paragraphs that a site repeats, addresses that failed.
-- Applied with foreign keys off and checked before the commit, so that tables can be made anew.

DROP VIEW hits_per_day;
DROP TRIGGER reviews_apply;

CREATE TABLE feeds_new (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, outlet TEXT NOT NULL, owner TEXT,
  category TEXT NOT NULL DEFAULT '', language TEXT, region TEXT, notes TEXT,
  kind TEXT NOT NULL DEFAULT 'feed' CHECK (kind IN ('feed','sitemap','webhook')),      -- webhook: articles are handed in
  full_text INTEGER NOT NULL DEFAULT 0 CHECK (full_text IN (0,1)),  -- the feed carries whole articles
  sites_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(sites_json)),                -- more sites that it speaks for
  listed_in TEXT NOT NULL DEFAULT 'feeds.yaml',                     -- or the address of the OPML list
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0,1)),      -- 0: no longer listed
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)), disabled_reason TEXT,
  etag TEXT, last_modified TEXT, body_sha256 TEXT, last_full_at TEXT,
  interval_seconds INTEGER NOT NULL DEFAULT 3600, next_poll_at TEXT, last_polled_at TEXT, last_ok_at TEXT, last_entry_at TEXT,
  last_outcome TEXT NOT NULL DEFAULT 'pending', last_sentence TEXT NOT NULL DEFAULT '',
  failures INTEGER NOT NULL DEFAULT 0, failure_weight REAL NOT NULL DEFAULT 0,
  dormant INTEGER NOT NULL DEFAULT 0 CHECK (dormant IN (0,1)), moved_to TEXT,
  alarm TEXT CHECK (alarm IN ('dead','silent')), alarm_at TEXT,     -- what the last event said of it; NULL: well
  last_keys_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(last_keys_json)), added_at TEXT NOT NULL) STRICT;
INSERT INTO feeds_new (id, slug, name, url, outlet, owner, category, language, region, notes, kind, full_text, listed, enabled, disabled_reason, etag,
    last_modified, body_sha256, last_full_at, interval_seconds, next_poll_at, last_polled_at, last_ok_at, last_entry_at, last_outcome, last_sentence,
    failures, failure_weight, dormant, moved_to, last_keys_json, added_at)
  SELECT id, slug, name, url, outlet, owner, category, language, region, notes, kind, full_text, listed, enabled, disabled_reason, etag,
    last_modified, body_sha256, last_full_at, interval_seconds, next_poll_at, last_polled_at, last_ok_at, last_entry_at, last_outcome, last_sentence,
    failures, failure_weight, dormant, moved_to, last_keys_json, added_at FROM feeds;
DROP TABLE feeds;
ALTER TABLE feeds_new RENAME TO feeds;
CREATE INDEX feeds_due ON feeds(next_poll_at, slug, listed, enabled) WHERE enabled AND listed;

ALTER TABLE runs ADD COLUMN weights_sha256 TEXT;
ALTER TABLE runs ADD COLUMN faults_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(faults_json));  -- [{path, line, field, why}] of rules and feeds left out

ALTER TABLE articles ADD COLUMN date_source TEXT CHECK (date_source IN ('feed','page','address','text'));  -- of published_at
ALTER TABLE articles ADD COLUMN shared_page INTEGER NOT NULL DEFAULT 0 CHECK (shared_page IN (0,1));      -- several items of a feed share its page
ALTER TABLE articles ADD COLUMN audit_score REAL;                  -- how likely a miss is, of a text that is not shown
UPDATE articles SET date_source = 'feed' WHERE published_at IS NOT NULL AND published_at = (SELECT published_at FROM entries WHERE article_id = articles.id ORDER BY id LIMIT 1);
UPDATE articles SET date_source = 'page' WHERE published_at IS NOT NULL AND date_source IS NULL;
CREATE INDEX articles_audit ON articles(day, audit_score) WHERE audit_score IS NOT NULL;

-- Each address under which an article was tried, with what came of it.
CREATE TABLE article_urls (
  article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT 'pending', problem TEXT, http_status INTEGER, attempted_at TEXT, PRIMARY KEY (article_id, url)) STRICT, WITHOUT ROWID;

ALTER TABLE entries ADD COLUMN speaks INTEGER NOT NULL DEFAULT 0 CHECK (speaks IN (0,1));  -- 1: its feed is of the article's outlet
ALTER TABLE entries ADD COLUMN matched_sha256 TEXT;                                        -- content_sha256 of the words that were matched last
ALTER TABLE entries ADD COLUMN ruleset_sha256 TEXT;                                        -- of the rules that matched them
UPDATE entries SET matched_sha256 = content_sha256, speaks = EXISTS (SELECT 1 FROM articles a JOIN feeds f ON f.id = entries.feed_id WHERE a.id = entries.article_id AND (a.feed_id = f.id OR lower(a.outlet) = lower(f.outlet)));
CREATE INDEX entries_unmatched ON entries(id) WHERE matched_sha256 IS NOT content_sha256;
CREATE INDEX entries_apart ON entries(id) WHERE NOT speaks;

-- Every text that an entry has had; the words of the current one stand in entries, with NULL here.
CREATE TABLE entry_texts (
  entry_id INTEGER NOT NULL REFERENCES entries(id), text_sha256 TEXT NOT NULL, first_seen_at TEXT NOT NULL,   -- entries.content_sha256
  title TEXT, summary TEXT, content TEXT, run_id INTEGER REFERENCES runs(id), PRIMARY KEY (entry_id, text_sha256)) STRICT, WITHOUT ROWID;
INSERT INTO entry_texts (entry_id, text_sha256, first_seen_at, run_id) SELECT id, content_sha256, coalesce(last_changed_at, first_seen_at), run_id FROM entries;

-- `summary`: title and summary of the outlet's own feed, a field of the article's text.
DROP TRIGGER article_texts_ai; DROP TRIGGER article_texts_ad; DROP TRIGGER article_texts_au;
DROP TABLE article_texts_fts;
ALTER TABLE article_texts ADD COLUMN summary TEXT NOT NULL DEFAULT '';
CREATE VIRTUAL TABLE article_texts_fts USING fts5(title, summary, body, content="article_texts", content_rowid='article_id', tokenize='unicode61 remove_diacritics 2');
INSERT INTO article_texts_fts (article_texts_fts) VALUES ('rebuild');
CREATE TRIGGER article_texts_ai AFTER INSERT ON article_texts BEGIN INSERT INTO article_texts_fts(rowid,title,summary,body) VALUES (new.article_id,new.title,new.summary,new.body); END;
CREATE TRIGGER article_texts_ad AFTER DELETE ON article_texts BEGIN INSERT INTO article_texts_fts(article_texts_fts,rowid,title,summary,body) VALUES('delete',old.article_id,old.title,old.summary,old.body); END;
CREATE TRIGGER article_texts_au AFTER UPDATE ON article_texts BEGIN INSERT INTO article_texts_fts(article_texts_fts,rowid,title,summary,body) VALUES('delete',old.article_id,old.title,old.summary,old.body);
  INSERT INTO article_texts_fts(rowid,title,summary,body) VALUES (new.article_id,new.title,new.summary,new.body); END;

ALTER TABLE text_versions ADD COLUMN summary TEXT;                 -- NULL where body is
ALTER TABLE text_versions ADD COLUMN boilerplate_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(boilerplate_json));  -- [[start, end]] in body: not matched

-- Other texts that were found on a page whose extraction is doubtful.
CREATE TABLE text_alternatives (
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE, text_sha256 TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (article_id, text_sha256, name)) STRICT, WITHOUT ROWID;

-- The memory of boilerplate: in how many articles of a site a paragraph stands.
CREATE TABLE paragraphs (
  site TEXT NOT NULL, hash INTEGER NOT NULL, articles INTEGER NOT NULL, first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
  PRIMARY KEY (site, hash)) STRICT, WITHOUT ROWID;
CREATE INDEX paragraphs_often ON paragraphs(site, hash) WHERE articles >= 5;
CREATE INDEX paragraphs_seen ON paragraphs(last_seen_at);

ALTER TABLE rule_versions ADD COLUMN written_out_json TEXT CHECK (written_out_json IS NULL OR json_valid(written_out_json));  -- {query, unless} without $lists: compiles again when their file is broken
