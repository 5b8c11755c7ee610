"""Readings to scores: which meters behaved oddly, when, and how much it matters."""

if __name__ != "meterlake.anomaly":
    raise ImportError(f"this room is meterlake.anomaly, and it was imported as {__name__}: it has no second name")
