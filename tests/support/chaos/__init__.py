"""An installation that is broken on purpose, and the record of what it promised and showed."""
