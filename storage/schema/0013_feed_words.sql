-- What feeds say of an article and its own text does not, so that a search finds it: storage/ingest/feed_words.py.
CREATE TABLE feed_words (
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, words TEXT NOT NULL) STRICT;   -- a line for each headline and paragraph
CREATE VIRTUAL TABLE feed_words_fts USING fts5(words, content="feed_words", content_rowid='article_id', tokenize='unicode61 remove_diacritics 2');
INSERT INTO feed_words_fts (feed_words_fts, rank) VALUES ('automerge', 8);
CREATE TRIGGER feed_words_ai AFTER INSERT ON feed_words BEGIN INSERT INTO feed_words_fts(rowid,words) VALUES (new.article_id,new.words); END;
CREATE TRIGGER feed_words_ad AFTER DELETE ON feed_words BEGIN INSERT INTO feed_words_fts(feed_words_fts,rowid,words) VALUES('delete',old.article_id,old.words); END;
CREATE TRIGGER feed_words_au AFTER UPDATE ON feed_words BEGIN INSERT INTO feed_words_fts(feed_words_fts,rowid,words) VALUES('delete',old.article_id,old.words);
  INSERT INTO feed_words_fts(rowid,words) VALUES (new.article_id,new.words); END;

-- Articles of before are taken in by the next runs, a bounded number each, the newest first: below this one they still wait.
INSERT INTO facts (key, value) SELECT 'feed_words_below', CAST(max(article_id) + 1 AS TEXT) FROM entries WHERE 1 HAVING max(article_id) IS NOT NULL;
