"""Outages as an outage management system recorded them, beside those that meters tell of."""
