"""How good forecasts are, and whether a model may pass."""
