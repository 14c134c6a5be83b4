"""The checks behind the command that explains what is wrong."""
