"""Service desk that answers from an organisation's documents, the source of each sentence shown."""

__version__ = "0.1.0"
