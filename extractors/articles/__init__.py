"""From a page's bytes to an article: text, headline, dates, language."""
