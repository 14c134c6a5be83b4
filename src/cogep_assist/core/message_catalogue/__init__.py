"""Every error a person may read, one module per room."""
