"""Laws of plug-ins that compute tensors: modules and plain functions."""
