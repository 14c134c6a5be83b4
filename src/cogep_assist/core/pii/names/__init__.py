"""Names of persons: a small model that reads words in their context."""
