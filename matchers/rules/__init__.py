"""Rule files: read, checked, formatted, described as a JSON Schema; word lists."""
