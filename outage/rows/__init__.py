"""Outages as rows of the lake: which stored one each is, its columns by name, and one commit for all that has changed."""
