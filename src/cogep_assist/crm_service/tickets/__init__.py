"""A ticket's life: opened, read, found, answered, moved, merged, closed."""
