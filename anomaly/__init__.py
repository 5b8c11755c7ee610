"""Readings to scores: which meters behaved oddly, when, and how much it matters."""
