"""Every forecaster, one module each; `FORECASTER` in it is the forecaster."""
