"""The parts of the quantile network."""
