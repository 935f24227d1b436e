"""Results of a run, the evidence in them, and what a report needs."""
