"""Meterlake: raw meter files in; consumption, anomalies, outages and forecasts out."""
