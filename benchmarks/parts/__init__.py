"""What the benchmarks share: raw files, made lakes, injections, figures."""
