"""Access as an API: users, teams, keys, sessions, and what waits to be delivered."""
