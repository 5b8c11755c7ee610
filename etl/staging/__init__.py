"""Raw files into one judged table, and bad rows into quarantine."""
