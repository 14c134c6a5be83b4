"""Customers and tickets. The schema ``crm`` exists from the first migration on."""
