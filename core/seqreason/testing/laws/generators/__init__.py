"""Laws of generators, grouped by what they check."""
