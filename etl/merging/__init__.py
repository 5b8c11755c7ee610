"""What arrives against itself and against what is there: repeats, collisions, register reads, summaries."""
