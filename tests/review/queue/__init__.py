"""The queue and the page of one story, as review/pages/queue/ serves them."""
