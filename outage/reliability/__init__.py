"""How reliable the supply was: interruptions and customers served to the indices of IEEE Std 1366."""
