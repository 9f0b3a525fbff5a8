"""From a page to an article: fetched, decoded, read, dated, titled, and doubted where it looks wrong."""
