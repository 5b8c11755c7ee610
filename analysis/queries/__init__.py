"""The analyses in SQL: one file each, and the parts that several share; see meterlake.analysis.query_files."""
