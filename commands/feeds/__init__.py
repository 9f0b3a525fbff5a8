"""`pollwatch feeds`: list, add, discover, check, import and export feeds; their health."""
