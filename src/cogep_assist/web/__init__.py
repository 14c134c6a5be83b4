"""Server-rendered pages in Brazilian Portuguese; they call use-cases, never our own HTTP."""
