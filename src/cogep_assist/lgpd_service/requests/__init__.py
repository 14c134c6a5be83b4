"""Requests of data subjects, from the first word to the receipt."""
