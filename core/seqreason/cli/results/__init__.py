"""Commands on run folders: results, compare, report, predict and runs."""
