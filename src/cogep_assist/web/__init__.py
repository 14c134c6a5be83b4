"""Server-rendered pages in Brazilian Portuguese over the use-cases."""
