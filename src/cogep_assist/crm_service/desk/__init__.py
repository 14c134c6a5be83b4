"""What a desk works with: queues, macros, saved views, reply templates, its hours."""
