"""Articles that agents write from what they answered."""
