"""Portuguese analysis, packed postings, search."""
