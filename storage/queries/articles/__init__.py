"""Articles one by one: which are to be read, which could not be, which hit, and how they are found."""
