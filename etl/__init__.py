"""Files to tables."""

if __name__ != "meterlake.etl":
    raise ImportError(f"this room is meterlake.etl, and it was imported as {__name__}: it has no second name")
