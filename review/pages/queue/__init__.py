"""The queue and the page of one story: filters, acts, saved views, search, export."""
