"""How long data are kept, what disposes of them, and what holds them back."""
