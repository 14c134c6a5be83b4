"""Turn any accepted document into clean text with blocks, headings and pages."""
