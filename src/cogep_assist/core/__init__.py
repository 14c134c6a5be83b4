"""What every other room stands on; knows nothing above it."""
