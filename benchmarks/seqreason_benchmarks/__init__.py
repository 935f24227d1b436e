"""What is measured with seqreason: packaged specs, records of runs, and speed benchmarks."""
