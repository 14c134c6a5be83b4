"""What the services' faces share: who may come in, limits, errors, transactions."""
