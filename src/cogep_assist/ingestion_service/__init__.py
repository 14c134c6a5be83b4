"""Takes documents in: validates, enqueues, tells how a job goes."""
