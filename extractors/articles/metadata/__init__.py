"""What a page says of itself beside its text: title, authors, dates, language, address, JSON-LD. Pure."""
