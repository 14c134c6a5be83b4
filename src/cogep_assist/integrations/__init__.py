"""The only way out to the world."""
