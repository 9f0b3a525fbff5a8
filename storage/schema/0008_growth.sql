-- What storing an article costs must not grow with the archive.
INSERT INTO article_texts_fts (article_texts_fts, rank) VALUES ('automerge', 8);   -- merged half as often as by default; maintenance merges the rest
DROP INDEX articles_sha;                                           -- nobody asked for an article by its text, and hashes come at random places
