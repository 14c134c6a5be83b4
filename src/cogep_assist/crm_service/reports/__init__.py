"""The desk's figures: packed by column, read, and counted without naming anybody."""
