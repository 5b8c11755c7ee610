"""Events and silences to outages: where the power is out, since when, how many meters, how sure."""

if __name__ != "meterlake.outage":
    raise ImportError(f"this room is meterlake.outage, and it was imported as {__name__}: it has no second name")
