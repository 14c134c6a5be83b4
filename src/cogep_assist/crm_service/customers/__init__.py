"""Customers and organisations: kept, matched, merged, imported, shown."""
