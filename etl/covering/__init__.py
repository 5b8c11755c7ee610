"""Time covered once: of statements about intervals that overlap, what stands of each."""
