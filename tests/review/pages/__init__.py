"""All other pages, as review/pages/ serves them."""
