"""Answers questions: search, ask, evaluation."""
