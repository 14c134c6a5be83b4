"""Bases, deadlines, officers and decisions: the terms of the law that the rest stands on."""
