-- Links between stories on one event are proposed once for each story, by the run that brought it.
ALTER TABLE stories ADD COLUMN linked_at TEXT;                      -- when it was last compared with the stories of its days
CREATE INDEX stories_unlinked ON stories(first_seen_at) WHERE linked_at IS NULL AND status IS NOT NULL;
