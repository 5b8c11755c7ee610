"""Why meters were away: power cuts first, then what the head-end lost, then single meters."""
