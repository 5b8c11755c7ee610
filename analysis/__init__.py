"""The lake in a notebook or a script: one object to ask, and answers as tables; what `meterlake.open` gives."""

if __name__ != "meterlake.analysis":
    raise ImportError(f"this room is meterlake.analysis, and it was imported as {__name__}: it has no second name")
