"""What the neural forecasters share: shares of a level, quantile levels, threads."""
