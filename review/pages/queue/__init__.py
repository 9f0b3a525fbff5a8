"""The queue and the page of one story: filters, saved views, search, export."""
