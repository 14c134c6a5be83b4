"""Targets in business time: policies, clocks, calendars, and why a target stands where it does."""
