"""Service desk that answers from an organisation's own documents, with the source of every sentence."""

__version__ = "0.1.0"
