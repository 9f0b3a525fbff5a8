"""The SQLite database: feeds, hosts, rules, runs, the audit and tokens here, the rest below. The only folder with SQL, beside review/."""
