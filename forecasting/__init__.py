"""Readings to forecasts: forecasters, backtest, models, serving."""

if __name__ != "meterlake.forecasting":
    raise ImportError(f"this room is meterlake.forecasting, and it was imported as {__name__}: it has no second name")
