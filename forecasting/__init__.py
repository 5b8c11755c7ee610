"""Readings to forecasts: forecasters, backtest, models, serving."""
