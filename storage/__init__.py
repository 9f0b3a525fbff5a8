"""The SQLite database: the only folder with SQL, beside review/."""
