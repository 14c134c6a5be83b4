"""Erasure: planned, run in steps that can be repeated, proven, replayed after a restore."""
