"""SQL over the lake's files: how a table is named in it, what a person may ask, what rows leave as."""
