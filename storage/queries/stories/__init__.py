"""The queue's questions: filters, counts, pages of stories, one story whole, saved views."""
