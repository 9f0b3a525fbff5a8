"""How a story stands: its hits, place, priority, lane, links and mutes, kept in step as things are written."""
