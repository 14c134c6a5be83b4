"""The record of processing (RoPA) and the impact reports (RIPD)."""
