"""Indices as they were filed, beside those of now."""
