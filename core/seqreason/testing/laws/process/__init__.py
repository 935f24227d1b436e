"""What laws watch beside return values: processes, folders, global randomness, loading."""
