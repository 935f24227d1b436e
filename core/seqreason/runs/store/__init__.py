"""Cells on disk: their identity, folder, lock, environment and kept results."""
