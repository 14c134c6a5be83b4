"""The audit's acts and the records of access, read, verified and exported."""
