"""Tables to answers over HTTP: routes, representations, problems, and the Lambda shell."""

if __name__ != "meterlake.api":
    raise ImportError(f"this room is meterlake.api, and it was imported as {__name__}: it has no second name")
