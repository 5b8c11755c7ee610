"""Models asked: for a fleet into the table forecasts, for one meter on the spot."""
