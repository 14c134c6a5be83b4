"""Detection of personal data."""
