"""Acts of people through the pages, and what storage/acts/ makes of them."""
