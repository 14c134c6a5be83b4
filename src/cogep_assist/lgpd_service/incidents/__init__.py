"""Security incidents: assessed, notified, closed."""
