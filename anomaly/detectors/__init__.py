"""One module a detector; each names its detector DETECTOR, and anomaly.registry finds it."""
