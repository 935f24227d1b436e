"""Speed benchmarks: ratios of durations within one run."""
