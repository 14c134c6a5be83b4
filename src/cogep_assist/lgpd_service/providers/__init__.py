"""Providers of models and what was transferred to them."""
