"""Which meters share a wire or lie near each other."""
