-- What leaves (events, deliveries), what is measured (audit), and who may ask from outside (tokens).

-- Stored by the transaction that stores what happened. `key` makes storing it again harmless.
CREATE TABLE events (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, story_id INTEGER REFERENCES stories(id), feed_id INTEGER REFERENCES feeds(id), run_id INTEGER REFERENCES runs(id),
  moment TEXT NOT NULL, key TEXT NOT NULL UNIQUE, payload_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload_json)),
  routed_at TEXT, why TEXT NOT NULL DEFAULT '') STRICT;               -- when the sender made its deliveries; why it made none
CREATE INDEX events_waiting ON events(id) WHERE routed_at IS NULL;
CREATE INDEX events_story ON events(story_id, id) WHERE story_id IS NOT NULL;
CREATE INDEX events_moment ON events(moment);

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES events(id), channel TEXT NOT NULL, route TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','held','sending','sent','summarised','dead')), why TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at TEXT, created_at TEXT NOT NULL, sent_at TEXT, error TEXT,
  key TEXT, message_json TEXT CHECK (message_json IS NULL OR json_valid(message_json)), summary INTEGER NOT NULL DEFAULT 0 CHECK (summary IN (0,1)),   -- of a carrier: what it sent
  summary_id INTEGER REFERENCES deliveries(id), UNIQUE (event_id, channel)) STRICT;   -- the delivery that sums this one up
CREATE INDEX deliveries_due ON deliveries(next_attempt_at, id) WHERE state IN ('waiting','held','sending');
CREATE INDEX deliveries_channel ON deliveries(channel, sent_at);
CREATE INDEX deliveries_carrier ON deliveries(summary_id) WHERE summary_id IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries(id) WHERE state = 'dead';

-- The blind sample of what was not shown. Strata first, as every chance follows from their sizes.
CREATE TABLE audit_strata (
  day TEXT NOT NULL, stratum TEXT NOT NULL, size INTEGER NOT NULL, drawn INTEGER NOT NULL, chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1),
  ruleset_sha256 TEXT NOT NULL, weights_sha256 TEXT, PRIMARY KEY (day, stratum)) STRICT, WITHOUT ROWID;
CREATE TABLE audit_draws (
  id INTEGER PRIMARY KEY, day TEXT NOT NULL, stratum TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id), text_sha256 TEXT NOT NULL, score REAL,
  kind TEXT NOT NULL CHECK (kind IN ('unshown','unjudged','decoy')), place INTEGER NOT NULL, drawn_at TEXT NOT NULL,   -- decoy: an ordinary hit among them
  judgement TEXT CHECK (judgement IN ('wanted','unwanted','unsure')), category TEXT, note TEXT NOT NULL DEFAULT '', actor TEXT, judged_at TEXT,
  UNIQUE (day, article_id), FOREIGN KEY (day, stratum) REFERENCES audit_strata(day, stratum)) STRICT;
CREATE INDEX audit_draws_article ON audit_draws(article_id);
CREATE INDEX audit_draws_open ON audit_draws(day, place) WHERE judged_at IS NULL;

-- Bearer tokens; the token itself is never stored. With a feed: it hands articles in to that feed, and opens nothing else.
CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, actor TEXT NOT NULL, token_sha256 TEXT NOT NULL UNIQUE, scopes_json TEXT NOT NULL CHECK (json_valid(scopes_json)),
  feed_id INTEGER REFERENCES feeds(id), max_bytes INTEGER NOT NULL DEFAULT 1000000, created_by TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL,
  revoked_at TEXT, revoked_by TEXT, last_used_at TEXT) STRICT;

CREATE TABLE ended_sessions (key TEXT PRIMARY KEY, until REAL NOT NULL) STRICT, WITHOUT ROWID;   -- signed out before their cookie dies

CREATE TRIGGER story_reviews_event AFTER INSERT ON story_reviews WHEN NEW.action IN ('escalated','assign') AND NEW.reason <> 'undo' BEGIN
  INSERT INTO events (kind, story_id, moment, key, payload_json) VALUES (iif(NEW.action = 'assign', 'story-assigned', 'story-escalated'), NEW.story_id, NEW.created_at,
    'review:' || NEW.id, json_object('actor', NEW.actor, 'to', NEW.subject, 'note', NEW.note)) ON CONFLICT (key) DO NOTHING; END;
CREATE TRIGGER runs_event AFTER UPDATE OF state ON runs WHEN NEW.state IN ('failed','crashed') AND OLD.state <> NEW.state BEGIN
  INSERT INTO events (kind, run_id, moment, key, payload_json) VALUES ('run-failed', NEW.id, coalesce(NEW.finished_at, NEW.started_at), 'run:' || NEW.id || ':failed',
    json_object('flow', NEW.flow, 'state', NEW.state, 'message', NEW.message)) ON CONFLICT (key) DO NOTHING; END;
CREATE TRIGGER feeds_event AFTER UPDATE OF alarm ON feeds WHEN NEW.alarm IS NOT OLD.alarm BEGIN
  INSERT INTO events (kind, feed_id, moment, key, payload_json) VALUES ('feed-' || coalesce(NEW.alarm, 'recovered'), NEW.id, NEW.alarm_at,
    'feed:' || NEW.id || ':' || coalesce(NEW.alarm, 'recovered') || ':' || NEW.alarm_at, json_object('feed', NEW.slug, 'name', NEW.name, 'outcome', NEW.last_outcome, 'sentence', NEW.last_sentence,
      'last_ok_at', NEW.last_ok_at, 'last_entry_at', NEW.last_entry_at, 'was', OLD.alarm)) ON CONFLICT (key) DO NOTHING; END;
