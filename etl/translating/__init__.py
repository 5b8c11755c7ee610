"""Files that are not rows, turned into rows: record types that lean on earlier lines, and XML."""
