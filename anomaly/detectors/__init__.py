"""One module a detector; each names its detector DETECTOR, and meterlake.anomaly.registry finds it."""
