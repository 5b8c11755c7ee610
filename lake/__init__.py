"""Where data rests."""

if __name__ != "meterlake.lake":
    raise ImportError(f"this room is meterlake.lake, and it was imported as {__name__}: it has no second name")
