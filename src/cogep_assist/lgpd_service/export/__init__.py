"""A data subject's own data, collected and packed."""
