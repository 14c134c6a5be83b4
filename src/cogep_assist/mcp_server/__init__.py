"""The Model Context Protocol face of the use-cases."""
