-- What the review pages ask at a million articles, each read off an index rather than off all stories.
CREATE INDEX stories_tab_due ON stories(tab, coalesce(due_at, '9999'), id) WHERE tab IS NOT NULL;       -- "Due first", overdue
CREATE INDEX stories_place ON stories(tab, place) WHERE place IS NOT NULL;
CREATE INDEX stories_shown ON stories(shown_at) WHERE shown_at IS NOT NULL;                              -- "3 new"
CREATE INDEX stories_first_verdict ON stories(first_verdict_at) WHERE first_verdict_at IS NOT NULL;
CREATE INDEX stories_judged ON stories(reviewed_at) WHERE status <> 'new';                               -- the Rules page
CREATE INDEX story_rules_struck ON story_rules(rule_id) WHERE struck;
CREATE INDEX story_rules_shown ON story_rules(rule_id, lane, still_matches, struck);
-- Where statistics exist, an index without any looks better than it is, until the next night.
ANALYZE stories_tab_due;
ANALYZE stories_place;
