-- One index that holds all that the queue's filters ask for, so that counts never read whole stories.
CREATE INDEX stories_facets ON stories(tab, severity, category, region, place, language, outlet, assigned_to, relevance, published_at, last_seen_at, priority, due_at, first_seen_at) WHERE tab IS NOT NULL;
