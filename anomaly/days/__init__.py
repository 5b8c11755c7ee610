"""What detectors of days are made of: daily energy loaded, a band fitted round it, the days held against the band."""
