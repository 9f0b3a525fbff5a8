"""From addresses to articles: feeds polled, pages fetched and read. Knows no rules and no database."""
