"""Laws of what computes tensors: modules and plain functions."""
