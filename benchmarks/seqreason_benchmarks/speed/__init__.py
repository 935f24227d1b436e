"""Speed benchmarks: what takes how long, as ratios within one run."""
