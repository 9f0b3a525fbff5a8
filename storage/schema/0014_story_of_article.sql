-- A search asks for the story of thousands of articles: read off a narrow index that grows at its end, not off wide rows far apart.
CREATE INDEX articles_id_story ON articles(id, story_id);
ANALYZE articles_id_story;
