-- Addresses under which an article is known beside its own: those that it had before a feed listed it
-- under another, where a redirect led, and what its page calls itself. For those who look it up.
CREATE TABLE other_addresses (url TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id), PRIMARY KEY (url, article_id)) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO other_addresses (url, article_id)
  SELECT url_canonical, id FROM articles WHERE url_canonical LIKE 'http%' AND substr(url, 1, length(url_canonical)) <> url_canonical;
INSERT OR IGNORE INTO other_addresses (url, article_id)
  SELECT u.url, u.article_id FROM article_urls u JOIN articles a ON a.id = u.article_id
  WHERE substr(u.url, 1, length(a.url)) <> a.url AND u.url <> a.url_canonical;
