"""The values that plug-ins receive and return: alphabets, glyphs, sequences, batches, settings."""
