"""Laws of generators, by what they check."""
