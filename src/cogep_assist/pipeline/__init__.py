"""The stations that a document passes, from its source to the index."""
