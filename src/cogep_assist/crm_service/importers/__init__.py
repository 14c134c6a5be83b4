"""Bring customers and tickets over from other systems: readers of each, one writer for all."""
