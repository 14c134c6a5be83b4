"""Consents: asked for, given, withdrawn, and the mailings that stand on them."""
