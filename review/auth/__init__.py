"""Who may come in and what each may do: team file, sessions, roles, limits on requests."""
