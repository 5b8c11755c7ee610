"""Pictures that the command line, the notebooks and the documents share: one module a picture, one style."""

if __name__ != "meterlake.plots":
    raise ImportError(f"this room is meterlake.plots, and it was imported as {__name__}: it has no second name")
