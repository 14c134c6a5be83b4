"""Mail that comes in and becomes tickets and replies."""
