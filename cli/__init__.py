"""The `meterlake` command."""

if __name__ != "meterlake.cli":
    raise ImportError(f"this room is meterlake.cli, and it was imported as {__name__}: it has no second name")
