-- Which stories the queue's filters may see otherwise than before, in order: the review server keeps its sets of
-- stories up by it, instead of counting the whole table for every page. Old rows are dropped at night.
CREATE TABLE story_changes (id INTEGER PRIMARY KEY AUTOINCREMENT, story_id INTEGER NOT NULL) STRICT;
CREATE TRIGGER stories_came AFTER INSERT ON stories WHEN NEW.status IS NOT NULL
  BEGIN INSERT INTO story_changes (story_id) VALUES (NEW.id); END;
CREATE TRIGGER stories_changed AFTER UPDATE OF status, lane, feed_id, outlet, region, place, language, published_at, last_seen_at, severity, category, relevance,
  reopened, assigned_to, snoozed_until, mute_id, tags ON stories WHEN NEW.status IS NOT NULL OR OLD.status IS NOT NULL
  BEGIN INSERT INTO story_changes (story_id) VALUES (NEW.id); END;
CREATE TRIGGER stories_went AFTER DELETE ON stories WHEN OLD.status IS NOT NULL
  BEGIN INSERT INTO story_changes (story_id) VALUES (OLD.id); END;
CREATE TRIGGER story_rules_came AFTER INSERT ON story_rules BEGIN INSERT INTO story_changes (story_id) VALUES (NEW.story_id); END;
CREATE TRIGGER story_rules_changed AFTER UPDATE OF struck ON story_rules BEGIN INSERT INTO story_changes (story_id) VALUES (NEW.story_id); END;
CREATE TRIGGER story_rules_went AFTER DELETE ON story_rules BEGIN INSERT INTO story_changes (story_id) VALUES (OLD.story_id); END;
CREATE INDEX story_reviews_noted ON story_reviews(story_id) WHERE note <> '' AND actor <> 'pollwatch';   -- "With a note"

-- The Rules page reads verdicts and versions off indexes alone; stories and hits are wide rows, far apart.
DROP INDEX stories_judged;
CREATE INDEX stories_judged ON stories(reviewed_at, status, reason) WHERE status <> 'new';
CREATE INDEX hits_version ON hits(id, rule_version_id);
