"""Brazilian identifiers, contacts and names. Pure: no database, no network, no settings."""
