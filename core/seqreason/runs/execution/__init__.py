"""From planned cells to results: jobs, training, measuring, events and listeners."""
